// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// A whole scale repeats elements: no coordinate is computed, and only the resized axes are looked at.
// CHECK-LABEL: func.func @repeat
// CHECK: tile.kernel "resize_nearest"
// CHECK-NOT: arith.sitofp
// CHECK-COUNT-2: arith.divsi
func.func @repeat(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x16x16xf32> {
  %s = onnx.Constant() {value = dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %y = onnx.Resize(%x, _, %s) {coordinate_transformation_mode = "asymmetric", mode = "nearest", nearest_mode = "floor"}
    : (tensor<1x4x8x8xf32>, tensor<4xf32>) -> tensor<1x4x16x16xf32>
  return %y : tensor<1x4x16x16xf32>
}

// One axis after the other; the ones that keep their size are left out.
// CHECK-LABEL: func.func @linear
// CHECK-COUNT-2: tile.kernel "resize"
// CHECK-NOT: tile.kernel
func.func @linear(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x12x20xf32> {
  %s = onnx.Constant() {value = dense<[1, 4, 12, 20]> : tensor<4xi64>} : () -> tensor<4xi64>
  %y = onnx.Resize(%x, _, _, %s) {mode = "linear"} : (tensor<1x4x8x8xf32>, tensor<4xi64>) -> tensor<1x4x12x20xf32>
  return %y : tensor<1x4x12x20xf32>
}

// CHECK-LABEL: func.func @grid
// CHECK: tile.kernel "grid_sample"
func.func @grid(%x: tensor<1x1x4x4xf32>, %g: tensor<1x6x6x2xf32>) -> tensor<1x1x6x6xf32> {
  %y = onnx.GridSample(%x, %g) {padding_mode = "reflection"} : (tensor<1x1x4x4xf32>, tensor<1x6x6x2xf32>) -> tensor<1x1x6x6xf32>
  return %y : tensor<1x1x6x6xf32>
}
