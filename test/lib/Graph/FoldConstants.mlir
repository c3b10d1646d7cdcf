// RUN: azulejo-opt %s --azulejo-fold-constants --split-input-file | FileCheck %s

// What is known of a shape is a constant; what is not stays.
// CHECK-LABEL: @shapes
// CHECK: onnx.Constant() {value = dense<4> : tensor<i64>}
// CHECK: %[[N:.*]] = onnx.Gather
// CHECK: return %{{.*}}, %[[N]]
func.func @shapes(%x: tensor<?x4xf32, #onnx.dims<"n", 4>>) -> (tensor<i64>, tensor<i64>) {
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %one = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %shape = onnx.Shape(%x) : (tensor<?x4xf32, #onnx.dims<"n", 4>>) -> tensor<2xi64>
  %size = onnx.Gather(%shape, %one) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %n = onnx.Gather(%shape, %zero) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  return %size, %n : tensor<i64>, tensor<i64>
}

// -----

// CHECK-LABEL: @arithmetic
// CHECK: onnx.Constant() {value = dense<[3.000000e+00, 5.000000e+00]> : tensor<2xf32>}
// CHECK: onnx.Constant() {value = dense<[true, false]> : tensor<2xi1>}
// CHECK{LITERAL}: dense<[[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
func.func @arithmetic() -> (tensor<2xf32>, tensor<2xi1>, tensor<3x2xi32>) {
  %a = onnx.Constant() {value = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %b = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %c = onnx.Constant() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>} : () -> tensor<2x3xi32>
  %product = onnx.Mul(%a, %b) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %sum = onnx.Add(%product, %one) : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %less = onnx.Less(%a, %b) : (tensor<2xf32>, tensor<f32>) -> tensor<2xi1>
  %t = onnx.Transpose(%c) {perm = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  return %sum, %less, %t : tensor<2xf32>, tensor<2xi1>, tensor<3x2xi32>
}

// -----

// A random number is not a constant, and a result of many megabytes is not worth its place.
// CHECK-LABEL: @refused
// CHECK: onnx.RandomUniform()
// CHECK: onnx.Range
func.func @refused() -> (tensor<2xf32>, tensor<1000000xi64>) {
  %r = onnx.RandomUniform() {shape = array<i64: 2>} : () -> tensor<2xf32>
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %one = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %million = onnx.Constant() {value = dense<1000000> : tensor<i64>} : () -> tensor<i64>
  %range = onnx.Range(%zero, %million, %one) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<1000000xi64>
  return %r, %range : tensor<2xf32>, tensor<1000000xi64>
}
