// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// What a window leaves to defaults is spelled out, and auto_pad becomes pads.
// CHECK-LABEL: @window
// CHECK: %[[V0:.*]] = onnx.Conv(%arg0, %arg1) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 3, 3>, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>}
// CHECK: %[[V1:.*]] = onnx.Conv(%arg0, %arg1) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 2>}
// CHECK: %[[V2:.*]] = onnx.MaxPool(%arg0) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 3, 3>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}
// CHECK: return %[[V0]], %[[V1]], %[[V2]]
func.func @window(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) {
  %a = onnx.Conv(%x, %w) {auto_pad = "SAME_UPPER", strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  %b = onnx.Conv(%x, %w) {auto_pad = "SAME_LOWER", strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  %c = onnx.MaxPool(%x) {auto_pad = "VALID", kernel_shape = array<i64: 3, 3>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  return %a, %b, %c : tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>
}

// -----

// The pads of SAME with stride 1 depend on no size.
// CHECK-LABEL: @same
// CHECK: %[[V0:.*]] = onnx.Conv(%arg0, %arg1) {dilations = array<i64: 1>, kernel_shape = array<i64: 3>, pads = array<i64: 1, 1>, strides = array<i64: 1>}
// CHECK: return %[[V0]]
func.func @same(%x: tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>, %w: tensor<1x1x3xf32>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "n">> {
  %y = onnx.Conv(%x, %w) {auto_pad = "SAME_UPPER"} : (tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>, tensor<1x1x3xf32>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>
  return %y : tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>
}

// -----

// An output shape that is asked for gives pads; more than there is, output_padding.
// CHECK-LABEL: @transposed
// CHECK: %[[V0:.*]] = onnx.ConvTranspose(%arg0, %arg1) {dilations = array<i64: 1>, kernel_shape = array<i64: 3>, output_padding = array<i64: 0>, pads = array<i64: 1, 0>, strides = array<i64: 2>}
// CHECK: %[[V1:.*]] = onnx.ConvTranspose(%arg0, %arg1) {dilations = array<i64: 1>, kernel_shape = array<i64: 3>, output_padding = array<i64: 1>, pads = array<i64: 0, 0>, strides = array<i64: 4>}
// CHECK: return %[[V0]], %[[V1]]
func.func @transposed(%x: tensor<1x1x3xf32>, %w: tensor<1x1x3xf32>) -> (tensor<1x1x6xf32>, tensor<1x1x12xf32>) {
  %y = onnx.ConvTranspose(%x, %w) {strides = array<i64: 2>, output_shape = array<i64: 6>} : (tensor<1x1x3xf32>, tensor<1x1x3xf32>) -> tensor<1x1x6xf32>
  %z = onnx.ConvTranspose(%x, %w) {strides = array<i64: 4>, output_shape = array<i64: 12>} : (tensor<1x1x3xf32>, tensor<1x1x3xf32>) -> tensor<1x1x12xf32>
  return %y, %z : tensor<1x1x6xf32>, tensor<1x1x12xf32>
}

// -----

// CHECK-LABEL: @global
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceMean(%arg0, %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceMax(%arg0, %[[C1]]) {keepdims = 1 : i64}
// CHECK: %[[V2:.*]] = onnx.Abs(%arg0)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Pow(%[[V2]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>}
// CHECK: %[[V4:.*]] = onnx.ReduceSum(%[[V3]], %[[C3]]) {keepdims = 1 : i64}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<0.333333343> : tensor<f32>}
// CHECK: %[[V5:.*]] = onnx.Pow(%[[V4]], %[[C4]])
// CHECK: return %[[V0]], %[[V1]], %[[V5]]
func.func @global(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>) {
  %a = onnx.GlobalAveragePool(%x) : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  %b = onnx.GlobalMaxPool(%x) : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  %c = onnx.GlobalLpPool(%x) {p = 3 : i64} : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  return %a, %b, %c : tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>
}

// -----

// A sum over a window is its average, padding counted, times its size.
// CHECK-LABEL: @lp_pool
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[V1:.*]] = onnx.AveragePool(%[[V0]]) {count_include_pad = 1 : i64, dilations = array<i64: 1, 1>, kernel_shape = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<4.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Mul(%[[V1]], %[[C0]])
// CHECK: %[[V3:.*]] = onnx.Sqrt(%[[V2]])
// CHECK: return %[[V3]]
func.func @lp_pool(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x3x3xf32> {
  %y = onnx.LpPool(%x) {kernel_shape = array<i64: 2, 2>, p = 2 : i64} : (tensor<1x2x4x4xf32>) -> tensor<1x2x3x3xf32>
  return %y : tensor<1x2x3x3xf32>
}

// -----

// CHECK-LABEL: @max_unpool
// CHECK: %[[V0:.*]] = onnx.Sub(%{{.*}}, %{{.*}})
// CHECK: %[[V1:.*]] = onnx.Mul(%[[V0]], %{{.*}})
// CHECK: %[[V2:.*]] = onnx.Add(%[[V1]], %{{.*}})
// CHECK: %[[V3:.*]] = onnx.Sub(%{{.*}}, %{{.*}})
// CHECK: %[[V4:.*]] = onnx.Mul(%[[V3]], %{{.*}})
// CHECK: %[[V5:.*]] = onnx.Add(%[[V4]], %{{.*}})
// CHECK: %[[V6:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %[[V2]], %[[V5]]) {axis = 0 : i64}
// CHECK: %[[V7:.*]] = onnx.ReduceProd(%[[V6]], %{{.*}}) {keepdims = 1 : i64}
// CHECK: %[[V8:.*]] = onnx.Expand(%{{.*}}, %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Reshape(%arg1, %{{.*}})
// CHECK: %[[V10:.*]] = onnx.Reshape(%arg0, %{{.*}})
// CHECK: %[[V11:.*]] = onnx.ScatterElements(%[[V8]], %[[V9]], %[[V10]]) {axis = 0 : i64}
// CHECK: %[[V12:.*]] = onnx.Reshape(%[[V11]], %[[V6]])
// CHECK: return %[[V12]]
func.func @max_unpool(%x: tensor<1x1x2x2xf32>, %i: tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32> {
  %y = onnx.MaxUnpool(%x, %i) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// Columns put back are a transposed convolution with an identity for its kernel.
// CHECK-LABEL: @col2im
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[-1, 4, 2, 2]> : tensor<4xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<{{\[\[\[\[1\.000000e\+00, 0\.000000e\+00\], \[0\.000000e\+00, 0\.000000e\+00\]\]\], \[\[\[0\.000000e\+00, 1\.000000e\+00\], \[0\.000000e\+00, 0\.000000e\+00\]\]\], \[\[\[0\.000000e\+00, 0\.000000e\+00\], \[1\.000000e\+00, 0\.000000e\+00\]\]\], \[\[\[0\.000000e\+00, 0\.000000e\+00\], \[0\.000000e\+00, 1\.000000e\+00\]\]\]\]}}> : tensor<4x1x2x2xf32>}
// CHECK: %[[V1:.*]] = onnx.ConvTranspose(%[[V0]], %[[C2]]) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 2, 2>, output_padding = array<i64: 0, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<[1, 4, 4]> : tensor<3xi64>}
// CHECK: %[[V2:.*]] = onnx.Concat(%[[C0]], %[[C3]]) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Reshape(%[[V1]], %[[V2]])
// CHECK: return %[[V3]]
func.func @col2im(%x: tensor<1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %image = onnx.Constant() {value = dense<4> : tensor<2xi64>} : () -> tensor<2xi64>
  %block = onnx.Constant() {value = dense<2> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Col2Im(%x, %image, %block) {strides = array<i64: 2, 2>} : (tensor<1x4x4xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// Pads that depend on a size that is not known.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.MaxPool(%arg0) {auto_pad = "SAME_UPPER", dilations = array<i64: 1>, kernel_shape = array<i64: 3>, strides = array<i64: 2>}
// CHECK: return %[[V0]]
func.func @refused(%x: tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">> {
  %y = onnx.MaxPool(%x) {auto_pad = "SAME_UPPER", kernel_shape = array<i64: 3>, strides = array<i64: 2>} : (tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
  return %y : tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
}

// -----

// Of how many channels only the run knows: windows are gathered.
// CHECK-LABEL: @causal
// CHECK: %[[PADDED:.*]] = onnx.Concat(%arg2, %arg0) {axis = 2 : i64}
// CHECK: %[[WINDOWS:.*]] = onnx.Gather(%[[PADDED]], %{{.*}}) {axis = 2 : i64}
// CHECK: %[[PRODUCTS:.*]] = onnx.Mul(%[[WINDOWS]], %arg1)
// CHECK: onnx.ReduceSum(%[[PRODUCTS]]
func.func @causal(%x: tensor<1x?x5xf32, #onnx.dims<1, "c", 5>>, %w: tensor<?x1x3xf32, #onnx.dims<"c", 1, 3>>, %past: tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>) -> tensor<1x?x5xf32, #onnx.dims<1, "c", 5>> {
  %y, %s = onnx.CausalConvWithState(%x, %w, _, %past) : (tensor<1x?x5xf32, #onnx.dims<1, "c", 5>>, tensor<?x1x3xf32, #onnx.dims<"c", 1, 3>>, tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>) -> (tensor<1x?x5xf32, #onnx.dims<1, "c", 5>>, tensor<1x?x2xf32, #onnx.dims<1, "c", 2>>)
  return %y : tensor<1x?x5xf32, #onnx.dims<1, "c", 5>>
}
