// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @AveragePool_v1(
// CHECK: onnx.AveragePool(%arg0) {kernel_shape = array<i64: 2>}
func.func @AveragePool_v1(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.AveragePool_v1(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @AveragePool_v7(
// CHECK: onnx.AveragePool(%arg0) {kernel_shape = array<i64: 2>}
func.func @AveragePool_v7(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.AveragePool_v7(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @AveragePool_v10(
// CHECK: onnx.AveragePool(%arg0) {kernel_shape = array<i64: 2>}
func.func @AveragePool_v10(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.AveragePool_v10(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @AveragePool_v11(
// CHECK: onnx.AveragePool(%arg0) {kernel_shape = array<i64: 2>}
func.func @AveragePool_v11(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.AveragePool_v11(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @AveragePool_v19(
// CHECK: onnx.AveragePool(%arg0) {kernel_shape = array<i64: 2>}
func.func @AveragePool_v19(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.AveragePool_v19(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @GlobalAveragePool_v1(
// CHECK: onnx.GlobalAveragePool(%arg0)
func.func @GlobalAveragePool_v1(%arg0: tensor<1x3x5x5xf32>) -> tensor<1x3x1x1xf32> {
  %0 = onnx.GlobalAveragePool_v1(%arg0) : (tensor<1x3x5x5xf32>) -> tensor<1x3x1x1xf32>
  return %0 : tensor<1x3x1x1xf32>
}

// CHECK-LABEL: @GlobalLpPool_v1(
// CHECK: onnx.GlobalLpPool(%arg0) {p = 2 : i64}
func.func @GlobalLpPool_v1(%arg0: tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32> {
  %0 = onnx.GlobalLpPool_v1(%arg0) : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  return %0 : tensor<1x3x1x1xf32>
}

// CHECK-LABEL: @GlobalLpPool_v1_p(
// CHECK: onnx.GlobalLpPool(%arg0) {p = 3 : i64}
func.func @GlobalLpPool_v1_p(%arg0: tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32> {
  %0 = onnx.GlobalLpPool_v1(%arg0) {p = 3.0 : f32} : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  return %0 : tensor<1x3x1x1xf32>
}

// CHECK-LABEL: @GlobalLpPool_v2(
// CHECK: onnx.GlobalLpPool(%arg0) {p = 3 : i64}
func.func @GlobalLpPool_v2(%arg0: tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32> {
  %0 = onnx.GlobalLpPool_v2(%arg0) {p = 3 : i64} : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  return %0 : tensor<1x3x1x1xf32>
}

// CHECK-LABEL: @GlobalMaxPool_v1(
// CHECK: onnx.GlobalMaxPool(%arg0)
func.func @GlobalMaxPool_v1(%arg0: tensor<1x3x5x5xf32>) -> tensor<1x3x1x1xf32> {
  %0 = onnx.GlobalMaxPool_v1(%arg0) : (tensor<1x3x5x5xf32>) -> tensor<1x3x1x1xf32>
  return %0 : tensor<1x3x1x1xf32>
}

// CHECK-LABEL: @LpPool_v2(
// CHECK: onnx.LpPool(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64}
func.func @LpPool_v2(%arg0: tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32> {
  %0 = onnx.LpPool_v2(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64} : (tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32>
  return %0 : tensor<1x3x31x31xf32>
}

// CHECK-LABEL: @LpPool_v11(
// CHECK: onnx.LpPool(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64}
func.func @LpPool_v11(%arg0: tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32> {
  %0 = onnx.LpPool_v11(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64} : (tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32>
  return %0 : tensor<1x3x31x31xf32>
}

// CHECK-LABEL: @LpPool_v18(
// CHECK: onnx.LpPool(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64}
func.func @LpPool_v18(%arg0: tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32> {
  %0 = onnx.LpPool_v18(%arg0) {kernel_shape = array<i64: 2, 2>, p = 4 : i64} : (tensor<1x3x32x32xf32>) -> tensor<1x3x31x31xf32>
  return %0 : tensor<1x3x31x31xf32>
}

// CHECK-LABEL: @MaxPool_v1(
// CHECK: onnx.MaxPool(%arg0) {kernel_shape = array<i64: 2>}
func.func @MaxPool_v1(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.MaxPool_v1(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @MaxPool_v8(
// CHECK: onnx.MaxPool(%arg0) {kernel_shape = array<i64: 2>}
func.func @MaxPool_v8(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.MaxPool_v8(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @MaxPool_v10(
// CHECK: onnx.MaxPool(%arg0) {kernel_shape = array<i64: 2>}
func.func @MaxPool_v10(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.MaxPool_v10(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @MaxPool_v11(
// CHECK: onnx.MaxPool(%arg0) {kernel_shape = array<i64: 2>}
func.func @MaxPool_v11(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.MaxPool_v11(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @MaxPool_v12(
// CHECK: onnx.MaxPool(%arg0) {kernel_shape = array<i64: 2>}
func.func @MaxPool_v12(%arg0: tensor<1x3x32xf32>) -> tensor<1x3x31xf32> {
  %0 = onnx.MaxPool_v12(%arg0) {kernel_shape = array<i64: 2>} : (tensor<1x3x32xf32>) -> tensor<1x3x31xf32>
  return %0 : tensor<1x3x31xf32>
}

// CHECK-LABEL: @MaxRoiPool_v1(
// CHECK: onnx.MaxRoiPool(%arg0, %arg1) {pooled_shape = array<i64: 2, 2>}
func.func @MaxRoiPool_v1(%arg0: tensor<1x3x8x8xf32>, %arg1: tensor<2x5xf32>) -> tensor<2x3x2x2xf32> {
  %0 = onnx.MaxRoiPool_v1(%arg0, %arg1) {pooled_shape = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<2x5xf32>) -> tensor<2x3x2x2xf32>
  return %0 : tensor<2x3x2x2xf32>
}

// CHECK-LABEL: @MaxUnpool_v9(
// CHECK: onnx.MaxUnpool(%arg0, %arg1) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
func.func @MaxUnpool_v9(%arg0: tensor<1x1x2x2xf32>, %arg1: tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32> {
  %0 = onnx.MaxUnpool_v9(%arg0, %arg1) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// CHECK-LABEL: @MaxUnpool_v11(
// CHECK: onnx.MaxUnpool(%arg0, %arg1) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
func.func @MaxUnpool_v11(%arg0: tensor<1x1x2x2xf32>, %arg1: tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32> {
  %0 = onnx.MaxUnpool_v11(%arg0, %arg1) {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}
