// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// Dimensions whose products agree are merged and split on their own, by name if need be.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<?x?x768xf32>
// CHECK: %[[Y:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1], [2, 3]] output_shape [%{{.*}}, %{{.*}}, 12, 64]
func.func @main(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>, %shape: tensor<4xi64>)
    -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>> {
  %y = onnx.Reshape(%x, %shape) : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>, tensor<4xi64>)
    -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
  return %y : tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2, 3]] : tensor<?x?x12x64xf32> into tensor<?x768xf32>
func.func @main(%x: tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>, %shape: tensor<2xi64>)
    -> tensor<?x768xf32, #onnx.dims<"batch*seq", 768>> {
  %y = onnx.Reshape(%x, %shape) : (tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>, tensor<2xi64>)
    -> tensor<?x768xf32, #onnx.dims<"batch*seq", 768>>
  return %y : tensor<?x768xf32, #onnx.dims<"batch*seq", 768>>
}

// -----

// A shape that only the run knows: read on the host.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: arith.divui
// CHECK: tensor.expand_shape
func.func @main(%x: tensor<2x6xf32>, %shape: tensor<2xi64>) -> tensor<?x?xf32> {
  %y = onnx.Reshape(%x, %shape) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// CHECK: #[[SWAP:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {indexing_maps = [#[[SWAP]]
func.func @main(%x: tensor<2x6xf32>) -> tensor<6x2xf32> {
  %y = onnx.Transpose(%x) {perm = array<i64: 1, 0>} : (tensor<2x6xf32>) -> tensor<6x2xf32>
  return %y : tensor<6x2xf32>
}

// -----

// Forwards, a slice is a view; backwards it is a copy.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract_slice %{{.*}}[0, 1] [2, 3] [1, 2]
// CHECK: linalg.generic
// CHECK: tensor.extract
func.func @main(%x: tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x6xf32>) {
  %axis = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  %begin = onnx.Constant() {value = dense<-9223372036854775808> : tensor<1xi64>} : () -> tensor<1xi64>
  %a = onnx.Slice(%x, %axis, %end, %axis, %two) : (tensor<2x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x3xf32>
  %b = onnx.Slice(%x, %last, %begin, %axis, %last) : (tensor<2x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x6xf32>
  return %a, %b : tensor<2x3xf32>, tensor<2x6xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[N:[a-z0-9]+]]: index {azulejo.symbol = "n"}
// CHECK: %[[SIZE:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK: tensor.from_elements %[[SIZE]], %c4_i64 : tensor<2xi64>
func.func @main(%x: tensor<?x4xf32, #onnx.dims<"n", 4>>) -> tensor<2xi64> {
  %y = onnx.Shape(%x) : (tensor<?x4xf32, #onnx.dims<"n", 4>>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}

// -----

// Floats of 8 bits are made of an f32's bits.
// CHECK-LABEL: func.func @main
// CHECK: arith.bitcast %{{.*}} : f32 to i32
// CHECK: arith.bitcast %{{.*}} : i8 to f8E4M3FN
func.func @main(%x: tensor<4xf32>) -> tensor<4xf8E4M3FN> {
  %y = onnx.Cast(%x) {to = 17 : i64} : (tensor<4xf32>) -> tensor<4xf8E4M3FN>
  return %y : tensor<4xf8E4M3FN>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: tensor.concat dim(1)
// CHECK: linalg.generic
func.func @main(%x: tensor<2x1xf32>, %y: tensor<2x3xf32>, %shape: tensor<2xi64>) -> (tensor<2x4xf32>, tensor<2x5xf32>) {
  %a = onnx.Concat(%x, %y) {axis = 1 : i64} : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  %b = onnx.Expand(%x, %shape) : (tensor<2x1xf32>, tensor<2xi64>) -> tensor<2x5xf32>
  return %a, %b : tensor<2x4xf32>, tensor<2x5xf32>
}

// -----

// Axes that only the run knows: the sizes are chosen on the host.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: arith.select
// CHECK: tensor.expand_shape
func.func @main(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<?x?x?xf32> {
  %y = onnx.Unsqueeze(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<?x?x?xf32>
  return %y : tensor<?x?x?xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-NOT: tensor.extract_slice
// CHECK: tensor.empty() : tensor<0xf32>
func.func @main(%x: tensor<3xf32>) -> tensor<0xf32> {
  %three = onnx.Constant() {value = dense<3> : tensor<1xi64>} : () -> tensor<1xi64>
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.Slice(%x, %three, %three, %zero, %one) : (tensor<3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<0xf32>
  return %y : tensor<0xf32>
}
