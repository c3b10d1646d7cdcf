// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// Axes are said, sorted and from the front.
// CHECK-LABEL: @axes
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 1, 2]> : tensor<3xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceSum(%arg0, %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[0, 2]> : tensor<2xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceMax(%arg0, %[[C1]]) {keepdims = 0 : i64}
// CHECK: return %[[V0]], %[[V1]]
func.func @axes(%x: tensor<2x3x4xf32>) -> (tensor<1x1x1xf32>, tensor<3xf32>) {
  %axes = onnx.Constant() {value = dense<[-1, 0]> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.ReduceSum(%x) : (tensor<2x3x4xf32>) -> tensor<1x1x1xf32>
  %z = onnx.ReduceMax(%x, %axes) {keepdims = 0 : i64} : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<3xf32>
  return %y, %z : tensor<1x1x1xf32>, tensor<3xf32>
}

// -----

// No axes may mean none.
// CHECK-LABEL: @noop
// CHECK: return %arg0
func.func @noop(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.ReduceSum(%x) {noop_with_empty_axes = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @norms
// CHECK: %[[V0:.*]] = onnx.Abs(%arg0)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceSum(%[[V0]], %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[V2:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.ReduceSum(%[[V2]], %[[C1]]) {keepdims = 1 : i64}
// CHECK: %[[V4:.*]] = onnx.Sqrt(%[[V3]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.ReduceSum(%arg0, %[[C2]]) {keepdims = 1 : i64}
// CHECK: %[[V6:.*]] = onnx.Log(%[[V5]])
// CHECK: %[[V7:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.ReduceSum(%[[V7]], %[[C3]]) {keepdims = 1 : i64}
// CHECK: return %[[V1]], %[[V4]], %[[V6]], %[[V8]]
func.func @norms(%x: tensor<2x3xf32>) -> (tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>) {
  %axes = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %a = onnx.ReduceL1(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %b = onnx.ReduceL2(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %c = onnx.ReduceLogSum(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %d = onnx.ReduceSumSquare(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %a, %b, %c, %d : tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>
}

// -----

// Shifted by the largest element, so that exp does not overflow, and by nothing where that is infinite.
// CHECK-LABEL: @log_sum_exp
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceMax(%arg0, %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[V1:.*]] = onnx.IsInf(%[[V0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Where(%[[V1]], %[[C1]], %[[V0]])
// CHECK: %[[V3:.*]] = onnx.Sub(%arg0, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Exp(%[[V3]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.ReduceSum(%[[V4]], %[[C2]]) {keepdims = 1 : i64}
// CHECK: %[[V6:.*]] = onnx.Log(%[[V5]])
// CHECK: %[[V7:.*]] = onnx.Add(%[[V6]], %[[V2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.Squeeze(%[[V7]], %[[C3]])
// CHECK: return %[[V8]]
func.func @log_sum_exp(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %axes = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.ReduceLogSumExp(%x, %axes) {keepdims = 0 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// CHECK-LABEL: @log_softmax
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.ReduceMax(%arg0, %[[C0]]) {keepdims = 1 : i64}
// CHECK: %[[V1:.*]] = onnx.Sub(%arg0, %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Exp(%[[V1]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.ReduceSum(%[[V2]], %[[C1]]) {keepdims = 1 : i64}
// CHECK: %[[V4:.*]] = onnx.Log(%[[V3]])
// CHECK: %[[V5:.*]] = onnx.Sub(%[[V1]], %[[V4]])
// CHECK: return %[[V5]]
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.LogSoftmax(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// 1 at the first of the largest elements.
// CHECK-LABEL: @hardmax
// CHECK: %[[V0:.*]] = onnx.ArgMax(%arg0) {axis = 1 : i64, keepdims = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V2:.*]] = onnx.Range(%[[C2]], %[[V1]], %[[C3]])
// CHECK: %[[V3:.*]] = onnx.Equal(%[[V0]], %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Cast(%[[V3]]) {to = 1 : i64}
// CHECK: return %[[V4]]
func.func @hardmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.Hardmax(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @size
// CHECK: %[[V0:.*]] = onnx.Shape(%arg0)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.ReduceProd(%[[V0]], %[[C0]]) {keepdims = 0 : i64}
// CHECK: return %[[V1]]
func.func @size(%x: tensor<?x3xf32, #onnx.dims<"n", 3>>) -> tensor<i64> {
  %y = onnx.Size(%x) : (tensor<?x3xf32, #onnx.dims<"n", 3>>) -> tensor<i64>
  return %y : tensor<i64>
}

// -----

// Axes that are known at run time only are the lowering's to read.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.ReduceSum(%arg0, %arg1)
// CHECK: return %[[V0]]
func.func @refused(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<?x?xf32, #onnx.dims<"a", "b">> {
  %y = onnx.ReduceSum(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<?x?xf32, #onnx.dims<"a", "b">>
  return %y : tensor<?x?xf32, #onnx.dims<"a", "b">>
}
