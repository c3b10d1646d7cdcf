// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: math.sin
// CHECK: math.tanh
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Sin(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.Tanh(%y) : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}
