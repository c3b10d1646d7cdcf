// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @NegativeLogLikelihoodLoss_v12(
// CHECK: onnx.NegativeLogLikelihoodLoss(%arg0, %arg1) {reduction = "none"}
func.func @NegativeLogLikelihoodLoss_v12(%arg0: tensor<3x5xf32>, %arg1: tensor<3xi64>) -> tensor<3xf32> {
  %0 = onnx.NegativeLogLikelihoodLoss_v12(%arg0, %arg1) {reduction = "none"} : (tensor<3x5xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @NegativeLogLikelihoodLoss_v13(
// CHECK: onnx.NegativeLogLikelihoodLoss(%arg0, %arg1) {reduction = "none"}
func.func @NegativeLogLikelihoodLoss_v13(%arg0: tensor<3x5xf32>, %arg1: tensor<3xi64>) -> tensor<3xf32> {
  %0 = onnx.NegativeLogLikelihoodLoss_v13(%arg0, %arg1) {reduction = "none"} : (tensor<3x5xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @SoftmaxCrossEntropyLoss_v12(
// CHECK: onnx.SoftmaxCrossEntropyLoss(%arg0, %arg1) {reduction = "sum"}
func.func @SoftmaxCrossEntropyLoss_v12(%arg0: tensor<3x5xf32>, %arg1: tensor<3xi64>) -> tensor<f32> {
  %0 = onnx.SoftmaxCrossEntropyLoss_v12(%arg0, %arg1) {reduction = "sum"} : (tensor<3x5xf32>, tensor<3xi64>) -> tensor<f32>
  return %0 : tensor<f32>
}
