// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s

// As PyTorch writes it, with rows of NaN guarded against.
// CHECK-LABEL: @attention
// CHECK: %[[V0:.*]] = onnx.Attention(%arg0, %arg1, %arg2, %arg3) {scale = 1.250000e-01 : f32}
// CHECK: return %[[V0]]
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

// As ONNX's own body guards it: by the largest number of each row of the mask.
// CHECK-LABEL: @masked_rows
// CHECK: onnx.Attention(%arg0, %arg1, %arg2, %arg3) {scale = 1.000000e+00 : f32}
func.func @masked_rows(%q: tensor<1x2x7x64xf32>, %k: tensor<1x2x7x64xf32>, %v: tensor<1x2x7x64xf32>, %mask: tensor<7x7xf32>) -> tensor<1x2x7x64xf32> {
  %low = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %axis = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x2x7x64xf32>) -> tensor<1x2x64x7xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<1x2x7x64xf32>, tensor<1x2x64x7xf32>) -> tensor<1x2x7x7xf32>
  %masked = onnx.Add(%s, %mask) : (tensor<1x2x7x7xf32>, tensor<7x7xf32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%masked) {axis = -1 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %most = onnx.ReduceMax(%mask, %axis) : (tensor<7x7xf32>, tensor<1xi64>) -> tensor<7x1xf32>
  %none = onnx.Equal(%most, %low) : (tensor<7x1xf32>, tensor<f32>) -> tensor<7x1xi1>
  %guarded = onnx.Where(%none, %zero, %p) : (tensor<7x1xi1>, tensor<f32>, tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%guarded, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x64xf32>) -> tensor<1x2x7x64xf32>
  return %y : tensor<1x2x7x64xf32>
}

// -----

// A guard that asks another tensor is none.
// CHECK-LABEL: @another_mask
// CHECK-NOT: onnx.Attention
// CHECK: onnx.Softmax
func.func @another_mask(%q: tensor<1x2x7x64xf32>, %k: tensor<1x2x7x64xf32>, %v: tensor<1x2x7x64xf32>, %mask: tensor<7x7xf32>, %other: tensor<7x7xf32>) -> tensor<1x2x7x64xf32> {
  %low = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %axis = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x2x7x64xf32>) -> tensor<1x2x64x7xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<1x2x7x64xf32>, tensor<1x2x64x7xf32>) -> tensor<1x2x7x7xf32>
  %masked = onnx.Add(%s, %mask) : (tensor<1x2x7x7xf32>, tensor<7x7xf32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%masked) {axis = -1 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %most = onnx.ReduceMax(%other, %axis) : (tensor<7x7xf32>, tensor<1xi64>) -> tensor<7x1xf32>
  %none = onnx.Equal(%most, %low) : (tensor<7x1xf32>, tensor<f32>) -> tensor<7x1xi1>
  %guarded = onnx.Where(%none, %zero, %p) : (tensor<7x1xi1>, tensor<f32>, tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%guarded, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x64xf32>) -> tensor<1x2x7x64xf32>
  return %y : tensor<1x2x7x64xf32>
}

// -----

// The scale in two parts, on Q and on K; scores chosen by a condition become a mask of booleans.
// CHECK-LABEL: @where
// CHECK: %[[V0:.*]] = onnx.Attention(%arg0, %arg1, %arg2, %arg3) {scale = 2.500000e-01 : f32}
// CHECK: return %[[V0]]
func.func @where(%q: tensor<1x2x7x16xf32>, %k: tensor<1x2x7x16xf32>, %v: tensor<1x2x7x16xf32>, %c: tensor<1x1x7x7xi1>) -> tensor<1x2x7x16xf32> {
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %never = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>} : () -> tensor<f32>
  %qs = onnx.Mul(%q, %half) : (tensor<1x2x7x16xf32>, tensor<f32>) -> tensor<1x2x7x16xf32>
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x2x7x16xf32>) -> tensor<1x2x16x7xf32>
  %ks = onnx.Mul(%kt, %half) : (tensor<1x2x16x7xf32>, tensor<f32>) -> tensor<1x2x16x7xf32>
  %s = onnx.MatMul(%qs, %ks) : (tensor<1x2x7x16xf32>, tensor<1x2x16x7xf32>) -> tensor<1x2x7x7xf32>
  %masked = onnx.Where(%c, %s, %never) : (tensor<1x1x7x7xi1>, tensor<1x2x7x7xf32>, tensor<f32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%masked) {axis = 3 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x16xf32>) -> tensor<1x2x7x16xf32>
  return %y : tensor<1x2x7x16xf32>
}

// -----

