// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @BatchNormalization_v1(
// CHECK: onnx.BatchNormalization(%arg0, %arg1, %arg1, %arg1, %arg1) {epsilon = 9.99999974E-6 : f32, momentum = 0.899999976 : f32}
func.func @BatchNormalization_v1(%arg0: tensor<2x3x4xf32>, %arg1: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %0 = onnx.BatchNormalization_v1(%arg0, %arg1, %arg1, %arg1, %arg1) {consumed_inputs = array<i64: 0, 0, 0, 1, 1>, is_test = 1 : i64} : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// CHECK-LABEL: @BatchNormalization_v6(
// CHECK: onnx.BatchNormalization(%arg0, %arg1, %arg2, %arg3, %arg4) {epsilon = 9.99999974E-6 : f32, momentum = 0.899999976 : f32}
func.func @BatchNormalization_v6(%arg0: tensor<2x3x4x5xf32>, %arg1: tensor<3xf32>, %arg2: tensor<3xf32>, %arg3: tensor<3xf32>, %arg4: tensor<3xf32>) -> tensor<2x3x4x5xf32> {
  %0 = onnx.BatchNormalization_v6(%arg0, %arg1, %arg2, %arg3, %arg4) : (tensor<2x3x4x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x5xf32>
  return %0 : tensor<2x3x4x5xf32>
}

// CHECK-LABEL: @BatchNormalization_v14(
// CHECK: onnx.BatchNormalization(%arg0, %arg1, %arg2, %arg3, %arg4)
func.func @BatchNormalization_v14(%arg0: tensor<2x3x4x5xf32>, %arg1: tensor<3xf32>, %arg2: tensor<3xf32>, %arg3: tensor<3xf32>, %arg4: tensor<3xf32>) -> tensor<2x3x4x5xf32> {
  %0 = onnx.BatchNormalization_v14(%arg0, %arg1, %arg2, %arg3, %arg4) : (tensor<2x3x4x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x5xf32>
  return %0 : tensor<2x3x4x5xf32>
}

// CHECK-LABEL: @Dropout_v1(
// CHECK: onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: onnx.Dropout(%arg0, %{{.+}})
func.func @Dropout_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Dropout_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Dropout_v6(
// CHECK: onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: onnx.Dropout(%arg0, %{{.+}})
func.func @Dropout_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Dropout_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Dropout_v10(
// CHECK: onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: onnx.Dropout(%arg0, %{{.+}})
func.func @Dropout_v10(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Dropout_v10(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Dropout_v12(
// CHECK: onnx.Dropout(%arg0)
func.func @Dropout_v12(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Dropout_v12(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Dropout_v13(
// CHECK: onnx.Dropout(%arg0)
func.func @Dropout_v13(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Dropout_v13(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @InstanceNormalization_v1(
// CHECK: onnx.InstanceNormalization(%arg0, %arg1, %arg2)
func.func @InstanceNormalization_v1(%arg0: tensor<1x2x1x3xf32>, %arg1: tensor<2xf32>, %arg2: tensor<2xf32>) -> tensor<1x2x1x3xf32> {
  %0 = onnx.InstanceNormalization_v1(%arg0, %arg1, %arg2) : (tensor<1x2x1x3xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x1x3xf32>
  return %0 : tensor<1x2x1x3xf32>
}

// CHECK-LABEL: @InstanceNormalization_v6(
// CHECK: onnx.InstanceNormalization(%arg0, %arg1, %arg2)
func.func @InstanceNormalization_v6(%arg0: tensor<1x2x1x3xf32>, %arg1: tensor<2xf32>, %arg2: tensor<2xf32>) -> tensor<1x2x1x3xf32> {
  %0 = onnx.InstanceNormalization_v6(%arg0, %arg1, %arg2) : (tensor<1x2x1x3xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x1x3xf32>
  return %0 : tensor<1x2x1x3xf32>
}

// CHECK-LABEL: @LRN_v1(
// CHECK: onnx.LRN(%arg0) {size = 3 : i64}
func.func @LRN_v1(%arg0: tensor<5x5x5x5xf32>) -> tensor<5x5x5x5xf32> {
  %0 = onnx.LRN_v1(%arg0) {size = 3 : i64} : (tensor<5x5x5x5xf32>) -> tensor<5x5x5x5xf32>
  return %0 : tensor<5x5x5x5xf32>
}

// CHECK-LABEL: @LpNormalization_v1(
// CHECK: onnx.LpNormalization(%arg0)
func.func @LpNormalization_v1(%arg0: tensor<2x2x3xf32>) -> tensor<2x2x3xf32> {
  %0 = onnx.LpNormalization_v1(%arg0) : (tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  return %0 : tensor<2x2x3xf32>
}

// CHECK-LABEL: @MeanVarianceNormalization_v9(
// CHECK: onnx.MeanVarianceNormalization(%arg0)
func.func @MeanVarianceNormalization_v9(%arg0: tensor<3x3x3x1xf32>) -> tensor<3x3x3x1xf32> {
  %0 = onnx.MeanVarianceNormalization_v9(%arg0) : (tensor<3x3x3x1xf32>) -> tensor<3x3x3x1xf32>
  return %0 : tensor<3x3x3x1xf32>
}
