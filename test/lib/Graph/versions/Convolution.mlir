// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Conv_v1(
// CHECK: onnx.Conv(%arg0, %arg1) {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>}
func.func @Conv_v1(%arg0: tensor<1x1x5x5xf32>, %arg1: tensor<1x1x3x3xf32>) -> tensor<1x1x5x5xf32> {
  %0 = onnx.Conv_v1(%arg0, %arg1) {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x5x5xf32>
  return %0 : tensor<1x1x5x5xf32>
}

// CHECK-LABEL: @Conv_v11(
// CHECK: onnx.Conv(%arg0, %arg1) {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>}
func.func @Conv_v11(%arg0: tensor<1x1x5x5xf32>, %arg1: tensor<1x1x3x3xf32>) -> tensor<1x1x5x5xf32> {
  %0 = onnx.Conv_v11(%arg0, %arg1) {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x5x5xf32>
  return %0 : tensor<1x1x5x5xf32>
}

// CHECK-LABEL: @ConvTranspose_v1(
// CHECK: onnx.ConvTranspose(%arg0, %arg1)
func.func @ConvTranspose_v1(%arg0: tensor<1x1x3xf32>, %arg1: tensor<1x2x3xf32>) -> tensor<1x2x5xf32> {
  %0 = onnx.ConvTranspose_v1(%arg0, %arg1) : (tensor<1x1x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x5xf32>
  return %0 : tensor<1x2x5xf32>
}

// CHECK-LABEL: @ConvTranspose_v11(
// CHECK: onnx.ConvTranspose(%arg0, %arg1)
func.func @ConvTranspose_v11(%arg0: tensor<1x1x3xf32>, %arg1: tensor<1x2x3xf32>) -> tensor<1x2x5xf32> {
  %0 = onnx.ConvTranspose_v11(%arg0, %arg1) : (tensor<1x1x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x5xf32>
  return %0 : tensor<1x2x5xf32>
}

// CHECK-LABEL: @DeformConv_v19(
// CHECK: onnx.DeformConv(%arg0, %arg1, %arg2) {kernel_shape = array<i64: 2, 2>, offset_group = 2 : i64, pads = array<i64: 0, 0, 0, 0>}
func.func @DeformConv_v19(%arg0: tensor<1x2x3x3xf32>, %arg1: tensor<1x2x2x2xf32>, %arg2: tensor<1x16x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %0 = onnx.DeformConv_v19(%arg0, %arg1, %arg2) {kernel_shape = array<i64: 2, 2>, offset_group = 2 : i64, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x3xf32>, tensor<1x2x2x2xf32>, tensor<1x16x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}
