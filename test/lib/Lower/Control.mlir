// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @choice
// CHECK: %[[C:.*]] = tensor.extract %{{.*}}[] : tensor<i1>
// CHECK: scf.if %[[C]] -> (tensor<?xf32>)
// CHECK: tensor.cast %{{.*}} : tensor<2xf32> to tensor<?xf32>
func.func @choice(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<?xf32, #onnx.dims<?>> {
  %r = onnx.If(%c) else_branch {
    onnx.yield %y : tensor<3xf32>
  } then_branch {
    onnx.yield %x : tensor<2xf32>
  } : (tensor<i1>) -> tensor<?xf32, #onnx.dims<?>>
  return %r : tensor<?xf32, #onnx.dims<?>>
}

// A condition that stays true leaves a counted loop, whose scan outputs have their place from the start.
// CHECK-LABEL: func.func @counted
// CHECK: tensor.empty(%[[N:.*]]) : tensor<?x2xf32>
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[N]] {{.*}} -> (tensor<2xf32>, tensor<?x2xf32>)
// CHECK: tile.kernel "loop_store"
func.func @counted(%m: tensor<i64>, %x: tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>) {
  %r:2 = onnx.Loop(%m, _, %x) body {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<2xf32>):
    %s = onnx.Add(%v, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %c, %s, %s : tensor<i1>, tensor<2xf32>, tensor<2xf32>
  } : (tensor<i64>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>)
  return %r#0, %r#1 : tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>
}

// CHECK-LABEL: func.func @conditional
// CHECK: scf.while
// CHECK: arith.cmpi slt
// CHECK: tile.kernel "loop_append"
func.func @conditional(%m: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>, %stop: tensor<i1>) -> (tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>) {
  %r:2 = onnx.Loop(%m, %c, %x) body {
  ^bb0(%i: tensor<i64>, %d: tensor<i1>, %v: tensor<2xf32>):
    onnx.yield %stop, %v, %v : tensor<i1>, tensor<2xf32>, tensor<2xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>)
  return %r#0, %r#1 : tensor<2xf32>, tensor<?x2xf32, #onnx.dims<?, 2>>
}

// What is carried grows, so that its first shape must not become its type: no scf.for.
// CHECK-LABEL: func.func @growing
// CHECK-NOT: scf.for
// CHECK: scf.while
func.func @growing(%m: tensor<i64>, %x: tensor<2xf32>) -> tensor<?xf32, #onnx.dims<"n">> {
  %y = onnx.Loop(%m, _, %x) body {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %s: tensor<?xf32, #onnx.dims<"k">>):
    %next = onnx.Concat(%s, %s) {axis = 0 : i64} : (tensor<?xf32, #onnx.dims<"k">>, tensor<?xf32, #onnx.dims<"k">>) -> tensor<?xf32, #onnx.dims<"2*k">>
    onnx.yield %c, %next : tensor<i1>, tensor<?xf32, #onnx.dims<"2*k">>
  } : (tensor<i64>, tensor<2xf32>) -> tensor<?xf32, #onnx.dims<"n">>
  return %y : tensor<?xf32, #onnx.dims<"n">>
}
