// RUN: azulejo-opt %s --azulejo-deduce-sizes --split-input-file | FileCheck %s

// CHECK-LABEL: @sizes
// CHECK-SAME: %arg1: tensor<3xi64>, %arg2: tensor<3xi64>
func.func @sizes(%x: tensor<2x3xf32>, %sizes: tensor<?xi64, #onnx.dims<"n">>, %same: tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?x?xf32> {
  %y = onnx.Reshape(%x, %sizes) : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?x?xf32>
  return %y : tensor<?x?x?xf32>
}

// -----

// CHECK-LABEL: @axes
// CHECK-SAME: %arg1: tensor<1xi64>, %arg2: tensor<2xi64>, %arg3: tensor<4xi64>
func.func @axes(%x: tensor<2x3xf32>, %axes: tensor<?xi64, #onnx.dims<"a">>, %parts: tensor<?xi64, #onnx.dims<"b">>, %pads: tensor<?xi64, #onnx.dims<"c">>) -> (tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>) {
  %r = onnx.ReduceSum(%x, %axes) {keepdims = 0 : i64} : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"a">>) -> tensor<?xf32>
  %s:2 = onnx.Split(%x, %parts) : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"b">>) -> (tensor<?x?xf32>, tensor<?x?xf32>)
  %p = onnx.Pad(%x, %pads) : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"c">>) -> tensor<?x?xf32>
  return %r, %s#0, %s#1, %p : tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
}

// -----

// CHECK-LABEL: @weights
// CHECK-SAME: %arg1: tensor<?x?x3x1xf32, #onnx.dims<"m", "c", 3, 1>>
// CHECK-SAME: %arg3: tensor<2x20x?xf32, #onnx.dims<2, 20, "i">>, %arg4: tensor<2x20x5xf32>
func.func @weights(%x: tensor<1x2x8x8xf32>, %w: tensor<?x?x?x?xf32, #onnx.dims<"m", "c", "kh", "kw">>, %s: tensor<7x1x3xf32>, %lw: tensor<?x?x?xf32, #onnx.dims<"d", "g", "i">>, %lr: tensor<?x?x?xf32, #onnx.dims<"e", "h", "j">>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) {
  %y = onnx.Conv(%x, %w) {kernel_shape = array<i64: 3, 1>} : (tensor<1x2x8x8xf32>, tensor<?x?x?x?xf32, #onnx.dims<"m", "c", "kh", "kw">>) -> tensor<?x?x?x?xf32>
  %l, %h, %c = onnx.LSTM(%s, %lw, %lr) {hidden_size = 5 : i64, direction = "bidirectional"} : (tensor<7x1x3xf32>, tensor<?x?x?xf32, #onnx.dims<"d", "g", "i">>, tensor<?x?x?xf32, #onnx.dims<"e", "h", "j">>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return %y, %l : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>
}

// -----

// With kept dimensions any number of axes will do; a shape may be shorter than the data's; and all
// dimensions are reduced by a list of all axes as by an empty one.
// CHECK-LABEL: @refused
// CHECK-SAME: #onnx.dims<"a">{{.*}}#onnx.dims<"b">{{.*}}#onnx.dims<"c">
func.func @refused(%x: tensor<2x3xf32>, %a: tensor<?xi64, #onnx.dims<"a">>, %b: tensor<?xi64, #onnx.dims<"b">>, %c: tensor<?xi64, #onnx.dims<"c">>) -> (tensor<?x?xf32>, tensor<?x?xf32>, tensor<f32>) {
  %r = onnx.ReduceSum(%x, %a) {keepdims = 1 : i64} : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"a">>) -> tensor<?x?xf32>
  %e = onnx.Expand(%x, %b) : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"b">>) -> tensor<?x?xf32>
  %s = onnx.ReduceSum(%x, %c) {keepdims = 0 : i64} : (tensor<2x3xf32>, tensor<?xi64, #onnx.dims<"c">>) -> tensor<f32>
  return %r, %e, %s : tensor<?x?xf32>, tensor<?x?xf32>, tensor<f32>
}
