// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s

// CHECK-LABEL: @layer
// CHECK: %[[V1:.*]] = onnx.LayerNormalization(%arg0, %arg1, %arg2) {axis = 1 : i64, epsilon = 5.000000e-01 : f32}
// CHECK: return %[[V1]]
func.func @layer(%x: tensor<2x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<2x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %eps = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %mean = onnx.ReduceMean(%x, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %d = onnx.Sub(%x, %mean) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %sq = onnx.Pow(%d, %two) : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %var = onnx.ReduceMean(%sq, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %ve = onnx.Add(%var, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %sd = onnx.Sqrt(%ve) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = onnx.Div(%d, %sd) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %s = onnx.Mul(%n, %scale) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %y = onnx.Add(%s, %bias) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// Over two dimensions, the last ones, without a bias.
// CHECK-LABEL: @two_axes
// CHECK: %[[V0:.*]] = onnx.LayerNormalization(%arg0, %arg1) {axis = 1 : i64, epsilon = 5.000000e-01 : f32}
// CHECK: return %[[V0]]
func.func @two_axes(%x: tensor<2x3x4xf32>, %scale: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %axes = onnx.Constant() {value = dense<[2, 1]> : tensor<2xi64>} : () -> tensor<2xi64>
  %eps = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %mean = onnx.ReduceMean(%x, %axes) : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<2x1x1xf32>
  %d = onnx.Sub(%x, %mean) : (tensor<2x3x4xf32>, tensor<2x1x1xf32>) -> tensor<2x3x4xf32>
  %sq = onnx.Mul(%d, %d) : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %var = onnx.ReduceMean(%sq, %axes) : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<2x1x1xf32>
  %ve = onnx.Add(%eps, %var) : (tensor<f32>, tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %sd = onnx.Sqrt(%ve) : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %n = onnx.Div(%d, %sd) : (tensor<2x3x4xf32>, tensor<2x1x1xf32>) -> tensor<2x3x4xf32>
  %y = onnx.Mul(%scale, %n) : (tensor<3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: @rms
// CHECK: %[[V0:.*]] = onnx.RMSNormalization(%arg0, %arg1) {axis = 1 : i64, epsilon = 5.000000e-01 : f32}
// CHECK: return %[[V0]]
func.func @rms(%x: tensor<2x8xf32>, %scale: tensor<8xf32>) -> tensor<2x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %eps = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %sq = onnx.Mul(%x, %x) : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %ms = onnx.ReduceMean(%sq, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %me = onnx.Add(%ms, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %root = onnx.Sqrt(%me) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %inv = onnx.Reciprocal(%root) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %m = onnx.Mul(%x, %inv) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %y = onnx.Mul(%scale, %m) : (tensor<8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// A mean over the first dimension is no layer's.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[V1:.*]] = onnx.ReduceMean(%[[V0]], %[[C0]])
// CHECK: %[[V2:.*]] = onnx.Add(%[[V1]], %[[C1]])
// CHECK: %[[V3:.*]] = onnx.Sqrt(%[[V2]])
// CHECK: %[[V4:.*]] = onnx.Div(%arg0, %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Mul(%[[V4]], %arg1)
// CHECK: return %[[V5]]
func.func @refused(%x: tensor<8x2xf32>, %scale: tensor<8x1xf32>) -> tensor<8x2xf32> {
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %eps = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %sq = onnx.Mul(%x, %x) : (tensor<8x2xf32>, tensor<8x2xf32>) -> tensor<8x2xf32>
  %ms = onnx.ReduceMean(%sq, %axes) : (tensor<8x2xf32>, tensor<1xi64>) -> tensor<1x2xf32>
  %me = onnx.Add(%ms, %eps) : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %root = onnx.Sqrt(%me) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %n = onnx.Div(%x, %root) : (tensor<8x2xf32>, tensor<1x2xf32>) -> tensor<8x2xf32>
  %y = onnx.Mul(%n, %scale) : (tensor<8x2xf32>, tensor<8x1xf32>) -> tensor<8x2xf32>
  return %y : tensor<8x2xf32>
}

// -----

// Centred by the mean of something else: the square's root alone is recognised.
// CHECK-LABEL: @other_mean
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceMean(%arg1, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Sub(%arg0, %[[V0]])
// CHECK: %[[V2:.*]] = onnx.RMSNormalization(%[[V1]], %arg2) {axis = 1 : i64, epsilon = 5.000000e-01 : f32}
// CHECK: return %[[V2]]
func.func @other_mean(%x: tensor<2x8xf32>, %z: tensor<2x8xf32>, %scale: tensor<8xf32>) -> tensor<2x8xf32> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %eps = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %mean = onnx.ReduceMean(%z, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %d = onnx.Sub(%x, %mean) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %sq = onnx.Mul(%d, %d) : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %var = onnx.ReduceMean(%sq, %axes) : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %ve = onnx.Add(%var, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %sd = onnx.Sqrt(%ve) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = onnx.Div(%d, %sd) : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  %y = onnx.Mul(%n, %scale) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}
