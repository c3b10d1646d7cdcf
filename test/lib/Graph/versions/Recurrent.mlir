// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @GRU_v1(
// CHECK: onnx.GRU(%arg0, %arg1, %arg2) {direction = "forward", hidden_size = 5 : i64}
func.func @GRU_v1(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x15x2xf32>, %arg2: tensor<1x15x5xf32>) -> tensor<1x3x5xf32> {
  %0 = onnx.GRU_v1(%arg0, %arg1, %arg2) {hidden_size = 5 : i64} : (tensor<1x3x2xf32>, tensor<1x15x2xf32>, tensor<1x15x5xf32>) -> (_, tensor<1x3x5xf32>)
  return %0 : tensor<1x3x5xf32>
}

// CHECK-LABEL: @GRU_v3(
// CHECK: onnx.GRU(%arg0, %arg1, %arg2) {direction = "forward", hidden_size = 5 : i64}
func.func @GRU_v3(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x15x2xf32>, %arg2: tensor<1x15x5xf32>) -> tensor<1x3x5xf32> {
  %0 = onnx.GRU_v3(%arg0, %arg1, %arg2) {hidden_size = 5 : i64} : (tensor<1x3x2xf32>, tensor<1x15x2xf32>, tensor<1x15x5xf32>) -> (_, tensor<1x3x5xf32>)
  return %0 : tensor<1x3x5xf32>
}

// CHECK-LABEL: @GRU_v7(
// CHECK: onnx.GRU(%arg0, %arg1, %arg2) {hidden_size = 5 : i64}
func.func @GRU_v7(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x15x2xf32>, %arg2: tensor<1x15x5xf32>) -> tensor<1x3x5xf32> {
  %0 = onnx.GRU_v7(%arg0, %arg1, %arg2) {hidden_size = 5 : i64} : (tensor<1x3x2xf32>, tensor<1x15x2xf32>, tensor<1x15x5xf32>) -> (_, tensor<1x3x5xf32>)
  return %0 : tensor<1x3x5xf32>
}

// CHECK-LABEL: @GRU_v14(
// CHECK: onnx.GRU(%arg0, %arg1, %arg2) {hidden_size = 5 : i64}
func.func @GRU_v14(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x15x2xf32>, %arg2: tensor<1x15x5xf32>) -> tensor<1x3x5xf32> {
  %0 = onnx.GRU_v14(%arg0, %arg1, %arg2) {hidden_size = 5 : i64} : (tensor<1x3x2xf32>, tensor<1x15x2xf32>, tensor<1x15x5xf32>) -> (_, tensor<1x3x5xf32>)
  return %0 : tensor<1x3x5xf32>
}

// CHECK-LABEL: @LSTM_v7(
// CHECK: onnx.LSTM(%arg0, %arg1, %arg2) {hidden_size = 3 : i64}
func.func @LSTM_v7(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x12x2xf32>, %arg2: tensor<1x12x3xf32>) -> tensor<1x3x3xf32> {
  %0 = onnx.LSTM_v7(%arg0, %arg1, %arg2) {hidden_size = 3 : i64} : (tensor<1x3x2xf32>, tensor<1x12x2xf32>, tensor<1x12x3xf32>) -> (_, tensor<1x3x3xf32>)
  return %0 : tensor<1x3x3xf32>
}

// CHECK-LABEL: @LSTM_v14(
// CHECK: onnx.LSTM(%arg0, %arg1, %arg2) {hidden_size = 3 : i64}
func.func @LSTM_v14(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x12x2xf32>, %arg2: tensor<1x12x3xf32>) -> tensor<1x3x3xf32> {
  %0 = onnx.LSTM_v14(%arg0, %arg1, %arg2) {hidden_size = 3 : i64} : (tensor<1x3x2xf32>, tensor<1x12x2xf32>, tensor<1x12x3xf32>) -> (_, tensor<1x3x3xf32>)
  return %0 : tensor<1x3x3xf32>
}

// CHECK-LABEL: @RNN_v1(
// CHECK: onnx.RNN(%arg0, %arg1, %arg2) {direction = "forward", hidden_size = 4 : i64}
func.func @RNN_v1(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x4x2xf32>, %arg2: tensor<1x4x4xf32>) -> tensor<1x3x4xf32> {
  %0 = onnx.RNN_v1(%arg0, %arg1, %arg2) {hidden_size = 4 : i64} : (tensor<1x3x2xf32>, tensor<1x4x2xf32>, tensor<1x4x4xf32>) -> (_, tensor<1x3x4xf32>)
  return %0 : tensor<1x3x4xf32>
}

// CHECK-LABEL: @RNN_v7(
// CHECK: onnx.RNN(%arg0, %arg1, %arg2) {hidden_size = 4 : i64}
func.func @RNN_v7(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x4x2xf32>, %arg2: tensor<1x4x4xf32>) -> tensor<1x3x4xf32> {
  %0 = onnx.RNN_v7(%arg0, %arg1, %arg2) {hidden_size = 4 : i64} : (tensor<1x3x2xf32>, tensor<1x4x2xf32>, tensor<1x4x4xf32>) -> (_, tensor<1x3x4xf32>)
  return %0 : tensor<1x3x4xf32>
}

// CHECK-LABEL: @RNN_v14(
// CHECK: onnx.RNN(%arg0, %arg1, %arg2) {hidden_size = 4 : i64}
func.func @RNN_v14(%arg0: tensor<1x3x2xf32>, %arg1: tensor<1x4x2xf32>, %arg2: tensor<1x4x4xf32>) -> tensor<1x3x4xf32> {
  %0 = onnx.RNN_v14(%arg0, %arg1, %arg2) {hidden_size = 4 : i64} : (tensor<1x3x2xf32>, tensor<1x4x2xf32>, tensor<1x4x4xf32>) -> (_, tensor<1x3x4xf32>)
  return %0 : tensor<1x3x4xf32>
}
