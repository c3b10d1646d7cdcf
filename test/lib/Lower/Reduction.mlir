// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape [%{{.*}}, 1]
func.func @main(%x: tensor<?x8xf32, #onnx.dims<"n", 8>>) -> tensor<?x1xf32, #onnx.dims<"n", 1>> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.ReduceMean(%x, %axes) : (tensor<?x8xf32, #onnx.dims<"n", 8>>, tensor<1xi64>) -> tensor<?x1xf32, #onnx.dims<"n", 1>>
  return %y : tensor<?x1xf32, #onnx.dims<"n", 1>>
}

// -----

// Axes that only the run knows: a parallel and a reducing loop for each dimension, of which one has one step.
// CHECK: affine_map<(d0, d1, d2, d3) -> (d0 + d2, d1 + d3)>
// CHECK-LABEL: func.func @main
// CHECK: iterator_types = ["parallel", "parallel", "reduction", "reduction"]
func.func @main(%x: tensor<4x8xf32>, %axes: tensor<1xi64>) -> tensor<?x?xf32> {
  %y = onnx.ReduceMax(%x, %axes) : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// The best element and where it is, together.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xi64>)
// CHECK: linalg.index 1
// CHECK: arith.select
func.func @main(%x: tensor<4x8xf32>) -> tensor<4xi64> {
  %y = onnx.ArgMax(%x) {axis = 1 : i64, keepdims = 0 : i64} : (tensor<4x8xf32>) -> tensor<4xi64>
  return %y : tensor<4xi64>
}
