// RUN: azulejo-opt %s --azulejo-simplify | FileCheck %s

// CHECK-LABEL: @columns
// CHECK: %[[F:.*]] = onnx.Cast(%{{.*}}) {to = 1 : i64} : (tensor<2x3xi8>) -> tensor<2x3xf32>
// CHECK: %[[P:.*]] = onnx.MatMul(%arg0, %[[F]])
// CHECK: %[[Y:.*]] = onnx.Mul(%[[P]], %arg1)
// CHECK: return %[[Y]]
func.func @columns(%x: tensor<4x2xf32>, %s: tensor<3xf32>) -> tensor<4x3xf32> {
  %q = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>} : () -> tensor<2x3xi8>
  %z = onnx.Constant() {value = dense<0> : tensor<3xi8>} : () -> tensor<3xi8>
  %w = onnx.DequantizeLinear(%q, %s, %z) {axis = 1 : i64} : (tensor<2x3xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<2x3xf32>
  %y = onnx.MatMul(%x, %w) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// One scale for all of it.
// CHECK-LABEL: @tensor
// CHECK-NOT: onnx.DequantizeLinear
// CHECK: onnx.Mul(%{{.*}}, %arg1)
func.func @tensor(%x: tensor<4x2xf32>, %s: tensor<f32>) -> tensor<4x3xf32> {
  %q = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>} : () -> tensor<2x3xi8>
  %w = onnx.DequantizeLinear(%q, %s, _) : (tensor<2x3xi8>, tensor<f32>) -> tensor<2x3xf32>
  %y = onnx.MatMul(%x, %w) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// A scale a row, another zero, blocks, unsigned integers, and what is no weight stay.
// CHECK-LABEL: @refused
// CHECK-NOT: onnx.Cast
// CHECK: return
func.func @refused(%x: tensor<4x2xf32>, %s: tensor<3xf32>, %r: tensor<2xf32>, %b: tensor<2x1xf32>, %a: tensor<2x3xi8>) -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) {
  %q = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>} : () -> tensor<2x3xi8>
  %u = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xui8>} : () -> tensor<2x3xui8>
  %one = onnx.Constant() {value = dense<1> : tensor<3xi8>} : () -> tensor<3xi8>
  %w0 = onnx.DequantizeLinear(%q, %r, _) {axis = 0 : i64} : (tensor<2x3xi8>, tensor<2xf32>) -> tensor<2x3xf32>
  %w1 = onnx.DequantizeLinear(%q, %s, %one) {axis = 1 : i64} : (tensor<2x3xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<2x3xf32>
  %w2 = onnx.DequantizeLinear(%q, %b, _) {axis = 1 : i64, block_size = 3 : i64} : (tensor<2x3xi8>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %w3 = onnx.DequantizeLinear(%u, %s, _) {axis = 1 : i64} : (tensor<2x3xui8>, tensor<3xf32>) -> tensor<2x3xf32>
  %w4 = onnx.DequantizeLinear(%a, %s, _) {axis = 1 : i64} : (tensor<2x3xi8>, tensor<3xf32>) -> tensor<2x3xf32>
  %y0 = onnx.MatMul(%x, %w0) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %y1 = onnx.MatMul(%x, %w1) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %y2 = onnx.MatMul(%x, %w2) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %y3 = onnx.MatMul(%x, %w3) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %y4 = onnx.MatMul(%x, %w4) : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %y0, %y1, %y2, %y3, %y4 : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
}
