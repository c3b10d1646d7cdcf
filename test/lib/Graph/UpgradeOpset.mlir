// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s
// The rules are tested in the files of their families; here is what the pass does with them.

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

// A rule may find that a node makes no sense.
func.func @refused(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
  // expected-error@+1 {{TreeEnsembleRegressor: the attributes do not describe trees over a matrix}}
  %y = onnx.ai_onnx_ml.TreeEnsembleRegressor_v3(%x) : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}
