// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @GridSample_v20(
// CHECK: onnx.GridSample(%arg0, %arg1) {mode = "cubic"}
func.func @GridSample_v20(%arg0: tensor<1x1x3x2xf32>, %arg1: tensor<1x2x4x2xf32>) -> tensor<1x1x2x4xf32> {
  %0 = onnx.GridSample_v20(%arg0, %arg1) {mode = "cubic"} : (tensor<1x1x3x2xf32>, tensor<1x2x4x2xf32>) -> tensor<1x1x2x4xf32>
  return %0 : tensor<1x1x2x4xf32>
}

// CHECK-LABEL: @Resize_v11(
// CHECK: onnx.Resize(%arg0, %arg1, %arg2) {mode = "linear"}
func.func @Resize_v11(%arg0: tensor<1x1x2x2xf32>, %arg1: tensor<0xf32>, %arg2: tensor<4xf32>) -> tensor<1x1x4x4xf32> {
  %0 = onnx.Resize_v11(%arg0, %arg1, %arg2, _) {mode = "linear"} : (tensor<1x1x2x2xf32>, tensor<0xf32>, tensor<4xf32>) -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// CHECK-LABEL: @Resize_v11_sizes(
// CHECK: onnx.Resize(%arg0, %arg1, %arg2, %arg3)
func.func @Resize_v11_sizes(%arg0: tensor<1x1x2x2xf32>, %arg1: tensor<0xf32>, %arg2: tensor<0xf32>, %arg3: tensor<4xi64>) -> tensor<?x?x?x?xf32> {
  %0 = onnx.Resize_v11(%arg0, %arg1, %arg2, %arg3) : (tensor<1x1x2x2xf32>, tensor<0xf32>, tensor<0xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
  return %0 : tensor<?x?x?x?xf32>
}

// CHECK-LABEL: @Resize_v13(
// CHECK: onnx.Resize(%arg0, _, _, %arg1) {mode = "cubic"}
func.func @Resize_v13(%arg0: tensor<1x1x4x4xf32>, %arg1: tensor<4xi64>) -> tensor<1x1x9x10xf32> {
  %0 = onnx.Resize_v13(%arg0, _, _, %arg1) {mode = "cubic"} : (tensor<1x1x4x4xf32>, tensor<4xi64>) -> tensor<1x1x9x10xf32>
  return %0 : tensor<1x1x9x10xf32>
}

// CHECK-LABEL: @Resize_v18(
// CHECK: onnx.Resize(%arg0, _, _, %arg1) {mode = "cubic"}
func.func @Resize_v18(%arg0: tensor<1x1x4x4xf32>, %arg1: tensor<4xi64>) -> tensor<1x1x9x10xf32> {
  %0 = onnx.Resize_v18(%arg0, _, _, %arg1) {mode = "cubic"} : (tensor<1x1x4x4xf32>, tensor<4xi64>) -> tensor<1x1x9x10xf32>
  return %0 : tensor<1x1x9x10xf32>
}
