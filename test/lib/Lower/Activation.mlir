// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// The two reductions and what is done between and after them are separate: Fuse puts them together.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[N:[a-z0-9]+]]: index {azulejo.symbol = "n"}
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: arith.maxnumf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: arith.addf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf
func.func @main(%x: tensor<?x8xf32, #onnx.dims<"n", 8>>) -> tensor<?x8xf32, #onnx.dims<"n", 8>> {
  %y = onnx.Softmax(%x) {axis = 1 : i64} : (tensor<?x8xf32, #onnx.dims<"n", 8>>) -> tensor<?x8xf32, #onnx.dims<"n", 8>>
  return %y : tensor<?x8xf32, #onnx.dims<"n", 8>>
}

// -----

// Over a dimension that is not the last: its loop still is.
// CHECK: affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @main
// CHECK: iterator_types = ["parallel", "reduction"]
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = onnx.Softmax(%x) {axis = 0 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: math.erf
// CHECK: math.tanh
// CHECK: math.exp
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %a = onnx.Gelu(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %b = onnx.Gelu(%x) {approximate = "tanh"} : (tensor<4xf32>) -> tensor<4xf32>
  %c = onnx.Swish(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %a, %b, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
