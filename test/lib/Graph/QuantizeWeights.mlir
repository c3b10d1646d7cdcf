// RUN: azulejo-opt %s --azulejo-quantize-weights=min-elements=6 | FileCheck %s

// A column's scale is its largest magnitude / 127; a column of zeros has scale 1.
// CHECK-LABEL: @weight
// CHECK: %[[Q:.*]] = onnx.Constant() {value = dense_resource<[[INTEGERS:.*]]> : tensor<2x3xi8>}
// CHECK: %[[S:.*]] = onnx.Constant() {value = dense_resource<[[SCALES:.*]]> : tensor<3xf32>}
// CHECK: %[[F:.*]] = onnx.Cast(%[[Q]]) {to = 1 : i64} : (tensor<2x3xi8>) -> tensor<2x3xf32>
// CHECK: %[[P:.*]] = onnx.MatMul(%arg0, %[[F]])
// CHECK: %[[Y:.*]] = onnx.Mul(%[[P]], %[[S]])
// CHECK: return %[[Y]]
func.func @weight(%x: tensor<4x2xf32>) -> tensor<4x3xf32> {
  %w = onnx.Constant() {value = dense<[[127.0, -254.0, 0.0], [63.7, 63.0, 0.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %y = onnx.MatMul(%x, %w) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Small ones, several matrices, elements that are not finite, and what is no constant stay.
// CHECK-LABEL: @refused
// CHECK-NOT: onnx.Cast
// CHECK-NOT: xi8
// CHECK: return
func.func @refused(%x: tensor<4x2xf32>, %v: tensor<2x3xf32>) -> (tensor<4x2xf32>, tensor<2x4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) {
  %small = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %several = onnx.Constant() {value = dense<2.0> : tensor<2x2x3xf32>} : () -> tensor<2x2x3xf32>
  %infinite = onnx.Constant() {value = dense<[[1.0, 2.0, 0x7F800000], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %0 = onnx.MatMul(%x, %small) : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %1 = onnx.MatMul(%x, %several) : (tensor<4x2xf32>, tensor<2x2x3xf32>) -> tensor<2x4x3xf32>
  %2 = onnx.MatMul(%x, %infinite) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %3 = onnx.MatMul(%x, %v) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %0, %1, %2, %3 : tensor<4x2xf32>, tensor<2x4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
}

// Behind its alignment: 127, -127, 0, 64, 32 and 0; 1, 2 and 1.
// CHECK-DAG: [[INTEGERS]]: "0x{{........}}7F8100402000"
// CHECK-DAG: [[SCALES]]: "0x{{........}}0000803F000000400000803F"
