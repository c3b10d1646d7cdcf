// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// One matrix for the whole batch: A's leading dimensions are rows.
// CHECK-LABEL: func.func @weight
// CHECK: tensor.collapse_shape %{{.*}} {{\[}}[0, 1], [2]] : tensor<?x?x8xf32> into tensor<?x8xf32>
// CHECK: linalg.matmul
// CHECK: tensor.expand_shape
func.func @weight(%a: tensor<?x?x8xf32, #onnx.dims<"batch", "seq", 8>>, %b: tensor<8x4xf32>) -> tensor<?x?x4xf32, #onnx.dims<"batch", "seq", 4>> {
  %y = onnx.MatMul(%a, %b) : (tensor<?x?x8xf32, #onnx.dims<"batch", "seq", 8>>, tensor<8x4xf32>) -> tensor<?x?x4xf32, #onnx.dims<"batch", "seq", 4>>
  return %y : tensor<?x?x4xf32, #onnx.dims<"batch", "seq", 4>>
}

// CHECK-LABEL: func.func @batch
// CHECK: linalg.batch_matmul
func.func @batch(%a: tensor<2x3x8xf32>, %b: tensor<2x8x4xf32>) -> tensor<2x3x4xf32> {
  %y = onnx.MatMul(%a, %b) : (tensor<2x3x8xf32>, tensor<2x8x4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// A batch that is a suffix of the other needs no copy.
// CHECK-LABEL: func.func @suffix
// CHECK: tile.matmul ins(%{{.*}}, %{{.*}} : tensor<5x3x8xf32>, tensor<2x5x8x4xf32>)
func.func @suffix(%a: tensor<1x5x3x8xf32>, %b: tensor<2x5x8x4xf32>) -> tensor<2x5x3x4xf32> {
  %y = onnx.MatMul(%a, %b) : (tensor<1x5x3x8xf32>, tensor<2x5x8x4xf32>) -> tensor<2x5x3x4xf32>
  return %y : tensor<2x5x3x4xf32>
}

// Sums of narrow floats are rounded once.
// CHECK-LABEL: func.func @narrow
// CHECK: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<3x8xf16>, tensor<8x4xf16>) outs(%{{.*}} : tensor<3x4xf32>)
// CHECK: arith.truncf
func.func @narrow(%a: tensor<3x8xf16>, %b: tensor<8x4xf16>) -> tensor<3x4xf16> {
  %y = onnx.MatMul(%a, %b) : (tensor<3x8xf16>, tensor<8x4xf16>) -> tensor<3x4xf16>
  return %y : tensor<3x4xf16>
}

// CHECK-LABEL: func.func @integers
// CHECK: arith.extui
// CHECK: arith.subi
// CHECK: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x3xi32>, tensor<3x2xi32>)
func.func @integers(%a: tensor<4x3xui8>, %b: tensor<3x2xui8>, %z: tensor<1xui8>) -> tensor<4x2xi32> {
  %y = onnx.MatMulInteger(%a, %b, %z, %z) : (tensor<4x3xui8>, tensor<3x2xui8>, tensor<1xui8>, tensor<1xui8>) -> tensor<4x2xi32>
  return %y : tensor<4x2xi32>
}

// CHECK-LABEL: func.func @determinant
// CHECK: tile.kernel "det"
func.func @determinant(%x: tensor<5x2x2xf32>) -> tensor<5xf32> {
  %y = onnx.Det(%x) : (tensor<5x2x2xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}
