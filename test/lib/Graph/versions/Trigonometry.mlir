// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Acos_v7(
// CHECK: onnx.Acos(%arg0)
func.func @Acos_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Acos_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Acosh_v9(
// CHECK: onnx.Acosh(%arg0)
func.func @Acosh_v9(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Acosh_v9(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Asin_v7(
// CHECK: onnx.Asin(%arg0)
func.func @Asin_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Asin_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Asinh_v9(
// CHECK: onnx.Asinh(%arg0)
func.func @Asinh_v9(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Asinh_v9(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Atan_v7(
// CHECK: onnx.Atan(%arg0)
func.func @Atan_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Atan_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Atanh_v9(
// CHECK: onnx.Atanh(%arg0)
func.func @Atanh_v9(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Atanh_v9(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Cos_v7(
// CHECK: onnx.Cos(%arg0)
func.func @Cos_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Cos_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Cosh_v9(
// CHECK: onnx.Cosh(%arg0)
func.func @Cosh_v9(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Cosh_v9(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sin_v7(
// CHECK: onnx.Sin(%arg0)
func.func @Sin_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sin_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sinh_v9(
// CHECK: onnx.Sinh(%arg0)
func.func @Sinh_v9(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sinh_v9(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Tan_v7(
// CHECK: onnx.Tan(%arg0)
func.func @Tan_v7(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Tan_v7(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Tanh_v1(
// CHECK: onnx.Tanh(%arg0)
func.func @Tanh_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Tanh_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Tanh_v6(
// CHECK: onnx.Tanh(%arg0)
func.func @Tanh_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Tanh_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
