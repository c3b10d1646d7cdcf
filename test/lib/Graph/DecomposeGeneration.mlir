// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// A shape that an attribute says is that of a tensor to be like.
// CHECK-LABEL: @random
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Expand(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]] = onnx.RandomUniformLike(%[[V0]]) {high = 2.000000e+00 : f32, low = -1.000000e+00 : f32, seed = 7.000000e+00 : f32}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Expand(%[[C2]], %[[C3]])
// CHECK: %[[V3:.*]] = onnx.RandomNormalLike(%[[V2]]) {mean = 1.000000e+00 : f32}
// CHECK: return %[[V1]], %[[V3]]
func.func @random() -> (tensor<2x3xf32>, tensor<4xf64>) {
  %y = onnx.RandomUniform() {shape = array<i64: 2, 3>, low = -1.0 : f32, high = 2.0 : f32, seed = 7.0 : f32} : () -> tensor<2x3xf32>
  %z = onnx.RandomNormal() {shape = array<i64: 4>, dtype = 11 : i64, mean = 1.0 : f32} : () -> tensor<4xf64>
  return %y, %z : tensor<2x3xf32>, tensor<4xf64>
}

// -----

// 1 where the number drawn is below the probability.
// CHECK-LABEL: @bernoulli
// CHECK: %[[V0:.*]] = onnx.RandomUniformLike(%arg0)
// CHECK: %[[V1:.*]] = onnx.Less(%[[V0]], %arg0)
// CHECK: %[[V2:.*]] = onnx.Cast(%[[V1]]) {to = 6 : i64}
// CHECK: return %[[V2]]
func.func @bernoulli(%p: tensor<4xf32>) -> tensor<4xi32> {
  %y = onnx.Bernoulli(%p) {dtype = 6 : i64} : (tensor<4xf32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

// As many classes as cumulated probabilities below a number drawn; never more than there are.
// CHECK-LABEL: @multinomial
// CHECK: %[[V0:.*]] = onnx.Softmax(%arg0) {axis = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V1:.*]] = onnx.CumSum(%[[V0]], %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[3, 1]> : tensor<2xi64>}
// CHECK: %[[V2:.*]] = onnx.Concat(%[[C1]], %[[C2]]) {axis = 0 : i64}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Expand(%[[C3]], %[[V2]])
// CHECK: %[[V4:.*]] = onnx.RandomUniformLike(%[[V3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Unsqueeze(%[[V1]], %[[C4]])
// CHECK: %[[V6:.*]] = onnx.Less(%[[V5]], %[[V4]])
// CHECK: %[[V7:.*]] = onnx.Cast(%[[V6]]) {to = 6 : i64}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.ReduceSum(%[[V7]], %[[C5]]) {keepdims = 0 : i64}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<5> : tensor<1xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V9:.*]] = onnx.Squeeze(%[[C6]], %[[C7]])
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V10:.*]] = onnx.Sub(%[[V9]], %[[C8]])
// CHECK: %[[V11:.*]] = onnx.Cast(%[[V10]]) {to = 6 : i64}
// CHECK: %[[V12:.*]] = onnx.Min(%[[V8]], %[[V11]])
// CHECK: return %[[V12]]
func.func @multinomial(%x: tensor<2x5xf32>) -> tensor<2x3xi32> {
  %y = onnx.Multinomial(%x) {sample_size = 3 : i64} : (tensor<2x5xf32>) -> tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}

// -----

// Frames are gathered, windowed and transformed.
// CHECK-LABEL: @stft
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg1, %{{.*}})
// CHECK: %[[V1:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V2:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V3:.*]] = onnx.Sub(%[[V2]], %[[V1]])
// CHECK: %[[V4:.*]] = onnx.Div(%[[V3]], %[[V0]])
// CHECK: %[[V5:.*]] = onnx.Add(%[[V4]], %{{.*}})
// CHECK: %[[V6:.*]] = onnx.Range(%{{.*}}, %[[V5]], %{{.*}})
// CHECK: %[[V7:.*]] = onnx.Unsqueeze(%[[V6]], %{{.*}})
// CHECK: %[[V8:.*]] = onnx.Mul(%[[V7]], %[[V0]])
// CHECK: %[[V9:.*]] = onnx.Range(%{{.*}}, %[[V1]], %{{.*}})
// CHECK: %[[V10:.*]] = onnx.Add(%[[V8]], %[[V9]])
// CHECK: %[[V11:.*]] = onnx.Gather(%arg0, %[[V10]]) {axis = 1 : i64}
// CHECK: %[[V12:.*]] = onnx.Unsqueeze(%arg2, %{{.*}})
// CHECK: %[[V13:.*]] = onnx.Mul(%[[V11]], %[[V12]])
// CHECK: %[[V14:.*]] = onnx.DFT(%[[V13]], _, %{{.*}}) {onesided = 1 : i64}
// CHECK: return %[[V14]]
func.func @stft(%x: tensor<1x16x1xf32>, %step: tensor<i64>, %window: tensor<8xf32>) -> tensor<1x?x5x2xf32, #onnx.dims<1, "n", 5, 2>> {
  %y = onnx.STFT(%x, %step, %window) : (tensor<1x16x1xf32>, tensor<i64>, tensor<8xf32>) -> tensor<1x?x5x2xf32, #onnx.dims<1, "n", 5, 2>>
  return %y : tensor<1x?x5x2xf32, #onnx.dims<1, "n", 5, 2>>
}

// -----

// Edges on the mel scale, and a triangle between every other two.
// CHECK-LABEL: @mel
// CHECK-COUNT-2: onnx.Log(
// CHECK: onnx.Exp(
// CHECK: %[[EDGES:.*]] = onnx.Cast(%{{.*}}) {to = 7 : i64}
// CHECK: %[[LEFT:.*]] = onnx.Slice(%[[EDGES]],
// CHECK: %[[CENTRE:.*]] = onnx.Slice(%[[EDGES]],
// CHECK: %[[RIGHT:.*]] = onnx.Slice(%[[EDGES]],
// CHECK: %[[ROW:.*]] = onnx.Unsqueeze(
// CHECK: onnx.Sub(%[[ROW]], %[[LEFT]])
// CHECK: onnx.Sub(%[[CENTRE]], %[[LEFT]])
// CHECK: onnx.Sub(%[[RIGHT]], %[[ROW]])
// CHECK-COUNT-3: onnx.Where(
func.func @mel(%bins: tensor<i64>, %length: tensor<i64>, %rate: tensor<i64>, %low: tensor<f32>, %high: tensor<f32>) -> tensor<?x?xf32, #onnx.dims<"a", "b">> {
  %y = onnx.MelWeightMatrix(%bins, %length, %rate, %low, %high) : (tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32, #onnx.dims<"a", "b">>
  return %y : tensor<?x?xf32, #onnx.dims<"a", "b">>
}

// -----

// Neither a window nor a length says how long a frame is.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.STFT(%arg0, %arg1)
// CHECK: return %[[V0]]
func.func @refused(%x: tensor<1x16x1xf32>, %step: tensor<i64>) -> tensor<1x?x?x2xf32, #onnx.dims<1, "n", "m", 2>> {
  %y = onnx.STFT(%x, %step) : (tensor<1x16x1xf32>, tensor<i64>) -> tensor<1x?x?x2xf32, #onnx.dims<1, "n", "m", 2>>
  return %y : tensor<1x?x?x2xf32, #onnx.dims<1, "n", "m", 2>>
}
