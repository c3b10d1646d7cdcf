// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file | FileCheck %s

// CHECK-LABEL: @reductions
// CHECK: onnx.ReduceMean({{.*}} -> tensor<?x1x1xf32, #onnx.dims<"n", 1, 1>>
// CHECK: onnx.ReduceSum({{.*}} -> tensor<?xf32, #onnx.dims<"n">>
// CHECK: onnx.ReduceMax({{.*}} -> tensor<f32>
func.func @reductions(%x: tensor<?x?x4xf32, #onnx.dims<"n", "m", 4>>) {
  %axes = onnx.Constant() {value = dense<[1, -1]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = onnx.ReduceMean(%x, %axes) : (tensor<?x?x4xf32, #onnx.dims<"n", "m", 4>>, tensor<2xi64>) -> tensor<*xf32>
  %1 = onnx.ReduceSum(%x, %axes) {keepdims = 0 : i64} : (tensor<?x?x4xf32, #onnx.dims<"n", "m", 4>>, tensor<2xi64>) -> tensor<*xf32>
  %2 = onnx.ReduceMax(%x) {keepdims = 0 : i64} : (tensor<?x?x4xf32, #onnx.dims<"n", "m", 4>>) -> tensor<*xf32>
  return
}

// -----

// Which axes go is not known, but how many.
// CHECK-LABEL: @runtime_axes
// CHECK: onnx.ReduceSum({{.*}} -> tensor<?xf32, #onnx.dims<"ReduceSum.0">>
func.func @runtime_axes(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) {
  %0 = onnx.ReduceSum(%x, %axes) {keepdims = 0 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// K, a range's bounds and a depth are values that inference follows.
// CHECK-LABEL: @values
// CHECK: onnx.Shape({{.*}} -> tensor<1xi64>
// CHECK: onnx.Squeeze({{.*}} -> tensor<i64>
// CHECK: onnx.TopK({{.*}} -> (tensor<?x3xf32, #onnx.dims<"n", 3>>, tensor<?x3xi64, #onnx.dims<"n", 3>>)
// CHECK: onnx.Range({{.*}} -> tensor<?xi64, #onnx.dims<"n">>
// CHECK: onnx.OneHot({{.*}} -> tensor<?x?xf32, #onnx.dims<"k", "n">>
func.func @values(%x: tensor<?x8xf32, #onnx.dims<"n", 8>>, %i: tensor<?xi64, #onnx.dims<"k">>) {
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %one = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %three = onnx.Constant() {value = dense<3> : tensor<1xi64>} : () -> tensor<1xi64>
  %off = onnx.Constant() {value = dense<[0.0, 1.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %n = onnx.Shape(%x) {end = 1 : i64} : (tensor<?x8xf32, #onnx.dims<"n", 8>>) -> tensor<1xi64>
  %limit = onnx.Squeeze(%n) : (tensor<1xi64>) -> tensor<i64>
  %0:2 = onnx.TopK(%x, %three) : (tensor<?x8xf32, #onnx.dims<"n", 8>>, tensor<1xi64>) -> (tensor<*xf32>, tensor<*xi64>)
  %1 = onnx.Range(%zero, %limit, %one) : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  %2 = onnx.OneHot(%i, %limit, %off) : (tensor<?xi64, #onnx.dims<"k">>, tensor<i64>, tensor<2xf32>) -> tensor<*xf32>
  return
}
