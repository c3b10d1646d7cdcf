// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// A version that differs only in types is renamed, and says the default that has changed since.
// CHECK-LABEL: @renamed
// CHECK: onnx.Relu(%{{.*}}) :
// CHECK: onnx.Concat(%{{.*}}, %{{.*}}) {axis = 1 : i64}
func.func @renamed(%x: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %y = onnx.Relu_v6(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = onnx.Concat_v1(%y, %y) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  return %z : tensor<2x6xf32>
}

// -----

// CHECK-LABEL: @axes
// CHECK: %[[AXES:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Squeeze(%{{.*}}, %[[AXES]])
func.func @axes(%x: tensor<1x3xf32>) -> tensor<3xf32> {
  %y = onnx.Squeeze_v11(%x) {axes = array<i64: 0>} : (tensor<1x3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// Over the last dimension both readings of Softmax agree; else the data is flattened.
// CHECK-LABEL: @softmax
// CHECK: onnx.Softmax(%arg0) {axis = 2 : i64}
// CHECK: onnx.Flatten(%arg0) {axis = 1 : i64} : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
// CHECK: onnx.Softmax(%{{.*}}) {axis = 1 : i64}
// CHECK: onnx.Reshape
func.func @softmax(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %y = onnx.Softmax_v11(%x) {axis = 2 : i64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %z = onnx.Softmax_v1(%x) : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %y, %z : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: @broadcast
// CHECK: onnx.Unsqueeze(%arg1, %{{.*}}) : (tensor<3xf32>, tensor<2xi64>) -> tensor<3x1x1xf32>
// CHECK: onnx.Add(%arg0, %{{.*}}) :
func.func @broadcast(%x: tensor<2x3x4x5xf32>, %b: tensor<3xf32>) -> tensor<2x3x4x5xf32> {
  %y = onnx.Add_v6(%x, %b) {axis = 1 : i64, broadcast = 1 : i64} : (tensor<2x3x4x5xf32>, tensor<3xf32>) -> tensor<2x3x4x5xf32>
  return %y : tensor<2x3x4x5xf32>
}

// -----

// CHECK-LABEL: @subgraph
// CHECK: onnx.If(%arg0) else_branch {
// CHECK: onnx.Neg(%arg1)
func.func @subgraph(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.If_v13(%c) else_branch {
    onnx.yield %x : tensor<2xf32>
  } then_branch {
    %z = onnx.Neg_v6(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %z : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// CHECK-LABEL: @upsample
// CHECK: onnx.Resize(%arg0, _, %arg1) {coordinate_transformation_mode = "asymmetric", mode = "nearest", nearest_mode = "floor"}
func.func @upsample(%x: tensor<1x1x2x2xf32>, %s: tensor<4xf32>) -> tensor<1x1x4x4xf32> {
  %y = onnx.Upsample_v9(%x, %s) : (tensor<1x1x2x2xf32>, tensor<4xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

func.func @refused(%x: tensor<2x3xf32>, %s: tensor<3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{BatchNormalization: spatial = 0 (statistics for each position) is not supported}}
  %y = onnx.BatchNormalization_v7(%x, %s, %s, %s, %s) {spatial = 0 : i64} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
