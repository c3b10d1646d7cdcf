// RUN: azulejo-opt %s --azulejo-simplify --split-input-file | FileCheck %s
// The rules are tested in the files of their families; here is what the pass does with them.

// One rule gives the next its chance, and what nobody uses goes.
// CHECK-LABEL: @nothing
// CHECK-NEXT: return %arg0
func.func @nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Identity(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = onnx.Transpose(%0) {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = onnx.Transpose(%1) {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %3 = onnx.Mul(%2, %one) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %unused = onnx.Exp(%3) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @branch
// CHECK-NOT: onnx.If
// CHECK: onnx.Neg
func.func @branch(%x: tensor<2xf32>) -> tensor<2xf32> {
  %true = onnx.Constant() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  %y = onnx.If(%true) else_branch {
    onnx.yield %x : tensor<2xf32>
  } then_branch {
    %z = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %z : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// A condition that is known at run time only.
// CHECK-LABEL: @refused
// CHECK: onnx.If(%arg0)
func.func @refused(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.If(%c) else_branch {
    onnx.yield %x : tensor<2xf32>
  } then_branch {
    %z = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %z : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
