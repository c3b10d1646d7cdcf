// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

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

// -----

// A range whose bounds are data: its size is computed on the host.
// CHECK-LABEL: func.func @main
// CHECK: %[[START:.*]] = tensor.extract %{{.*}}[] : tensor<i64>
// CHECK: arith.divsi
// CHECK: %[[INIT:.*]] = tensor.empty(%{{.*}}) : tensor<?xi64>
// CHECK: linalg.generic {{.*}} outs(%[[INIT]]
// CHECK: linalg.index 0
func.func @main(%start: tensor<i64>, %limit: tensor<i64>, %delta: tensor<i64>) -> tensor<?xi64> {
  %y = onnx.Range(%start, %limit, %delta) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  return %y : tensor<?xi64>
}

// -----

// Random numbers come from a counter: the element's position.
// CHECK-LABEL: func.func @main
// CHECK: linalg.index 0
// CHECK-COUNT-20: arith.mului_extended
// CHECK-NOT: arith.mului_extended
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.RandomUniformLike(%x) {seed = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
