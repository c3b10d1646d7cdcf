// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// Mean and variance in two passes; the square root is taken once a row.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK: math.sqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
func.func @main(%x: tensor<?x8xf32, #onnx.dims<"n", 8>>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<?x8xf32, #onnx.dims<"n", 8>> {
  %y = onnx.LayerNormalization(%x, %scale, %bias) {axis = 1 : i64} : (tensor<?x8xf32, #onnx.dims<"n", 8>>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32, #onnx.dims<"n", 8>>
  return %y : tensor<?x8xf32, #onnx.dims<"n", 8>>
}

// -----

// Sums are in f32, the result is rounded once.
// CHECK-LABEL: func.func @main
// CHECK: arith.extf {{.*}} f16 to f32
// CHECK: arith.addf {{.*}} f32
// CHECK: arith.truncf {{.*}} f32 to f16
func.func @main(%x: tensor<4x8xf16>, %scale: tensor<8xf16>) -> tensor<4x8xf16> {
  %y = onnx.RMSNormalization(%x, %scale) {axis = 1 : i64} : (tensor<4x8xf16>, tensor<8xf16>) -> tensor<4x8xf16>
  return %y : tensor<4x8xf16>
}
