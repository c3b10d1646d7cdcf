// RUN: azulejo-opt %s --azulejo-simplify --split-input-file | FileCheck %s

// CHECK-LABEL: @nothing
// CHECK: return %arg0
func.func @nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %zeros = onnx.Constant() {value = dense<0> : tensor<2xi64>} : () -> tensor<2xi64>
  %ends = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>} : () -> tensor<2xi64>
  %pads = onnx.Constant() {value = dense<0> : tensor<4xi64>} : () -> tensor<4xi64>
  %ones = onnx.Constant() {value = dense<1> : tensor<2xi64>} : () -> tensor<2xi64>
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %1 = onnx.Transpose(%x) {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = onnx.Transpose(%1) {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %3 = onnx.Slice(%2, %zeros, %ends) : (tensor<2x3xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x3xf32>
  %4 = onnx.Pad(%3, %pads) : (tensor<2x3xf32>, tensor<4xi64>) -> tensor<2x3xf32>
  %5 = onnx.Tile(%4, %ones) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %6 = onnx.Concat(%5) {axis = 0 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = onnx.Unsqueeze(%6, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<1x2x3xf32>
  %8 = onnx.Squeeze(%7, %axes) : (tensor<1x2x3xf32>, tensor<1xi64>) -> tensor<2x3xf32>
  %9 = onnx.Expand(%8, %ends) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %10 = onnx.Reshape(%9, %ends) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return %10 : tensor<2x3xf32>
}

// -----

// Two permutations in a row are one.
// CHECK-LABEL: @transposes
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 2, 1, 0>}
// CHECK: return %[[V0]]
func.func @transposes(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %1 = onnx.Transpose(%x) {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %2 = onnx.Transpose(%1) {perm = array<i64: 1, 0, 2>} : (tensor<3x4x2xf32>) -> tensor<4x3x2xf32>
  return %2 : tensor<4x3x2xf32>
}

// -----

// The shape of a Reshape is said in constants where inference knows enough, and its arithmetic goes away.
// CHECK-LABEL: @reshape
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 0, 12, 64]> : tensor<4xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: return %[[V0]]
func.func @reshape(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>> {
  %tail = onnx.Constant() {value = dense<[12, 64]> : tensor<2xi64>} : () -> tensor<2xi64>
  %head = onnx.Shape(%x) {end = 2 : i64} : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> tensor<2xi64>
  %shape = onnx.Concat(%head, %tail) {axis = 0 : i64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  %y = onnx.Reshape(%x, %shape) : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>, tensor<4xi64>) -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
  return %y : tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
}

// -----

// Of reshapes in a row the last one decides.
// CHECK-LABEL: @chain
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[4, 6]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: return %[[V0]]
func.func @chain(%x: tensor<2x3x4xf32>) -> tensor<4x6xf32> {
  %a = onnx.Constant() {value = dense<[6, 4]> : tensor<2xi64>} : () -> tensor<2xi64>
  %b = onnx.Constant() {value = dense<[4, 6]> : tensor<2xi64>} : () -> tensor<2xi64>
  %1 = onnx.Reshape(%x, %a) : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<6x4xf32>
  %2 = onnx.Reshape(%1, %b) : (tensor<6x4xf32>, tensor<2xi64>) -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}

// -----

// PyTorch transposes keys with batch and heads merged: the transpose comes last, where Attention takes it.
// CHECK-LABEL: @sink
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 0, 1, 3, 2>}
// CHECK: return %[[V0]]
func.func @sink(%x: tensor<2x3x4x5xf32>) -> tensor<2x3x5x4xf32> {
  %merged = onnx.Constant() {value = dense<[6, 4, 5]> : tensor<3xi64>} : () -> tensor<3xi64>
  %split = onnx.Constant() {value = dense<[2, 3, 5, 4]> : tensor<4xi64>} : () -> tensor<4xi64>
  %1 = onnx.Reshape(%x, %merged) : (tensor<2x3x4x5xf32>, tensor<3xi64>) -> tensor<6x4x5xf32>
  %2 = onnx.Transpose(%1) {perm = array<i64: 0, 2, 1>} : (tensor<6x4x5xf32>) -> tensor<6x5x4xf32>
  %3 = onnx.Reshape(%2, %split) : (tensor<6x5x4xf32>, tensor<4xi64>) -> tensor<2x3x5x4xf32>
  return %3 : tensor<2x3x5x4xf32>
}

// -----

// An Expand's shape the same way: 1 leaves a dimension as it is.
// CHECK-LABEL: @expand
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 4]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Expand(%arg0, %[[C0]])
// CHECK: return %[[V0]]
func.func @expand(%x: tensor<?x1xf32, #onnx.dims<"n", 1>>) -> tensor<?x4xf32, #onnx.dims<"n", 4>> {
  %four = onnx.Constant() {value = dense<4> : tensor<1xi64>} : () -> tensor<1xi64>
  %n = onnx.Shape(%x) {end = 1 : i64} : (tensor<?x1xf32, #onnx.dims<"n", 1>>) -> tensor<1xi64>
  %shape = onnx.Concat(%n, %four) {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %y = onnx.Expand(%x, %shape) : (tensor<?x1xf32, #onnx.dims<"n", 1>>, tensor<2xi64>) -> tensor<?x4xf32, #onnx.dims<"n", 4>>
  return %y : tensor<?x4xf32, #onnx.dims<"n", 4>>
}

// -----

// Parts without elements are left out.
// CHECK-LABEL: @concat
// CHECK: %[[V0:.*]] = onnx.Concat(%arg0, %arg0) {axis = 0 : i64}
// CHECK: return %[[V0]]
func.func @concat(%x: tensor<2x3xf32>, %none: tensor<0x3xf32>) -> tensor<4x3xf32> {
  %y = onnx.Concat(%x, %none, %x) {axis = 0 : i64} : (tensor<2x3xf32>, tensor<0x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

// Two sizes that are not known cannot both be left to be found; a slice backwards is not its operand.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<-4> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Slice(%arg2, %[[C0]], %[[C1]], %[[C2]], %[[C0]])
// CHECK: return %[[V0]], %[[V1]]
func.func @refused(%x: tensor<?xf32, #onnx.dims<"a*b">>, %s: tensor<2xi64>, %v: tensor<3xf32>) -> (tensor<?x?xf32, #onnx.dims<"a", "b">>, tensor<3xf32>) {
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %before = onnx.Constant() {value = dense<-4> : tensor<1xi64>} : () -> tensor<1xi64>
  %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.Reshape(%x, %s) : (tensor<?xf32, #onnx.dims<"a*b">>, tensor<2xi64>) -> tensor<?x?xf32, #onnx.dims<"a", "b">>
  %z = onnx.Slice(%v, %last, %before, %axes, %last) : (tensor<3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  return %y, %z : tensor<?x?xf32, #onnx.dims<"a", "b">>, tensor<3xf32>
}
