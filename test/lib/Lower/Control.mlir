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
