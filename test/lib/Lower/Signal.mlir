// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @dft
// CHECK: tile.kernel "dft_roots" outs(%{{.*}} : tensor<10x2xf64>)
// CHECK: tile.kernel "dft"
func.func @dft(%x: tensor<1x10x10x1xf32>) -> tensor<1x6x10x2xf32> {
  %a = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.DFT(%x, _, %a) {onesided = 1 : i64} : (tensor<1x10x10x1xf32>, tensor<i64>) -> tensor<1x6x10x2xf32>
  return %y : tensor<1x6x10x2xf32>
}
