// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Det_v11(
// CHECK: onnx.Det(%arg0)
func.func @Det_v11(%arg0: tensor<2x2xf32>) -> tensor<f32> {
  %0 = onnx.Det_v11(%arg0) : (tensor<2x2xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// CHECK-LABEL: @Einsum_v12(
// CHECK: onnx.Einsum(%arg0) {equation = "->"}
func.func @Einsum_v12(%arg0: tensor<f64>) -> tensor<f64> {
  %0 = onnx.Einsum_v12(%arg0) {equation = "->"} : (tensor<f64>) -> tensor<f64>
  return %0 : tensor<f64>
}

// CHECK-LABEL: @Gemm_v1(
// CHECK: onnx.Gemm(%arg0, %arg1, %arg2)
func.func @Gemm_v1(%arg0: tensor<2x3xf32>, %arg1: tensor<3x4xf32>, %arg2: tensor<f32>) -> tensor<2x4xf32> {
  %0 = onnx.Gemm_v1(%arg0, %arg1, %arg2) : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: @Gemm_v7(
// CHECK: onnx.Gemm(%arg0, %arg1, %arg2)
func.func @Gemm_v7(%arg0: tensor<2x3xf32>, %arg1: tensor<3x4xf32>, %arg2: tensor<f32>) -> tensor<2x4xf32> {
  %0 = onnx.Gemm_v7(%arg0, %arg1, %arg2) : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: @Gemm_v9(
// CHECK: onnx.Gemm(%arg0, %arg1, %arg2)
func.func @Gemm_v9(%arg0: tensor<2x3xf32>, %arg1: tensor<3x4xf32>, %arg2: tensor<f32>) -> tensor<2x4xf32> {
  %0 = onnx.Gemm_v9(%arg0, %arg1, %arg2) : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: @Gemm_v11(
// CHECK: onnx.Gemm(%arg0, %arg1)
func.func @Gemm_v11(%arg0: tensor<2x10xf32>, %arg1: tensor<10x3xf32>) -> tensor<2x3xf32> {
  %0 = onnx.Gemm_v11(%arg0, %arg1) : (tensor<2x10xf32>, tensor<10x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @MatMul_v1(
// CHECK: onnx.MatMul(%arg0, %arg1)
func.func @MatMul_v1(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<f32> {
  %0 = onnx.MatMul_v1(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// CHECK-LABEL: @MatMul_v9(
// CHECK: onnx.MatMul(%arg0, %arg1)
func.func @MatMul_v9(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<f32> {
  %0 = onnx.MatMul_v9(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// CHECK-LABEL: @QLinearMatMul_v10(
// CHECK: onnx.QLinearMatMul(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %arg6, %arg7)
func.func @QLinearMatMul_v10(%arg0: tensor<2x4xi8>, %arg1: tensor<1xf32>, %arg2: tensor<1xi8>, %arg3: tensor<4x3xi8>, %arg4: tensor<1xf32>, %arg5: tensor<1xi8>, %arg6: tensor<1xf32>, %arg7: tensor<1xi8>) -> tensor<2x3xi8> {
  %0 = onnx.QLinearMatMul_v10(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %arg6, %arg7) : (tensor<2x4xi8>, tensor<1xf32>, tensor<1xi8>, tensor<4x3xi8>, tensor<1xf32>, tensor<1xi8>, tensor<1xf32>, tensor<1xi8>) -> tensor<2x3xi8>
  return %0 : tensor<2x3xi8>
}
