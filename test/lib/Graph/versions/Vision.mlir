// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @NonMaxSuppression_v10(
// CHECK: onnx.NonMaxSuppression(%arg0, %arg1, %arg2, %arg3, %arg4)
func.func @NonMaxSuppression_v10(%arg0: tensor<1x1x4xf32>, %arg1: tensor<1x1x1xf32>, %arg2: tensor<1xi64>, %arg3: tensor<1xf32>, %arg4: tensor<1xf32>) -> tensor<1x3xi64> {
  %0 = onnx.NonMaxSuppression_v10(%arg0, %arg1, %arg2, %arg3, %arg4) : (tensor<1x1x4xf32>, tensor<1x1x1xf32>, tensor<1xi64>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3xi64>
  return %0 : tensor<1x3xi64>
}

// CHECK-LABEL: @RoiAlign_v10(
// CHECK: onnx.RoiAlign(%arg0, %arg1, %arg2) {coordinate_transformation_mode = "output_half_pixel", output_height = 2 : i64, output_width = 2 : i64}
func.func @RoiAlign_v10(%arg0: tensor<1x1x8x8xf32>, %arg1: tensor<2x4xf32>, %arg2: tensor<2xi64>) -> tensor<2x1x2x2xf32> {
  %0 = onnx.RoiAlign_v10(%arg0, %arg1, %arg2) {output_height = 2 : i64, output_width = 2 : i64} : (tensor<1x1x8x8xf32>, tensor<2x4xf32>, tensor<2xi64>) -> tensor<2x1x2x2xf32>
  return %0 : tensor<2x1x2x2xf32>
}

// CHECK-LABEL: @RoiAlign_v16(
// CHECK: onnx.RoiAlign(%arg0, %arg1, %arg2) {coordinate_transformation_mode = "half_pixel", output_height = 5 : i64, output_width = 5 : i64, sampling_ratio = 2 : i64, spatial_scale = 1.000000e+00 : f32}
func.func @RoiAlign_v16(%arg0: tensor<1x1x10x10xf32>, %arg1: tensor<3x4xf32>, %arg2: tensor<3xi64>) -> tensor<3x1x5x5xf32> {
  %0 = onnx.RoiAlign_v16(%arg0, %arg1, %arg2) {coordinate_transformation_mode = "half_pixel", output_height = 5 : i64, output_width = 5 : i64, sampling_ratio = 2 : i64, spatial_scale = 1.000000e+00 : f32} : (tensor<1x1x10x10xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x1x5x5xf32>
  return %0 : tensor<3x1x5x5xf32>
}
