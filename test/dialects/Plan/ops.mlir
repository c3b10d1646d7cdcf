// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s

// CHECK-LABEL: func.func @ops(
func.func @ops(%x: !plan.buffer, %n: index, %p: i1, %f: f32) {
  // CHECK: %[[W:.*]] = plan.weight dense<1.000000e+00> : tensor<4xf32>
  %w = plan.weight dense<1.0> : tensor<4xf32>
  // CHECK: %[[A:.*]] = plan.alloc %[[N:.*]]
  %a = plan.alloc %n
  // CHECK: plan.arena %[[N]]
  %arena = plan.arena %n
  // CHECK: %[[O:.*]] = plan.offset %{{.*}}[%[[N]]]
  %o = plan.offset %arena[%n]
  // CHECK: %[[B:.*]] = plan.pool_alloc %[[N]]
  %b = plan.pool_alloc %n
  // CHECK: plan.retain %[[B]]
  plan.retain %b
  // CHECK: plan.release %[[B]]
  plan.release %b
  // CHECK: plan.output 0[%[[N]]]
  %y = plan.output 0[%n]
  // CHECK: plan.launch @k ins(%{{.*}}, %[[N]] : !plan.buffer, index) outs(%[[A]] : !plan.buffer) scalars(%{{.*}} : f32)
  plan.launch @k ins(%x, %n : !plan.buffer, index) outs(%a : !plan.buffer) scalars(%f : f32)
  // CHECK: plan.copy %[[A]] to %[[O]], %[[N]]
  plan.copy %a to %o, %n
  // CHECK: plan.fill %[[A]], %[[N]] with %{{.*}} : f32
  plan.fill %a, %n with %f : f32
  // CHECK: %[[R:.*]] = plan.read %[[A]][%[[N]]] : i64
  %r = plan.read %a[%n] : i64
  // CHECK: plan.write %[[R]] to %[[A]][%[[N]]] : i64
  plan.write %r to %a[%n] : i64
  // CHECK: %[[V:.*]]:2 = plan.call "SequenceAt"(%[[A]], %[[B]] : !plan.buffer, !plan.buffer) as [!plan.value, tensor<i64>, tensor<?xf32>] named ["seq(tensor(float))", "int64", "float"] -> !plan.buffer, index
  %v:2 = plan.call "SequenceAt"(%a, %b : !plan.buffer, !plan.buffer) as [!plan.value, tensor<i64>, tensor<?xf32>] named ["seq(tensor(float))", "int64", "float"] -> !plan.buffer, index
  // CHECK: plan.take %[[V]]#0 to %[[A]]
  plan.take %v#0 to %a
  // CHECK: plan.output_value 1, %[[B]]
  plan.output_value 1, %b
  // CHECK: plan.assert %{{.*}}, "must hold"
  plan.assert %p, "must hold"
  // CHECK: plan.assert %{{.*}}, "{} is less than {}"(%[[N]], %[[N]])
  plan.assert %p, "{} is less than {}" (%n, %n)
  // CHECK: plan.return %[[A]], %[[N]] : !plan.buffer, index as [tensor<?xf32>]
  plan.return %a, %n : !plan.buffer, index as [tensor<?xf32>]
}

// CHECK-LABEL: func.func @apply(
func.func @apply(%s: !plan.value, %i: tensor<i64>) -> tensor<?xf32> {
  // CHECK: plan.apply "SequenceAt"(%{{.*}}, %{{.*}}) {input_names = ["seq(tensor(float))", "int64"], result_names = ["float"]} : (!plan.value, tensor<i64>) -> tensor<?xf32>
  %t = plan.apply "SequenceAt"(%s, %i) {input_names = ["seq(tensor(float))", "int64"], result_names = ["float"]} : (!plan.value, tensor<i64>) -> tensor<?xf32>
  return %t : tensor<?xf32>
}
