// RUN: azulejo-opt %s --azulejo-fold-constants --split-input-file | FileCheck %s

// Floats are computed in double and rounded to their type once.
// CHECK-LABEL: @floats
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<[-1.000000e+00, 0.000000e+00]> : tensor<2xf32>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<[2.000000e+00, 4.000000e+00, -0.000000e+00]> : tensor<3xf32>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<[3.332520e-01, 6.665040e-01]> : tensor<2xf16>}
// CHECK: return %[[C5]], %[[C7]], %[[C8]]
func.func @floats() -> (tensor<2xf32>, tensor<3xf32>, tensor<2xf16>) {
  %a = onnx.Constant() {value = dense<[1.0, 4.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %b = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %h = onnx.Constant() {value = dense<[1.0, 2.0]> : tensor<2xf16>} : () -> tensor<2xf16>
  %third = onnx.Constant() {value = dense<3.0> : tensor<f16>} : () -> tensor<f16>
  %0 = onnx.Sqrt(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = onnx.Sub(%0, %b) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %c = onnx.Constant() {value = dense<[2.5, 3.5, -0.5]> : tensor<3xf32>} : () -> tensor<3xf32>
  %2 = onnx.Round(%c) : (tensor<3xf32>) -> tensor<3xf32>
  %3 = onnx.Div(%h, %third) : (tensor<2xf16>, tensor<f16>) -> tensor<2xf16>
  return %1, %2, %3 : tensor<2xf32>, tensor<3xf32>, tensor<2xf16>
}

// -----

// Integers wrap round at their width, and divide towards zero.
// CHECK-LABEL: @integers
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<[-128, -127]> : tensor<2xi8>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<[3, -3]> : tensor<2xi32>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<200> : tensor<ui8>}
// CHECK: return %[[C5]], %[[C6]], %[[C7]]
func.func @integers() -> (tensor<2xi8>, tensor<2xi32>, tensor<ui8>) {
  %a = onnx.Constant() {value = dense<[127, -128]> : tensor<2xi8>} : () -> tensor<2xi8>
  %one = onnx.Constant() {value = dense<1> : tensor<i8>} : () -> tensor<i8>
  %b = onnx.Constant() {value = dense<[7, -7]> : tensor<2xi32>} : () -> tensor<2xi32>
  %two = onnx.Constant() {value = dense<2> : tensor<i32>} : () -> tensor<i32>
  %u = onnx.Constant() {value = dense<200> : tensor<ui8>} : () -> tensor<ui8>
  %0 = onnx.Add(%a, %one) : (tensor<2xi8>, tensor<i8>) -> tensor<2xi8>
  %1 = onnx.Div(%b, %two) : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %2 = onnx.Max(%u, %u) : (tensor<ui8>, tensor<ui8>) -> tensor<ui8>
  return %0, %1, %2 : tensor<2xi8>, tensor<2xi32>, tensor<ui8>
}

// -----

// Unsigned numbers compare as such.
// CHECK-LABEL: @comparisons
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<[true, false]> : tensor<2xi1>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<true> : tensor<i1>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<[2.000000e+00, 3.000000e+00]> : tensor<2xf32>}
// CHECK: return %[[C4]], %[[C5]], %[[C7]]
func.func @comparisons() -> (tensor<2xi1>, tensor<i1>, tensor<2xf32>) {
  %a = onnx.Constant() {value = dense<[1.0, 3.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %b = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %u = onnx.Constant() {value = dense<255> : tensor<ui8>} : () -> tensor<ui8>
  %v = onnx.Constant() {value = dense<1> : tensor<ui8>} : () -> tensor<ui8>
  %0 = onnx.Less(%a, %b) : (tensor<2xf32>, tensor<f32>) -> tensor<2xi1>
  %1 = onnx.Greater(%u, %v) : (tensor<ui8>, tensor<ui8>) -> tensor<i1>
  %2 = onnx.Not(%0) : (tensor<2xi1>) -> tensor<2xi1>
  %3 = onnx.Where(%2, %a, %b) : (tensor<2xi1>, tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  return %0, %1, %3 : tensor<2xi1>, tensor<i1>, tensor<2xf32>
}

// -----

// CHECK-LABEL: @casts
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[1, -1]> : tensor<2xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[1.750000e+00, -1.750000e+00]> : tensor<2xf16>}
// CHECK: return %[[C1]], %[[C2]]
func.func @casts() -> (tensor<2xi64>, tensor<2xf16>) {
  %a = onnx.Constant() {value = dense<[1.75, -1.75]> : tensor<2xf32>} : () -> tensor<2xf32>
  %0 = onnx.Cast(%a) {to = 7 : i64} : (tensor<2xf32>) -> tensor<2xi64>
  %1 = onnx.Cast(%a) {to = 10 : i64} : (tensor<2xf32>) -> tensor<2xf16>
  return %0, %1 : tensor<2xi64>, tensor<2xf16>
}

// -----

// CHECK-LABEL: @reductions
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<{{\[\[1\.500000e\+00\], \[4\.000000e\+00\]\]}}> : tensor<2x1xf32>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<24> : tensor<i64>}
// CHECK: return %[[C4]], %[[C5]]
func.func @reductions() -> (tensor<2x1xf32>, tensor<i64>) {
  %a = onnx.Constant() {value = dense<[[1.0, 2.0], [3.0, 5.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %b = onnx.Constant() {value = dense<[2, 3, 4]> : tensor<3xi64>} : () -> tensor<3xi64>
  %last = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %first = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.ReduceMean(%a, %last) : (tensor<2x2xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %1 = onnx.ReduceProd(%b, %first) {keepdims = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<i64>
  return %0, %1 : tensor<2x1xf32>, tensor<i64>
}

// -----

// A division by zero has no value to fold to; an operand that is an input is none either.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[7, -7]> : tensor<2xi32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<i32>}
// CHECK: %[[V0:.*]] = onnx.Div(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Add(%[[C0]], %arg0)
// CHECK: return %[[V0]], %[[V1]]
func.func @refused(%x: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>) {
  %a = onnx.Constant() {value = dense<[7, -7]> : tensor<2xi32>} : () -> tensor<2xi32>
  %zero = onnx.Constant() {value = dense<0> : tensor<i32>} : () -> tensor<i32>
  %0 = onnx.Div(%a, %zero) : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %1 = onnx.Add(%a, %x) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %0, %1 : tensor<2xi32>, tensor<2xi32>
}
