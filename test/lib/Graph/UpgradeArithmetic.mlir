// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// The second operand was aligned with the first where `axis` says.
// CHECK-LABEL: @broadcast
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg1, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Add(%arg0, %[[V0]])
// CHECK: return %[[V1]]
func.func @broadcast(%x: tensor<2x3x4x5xf32>, %b: tensor<3xf32>) -> tensor<2x3x4x5xf32> {
  %y = onnx.Add_v6(%x, %b) {axis = 1 : i64, broadcast = 1 : i64} : (tensor<2x3x4x5xf32>, tensor<3xf32>) -> tensor<2x3x4x5xf32>
  return %y : tensor<2x3x4x5xf32>
}

// -----

// A slope for each channel was a vector.
// CHECK-LABEL: @prelu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg1, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.PRelu(%arg0, %[[V0]])
// CHECK: return %[[V1]]
func.func @prelu(%x: tensor<2x3x4xf32>, %s: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %y = onnx.PRelu_v6(%x, %s) : (tensor<2x3x4xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: @gemm
// CHECK: %[[V0:.*]] = onnx.Gemm(%arg0, %arg1, %arg2) {alpha = 5.000000e-01 : f32}
// CHECK: return %[[V0]]
func.func @gemm(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<4xf32>) -> tensor<2x4xf32> {
  %y = onnx.Gemm_v6(%a, %b, %c) {broadcast = 1 : i64, alpha = 0.5 : f32} : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Bounds were attributes; version 1 has no default for them, version 6 the largest numbers.
// CHECK-LABEL: @clip
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<3.40282347E+38> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Clip(%arg0, %[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<6.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Clip(%arg0, _, %[[C2]])
// CHECK: return %[[V0]], %[[V1]]
func.func @clip(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = onnx.Clip_v6(%x) {min = 0.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.Clip_v1(%x) {max = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @reductions
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceSum(%arg0, %[[C0]]) {keepdims = 0 : i64}
// CHECK: %[[V1:.*]] = onnx.ReduceMax(%arg0)
// CHECK: return %[[V0]], %[[V1]]
func.func @reductions(%x: tensor<2x3xf32>) -> (tensor<2xf32>, tensor<1x1xf32>) {
  %y = onnx.ReduceSum_v11(%x) {axes = array<i64: 1>, keepdims = 0 : i64} : (tensor<2x3xf32>) -> tensor<2xf32>
  %z = onnx.ReduceMax_v13(%x) : (tensor<2x3xf32>) -> tensor<1x1xf32>
  return %y, %z : tensor<2xf32>, tensor<1x1xf32>
}

// -----

// The type was a name.
// CHECK-LABEL: @cast
// CHECK: %[[V0:.*]] = onnx.Cast(%arg0) {to = 7 : i64}
// CHECK: return %[[V0]]
func.func @cast(%x: tensor<2xf32>) -> tensor<2xi64> {
  %y = onnx.Cast_v1(%x) {to = "INT64"} : (tensor<2xf32>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}

// -----

// Over the last dimension both readings of Softmax agree; else the data is flattened.
// CHECK-LABEL: @softmax
// CHECK: %[[V0:.*]] = onnx.Softmax(%arg0) {axis = 2 : i64}
// CHECK: %[[V1:.*]] = onnx.Shape(%arg0)
// CHECK: %[[V2:.*]] = onnx.Flatten(%arg0) {axis = 1 : i64}
// CHECK: %[[V3:.*]] = onnx.Softmax(%[[V2]]) {axis = 1 : i64}
// CHECK: %[[V4:.*]] = onnx.Reshape(%[[V3]], %[[V1]])
// CHECK: return %[[V0]], %[[V4]]
func.func @softmax(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %y = onnx.Softmax_v11(%x) {axis = 2 : i64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %z = onnx.Softmax_v1(%x) : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %y, %z : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: @topk
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[V0:.*]], %[[V1:.*]] = onnx.TopK(%arg0, %[[C0]])
// CHECK: return %[[V0]], %[[V1]]
func.func @topk(%x: tensor<8xf32>) -> (tensor<3xf32>, tensor<3xi64>) {
  %y:2 = onnx.TopK_v1(%x) {k = 3 : i64} : (tensor<8xf32>) -> (tensor<3xf32>, tensor<3xi64>)
  return %y#0, %y#1 : tensor<3xf32>, tensor<3xi64>
}

// -----

// The axis that went without saying was the second.
// CHECK-LABEL: @dft
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V0:.*]] = onnx.DFT(%arg0, _, %[[C0]])
// CHECK: return %[[V0]]
func.func @dft(%x: tensor<1x8x4x1xf32>) -> tensor<1x8x4x2xf32> {
  %y = onnx.DFT_v17(%x) : (tensor<1x8x4x1xf32>) -> tensor<1x8x4x2xf32>
  return %y : tensor<1x8x4x2xf32>
}

// -----

func.func @refused(%x: tensor<*xf32>, %b: tensor<3xf32>) -> tensor<*xf32> {
  // expected-error@+1 {{Add: attribute 'axis' needs operands of known rank}}
  %y = onnx.Add_v6(%x, %b) {axis = 1 : i64, broadcast = 1 : i64} : (tensor<*xf32>, tensor<3xf32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}
