// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @batch_normalization
// CHECK: %[[V0:.*]] = onnx.BatchNormalization(%arg0, %arg1, %arg1, %arg1, %arg1) {epsilon = 5.000000e-01 : f32, momentum = 0.899999976 : f32}
// CHECK: return %[[V0]]
func.func @batch_normalization(%x: tensor<2x3xf32>, %s: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = onnx.BatchNormalization_v9(%x, %s, %s, %s, %s) {epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// An imported graph is for inference; a mask that is read had the data's type.
// CHECK-LABEL: @dropout
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.500000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Dropout(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Shape(%arg0)
// CHECK: %[[C2:.*]] = onnx.ConstantOfShape(%[[V1]]) {value = dense<1.000000e+00> : tensor<1xf32>}
// CHECK: %[[V2:.*]] = onnx.Dropout(%arg0, %[[C1]])
// CHECK: return %[[V0]], %[[V2]], %[[C2]]
func.func @dropout(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %y = onnx.Dropout_v7(%x) {ratio = 0.25 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z:2 = onnx.Dropout_v7(%x) : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %y, %z#0, %z#1 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Scales were an operand, before an attribute, before two numbers.
// CHECK-LABEL: @upsample
// CHECK: %[[V0:.*]] = onnx.Resize(%arg0, _, %arg1) {coordinate_transformation_mode = "asymmetric", mode = "nearest", nearest_mode = "floor"}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 1.000000e+00, 2.000000e+00, 2.000000e+00]> : tensor<4xf32>}
// CHECK: %[[V1:.*]] = onnx.Resize(%arg0, _, %[[C0]]) {coordinate_transformation_mode = "asymmetric", mode = "linear", nearest_mode = "floor"}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 1.000000e+00, 2.000000e+00, 2.000000e+00]> : tensor<4xf32>}
// CHECK: %[[V2:.*]] = onnx.Resize(%arg0, _, %[[C1]]) {coordinate_transformation_mode = "asymmetric", mode = "nearest", nearest_mode = "floor"}
// CHECK: return %[[V0]], %[[V1]], %[[V2]]
func.func @upsample(%x: tensor<1x1x2x2xf32>, %s: tensor<4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %a = onnx.Upsample_v9(%x, %s) : (tensor<1x1x2x2xf32>, tensor<4xf32>) -> tensor<1x1x4x4xf32>
  %b = onnx.Upsample_v7(%x) {mode = "bilinear", scales = array<f32: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x1x2x2xf32>) -> tensor<1x1x4x4xf32>
  %c = onnx.Upsample_v1(%x) {height_scale = 2.0 : f32, width_scale = 2.0 : f32} : (tensor<1x1x2x2xf32>) -> tensor<1x1x4x4xf32>
  return %a, %b, %c : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: @resize
// CHECK: %[[V0:.*]] = onnx.Resize(%arg0, _, %arg1) {coordinate_transformation_mode = "asymmetric", mode = "linear", nearest_mode = "floor"}
// CHECK: return %[[V0]]
func.func @resize(%x: tensor<1x1x2x2xf32>, %s: tensor<4xf32>) -> tensor<1x1x4x4xf32> {
  %a = onnx.Resize_v10(%x, %s) {mode = "linear"} : (tensor<1x1x2x2xf32>, tensor<4xf32>) -> tensor<1x1x4x4xf32>
  return %a : tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: @lp_pool
// CHECK: %[[V0:.*]] = onnx.LpPool(%arg0) {kernel_shape = array<i64: 2, 2>, p = 3 : i64}
// CHECK: return %[[V0]]
func.func @lp_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32> {
  %y = onnx.LpPool_v1(%x) {kernel_shape = array<i64: 2, 2>, p = 3.0 : f32} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  return %y : tensor<1x1x3x3xf32>
}

// -----

// The default was misspelt.
// CHECK-LABEL: @recurrent
// CHECK: %[[V0:.*]] = onnx.LSTM(%arg0, %arg1, %arg2) {direction = "forward", hidden_size = 4 : i64}
// CHECK: return %[[V0]]
func.func @recurrent(%x: tensor<5x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>) -> tensor<5x1x2x4xf32> {
  %y = onnx.LSTM_v1(%x, %w, %r) {hidden_size = 4 : i64, direction = "foward", output_sequence = 1 : i64} : (tensor<5x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> tensor<5x1x2x4xf32>
  return %y : tensor<5x1x2x4xf32>
}

// -----

// CHECK-LABEL: @grid_sample
// CHECK: %[[V0:.*]] = onnx.GridSample(%arg0, %arg1) {mode = "cubic"}
// CHECK: return %[[V0]]
func.func @grid_sample(%x: tensor<1x1x4x4xf32>, %g: tensor<1x3x3x2xf32>) -> tensor<1x1x3x3xf32> {
  %y = onnx.GridSample_v16(%x, %g) {mode = "bicubic"} : (tensor<1x1x4x4xf32>, tensor<1x3x3x2xf32>) -> tensor<1x1x3x3xf32>
  return %y : tensor<1x1x3x3xf32>
}

// -----

// Scale and bias were one for each group, and are one for each channel since.
// CHECK-LABEL: @group_normalization
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg1, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2> : tensor<2xi64>}
// CHECK: %[[V1:.*]] = onnx.Expand(%[[V0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Reshape(%[[V1]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%arg2, %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<2> : tensor<2xi64>}
// CHECK: %[[V4:.*]] = onnx.Expand(%[[V3]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Reshape(%[[V4]], %[[C5]])
// CHECK: %[[V6:.*]] = onnx.GroupNormalization(%arg0, %[[V2]], %[[V5]]) {num_groups = 2 : i64}
// CHECK: return %[[V6]]
func.func @group_normalization(%x: tensor<1x4x2xf32>, %s: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<1x4x2xf32> {
  %y = onnx.GroupNormalization_v18(%x, %s, %b) {num_groups = 2 : i64} : (tensor<1x4x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  return %y : tensor<1x4x2xf32>
}

// -----

// A batch is a loop around what Scan is now.
// CHECK-LABEL: @scan
// CHECK: %[[N:.*]] = onnx.Squeeze
// CHECK: onnx.Loop(%[[N]]) body {
// CHECK: ^bb0(%[[I:.*]]: tensor<i64>, %[[C:.*]]: tensor<i1>)
// CHECK: %[[S:.*]] = onnx.Gather(%arg0, %[[I]]) {axis = 0 : i64}
// CHECK: %[[X:.*]] = onnx.Gather(%arg1, %[[I]]) {axis = 0 : i64}
// CHECK: %[[Y:.*]] = onnx.Scan(%[[S]], %[[X]]) {num_scan_inputs = 1 : i64, scan_input_directions = array<i64: 1>} body {
// CHECK: onnx.Add
// CHECK: onnx.yield %[[C]], %[[Y]]
func.func @scan(%s: tensor<3x2xf32>, %x: tensor<3x5x2xf32>) -> tensor<3x2xf32> {
  %y = onnx.Scan_v8(_, %s, %x) {directions = array<i64: 1>, num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum : tensor<2xf32>
  } : (tensor<3x2xf32>, tensor<3x5x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// Of a sequence with a length of its own so much is scanned; what comes behind is not defined.
// CHECK-LABEL: @scan_lengths
// CHECK: onnx.Loop
// CHECK: %[[L:.*]] = onnx.Gather(%arg0,
// CHECK: %[[LENGTH:.*]] = onnx.Unsqueeze(%[[L]],
// CHECK: %[[X:.*]] = onnx.Gather(%arg2,
// CHECK: onnx.Slice(%[[X]], %{{.*}}, %[[LENGTH]],
// CHECK: %[[Y:.*]]:2 = onnx.Scan
// CHECK: onnx.Pad(%[[Y]]#1,
func.func @scan_lengths(%l: tensor<3xi64>, %s: tensor<3x2xf32>, %x: tensor<3x5x2xf32>) -> (tensor<3x2xf32>, tensor<3x5x2xf32>) {
  %y:2 = onnx.Scan_v8(%l, %s, %x) {num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum, %sum : tensor<2xf32>, tensor<2xf32>
  } : (tensor<3xi64>, tensor<3x2xf32>, tensor<3x5x2xf32>) -> (tensor<3x2xf32>, tensor<3x5x2xf32>)
  return %y#0, %y#1 : tensor<3x2xf32>, tensor<3x5x2xf32>
}

// -----

// Statistics for each position are no normalisation of channels.
// CHECK-LABEL: @positions
// CHECK: %[[E:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Add(%arg4, %[[E]])
// CHECK: %[[V1:.*]] = onnx.Sqrt(%[[V0]])
// CHECK: %[[V2:.*]] = onnx.Sub(%arg0, %arg3)
// CHECK: %[[V3:.*]] = onnx.Div(%[[V2]], %[[V1]])
// CHECK: %[[V4:.*]] = onnx.Mul(%[[V3]], %arg1)
// CHECK: %[[V5:.*]] = onnx.Add(%[[V4]], %arg2)
// CHECK: return %[[V5]]
func.func @positions(%x: tensor<2x3x4xf32>, %s: tensor<3x4xf32>, %b: tensor<3x4xf32>, %m: tensor<3x4xf32>, %v: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %y = onnx.BatchNormalization_v7(%x, %s, %b, %m, %v) {epsilon = 0.5 : f32, spatial = 0 : i64} : (tensor<2x3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// -----

func.func @refused_channels(%x: tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>, %s: tensor<2xf32>) -> tensor<1x?x2xf32, #onnx.dims<1, "c", 2>> {
  // expected-error@+1 {{GroupNormalization: version 18 needs a known number of channels, a multiple of num_groups}}
  %y = onnx.GroupNormalization_v18(%x, %s, %s) {num_groups = 2 : i64} : (tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>
  return %y : tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>
}

// -----

func.func @no_rank(%s: tensor<3x2xf32>, %x: tensor<*xf32>) -> tensor<3x2xf32> {
  // expected-error@+1 {{Scan: there are no sequences of a known rank}}
  %y = onnx.Scan_v8(_, %s, %x) {num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum : tensor<2xf32>
  } : (tensor<3x2xf32>, tensor<*xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
