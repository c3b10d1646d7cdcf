// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: @elementwise
// CHECK: onnx.Mul(%arg0
// CHECK: onnx.Add
// CHECK: onnx.Min
// CHECK: onnx.Max
func.func @elementwise(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.HardSigmoid(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @gemm
// CHECK: %[[B:.*]] = onnx.Transpose(%arg1) {perm = array<i64: 1, 0>}
// CHECK: %[[P:.*]] = onnx.MatMul(%arg0, %[[B]])
// CHECK: onnx.Add(%[[P]], %arg2)
func.func @gemm(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>, %c: tensor<4xf32>) -> tensor<2x4xf32> {
  %y = onnx.Gemm(%a, %b, %c) {transB = 1 : i64} : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// A core operator takes the form that its lowering expects.
// CHECK-LABEL: @form
// CHECK: onnx.Conv({{.*}}) {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 3, 3>, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>}
// CHECK: onnx.Softmax({{.*}}) {axis = 3 : i64}
func.func @form(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32> {
  %y = onnx.Conv(%x, %w) {auto_pad = "SAME_UPPER", strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>
  %z = onnx.Softmax(%y) : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %z : tensor<1x1x2x2xf32>
}

// -----

// CHECK-LABEL: @einsum
// CHECK: onnx.Transpose
// CHECK: onnx.MatMul
// CHECK-NOT: onnx.Einsum
func.func @einsum(%a: tensor<2x3x4xf32>, %b: tensor<2x5x4xf32>) -> tensor<2x3x5xf32> {
  %y = onnx.Einsum(%a, %b) {equation = "bik,bjk->bij"} : (tensor<2x3x4xf32>, tensor<2x5x4xf32>) -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// -----

// A scan is a loop that gathers its inputs' slices.
// CHECK-LABEL: @scan
// CHECK: onnx.Loop(%{{.*}}, _, %arg0) body {
// CHECK: onnx.Gather(%arg1,
// CHECK: onnx.Add
func.func @scan(%s: tensor<2xf32>, %x: tensor<5x2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>) {
  %y:2 = onnx.Scan(%s, %x) {num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum, %sum : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<5x2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>)
  return %y#0, %y#1 : tensor<2xf32>, tensor<5x2xf32>
}

// -----

// What there is no rule for stays: windows whose pads depend on a size that is not known.
// CHECK-LABEL: @refused
// CHECK: onnx.MaxPool({{.*}}) {auto_pad = "SAME_UPPER"
func.func @refused(%x: tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">> {
  %y = onnx.MaxPool(%x) {auto_pad = "SAME_UPPER", kernel_shape = array<i64: 3>, strides = array<i64: 2>} : (tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
  return %y : tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
}
