// RUN: azulejo-opt %s --azulejo-simplify --split-input-file | FileCheck %s

// Neutral elements, where the other operand alone decides the shape.
// CHECK-LABEL: @neutral
// CHECK: return %arg0, %arg1
func.func @neutral(%x: tensor<2x3xf32>, %b: tensor<2xi1>) -> (tensor<2x3xf32>, tensor<2xi1>) {
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %true = onnx.Constant() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  %0 = onnx.Identity(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = onnx.Mul(%one, %0) : (tensor<1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = onnx.Add(%1, %zero) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %3 = onnx.Sub(%2, %zero) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %4 = onnx.Div(%3, %one) : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2x3xf32>
  %5 = onnx.Pow(%4, %one) : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2x3xf32>
  %6 = onnx.Dropout(%5) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = onnx.And(%true, %b) : (tensor<i1>, tensor<2xi1>) -> tensor<2xi1>
  %8 = onnx.Not(%7) : (tensor<2xi1>) -> tensor<2xi1>
  %9 = onnx.Not(%8) : (tensor<2xi1>) -> tensor<2xi1>
  return %6, %9 : tensor<2x3xf32>, tensor<2xi1>
}

// -----

// There and back through a wider type changes nothing; through a narrower one it may.
// CHECK-LABEL: @casts
// CHECK: %[[V0:.*]] = onnx.Cast(%arg0) {to = 10 : i64}
// CHECK: %[[V1:.*]] = onnx.Cast(%[[V0]]) {to = 1 : i64}
// CHECK: %[[V2:.*]] = onnx.Cast(%arg1) {to = 7 : i64}
// CHECK: return %arg0, %[[V1]], %[[V2]]
func.func @casts(%x: tensor<2xf32>, %i: tensor<2xi8>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xi64>) {
  %wide = onnx.Cast(%x) {to = 11 : i64} : (tensor<2xf32>) -> tensor<2xf64>
  %back = onnx.Cast(%wide) {to = 1 : i64} : (tensor<2xf64>) -> tensor<2xf32>
  %narrow = onnx.Cast(%x) {to = 10 : i64} : (tensor<2xf32>) -> tensor<2xf16>
  %rounded = onnx.Cast(%narrow) {to = 1 : i64} : (tensor<2xf16>) -> tensor<2xf32>
  %int = onnx.Cast(%i) {to = 6 : i64} : (tensor<2xi8>) -> tensor<2xi32>
  %long = onnx.Cast(%int) {to = 7 : i64} : (tensor<2xi32>) -> tensor<2xi64>
  return %back, %rounded, %long : tensor<2xf32>, tensor<2xf32>, tensor<2xi64>
}

// -----

// CHECK-LABEL: @cast_like
// CHECK: %[[V0:.*]] = onnx.Cast(%arg0) {saturate = 0 : i64, to = 7 : i64}
// CHECK: return %[[V0]], %arg0
func.func @cast_like(%x: tensor<4xf32>, %like: tensor<1xi64>) -> (tensor<4xi64>, tensor<4xf32>) {
  %y = onnx.CastLike(%x, %like) {saturate = 0 : i64} : (tensor<4xf32>, tensor<1xi64>) -> tensor<4xi64>
  %z = onnx.CastLike(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y, %z : tensor<4xi64>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @where
// CHECK: return %arg1
func.func @where(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
  %false = onnx.Constant() {value = dense<false> : tensor<i1>} : () -> tensor<i1>
  %z = onnx.Where(%false, %x, %y) : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %z : tensor<2xf32>
}

// -----

// A 1 that broadcasts makes the result larger; 0 - x is not x; 1 / x is not x; a choice may broadcast.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<2x3xf32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<true> : tensor<i1>}
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Sub(%[[C1]], %arg0)
// CHECK: %[[V2:.*]] = onnx.Div(%[[C2]], %arg0)
// CHECK: %[[V3:.*]] = onnx.Where(%[[C3]], %arg1, %arg0)
// CHECK: return %[[V0]], %[[V1]], %[[V2]], %[[V3]]
func.func @refused(%x: tensor<3xf32>, %i: tensor<f32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %ones = onnx.Constant() {value = dense<1.0> : tensor<2x3xf32>} : () -> tensor<2x3xf32>
  %zero = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %true = onnx.Constant() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  %a = onnx.Mul(%x, %ones) : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %b = onnx.Sub(%zero, %x) : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %c = onnx.Div(%one, %x) : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %d = onnx.Where(%true, %i, %x) : (tensor<i1>, tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b, %c, %d : tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}
