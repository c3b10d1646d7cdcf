// RUN: azulejo-opt %s --azulejo-simplify --split-input-file | FileCheck %s

// A factor a channel goes into the weights and the bias.
// CHECK-LABEL: @factor
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<{{\[\[\[\[1\.000000e\+00\]\]\], \[\[\[2\.000000e\+00\]\]\]\]}}> : tensor<2x1x1x1xf32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[5.000000e+00, 6.000000e+00]> : tensor<2xf32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<{{\[\[\[3\.000000e\+00\]\], \[\[4\.000000e\+00\]\]\]}}> : tensor<2x1x1xf32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%[[C2]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<[1, 2, 3]> : tensor<3xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%[[V0]], %[[C4]])
// CHECK: %[[V2:.*]] = onnx.Mul(%[[C0]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Mul(%[[C1]], %[[V0]])
// CHECK: %[[V4:.*]] = onnx.Conv(%arg0, %[[V2]], %[[V3]])
// CHECK: return %[[V4]]
func.func @factor(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant() {value = dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>} : () -> tensor<2x1x1x1xf32>
  %b = onnx.Constant() {value = dense<[5.0, 6.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %c = onnx.Constant() {value = dense<[[[3.0]], [[4.0]]]> : tensor<2x1x1xf32>} : () -> tensor<2x1x1xf32>
  %conv = onnx.Conv(%x, %w, %b) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %y = onnx.Mul(%conv, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A sum goes into the bias, which there is from then on.
// CHECK-LABEL: @sum
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<{{\[\[\[\[1\.000000e\+00\]\]\], \[\[\[2\.000000e\+00\]\]\]\]}}> : tensor<2x1x1x1xf32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%[[C1]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Expand(%[[C3]], %[[C4]])
// CHECK: %[[V2:.*]] = onnx.Sub(%[[V1]], %[[V0]])
// CHECK: %[[V3:.*]] = onnx.Conv(%arg0, %[[C0]], %[[V2]])
// CHECK: return %[[V3]]
func.func @sum(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant() {value = dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>} : () -> tensor<2x1x1x1xf32>
  %c = onnx.Constant() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
  %conv = onnx.Conv(%x, %w) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = onnx.Sub(%conv, %c) : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A convolution that somebody else reads, a factor a column, and weights that are an input.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<{{\[\[\[\[1\.000000e\+00\]\]\], \[\[\[2\.000000e\+00\]\]\]\]}}> : tensor<2x1x1x1xf32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>}
// CHECK: %[[V0:.*]] = onnx.Conv(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Mul(%[[V0]], %[[C1]])
// CHECK: %[[V2:.*]] = onnx.Conv(%arg0, %[[C0]]) {pads = array<i64: 0, 0, 0, 0>}
// CHECK: %[[V3:.*]] = onnx.Mul(%[[V2]], %[[C2]])
// CHECK: %[[V4:.*]] = onnx.Conv(%arg0, %arg1)
// CHECK: %[[V5:.*]] = onnx.Mul(%[[V4]], %[[C1]])
// CHECK: return %[[V0]], %[[V1]], %[[V3]], %[[V5]]
func.func @refused(%x: tensor<1x1x4x4xf32>, %v: tensor<2x1x1x1xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = onnx.Constant() {value = dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>} : () -> tensor<2x1x1x1xf32>
  %c = onnx.Constant() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
  %columns = onnx.Constant() {value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %read = onnx.Conv(%x, %w) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %0 = onnx.Mul(%read, %c) : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %other = onnx.Conv(%x, %w) {pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = onnx.Mul(%other, %columns) : (tensor<1x2x4x4xf32>, tensor<4xf32>) -> tensor<1x2x4x4xf32>
  %free = onnx.Conv(%x, %v) : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = onnx.Mul(%free, %c) : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %read, %0, %1, %2 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
