// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file | FileCheck %s

// Strides round down, SAME rounds up, ceil_mode leaves out a window that would begin in the padding.
// CHECK-LABEL: @windows
// CHECK: onnx.Conv({{.*}} -> tensor<1x8x?x?xf32, #onnx.dims<1, 8, "floordiv(h + 1, 2)", "w">>
// CHECK: onnx.Conv({{.*}} -> tensor<1x8x?x?xf32, #onnx.dims<1, 8, "floordiv(h + 1, 2)", "floordiv(w + 1, 2)">>
// CHECK: onnx.MaxPool({{.*}} -> tensor<1x3x?x?xf32, #onnx.dims<1, 3, "floordiv(h + 1, 2)", "floordiv(w + 1, 2)">>
func.func @windows(%x: tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>, %w: tensor<8x3x3x3xf32>) {
  %0 = onnx.Conv(%x, %w) {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 1>} : (tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  %1 = onnx.Conv(%x, %w) {auto_pad = "SAME_UPPER", strides = array<i64: 2, 2>} : (tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  %2 = onnx.MaxPool(%x) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, ceil_mode = 1 : i64} : (tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>) -> tensor<*xf32>
  return
}

// -----

// CHECK-LABEL: @transposed
// CHECK: onnx.ConvTranspose({{.*}} -> tensor<1x4x?xf32, #onnx.dims<1, 4, "2*n">>
func.func @transposed(%x: tensor<1x4x?xf32, #onnx.dims<1, 4, "n">>, %w: tensor<4x2x3xf32>) {
  %0 = onnx.ConvTranspose(%x, %w) {strides = array<i64: 2>, pads = array<i64: 1, 1>, output_padding = array<i64: 1>, group = 2 : i64} : (tensor<1x4x?xf32, #onnx.dims<1, 4, "n">>, tensor<4x2x3xf32>) -> tensor<*xf32>
  return
}

// -----

// A scale that is a fraction with a small denominator keeps the relation.
// CHECK-LABEL: @resize
// CHECK: onnx.Resize({{.*}} -> tensor<1x1x?x?xf32, #onnx.dims<1, 1, "2*h", "floordiv(3*w, 2)">>
func.func @resize(%x: tensor<1x1x?x?xf32, #onnx.dims<1, 1, "h", "w">>) {
  %scales = onnx.Constant() {value = dense<[1.0, 1.0, 2.0, 1.5]> : tensor<4xf32>} : () -> tensor<4xf32>
  %0 = onnx.Resize(%x, _, %scales) : (tensor<1x1x?x?xf32, #onnx.dims<1, 1, "h", "w">>, tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

// Scales that are known at run time only: the dimension gets a name of its own.
// CHECK-LABEL: @refused
// CHECK: onnx.Resize({{.*}} -> tensor<?x?x?x?xf32, #onnx.dims<"Resize.0", "Resize.1", "Resize.2", "Resize.3">>
func.func @refused(%x: tensor<1x1x4x4xf32>, %scales: tensor<4xf32>) {
  %0 = onnx.Resize(%x, _, %scales) : (tensor<1x1x4x4xf32>, tensor<4xf32>) -> tensor<*xf32>
  return
}
