// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s

// CHECK-LABEL: @attention
// CHECK: onnx.Attention(%arg0, %arg1, %arg2, %arg3) {scale = 1.250000e-01 : f32}
// CHECK-NOT: onnx.Softmax
func.func @attention(%q: tensor<1x12x7x64xf32>, %k: tensor<1x12x7x64xf32>, %v: tensor<1x12x7x64xf32>, %mask: tensor<1x1x7x7xf32>) -> tensor<1x12x7x64xf32> {
  %eight = onnx.Constant() {value = dense<8.0> : tensor<f32>} : () -> tensor<f32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x12x7x64xf32>) -> tensor<1x12x64x7xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<1x12x7x64xf32>, tensor<1x12x64x7xf32>) -> tensor<1x12x7x7xf32>
  %scaled = onnx.Div(%s, %eight) : (tensor<1x12x7x7xf32>, tensor<f32>) -> tensor<1x12x7x7xf32>
  %masked = onnx.Add(%scaled, %mask) : (tensor<1x12x7x7xf32>, tensor<1x1x7x7xf32>) -> tensor<1x12x7x7xf32>
  %p = onnx.Softmax(%masked) {axis = -1 : i64} : (tensor<1x12x7x7xf32>) -> tensor<1x12x7x7xf32>
  %nan = onnx.IsNaN(%p) : (tensor<1x12x7x7xf32>) -> tensor<1x12x7x7xi1>
  %guarded = onnx.Where(%nan, %zero, %p) : (tensor<1x12x7x7xi1>, tensor<f32>, tensor<1x12x7x7xf32>) -> tensor<1x12x7x7xf32>
  %y = onnx.MatMul(%guarded, %v) : (tensor<1x12x7x7xf32>, tensor<1x12x7x64xf32>) -> tensor<1x12x7x64xf32>
  return %y : tensor<1x12x7x64xf32>
}

// -----

// Probabilities that somebody else reads must be computed anyway.
// CHECK-LABEL: @refused
// CHECK-NOT: onnx.Attention
func.func @refused(%q: tensor<1x2x7x64xf32>, %kt: tensor<1x2x64x7xf32>, %v: tensor<1x2x7x64xf32>) -> (tensor<1x2x7x64xf32>, tensor<1x2x7x7xf32>) {
  %s = onnx.MatMul(%q, %kt) : (tensor<1x2x7x64xf32>, tensor<1x2x64x7xf32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%s) {axis = -1 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x64xf32>) -> tensor<1x2x7x64xf32>
  return %y, %p : tensor<1x2x7x64xf32>, tensor<1x2x7x7xf32>
}

// -----

// CHECK-LABEL: @gelu
// CHECK: onnx.Gelu(%arg0) :
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %root = onnx.Constant() {value = dense<1.41421354> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Div(%x, %root) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = onnx.Erf(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = onnx.Add(%1, %one) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = onnx.Mul(%x, %2) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%3, %half) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @norms
// CHECK: onnx.LayerNormalization(%arg0, %arg1, %arg2) {axis = 1 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK: onnx.RMSNormalization(%arg0, %arg1) {axis = 1 : i64, epsilon = 9.99999974E-6 : f32}
func.func @norms(%x: tensor<2x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<1.0e-5> : tensor<f32>} : () -> tensor<f32>
  %mean = onnx.ReduceMean(%x, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %d = onnx.Sub(%x, %mean) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %sq = onnx.Pow(%d, %two) : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %var = onnx.ReduceMean(%sq, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %ve = onnx.Add(%var, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %sd = onnx.Sqrt(%ve) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = onnx.Div(%d, %sd) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %s = onnx.Mul(%n, %scale) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %y = onnx.Add(%s, %bias) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %xx = onnx.Mul(%x, %x) : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %ms = onnx.ReduceMean(%xx, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %me = onnx.Add(%ms, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %rms = onnx.Sqrt(%me) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %inv = onnx.Reciprocal(%rms) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %m = onnx.Mul(%x, %inv) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %z = onnx.Mul(%scale, %m) : (tensor<8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y, %z : tensor<2x8xf32>, tensor<2x8xf32>
}