// Heads of keys and values that were repeated are taken as they were before.
// CHECK-LABEL: @grouped
// CHECK: %[[V0:.*]] = onnx.Attention(%arg0, %arg1, %arg2) {scale = 1.000000e+00 : f32}
// CHECK: return %[[V0]]
func.func @grouped(%q: tensor<1x4x7x16xf32>, %k: tensor<1x2x7x16xf32>, %v: tensor<1x2x7x16xf32>) -> tensor<1x4x7x16xf32> {
  %axes = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %wide = onnx.Constant() {value = dense<[1, 2, 2, 7, 16]> : tensor<5xi64>} : () -> tensor<5xi64>
  %four = onnx.Constant() {value = dense<[1, 4, 7, 16]> : tensor<4xi64>} : () -> tensor<4xi64>
  %k0 = onnx.Unsqueeze(%k, %axes) : (tensor<1x2x7x16xf32>, tensor<1xi64>) -> tensor<1x2x1x7x16xf32>
  %k1 = onnx.Expand(%k0, %wide) : (tensor<1x2x1x7x16xf32>, tensor<5xi64>) -> tensor<1x2x2x7x16xf32>
  %k2 = onnx.Reshape(%k1, %four) : (tensor<1x2x2x7x16xf32>, tensor<4xi64>) -> tensor<1x4x7x16xf32>
  %v0 = onnx.Unsqueeze(%v, %axes) : (tensor<1x2x7x16xf32>, tensor<1xi64>) -> tensor<1x2x1x7x16xf32>
  %v1 = onnx.Expand(%v0, %wide) : (tensor<1x2x1x7x16xf32>, tensor<5xi64>) -> tensor<1x2x2x7x16xf32>
  %v2 = onnx.Reshape(%v1, %four) : (tensor<1x2x2x7x16xf32>, tensor<4xi64>) -> tensor<1x4x7x16xf32>
  %kt = onnx.Transpose(%k2) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x4x7x16xf32>) -> tensor<1x4x16x7xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<1x4x7x16xf32>, tensor<1x4x16x7xf32>) -> tensor<1x4x7x7xf32>
  %p = onnx.Softmax(%s) {axis = -1 : i64} : (tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32>
  %y = onnx.MatMul(%p, %v2) : (tensor<1x4x7x7xf32>, tensor<1x4x7x16xf32>) -> tensor<1x4x7x16xf32>
  return %y : tensor<1x4x7x16xf32>
}

// -----

// Probabilities that somebody else reads must be computed anyway.
// CHECK-LABEL: @read
// CHECK: %[[V0:.*]] = onnx.MatMul(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Softmax(%[[V0]]) {axis = -1 : i64}
// CHECK: %[[V2:.*]] = onnx.MatMul(%[[V1]], %arg2)
// CHECK: return %[[V2]], %[[V1]]
func.func @read(%q: tensor<1x2x7x64xf32>, %kt: tensor<1x2x64x7xf32>, %v: tensor<1x2x7x64xf32>) -> (tensor<1x2x7x64xf32>, tensor<1x2x7x7xf32>) {
  %s = onnx.MatMul(%q, %kt) : (tensor<1x2x7x64xf32>, tensor<1x2x64x7xf32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%s) {axis = -1 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x64xf32>) -> tensor<1x2x7x64xf32>
  return %y, %p : tensor<1x2x7x64xf32>, tensor<1x2x7x7xf32>
}

// -----

// A softmax over the queries, and a batch that MatMul would broadcast.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.MatMul(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Softmax(%[[V0]]) {axis = 2 : i64}
// CHECK: %[[V2:.*]] = onnx.MatMul(%[[V1]], %arg2)
// CHECK: %[[V3:.*]] = onnx.Softmax(%[[V0]]) {axis = 3 : i64}
// CHECK: %[[V5:.*]] = onnx.MatMul(%[[V3]], %arg3)
// CHECK: return %[[V2]], %[[V5]]
func.func @refused(%q: tensor<2x2x7x64xf32>, %kt: tensor<2x2x64x7xf32>, %v: tensor<2x2x7x64xf32>, %one: tensor<1x2x7x64xf32>) -> (tensor<2x2x7x64xf32>, tensor<2x2x7x64xf32>) {
  %s = onnx.MatMul(%q, %kt) : (tensor<2x2x7x64xf32>, tensor<2x2x64x7xf32>) -> tensor<2x2x7x7xf32>
  %p = onnx.Softmax(%s) {axis = 2 : i64} : (tensor<2x2x7x7xf32>) -> tensor<2x2x7x7xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<2x2x7x7xf32>, tensor<2x2x7x64xf32>) -> tensor<2x2x7x64xf32>
  %r = onnx.Softmax(%s) {axis = 3 : i64} : (tensor<2x2x7x7xf32>) -> tensor<2x2x7x7xf32>
  %z = onnx.MatMul(%r, %one) : (tensor<2x2x7x7xf32>, tensor<1x2x7x64xf32>) -> tensor<2x2x7x64xf32>
  return %y, %z : tensor<2x2x7x64xf32>, tensor<2x2x7x64xf32>
}

// -----

// One number for all keys: Attention would pad a mask that is too short with minus infinity.
// CHECK-LABEL: @biased
// CHECK: %[[M:.*]] = onnx.Unsqueeze(%arg3,
// CHECK: %[[N:.*]] = onnx.Constant() {value = dense<7> : tensor<1xi64>}
// CHECK: %[[ALL:.*]] = onnx.Expand(%[[M]], %[[N]])
// CHECK: onnx.Attention(%arg0, %arg1, %arg2, %[[ALL]])
func.func @biased(%q: tensor<1x2x7x16xf32>, %k: tensor<1x2x7x16xf32>, %v: tensor<1x2x7x16xf32>, %bias: tensor<f32>) -> tensor<1x2x7x16xf32> {
  %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x2x7x16xf32>) -> tensor<1x2x16x7xf32>
  %s = onnx.MatMul(%q, %kt) : (tensor<1x2x7x16xf32>, tensor<1x2x16x7xf32>) -> tensor<1x2x7x7xf32>
  %b = onnx.Add(%s, %bias) : (tensor<1x2x7x7xf32>, tensor<f32>) -> tensor<1x2x7x7xf32>
  %p = onnx.Softmax(%b) {axis = 3 : i64} : (tensor<1x2x7x7xf32>) -> tensor<1x2x7x7xf32>
  %y = onnx.MatMul(%p, %v) : (tensor<1x2x7x7xf32>, tensor<1x2x7x16xf32>) -> tensor<1x2x7x16xf32>
  return %y : tensor<1x2x7x16xf32>
}
