// RUN: azulejo-opt %s --azulejo-fold-constants --split-input-file | FileCheck %s
// RUN: azulejo-opt %s --azulejo-fold-constants=max-bytes=8 --split-input-file | FileCheck %s --check-prefix=SMALL

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

// -----

// Weights are rearranged in words: nobody opens the file, and each result refers to where the bytes are.
// CHECK-LABEL: @weights
// CHECK-DAG: onnx.Constant() {value = #plan.strided<#plan.weight<"w.onnx", 64, 262144, 0x1> : tensor<256x256xf32>, 0, [1, 256]> : tensor<256x256xf32>}
// CHECK-DAG: onnx.Constant() {value = #plan.strided<#plan.weight<"w.onnx", 64, 262144, 0x1> : tensor<256x256xf32>, 56, [1, 256]> : tensor<200x256xf32>}
// CHECK-DAG: onnx.Constant() {value = #plan.concat<[#plan.weight<"w.onnx", 64, 262144, 0x1> : tensor<256x256xf32>, #plan.strided<{{.*}}>], 0> : tensor<456x256xf32>}
func.func @weights() -> (tensor<256x256xf32>, tensor<200x256xf32>, tensor<456x256xf32>, tensor<256x256xf32>) {
  %w = onnx.Constant() {value = #plan.weight<"w.onnx", 64, 262144, 0x1> : tensor<256x256xf32>} : () -> tensor<256x256xf32>
  %starts = onnx.Constant() {value = dense<56> : tensor<1xi64>} : () -> tensor<1xi64>
  %ends = onnx.Constant() {value = dense<256> : tensor<1xi64>} : () -> tensor<1xi64>
  %t = onnx.Transpose(%w) {perm = array<i64: 1, 0>} : (tensor<256x256xf32>) -> tensor<256x256xf32>
  %s = onnx.Slice(%t, %starts, %ends) : (tensor<256x256xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<200x256xf32>
  %c = onnx.Concat(%w, %s) {axis = 0 : i64} : (tensor<256x256xf32>, tensor<200x256xf32>) -> tensor<456x256xf32>
  %back = onnx.Transpose(%t) {perm = array<i64: 1, 0>} : (tensor<256x256xf32>) -> tensor<256x256xf32>
  return %t, %s, %c, %back : tensor<256x256xf32>, tensor<200x256xf32>, tensor<456x256xf32>, tensor<256x256xf32>
}

// -----

// Rows of a table; of a chain only the end is kept.
// CHECK-LABEL: @rows
// CHECK-NOT: onnx.Gather
// CHECK: onnx.Constant() {value = dense<{{\[\[}}5, 6], [1, 2{{\]\]}}> : tensor<2x2xi32>}
func.func @rows() -> tensor<2x2xi32> {
  %table = onnx.Constant() {value = dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>} : () -> tensor<3x2xi32>
  %rows = onnx.Constant() {value = dense<[-1, 0]> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Gather(%table, %rows) : (tensor<3x2xi32>, tensor<2xi64>) -> tensor<2x2xi32>
  return %y : tensor<2x2xi32>
}

// -----

// What a Gradient differentiates by is no constant, and no two are equal.
// CHECK-LABEL: @gradient
// CHECK: onnx.Constant() {azulejo.variable = 0 : i64, value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[Y:.*]] = onnx.Mul
// CHECK: onnx.ai_onnx_preview_training.Gradient
func.func @gradient() -> tensor<f32> {
  %a = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %y = onnx.Mul(%a, %a) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %d = onnx.ai_onnx_preview_training.Gradient(%a) {xs = ["a"], y = "y"} : (tensor<f32>) -> tensor<f32>
  return %d : tensor<f32>
}

// -----

// Sizes whose product is no number are nobody's to compute, and of one number that stands for very many
// nothing is written out.
// CHECK-LABEL: @too_large
// CHECK: onnx.Expand
// CHECK: onnx.Constant() {value = dense<1.000000e+00> : tensor<1099511627776xf32>}
// CHECK: onnx.Neg
func.func @too_large() -> (tensor<9223372036854775807x4xf32>, tensor<1099511627776xf32>) {
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %sizes = onnx.Constant() {value = dense<[9223372036854775807, 4]> : tensor<2xi64>} : () -> tensor<2xi64>
  %size = onnx.Constant() {value = dense<1099511627776> : tensor<1xi64>} : () -> tensor<1xi64>
  %most = onnx.Expand(%one, %sizes) : (tensor<f32>, tensor<2xi64>) -> tensor<9223372036854775807x4xf32>
  %many = onnx.Expand(%one, %size) : (tensor<f32>, tensor<1xi64>) -> tensor<1099511627776xf32>
  %less = onnx.Neg(%many) : (tensor<1099511627776xf32>) -> tensor<1099511627776xf32>
  return %most, %less : tensor<9223372036854775807x4xf32>, tensor<1099511627776xf32>
}

// -----

// A weight that would grow by the conversion stays, unless it is a convolution's.
// SMALL-LABEL: @grown
// SMALL: onnx.Constant() {value = dense<6.000000e+00> : tensor<2x2x1x1xf32>}
// SMALL: onnx.Conv
// SMALL: onnx.DequantizeLinear
// SMALL: onnx.MatMul
func.func @grown(%x: tensor<1x2x4x4xf32>, %v: tensor<1x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x4xf32>) {
  %scale = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %q = onnx.Constant() {value = dense<3> : tensor<2x2x1x1xi8>} : () -> tensor<2x2x1x1xi8>
  %w = onnx.DequantizeLinear(%q, %scale, _) : (tensor<2x2x1x1xi8>, tensor<f32>) -> tensor<2x2x1x1xf32>
  %y = onnx.Conv(%x, %w, _) {kernel_shape = array<i64: 1, 1>} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %qm = onnx.Constant() {value = dense<[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]> : tensor<4x4xi8>} : () -> tensor<4x4xi8>
  %m = onnx.DequantizeLinear(%qm, %scale, _) : (tensor<4x4xi8>, tensor<f32>) -> tensor<4x4xf32>
  %z = onnx.MatMul(%v, %m) : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  return %y, %z : tensor<1x2x4x4xf32>, tensor<1x4xf32>
}
