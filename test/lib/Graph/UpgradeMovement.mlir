// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @axes
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%arg0, %[[C1]])
// CHECK: return %[[V0]], %[[V1]]
func.func @axes(%x: tensor<1x3xf32>) -> (tensor<3xf32>, tensor<1x1x3xf32>) {
  %y = onnx.Squeeze_v11(%x) {axes = array<i64: 0>} : (tensor<1x3xf32>) -> tensor<3xf32>
  %z = onnx.Unsqueeze_v11(%x) {axes = array<i64: 1>} : (tensor<1x3xf32>) -> tensor<1x1x3xf32>
  return %y, %z : tensor<3xf32>, tensor<1x1x3xf32>
}

// -----

// CHECK-LABEL: @slice
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Slice(%arg0, %[[C0]], %[[C1]], %[[C2]])
// CHECK: return %[[V0]]
func.func @slice(%x: tensor<4x5xf32>) -> tensor<2x5xf32> {
  %y = onnx.Slice_v1(%x) {starts = array<i64: 1>, ends = array<i64: 3>, axes = array<i64: 0>} : (tensor<4x5xf32>) -> tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// -----

// Equal parts went without saying, and how many there are is said since.
// CHECK-LABEL: @split
// CHECK: %[[V0:.*]]:2 = onnx.Split(%arg0) {axis = 1 : i64, num_outputs = 2 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 3]> : tensor<2xi64>}
// CHECK: %[[V1:.*]]:2 = onnx.Split(%arg0, %[[C0]]) {axis = 0 : i64}
// CHECK: %[[V2:.*]]:2 = onnx.Split(%arg0, %arg1) {axis = 0 : i64}
// CHECK: return %[[V0]]#0, %[[V1]]#0, %[[V2]]#1
func.func @split(%x: tensor<4x6xf32>, %sizes: tensor<2xi64>) -> (tensor<4x3xf32>, tensor<1x6xf32>, tensor<3x6xf32>) {
  %a:2 = onnx.Split_v11(%x) {axis = 1 : i64} : (tensor<4x6xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>)
  %b:2 = onnx.Split_v2(%x) {split = array<i64: 1, 3>} : (tensor<4x6xf32>) -> (tensor<1x6xf32>, tensor<3x6xf32>)
  %c:2 = onnx.Split_v13(%x, %sizes) : (tensor<4x6xf32>, tensor<2xi64>) -> (tensor<1x6xf32>, tensor<3x6xf32>)
  return %a#0, %b#0, %c#1 : tensor<4x3xf32>, tensor<1x6xf32>, tensor<3x6xf32>
}

// -----

// CHECK-LABEL: @pad
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Pad(%arg0, %[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<2xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Pad(%arg0, %[[C2]], %[[C3]]) {mode = "reflect"}
// CHECK: return %[[V0]], %[[V1]]
func.func @pad(%x: tensor<2xf32>) -> (tensor<5xf32>, tensor<4xf32>) {
  %y = onnx.Pad_v2(%x) {pads = array<i64: 1, 2>, value = 3.0 : f32} : (tensor<2xf32>) -> tensor<5xf32>
  %z = onnx.Pad_v1(%x) {paddings = array<i64: 1, 1>, mode = "reflect"} : (tensor<2xf32>) -> tensor<4xf32>
  return %y, %z : tensor<5xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @reshape
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[3, -1]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: return %[[V0]]
func.func @reshape(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %y = onnx.Reshape_v1(%x) {shape = array<i64: 3, -1>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// One axis was repeated.
// CHECK-LABEL: @tile
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[1, 4]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Tile(%arg0, %[[C2]])
// CHECK: return %[[V0]]
func.func @tile(%x: tensor<2x3xf32>) -> tensor<2x12xf32> {
  %tiles = onnx.Constant() {value = dense<4.0> : tensor<f32>} : () -> tensor<f32>
  %axis = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %y = onnx.Tile_v1(%x, %tiles, %axis) : (tensor<2x3xf32>, tensor<f32>, tensor<f32>) -> tensor<2x12xf32>
  return %y : tensor<2x12xf32>
}

// -----

// CHECK-LABEL: @concat
// CHECK: %[[V0:.*]] = onnx.Concat(%arg0, %arg0) {axis = 1 : i64}
// CHECK: return %[[V0]]
func.func @concat(%x: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %y = onnx.Concat_v1(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

// CHECK-LABEL: @scatter
// CHECK: %[[V0:.*]] = onnx.ScatterElements(%arg0, %arg1, %arg2) {axis = 1 : i64}
// CHECK: return %[[V0]]
func.func @scatter(%x: tensor<2x3xf32>, %i: tensor<1x2xi64>, %u: tensor<1x2xf32>) -> tensor<2x3xf32> {
  %y = onnx.Scatter_v9(%x, %i, %u) {axis = 1 : i64} : (tensor<2x3xf32>, tensor<1x2xi64>, tensor<1x2xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// One spelling of a constant is enough.
// CHECK-LABEL: @constants
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.500000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<3> : tensor<i64>}
// CHECK: return %[[C0]], %[[C1]], %[[C2]]
func.func @constants() -> (tensor<f32>, tensor<2xi64>, tensor<i64>) {
  %a = onnx.Constant() {value_float = 2.5 : f32} : () -> tensor<f32>
  %b = onnx.Constant() {value_ints = array<i64: 1, 2>} : () -> tensor<2xi64>
  %c = onnx.Constant_v13() {value = dense<3> : tensor<i64>} : () -> tensor<i64>
  return %a, %b, %c : tensor<f32>, tensor<2xi64>, tensor<i64>
}

// -----

func.func @refused(%x: tensor<2x3xf32>, %tiles: tensor<f32>) -> tensor<*xf32> {
  %axis = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  // expected-error@+1 {{Tile: version 1 needs constant 'tiles' and 'axis'}}
  %y = onnx.Tile_v1(%x, %tiles, %axis) : (tensor<2x3xf32>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}
