// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @dft
// CHECK: tile.kernel "dft_roots" outs(%{{.*}} : tensor<10x2xf64>)
// CHECK: tile.kernel "fft"
func.func @dft(%x: tensor<1x10x10x1xf32>) -> tensor<1x6x10x2xf32> {
  %a = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.DFT(%x, _, %a) {onesided = 1 : i64} : (tensor<1x10x10x1xf32>, tensor<i64>) -> tensor<1x6x10x2xf32>
  return %y : tensor<1x6x10x2xf32>
}

// -----

// Of a length that only the run knows, it finds the primes, and the fast transform if they are small.
// CHECK-LABEL: func.func @unknown
// CHECK: arith.remsi
// CHECK: scf.if
// CHECK: tile.kernel "fft" ins
// CHECK: scf.while
// CHECK: } else {
// CHECK: tile.kernel "dft" ins
func.func @unknown(%x: tensor<1x?x2xf32, #onnx.dims<1, "n", 2>>) -> tensor<1x?x2xf32, #onnx.dims<1, "n", 2>> {
  %y = onnx.DFT(%x, _, _) : (tensor<1x?x2xf32, #onnx.dims<1, "n", 2>>) -> tensor<1x?x2xf32, #onnx.dims<1, "n", 2>>
  return %y : tensor<1x?x2xf32, #onnx.dims<1, "n", 2>>
}

// -----

// Of an axis that only the run knows, a transform along each.
// CHECK-LABEL: func.func @axis
// CHECK: scf.if
// CHECK: tile.kernel "fft"
// CHECK: } else {
// CHECK: tile.kernel "fft"
func.func @axis(%x: tensor<4x10x2xf32>, %a: tensor<i64>) -> tensor<4x10x2xf32> {
  %y = onnx.DFT(%x, _, %a) : (tensor<4x10x2xf32>, tensor<i64>) -> tensor<4x10x2xf32>
  return %y : tensor<4x10x2xf32>
}
