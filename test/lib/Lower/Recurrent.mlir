// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// All steps' inputs are projected at once; each row of the batch is a workgroup of the recurrence.
// CHECK-LABEL: func.func @lstm
// CHECK: tile.matmul {transpose_b} ins(%{{.*}}, %{{.*}} : tensor<6x2xf32>, tensor<1x12x2xf32>)
// CHECK: tile.kernel "lstm"
// CHECK: scf.forall (%{{.*}}, %{{.*}}) in (1, 3)
// CHECK: math.tanh
func.func @lstm(%x: tensor<2x3x2xf32>, %w: tensor<1x12x2xf32>, %r: tensor<1x12x3xf32>) -> tensor<1x3x3xf32> {
  %y, %h, %c = onnx.LSTM(%x, %w, %r) {hidden_size = 3 : i64} : (tensor<2x3x2xf32>, tensor<1x12x2xf32>, tensor<1x12x3xf32>) -> (tensor<2x1x3x3xf32>, tensor<1x3x3xf32>, tensor<1x3x3xf32>)
  return %h : tensor<1x3x3xf32>
}

// CHECK-LABEL: func.func @gru
// CHECK: tile.kernel "gru"
func.func @gru(%x: tensor<2x3x2xf32>, %w: tensor<2x9x2xf32>, %r: tensor<2x9x3xf32>, %b: tensor<2x18xf32>) -> tensor<2x2x3x3xf32> {
  %y, %h = onnx.GRU(%x, %w, %r, %b) {direction = "bidirectional", hidden_size = 3 : i64, linear_before_reset = 1 : i64}
    : (tensor<2x3x2xf32>, tensor<2x9x2xf32>, tensor<2x9x3xf32>, tensor<2x18xf32>) -> (tensor<2x2x3x3xf32>, tensor<2x3x3xf32>)
  return %y : tensor<2x2x3x3xf32>
}

// CHECK-LABEL: func.func @rnn
// CHECK: tile.kernel "rnn"
func.func @rnn(%x: tensor<2x3x2xf32>, %w: tensor<1x3x2xf32>, %r: tensor<1x3x3xf32>) -> tensor<2x1x3x3xf32> {
  %y, %h = onnx.RNN(%x, %w, %r) {activations = ["Relu"], hidden_size = 3 : i64} : (tensor<2x3x2xf32>, tensor<1x3x2xf32>, tensor<1x3x3xf32>) -> (tensor<2x1x3x3xf32>, tensor<1x3x3xf32>)
  return %y : tensor<2x1x3x3xf32>
}
