// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// Rows are copied whole.
// CHECK-LABEL: func.func @embedding
// CHECK: tile.kernel "gather"
// CHECK: scf.forall
// CHECK: scf.for
func.func @embedding(%data: tensor<100x16xf32>, %i: tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x16xf32, #onnx.dims<"n", 16>> {
  %y = onnx.Gather(%data, %i) {axis = 0 : i64} : (tensor<100x16xf32>, tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x16xf32, #onnx.dims<"n", 16>>
  return %y : tensor<?x16xf32, #onnx.dims<"n", 16>>
}

// A known index is a slice.
// CHECK-LABEL: func.func @known
// CHECK-NOT: tile.kernel
// CHECK: tensor.extract_slice %{{.*}}[2, 0] [1, 4]
func.func @known(%data: tensor<3x4xf32>) -> tensor<4xf32> {
  %i = onnx.Constant() {value = dense<-1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.Gather(%data, %i) {axis = 0 : i64} : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @elements
// CHECK: tile.kernel "gather_elements"
// CHECK: tile.kernel "gather_nd"
func.func @elements(%data: tensor<3x4xf32>, %i: tensor<2x4xi64>) -> (tensor<2x4xf32>, tensor<4xf32>) {
  %y = onnx.GatherElements(%data, %i) {axis = 0 : i64} : (tensor<3x4xf32>, tensor<2x4xi64>) -> tensor<2x4xf32>
  %j = onnx.Constant() {value = dense<[[0, 1], [1, 0], [2, 2], [0, 0]]> : tensor<4x2xi64>} : () -> tensor<4x2xi64>
  %z = onnx.GatherND(%data, %j) : (tensor<3x4xf32>, tensor<4x2xi64>) -> tensor<4xf32>
  return %y, %z : tensor<2x4xf32>, tensor<4xf32>
}

// A scatter updates its data.
// CHECK-LABEL: func.func @scatter
// CHECK: tile.kernel "scatter_elements" ins(%{{.*}}, %{{.*}}) outs(%{{.*}} : tensor<3x4xf32>)
// CHECK: arith.addf
// CHECK: tile.kernel "scatter_nd"
func.func @scatter(%data: tensor<3x4xf32>, %i: tensor<2x4xi64>, %u: tensor<2x4xf32>, %j: tensor<1x1xi64>, %v: tensor<1x4xf32>) -> tensor<3x4xf32> {
  %y = onnx.ScatterElements(%data, %i, %u) {axis = 0 : i64, reduction = "add"} : (tensor<3x4xf32>, tensor<2x4xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
  %z = onnx.ScatterND(%y, %j, %v) : (tensor<3x4xf32>, tensor<1x1xi64>, tensor<1x4xf32>) -> tensor<3x4xf32>
  return %z : tensor<3x4xf32>
}
