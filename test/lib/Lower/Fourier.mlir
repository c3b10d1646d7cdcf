// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered --split-input-file | FileCheck %s

// 6 points: a pass of two, then one of three, each from two vectors into two others.
// CHECK-LABEL: func.func @six
// CHECK: tile.kernel "dft_roots" outs(%{{.*}} : tensor<6x2xf64>)
// CHECK: tile.kernel "fft" ins(%arg0, %{{.*}} : tensor<3x6x2xf32>, tensor<6x2xf64>)
// CHECK-COUNT-6: tensor.empty() : tensor<6xf32>
// CHECK-NOT: tensor.empty() : tensor<6xf32>
func.func @six(%x: tensor<3x6x2xf32>) -> tensor<3x6x2xf32> {
  %a = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.DFT(%x, _, %a) : (tensor<3x6x2xf32>, tensor<i64>) -> tensor<3x6x2xf32>
  return %y : tensor<3x6x2xf32>
}

// -----

// 17 is no product of small primes.
// CHECK-LABEL: func.func @prime
// CHECK: tile.kernel "dft" ins
func.func @prime(%x: tensor<3x17x2xf32>) -> tensor<3x17x2xf32> {
  %a = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.DFT(%x, _, %a) : (tensor<3x17x2xf32>, tensor<i64>) -> tensor<3x17x2xf32>
  return %y : tensor<3x17x2xf32>
}
