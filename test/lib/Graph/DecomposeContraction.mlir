// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: @gemm
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 1, 0>}
// CHECK: %[[V1:.*]] = onnx.Transpose(%arg1) {perm = array<i64: 1, 0>}
// CHECK: %[[V2:.*]] = onnx.MatMul(%[[V0]], %[[V1]])
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Mul(%[[V2]], %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Mul(%arg2, %[[C1]])
// CHECK: %[[V5:.*]] = onnx.Add(%[[V3]], %[[V4]])
// CHECK: return %[[V5]]
func.func @gemm(%a: tensor<3x2xf32>, %b: tensor<4x3xf32>, %c: tensor<4xf32>) -> tensor<2x4xf32> {
  %y = onnx.Gemm(%a, %b, %c) {transA = 1 : i64, transB = 1 : i64, alpha = 2.0 : f32, beta = 0.5 : f32} : (tensor<3x2xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// A vector on the left is a row, on the right a column; neither is left in the result.
// CHECK-LABEL: @vectors
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.MatMul(%[[V0]], %arg1)
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Squeeze(%[[V1]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%arg2, %[[C2]])
// CHECK: %[[V4:.*]] = onnx.MatMul(%arg1, %[[V3]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Squeeze(%[[V4]], %[[C3]])
// CHECK: return %[[V2]], %[[V5]]
func.func @vectors(%a: tensor<3xf32>, %b: tensor<2x3x4xf32>, %c: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x3xf32>) {
  %y = onnx.MatMul(%a, %b) : (tensor<3xf32>, tensor<2x3x4xf32>) -> tensor<2x4xf32>
  %z = onnx.MatMul(%b, %c) : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3xf32>
  return %y, %z : tensor<2x4xf32>, tensor<2x3xf32>
}

// -----

// Bytes are multiplied exactly; a scale for each row of A is a column.
// CHECK-LABEL: @qlinear_matmul
// CHECK: %[[V0:.*]] = onnx.MatMulInteger(%arg0, %arg3, %arg2, %arg5)
// CHECK: %[[V1:.*]] = onnx.Cast(%[[V0]]) {to = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%arg1, %[[C0]])
// CHECK: %[[V3:.*]] = onnx.Mul(%[[V2]], %arg4)
// CHECK: %[[V4:.*]] = onnx.Mul(%[[V1]], %[[V3]])
// CHECK: %[[V5:.*]] = onnx.QuantizeLinear(%[[V4]], %arg6, %arg7) {axis = 1 : i64}
// CHECK: return %[[V5]]
func.func @qlinear_matmul(%a: tensor<2x3xui8>, %sa: tensor<2xf32>, %za: tensor<ui8>, %b: tensor<3x4xi8>, %sb: tensor<f32>, %zb: tensor<i8>, %sy: tensor<f32>, %zy: tensor<ui8>) -> tensor<2x4xui8> {
  %y = onnx.QLinearMatMul(%a, %sa, %za, %b, %sb, %zb, %sy, %zy) : (tensor<2x3xui8>, tensor<2xf32>, tensor<ui8>, tensor<3x4xi8>, tensor<f32>, tensor<i8>, tensor<f32>, tensor<ui8>) -> tensor<2x4xui8>
  return %y : tensor<2x4xui8>
}

// -----

// The bias is in the scale of the products; a scale for each channel is aligned with it.
// CHECK-LABEL: @qlinear_conv
// CHECK: %[[V0:.*]] = onnx.ConvInteger(%arg0, %arg3, %arg2, %arg5) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 3, 3>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%arg8, %[[C0]])
// CHECK: %[[V2:.*]] = onnx.Add(%[[V0]], %[[V1]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%arg4, %[[C1]])
// CHECK: %[[V4:.*]] = onnx.Mul(%arg1, %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Cast(%[[V2]]) {to = 1 : i64}
// CHECK: %[[V6:.*]] = onnx.Mul(%[[V5]], %[[V4]])
// CHECK: %[[V7:.*]] = onnx.QuantizeLinear(%[[V6]], %arg6, %arg7) {axis = 1 : i64}
// CHECK: return %[[V7]]
func.func @qlinear_conv(%x: tensor<1x2x4x4xui8>, %sx: tensor<f32>, %zx: tensor<ui8>, %w: tensor<3x2x3x3xi8>, %sw: tensor<3xf32>, %zw: tensor<i8>, %sy: tensor<f32>, %zy: tensor<ui8>, %bias: tensor<3xi32>) -> tensor<1x3x2x2xui8> {
  %y = onnx.QLinearConv(%x, %sx, %zx, %w, %sw, %zw, %sy, %zy, %bias) : (tensor<1x2x4x4xui8>, tensor<f32>, tensor<ui8>, tensor<3x2x3x3xi8>, tensor<3xf32>, tensor<i8>, tensor<f32>, tensor<ui8>, tensor<3xi32>) -> tensor<1x3x2x2xui8>
  return %y : tensor<1x3x2x2xui8>
}

// -----

// A label in both operands and the result is a batch, one in both alone is summed over.
// CHECK-LABEL: @einsum
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg1) {perm = array<i64: 0, 2, 1>}
// CHECK: %[[V1:.*]] = onnx.MatMul(%arg0, %[[V0]])
// CHECK: return %[[V1]]
func.func @einsum(%a: tensor<2x3x4xf32>, %b: tensor<2x5x4xf32>) -> tensor<2x3x5xf32> {
  %y = onnx.Einsum(%a, %b) {equation = "bik,bjk->bij"} : (tensor<2x3x4xf32>, tensor<2x5x4xf32>) -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// -----

// Two labels that are summed over become one dimension, and so do one side's own.
// CHECK-LABEL: @einsum_merged
// CHECK: %[[V0:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V1:.*]] = onnx.Reshape(%arg0, %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Reshape(%arg1, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Concat(%{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V5:.*]] = onnx.Reshape(%[[V1]], %[[V4]])
// CHECK: %[[V6:.*]] = onnx.Concat(%{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V7:.*]] = onnx.Reshape(%[[V3]], %[[V6]])
// CHECK: %[[V8:.*]] = onnx.MatMul(%[[V5]], %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V10:.*]] = onnx.Reshape(%[[V8]], %[[V9]])
// CHECK: return %[[V10]]
func.func @einsum_merged(%a: tensor<2x3x4x5xf32>, %b: tensor<4x5x6x7xf32>) -> tensor<2x3x6x7xf32> {
  %y = onnx.Einsum(%a, %b) {equation = "abij,ijcd->abcd"} : (tensor<2x3x4x5xf32>, tensor<4x5x6x7xf32>) -> tensor<2x3x6x7xf32>
  return %y : tensor<2x3x6x7xf32>
}

// -----

// Nothing is summed over: a product. Without an arrow, labels that occur once come in alphabetical order.
// CHECK-LABEL: @einsum_outer
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%arg1, %[[C1]])
// CHECK: %[[V2:.*]] = onnx.Mul(%[[V0]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Transpose(%[[V2]]) {perm = array<i64: 1, 0>}
// CHECK: return %[[V3]]
func.func @einsum_outer(%a: tensor<3xf32>, %b: tensor<2xf32>) -> tensor<2x3xf32> {
  %y = onnx.Einsum(%a, %b) {equation = "j,i"} : (tensor<3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// A label twice in one operand is its diagonal.
// CHECK-LABEL: @einsum_diagonal
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V1:.*]] = onnx.Range(%[[C2]], %[[V0]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%[[V1]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Squeeze(%[[C5]], %[[C6]])
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V4:.*]] = onnx.Range(%[[C7]], %[[V3]], %[[C8]])
// CHECK: %[[V5:.*]] = onnx.Equal(%[[V2]], %[[V4]])
// CHECK: %[[C9:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V6:.*]] = onnx.Where(%[[V5]], %arg0, %[[C9]])
// CHECK: %[[C10:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V7:.*]] = onnx.ReduceSum(%[[V6]], %[[C10]]) {keepdims = 0 : i64}
// CHECK: return %[[V7]]
func.func @einsum_diagonal(%a: tensor<3x3xf32>) -> tensor<3xf32> {
  %y = onnx.Einsum(%a) {equation = "ii->i"} : (tensor<3x3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// CHECK-LABEL: @einsum_ellipsis
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 0, 2, 1>}
// CHECK: return %[[V0]]
func.func @einsum_ellipsis(%a: tensor<2x3x4xf32>) -> tensor<2x4x3xf32> {
  %y = onnx.Einsum(%a) {equation = "...ij->...ji"} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  return %y : tensor<2x4x3xf32>
}

// -----

// Matrices are core; products of floats with zero points are no bytes, and stay for the border to refuse.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.MatMul(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.QLinearMatMul(%arg2, %arg4, %arg5, %arg3, %arg4, %arg5, %arg4, %arg5)
// CHECK: return %[[V0]], %[[V1]]
func.func @refused(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %x: tensor<2x3xf8E4M3FN>, %w: tensor<3x4xf8E4M3FN>, %s: tensor<f32>, %z: tensor<f8E4M3FN>) -> (tensor<2x4xf32>, tensor<2x4xf8E4M3FN>) {
  %y = onnx.MatMul(%a, %b) : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %q = onnx.QLinearMatMul(%x, %s, %z, %w, %s, %z, %s, %z) : (tensor<2x3xf8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>, tensor<3x4xf8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>) -> tensor<2x4xf8E4M3FN>
  return %y, %q : tensor<2x4xf32>, tensor<2x4xf8E4M3FN>
}
