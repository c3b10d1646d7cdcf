// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// Small constants and splats become part of the code; others stay outside of it.
// CHECK-LABEL: func.func @main
// CHECK: arith.constant dense<[1, -1]> : tensor<2xi8>
// CHECK: arith.constant dense<0.000000e+00> : tensor<64xf32>
// CHECK: plan.constant dense<{{.*}}> : tensor<18xi8>
func.func @main() -> (tensor<2xui8>, tensor<64xf32>, tensor<18xi8>) {
  %a = onnx.Constant() {value = dense<[1, 255]> : tensor<2xui8>} : () -> tensor<2xui8>
  %b = onnx.Constant() {value = dense<0.0> : tensor<64xf32>} : () -> tensor<64xf32>
  %c = onnx.Constant() {value = dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]> : tensor<18xi8>} : () -> tensor<18xi8>
  return %a, %b, %c : tensor<2xui8>, tensor<64xf32>, tensor<18xi8>
}
