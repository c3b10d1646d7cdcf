// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Celu_v12(
// CHECK: onnx.Celu(%arg0) {alpha = 2.000000e+00 : f32}
func.func @Celu_v12(%arg0: tensor<3x3x3x1xf32>) -> tensor<3x3x3x1xf32> {
  %0 = onnx.Celu_v12(%arg0) {alpha = 2.000000e+00 : f32} : (tensor<3x3x3x1xf32>) -> tensor<3x3x3x1xf32>
  return %0 : tensor<3x3x3x1xf32>
}

// CHECK-LABEL: @Clip_v11(
// CHECK: onnx.Clip(%arg0)
func.func @Clip_v11(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Clip_v11(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Clip_v12(
// CHECK: onnx.Clip(%arg0)
func.func @Clip_v12(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Clip_v12(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Elu_v1(
// CHECK: onnx.Elu(%arg0)
func.func @Elu_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Elu_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Elu_v6(
// CHECK: onnx.Elu(%arg0)
func.func @Elu_v6(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Elu_v6(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @HardSigmoid_v1(
// CHECK: onnx.HardSigmoid(%arg0)
func.func @HardSigmoid_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.HardSigmoid_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @HardSigmoid_v6(
// CHECK: onnx.HardSigmoid(%arg0)
func.func @HardSigmoid_v6(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.HardSigmoid_v6(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @HardSwish_v14(
// CHECK: onnx.HardSwish(%arg0)
func.func @HardSwish_v14(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.HardSwish_v14(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Hardmax_v1(
// CHECK: onnx.Hardmax(%arg0) {axis = 1 : i64}
func.func @Hardmax_v1(%arg0: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = onnx.Hardmax_v1(%arg0) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// CHECK-LABEL: @Hardmax_v11(
// CHECK: onnx.Hardmax(%arg0) {axis = 1 : i64}
func.func @Hardmax_v11(%arg0: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = onnx.Hardmax_v11(%arg0) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// CHECK-LABEL: @LeakyRelu_v1(
// CHECK: onnx.LeakyRelu(%arg0)
func.func @LeakyRelu_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.LeakyRelu_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @LeakyRelu_v6(
// CHECK: onnx.LeakyRelu(%arg0)
func.func @LeakyRelu_v6(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.LeakyRelu_v6(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @LogSoftmax_v1(
// CHECK: onnx.LogSoftmax(%arg0) {axis = 1 : i64}
func.func @LogSoftmax_v1(%arg0: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = onnx.LogSoftmax_v1(%arg0) : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// CHECK-LABEL: @LogSoftmax_v11(
// CHECK: onnx.LogSoftmax(%arg0) {axis = 1 : i64}
func.func @LogSoftmax_v11(%arg0: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = onnx.LogSoftmax_v11(%arg0) : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// CHECK-LABEL: @Mish_v18(
// CHECK: onnx.Mish(%arg0)
func.func @Mish_v18(%arg0: tensor<10000xf32>) -> tensor<10000xf32> {
  %0 = onnx.Mish_v18(%arg0) : (tensor<10000xf32>) -> tensor<10000xf32>
  return %0 : tensor<10000xf32>
}

// CHECK-LABEL: @PRelu_v1(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%arg1, %{{.+}})
// CHECK: onnx.PRelu(%arg0, %{{.+}})
func.func @PRelu_v1(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.PRelu_v1(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @PRelu_v7(
// CHECK: onnx.PRelu(%arg0, %arg1)
func.func @PRelu_v7(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.PRelu_v7(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @PRelu_v9(
// CHECK: onnx.PRelu(%arg0, %arg1)
func.func @PRelu_v9(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.PRelu_v9(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Relu_v1(
// CHECK: onnx.Relu(%arg0)
func.func @Relu_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Relu_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Relu_v13(
// CHECK: onnx.Relu(%arg0)
func.func @Relu_v13(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Relu_v13(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Selu_v1(
// CHECK: onnx.Selu(%arg0) {alpha = 1.673200e+00 : f32, gamma = 1.050700e+00 : f32}
func.func @Selu_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Selu_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Selu_v6(
// CHECK: onnx.Selu(%arg0)
func.func @Selu_v6(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Selu_v6(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Sigmoid_v1(
// CHECK: onnx.Sigmoid(%arg0)
func.func @Sigmoid_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sigmoid_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Softplus_v1(
// CHECK: onnx.Softplus(%arg0)
func.func @Softplus_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Softplus_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Softsign_v1(
// CHECK: onnx.Softsign(%arg0)
func.func @Softsign_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Softsign_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @ThresholdedRelu_v10(
// CHECK: onnx.ThresholdedRelu(%arg0)
func.func @ThresholdedRelu_v10(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.ThresholdedRelu_v10(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}
