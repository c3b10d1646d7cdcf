// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @DequantizeLinear_v10(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1, %arg2)
func.func @DequantizeLinear_v10(%arg0: tensor<4xui8>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<4xf32> {
  %0 = onnx.DequantizeLinear_v10(%arg0, %arg1, %arg2) : (tensor<4xui8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @DequantizeLinear_v13(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1, %arg2)
func.func @DequantizeLinear_v13(%arg0: tensor<4xui8>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<4xf32> {
  %0 = onnx.DequantizeLinear_v13(%arg0, %arg1, %arg2) : (tensor<4xui8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @DequantizeLinear_v19(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1) {axis = 0 : i64}
func.func @DequantizeLinear_v19(%arg0: tensor<5xf8E5M2>, %arg1: tensor<f32>) -> tensor<5xf32> {
  %0 = onnx.DequantizeLinear_v19(%arg0, %arg1) {axis = 0 : i64} : (tensor<5xf8E5M2>, tensor<f32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @DequantizeLinear_v21(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1) {axis = 0 : i64}
func.func @DequantizeLinear_v21(%arg0: tensor<5xf8E5M2>, %arg1: tensor<f32>) -> tensor<5xf32> {
  %0 = onnx.DequantizeLinear_v21(%arg0, %arg1) {axis = 0 : i64} : (tensor<5xf8E5M2>, tensor<f32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @DequantizeLinear_v23(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1) {axis = 0 : i64}
func.func @DequantizeLinear_v23(%arg0: tensor<5xf8E5M2>, %arg1: tensor<f32>) -> tensor<5xf32> {
  %0 = onnx.DequantizeLinear_v23(%arg0, %arg1) {axis = 0 : i64} : (tensor<5xf8E5M2>, tensor<f32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @DequantizeLinear_v24(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1) {axis = 0 : i64}
func.func @DequantizeLinear_v24(%arg0: tensor<5xf8E5M2>, %arg1: tensor<f32>) -> tensor<5xf32> {
  %0 = onnx.DequantizeLinear_v24(%arg0, %arg1) {axis = 0 : i64} : (tensor<5xf8E5M2>, tensor<f32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @DequantizeLinear_v25(
// CHECK: onnx.DequantizeLinear(%arg0, %arg1) {axis = 0 : i64}
func.func @DequantizeLinear_v25(%arg0: tensor<5xf8E5M2>, %arg1: tensor<f32>) -> tensor<5xf32> {
  %0 = onnx.DequantizeLinear_v25(%arg0, %arg1) {axis = 0 : i64} : (tensor<5xf8E5M2>, tensor<f32>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// CHECK-LABEL: @QuantizeLinear_v10(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v10(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v10(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v13(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v13(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v13(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v19(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v19(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v19(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v21(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v21(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v21(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v23(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v23(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v23(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v24(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v24(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v24(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}

// CHECK-LABEL: @QuantizeLinear_v25(
// CHECK: onnx.QuantizeLinear(%arg0, %arg1, %arg2)
func.func @QuantizeLinear_v25(%arg0: tensor<6xf32>, %arg1: tensor<f32>, %arg2: tensor<ui8>) -> tensor<6xui8> {
  %0 = onnx.QuantizeLinear_v25(%arg0, %arg1, %arg2) : (tensor<6xf32>, tensor<f32>, tensor<ui8>) -> tensor<6xui8>
  return %0 : tensor<6xui8>
}
