// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s
// The rules are tested in the files of their families; here is what the pass does with them.

// What a rule makes is rewritten in turn, in subgraphs too: HardSwish by a rule, SoftmaxCrossEntropyLoss by the body
// that ONNX defines, down to core operators.
// CHECK-LABEL: @nested
// CHECK: onnx.If(%arg0) else_branch {
// CHECK-NOT: onnx.Clip
// CHECK: onnx.Max
// CHECK: onnx.Min
// CHECK: onnx.yield
// CHECK-NOT: onnx.SoftmaxCrossEntropyLoss
// CHECK: return
func.func @nested(%c: tensor<i1>, %x: tensor<2x3xf32>, %l: tensor<2xi64>) -> (tensor<2x3xf32>, tensor<f32>) {
  %y = onnx.If(%c) else_branch {
    %low = onnx.Constant() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
    %high = onnx.Constant() {value = dense<6.0> : tensor<f32>} : () -> tensor<f32>
    %0 = onnx.Clip(%x, %low, %high) : (tensor<2x3xf32>, tensor<f32>, tensor<f32>) -> tensor<2x3xf32>
    onnx.yield %0 : tensor<2x3xf32>
  } then_branch {
    onnx.yield %x : tensor<2x3xf32>
  } : (tensor<i1>) -> tensor<2x3xf32>
  %loss = onnx.SoftmaxCrossEntropyLoss(%x, %l) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<f32>
  return %y, %loss : tensor<2x3xf32>, tensor<f32>
}

// -----

// Attributes that name a dimension count from the front.
// CHECK-LABEL: @axes
// CHECK: onnx.Softmax(%arg0) {axis = 1 : i64}
// CHECK: onnx.Gather(%arg0, %arg1) {axis = 0 : i64}
func.func @axes(%x: tensor<2x3xf32>, %i: tensor<i64>) -> (tensor<2x3xf32>, tensor<3xf32>) {
  %y = onnx.Softmax(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = onnx.Gather(%x, %i) {axis = -2 : i64} : (tensor<2x3xf32>, tensor<i64>) -> tensor<3xf32>
  return %y, %z : tensor<2x3xf32>, tensor<3xf32>
}

// -----

// What there is no rule for stays, and the border refuses it.
// CHECK-LABEL: @refused
// CHECK: onnx.MaxPool({{.*}}) {auto_pad = "SAME_UPPER"
func.func @refused(%x: tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">> {
  %y = onnx.MaxPool(%x) {auto_pad = "SAME_UPPER", kernel_shape = array<i64: 3>, strides = array<i64: 2>} : (tensor<1x1x?xf32, #onnx.dims<1, 1, "n">>) -> tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
  return %y : tensor<1x1x?xf32, #onnx.dims<1, 1, "floordiv(n + 1, 2)">>
}
