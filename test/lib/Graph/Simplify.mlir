// RUN: azulejo-opt %s --azulejo-simplify --split-input-file | FileCheck %s

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

// There and back through a wider type changes nothing; through a narrower one it may.
// CHECK-LABEL: @casts
// CHECK-NOT: to = 11
// CHECK: onnx.Cast(%arg0) {to = 10 : i64}
// CHECK: onnx.Cast({{.*}}) {to = 1 : i64}
func.func @casts(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %wide = onnx.Cast(%x) {to = 11 : i64} : (tensor<2xf32>) -> tensor<2xf64>
  %back = onnx.Cast(%wide) {to = 1 : i64} : (tensor<2xf64>) -> tensor<2xf32>
  %narrow = onnx.Cast(%x) {to = 10 : i64} : (tensor<2xf32>) -> tensor<2xf16>
  %rounded = onnx.Cast(%narrow) {to = 1 : i64} : (tensor<2xf16>) -> tensor<2xf32>
  return %back, %rounded : tensor<2xf32>, tensor<2xf32>
}

// -----

// The shape of a Reshape is said in constants where inference knows enough, and its arithmetic goes away.
// CHECK-LABEL: @reshape
// CHECK-NOT: onnx.Shape
// CHECK: dense<[0, 0, 12, 64]>
// CHECK: onnx.Reshape
func.func @reshape(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>> {
  %tail = onnx.Constant() {value = dense<[12, 64]> : tensor<2xi64>} : () -> tensor<2xi64>
  %head = onnx.Shape(%x) {end = 2 : i64} : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> tensor<2xi64>
  %shape = onnx.Concat(%head, %tail) {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  %y = onnx.Reshape(%x, %shape) : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>, tensor<4xi64>) -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
  return %y : tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
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

// A factor a channel goes into a convolution's weights, unless somebody else reads the convolution.
// CHECK-LABEL: @convolution
// CHECK: %[[W:.*]] = onnx.Mul(%{{.*}}, %{{.*}}) : (tensor<2x1x1x1xf32>, tensor<2x1x1x1xf32>)
// CHECK: %[[Y:.*]] = onnx.Conv(%arg0, %[[W]])
// CHECK: onnx.Mul(
// CHECK: return %[[Y]]
func.func @convolution(%x: tensor<1x1x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = onnx.Constant() {value = dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>} : () -> tensor<2x1x1x1xf32>
  %c = onnx.Constant() {value = dense<[[[3.0]], [[4.0]]]> : tensor<2x1x1xf32>} : () -> tensor<2x1x1xf32>
  %conv = onnx.Conv(%x, %w) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = onnx.Mul(%conv, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %read = onnx.Conv(%y, %w) {group = 2 : i64} : (tensor<1x2x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %z = onnx.Mul(%read, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y, %z, %read : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
