// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// One multiplication and one addition a channel.
// CHECK-LABEL: @batch
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Add(%arg4, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Sqrt(%[[V0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Div(%[[C1]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Mul(%arg1, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Mul(%arg3, %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Sub(%arg2, %[[V4]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V6:.*]] = onnx.Unsqueeze(%[[V3]], %[[C2]])
// CHECK: %[[V7:.*]] = onnx.Mul(%arg0, %[[V6]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.Unsqueeze(%[[V5]], %[[C3]])
// CHECK: %[[V9:.*]] = onnx.Add(%[[V7]], %[[V8]])
// CHECK: return %[[V9]]
func.func @batch(%x: tensor<1x2x4xf32>, %s: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %y = onnx.BatchNormalization(%x, %s, %b, %m, %v) {epsilon = 0.5 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  return %y : tensor<1x2x4xf32>
}

// -----

// In training the statistics are the batch's own, and the running ones are updated.
// CHECK-LABEL: @batch_training
// CHECK: %[[V0:.*]] = onnx.ReduceMean(%arg0, %{{.*}}) {keepdims = 1 : i64}
// CHECK: %[[V1:.*]] = onnx.Sub(%arg0, %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Mul(%[[V1]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.ReduceMean(%[[V2]], %{{.*}}) {keepdims = 1 : i64}
// CHECK: %[[V4:.*]] = onnx.Squeeze(%[[V0]], %{{.*}})
// CHECK: %[[V5:.*]] = onnx.Squeeze(%[[V3]], %{{.*}})
// CHECK: %[[V6:.*]] = onnx.Mul(%arg3, %{{.*}})
// CHECK: %[[V7:.*]] = onnx.Mul(%[[V4]], %{{.*}})
// CHECK: %[[V8:.*]] = onnx.Add(%[[V6]], %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Mul(%arg4, %{{.*}})
// CHECK: %[[V10:.*]] = onnx.Mul(%[[V5]], %{{.*}})
// CHECK: %[[V11:.*]] = onnx.Add(%[[V9]], %[[V10]])
// CHECK: %[[V12:.*]] = onnx.Add(%[[V5]], %{{.*}})
// CHECK: %[[V13:.*]] = onnx.Sqrt(%[[V12]])
// CHECK: %[[V14:.*]] = onnx.Div(%{{.*}}, %[[V13]])
// CHECK: %[[V15:.*]] = onnx.Mul(%arg1, %[[V14]])
// CHECK: %[[V16:.*]] = onnx.Mul(%[[V4]], %[[V15]])
// CHECK: %[[V17:.*]] = onnx.Sub(%arg2, %[[V16]])
// CHECK: %[[V18:.*]] = onnx.Unsqueeze(%[[V15]], %{{.*}})
// CHECK: %[[V19:.*]] = onnx.Mul(%arg0, %[[V18]])
// CHECK: %[[V20:.*]] = onnx.Unsqueeze(%[[V17]], %{{.*}})
// CHECK: %[[V21:.*]] = onnx.Add(%[[V19]], %[[V20]])
// CHECK: return %[[V21]], %[[V8]], %[[V11]]
func.func @batch_training(%x: tensor<1x2x4xf32>, %s: tensor<2xf32>, %b: tensor<2xf32>, %m: tensor<2xf32>, %v: tensor<2xf32>) -> (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>) {
  %y:3 = onnx.BatchNormalization(%x, %s, %b, %m, %v) {epsilon = 0.5 : f32, momentum = 0.75 : f32, training_mode = 1 : i64} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y#0, %y#1, %y#2 : tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// CHECK-LABEL: @instance
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceMean(%arg0, %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[V1:.*]] = onnx.Sub(%arg0, %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Mul(%[[V1]], %[[V1]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.ReduceMean(%[[V2]], %[[C1]]) {keepdims = 1 : i64}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Add(%[[V3]], %[[C2]])
// CHECK: %[[V5:.*]] = onnx.Sqrt(%[[V4]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V6:.*]] = onnx.Div(%[[C3]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Mul(%[[V1]], %[[V6]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.Unsqueeze(%arg1, %[[C4]])
// CHECK: %[[V9:.*]] = onnx.Mul(%[[V7]], %[[V8]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V10:.*]] = onnx.Unsqueeze(%arg2, %[[C5]])
// CHECK: %[[V11:.*]] = onnx.Add(%[[V9]], %[[V10]])
// CHECK: return %[[V11]]
func.func @instance(%x: tensor<1x2x4xf32>, %s: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %y = onnx.InstanceNormalization(%x, %s, %b) {epsilon = 0.5 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  return %y : tensor<1x2x4xf32>
}

// -----

// The mean of squares over neighbouring channels is an average pool over them.
// CHECK-LABEL: @lrn
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<8> : tensor<1xi64>}
// CHECK: onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Concat(%[[C0]], %{{.*}}, %[[C1]], %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V2:.*]] = onnx.Reshape(%[[V0]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.AveragePool(%[[V2]]) {count_include_pad = 1 : i64, dilations = array<i64: 1, 1>, kernel_shape = array<i64: 4, 1>, pads = array<i64: 1, 0, 2, 0>, strides = array<i64: 1, 1>}
// CHECK: %[[V4:.*]] = onnx.Shape(%arg0)
// CHECK: %[[V5:.*]] = onnx.Reshape(%[[V3]], %[[V4]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V6:.*]] = onnx.Mul(%[[V5]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V7:.*]] = onnx.Add(%[[V6]], %[[C5]])
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<7.500000e-01> : tensor<f32>}
// CHECK: %[[V8:.*]] = onnx.Pow(%[[V7]], %[[C6]])
// CHECK: %[[V9:.*]] = onnx.Div(%arg0, %[[V8]])
// CHECK: return %[[V9]]
func.func @lrn(%x: tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32> {
  %y = onnx.LRN(%x) {size = 4 : i64, alpha = 0.5 : f32, beta = 0.75 : f32, bias = 2.0 : f32} : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  return %y : tensor<1x8x2x2xf32>
}

// -----

// A vector of nothing but zeros stays one.
// CHECK-LABEL: @lp
// CHECK: %[[V0:.*]] = onnx.Abs(%arg0)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceSum(%[[V0]], %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Equal(%[[V1]], %[[C1]])
// CHECK: %[[V3:.*]] = onnx.Div(%arg0, %[[V1]])
// CHECK: %[[V4:.*]] = onnx.Where(%[[V2]], %[[C1]], %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V6:.*]] = onnx.ReduceSum(%[[V5]], %[[C2]]) {keepdims = 1 : i64}
// CHECK: %[[V7:.*]] = onnx.Sqrt(%[[V6]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V8:.*]] = onnx.Equal(%[[V7]], %[[C3]])
// CHECK: %[[V9:.*]] = onnx.Div(%arg0, %[[V7]])
// CHECK: %[[V10:.*]] = onnx.Where(%[[V8]], %[[C3]], %[[V9]])
// CHECK: return %[[V4]], %[[V10]]
func.func @lp(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %y = onnx.LpNormalization(%x) {p = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %z = onnx.LpNormalization(%x) {axis = 0 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y, %z : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// Statistics that nobody reads are left out, and the operator has its kernel.
// CHECK-LABEL: @layer
// CHECK: %[[V0:.*]] = onnx.LayerNormalization(%arg0, %arg1) {axis = 1 : i64}
// CHECK: return %[[V0]]
func.func @layer(%x: tensor<2x4xf32>, %s: tensor<4xf32>) -> tensor<2x4xf32> {
  %y:3 = onnx.LayerNormalization(%x, %s) : (tensor<2x4xf32>, tensor<4xf32>) -> (tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x1xf32>)
  return %y#0 : tensor<2x4xf32>
}

// -----

// Statistics that are read, in the precision that stash_type asks for.
// CHECK-LABEL: @layer_statistics
// CHECK: %[[V0:.*]] = onnx.Cast(%arg0) {to = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceMean(%[[V0]], %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[V2:.*]] = onnx.Sub(%[[V0]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Mul(%[[V2]], %[[V2]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V4:.*]] = onnx.ReduceMean(%[[V3]], %[[C1]]) {keepdims = 1 : i64}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<9.99999974E-6> : tensor<f32>}
// CHECK: %[[V5:.*]] = onnx.Add(%[[V4]], %[[C2]])
// CHECK: %[[V6:.*]] = onnx.Sqrt(%[[V5]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V7:.*]] = onnx.Div(%[[C3]], %[[V6]])
// CHECK: %[[V8:.*]] = onnx.Mul(%[[V2]], %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Cast(%[[V8]]) {to = 10 : i64}
// CHECK: %[[V10:.*]] = onnx.Mul(%[[V9]], %arg1)
// CHECK: return %[[V10]], %[[V7]]
func.func @layer_statistics(%x: tensor<2x4xf16>, %s: tensor<4xf16>) -> (tensor<2x4xf16>, tensor<2x1xf32>) {
  %y:3 = onnx.LayerNormalization(%x, %s) : (tensor<2x4xf16>, tensor<4xf16>) -> (tensor<2x4xf16>, tensor<2x1xf32>, tensor<2x1xf32>)
  return %y#0, %y#2 : tensor<2x4xf16>, tensor<2x1xf32>
}

// -----

// Nothing says which dimension is the channels'.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.BatchNormalization(%arg0, %arg1, %arg1, %arg1, %arg1)
// CHECK: return %[[V0]]
func.func @refused(%x: tensor<*xf32>, %s: tensor<2xf32>) -> tensor<*xf32> {
  %y = onnx.BatchNormalization(%x, %s, %s, %s, %s) : (tensor<*xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}
