// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Attention_v23(
// CHECK: onnx.Attention(%arg0, %arg1, %arg2)
func.func @Attention_v23(%arg0: tensor<2x3x4x8xf32>, %arg1: tensor<2x3x6x8xf32>, %arg2: tensor<2x3x6x8xf32>) -> tensor<2x3x4x8xf32> {
  %0 = onnx.Attention_v23(%arg0, %arg1, %arg2) : (tensor<2x3x4x8xf32>, tensor<2x3x6x8xf32>, tensor<2x3x6x8xf32>) -> tensor<2x3x4x8xf32>
  return %0 : tensor<2x3x4x8xf32>
}

// CHECK-LABEL: @Attention_v24(
// CHECK: onnx.Attention(%arg0, %arg1, %arg2)
func.func @Attention_v24(%arg0: tensor<2x3x4x8xf32>, %arg1: tensor<2x3x6x8xf32>, %arg2: tensor<2x3x6x8xf32>) -> tensor<2x3x4x8xf32> {
  %0 = onnx.Attention_v24(%arg0, %arg1, %arg2) : (tensor<2x3x4x8xf32>, tensor<2x3x6x8xf32>, tensor<2x3x6x8xf32>) -> tensor<2x3x4x8xf32>
  return %0 : tensor<2x3x4x8xf32>
}
