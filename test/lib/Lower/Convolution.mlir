// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @conv
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<8xf32>)
// CHECK: tile.conv {dilations = array<i64: 1, 1>, group = 2 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
func.func @conv(%x: tensor<1x4x9x9xf32>, %w: tensor<8x2x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x5x5xf32> {
  %y = onnx.Conv(%x, %w, %b) {group = 2 : i64, kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
    : (tensor<1x4x9x9xf32>, tensor<8x2x3x3xf32>, tensor<8xf32>) -> tensor<1x8x5x5xf32>
  return %y : tensor<1x8x5x5xf32>
}

// Padding that depends on a size is added beforehand.
// CHECK-LABEL: func.func @same
// CHECK: tensor.pad
// CHECK: tile.conv {{.*}}pads = array<i64: 0, 0>
func.func @same(%x: tensor<1x4x?xf32, #onnx.dims<1, 4, "n">>, %w: tensor<8x4x3xf32>) -> tensor<1x8x?xf32, #onnx.dims<1, 8, "ceildiv(n, 2)">> {
  %y = onnx.Conv(%x, %w) {auto_pad = "SAME_UPPER", kernel_shape = array<i64: 3>, strides = array<i64: 2>}
    : (tensor<1x4x?xf32, #onnx.dims<1, 4, "n">>, tensor<8x4x3xf32>) -> tensor<1x8x?xf32, #onnx.dims<1, 8, "ceildiv(n, 2)">>
  return %y : tensor<1x8x?xf32, #onnx.dims<1, 8, "ceildiv(n, 2)">>
}

// Factors stay narrow, and sums are f32.
// CHECK-LABEL: func.func @half
// CHECK: tile.conv {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4x9x9xf16>, tensor<8x4x3x3xf16>) outs(%{{.*}} : tensor<1x8x7x7xf32>)
// CHECK: arith.truncf
func.func @half(%x: tensor<1x4x9x9xf16>, %w: tensor<8x4x3x3xf16>) -> tensor<1x8x7x7xf16> {
  %y = onnx.Conv(%x, %w) {kernel_shape = array<i64: 3, 3>} : (tensor<1x4x9x9xf16>, tensor<8x4x3x3xf16>) -> tensor<1x8x7x7xf16>
  return %y : tensor<1x8x7x7xf16>
}

// CHECK-LABEL: func.func @integers
// CHECK: arith.extui
// CHECK: tile.conv {{.*}} -> tensor<1x1x2x2xi32>
func.func @integers(%x: tensor<1x1x3x3xui8>, %w: tensor<1x1x2x2xui8>, %z: tensor<ui8>) -> tensor<1x1x2x2xi32> {
  %y = onnx.ConvInteger(%x, %w, %z) : (tensor<1x1x3x3xui8>, tensor<1x1x2x2xui8>, tensor<ui8>) -> tensor<1x1x2x2xi32>
  return %y : tensor<1x1x2x2xi32>
}

// CHECK-LABEL: func.func @transpose
// CHECK: tile.kernel "conv_transpose"
// CHECK: scf.forall
// CHECK: arith.floordivsi
func.func @transpose(%x: tensor<1x1x3x3xf32>, %w: tensor<1x2x3x3xf32>) -> tensor<1x2x7x7xf32> {
  %y = onnx.ConvTranspose(%x, %w) {strides = array<i64: 2, 2>} : (tensor<1x1x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x7x7xf32>
  return %y : tensor<1x2x7x7xf32>
}

// CHECK-LABEL: func.func @deformed
// CHECK: tile.kernel "deform_conv"
func.func @deformed(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x2x2xf32>, %o: tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %y = onnx.DeformConv(%x, %w, %o) {kernel_shape = array<i64: 2, 2>} : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>, tensor<1x8x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// The block's shape is read on the host.
// CHECK-LABEL: func.func @columns
// CHECK: tensor.extract
// CHECK: tile.kernel "col2im"
func.func @columns(%x: tensor<1x5x5xf32>, %i: tensor<2xi64>, %b: tensor<2xi64>) -> tensor<1x1x5x5xf32> {
  %y = onnx.Col2Im(%x, %i, %b) : (tensor<1x5x5xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x5x5xf32>
  return %y : tensor<1x1x5x5xf32>
}

// -----

// Of how many channels and taps only the run knows: each element by itself.
// CHECK-LABEL: func.func @unknown_channels
// CHECK-NOT: tile.conv
// CHECK: tile.kernel "conv" ins(%arg0, %arg1 :
func.func @unknown_channels(%x: tensor<1x?x8xf32, #onnx.dims<1, "c", 8>>, %w: tensor<?x?x?xf32, #onnx.dims<"m", "c", "k">>) -> tensor<1x?x?xf32, #onnx.dims<1, "m", "o">> {
  %y = onnx.Conv(%x, %w) : (tensor<1x?x8xf32, #onnx.dims<1, "c", 8>>, tensor<?x?x?xf32, #onnx.dims<"m", "c", "k">>) -> tensor<1x?x?xf32, #onnx.dims<1, "m", "o">>
  return %y : tensor<1x?x?xf32, #onnx.dims<1, "m", "o">>
}
