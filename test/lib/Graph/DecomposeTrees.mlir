// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// One node, two leaves: the nodes are 0, and 1 and 2, which go on to themselves.
// CHECK-LABEL: @stump
// CHECK: %[[ROOTS:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[STATE:.*]] = onnx.Expand(%[[ROOTS]]
// CHECK: %[[FEATURES:.*]] = onnx.Constant() {value = dense<[1, 0, 0]> : tensor<3xi64>}
// CHECK: %[[F:.*]] = onnx.Gather(%[[FEATURES]], %[[STATE]])
// CHECK: %[[X:.*]] = onnx.GatherElements(%arg0, %[[F]]) {axis = 1 : i64}
// CHECK: onnx.LessOrEqual(%[[X]]
// CHECK: onnx.Constant() {value = dense<[1, 1, 2]> : tensor<3xi64>}
// CHECK: onnx.Constant() {value = dense<[2, 1, 2]> : tensor<3xi64>}
// CHECK: %[[NEXT:.*]] = onnx.Where
// CHECK: %[[W:.*]] = onnx.Constant() {value = dense<{{.*}}[0.000000e+00, 0.000000e+00], [1.000000e+01, 0.000000e+00], [0.000000e+00, 2.000000e+01]{{.*}}> : tensor<3x2xf32>}
// CHECK: %[[L:.*]] = onnx.Gather(%[[W]], %[[NEXT]])
// CHECK: onnx.ReduceSum(%[[L]]
func.func @stump(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %y = onnx.ai_onnx_ml.TreeEnsemble(%x) {aggregate_function = 1 : i64, leaf_targetids = array<i64: 0, 1>, leaf_weights = dense<[10.0, 20.0]> : tensor<2xf32>, n_targets = 2 : i64, nodes_falseleafs = array<i64: 1>, nodes_falsenodeids = array<i64: 1>, nodes_featureids = array<i64: 1>, nodes_modes = dense<0> : tensor<1xui8>, nodes_splits = dense<0.5> : tensor<1xf32>, nodes_trueleafs = array<i64: 1>, nodes_truenodeids = array<i64: 0>, post_transform = 0 : i64, tree_roots = array<i64: 0>} : (tensor<4x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

// The average, its logistic; a node that asks for one of a set.
// CHECK-LABEL: @member
// CHECK: onnx.Equal
// CHECK: onnx.ReduceMax
// CHECK: onnx.Div
// CHECK: onnx.Sigmoid
func.func @member(%x: tensor<4x1xf32>) -> tensor<4x1xf32> {
  %y = onnx.ai_onnx_ml.TreeEnsemble(%x) {aggregate_function = 0 : i64, leaf_targetids = array<i64: 0, 0>, leaf_weights = dense<[10.0, 20.0]> : tensor<2xf32>, membership_values = dense<[1.0, 2.0, 0x7FC00000]> : tensor<3xf32>, n_targets = 1 : i64, nodes_falseleafs = array<i64: 1>, nodes_falsenodeids = array<i64: 1>, nodes_featureids = array<i64: 0>, nodes_modes = dense<6> : tensor<1xui8>, nodes_splits = dense<0.5> : tensor<1xf32>, nodes_trueleafs = array<i64: 1>, nodes_truenodeids = array<i64: 0>, post_transform = 2 : i64, tree_roots = array<i64: 0>} : (tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----

// A node that is its own child is no tree.
// CHECK-LABEL: @cycle
// CHECK: onnx.ai_onnx_ml.TreeEnsemble
func.func @cycle(%x: tensor<4x1xf32>) -> tensor<4x1xf32> {
  %y = onnx.ai_onnx_ml.TreeEnsemble(%x) {aggregate_function = 1 : i64, leaf_targetids = array<i64: 0>, leaf_weights = dense<[10.0]> : tensor<1xf32>, n_targets = 1 : i64, nodes_falseleafs = array<i64: 1>, nodes_falsenodeids = array<i64: 0>, nodes_featureids = array<i64: 0>, nodes_modes = dense<0> : tensor<1xui8>, nodes_splits = dense<0.5> : tensor<1xf32>, nodes_trueleafs = array<i64: 0>, nodes_truenodeids = array<i64: 0>, post_transform = 0 : i64, tree_roots = array<i64: 0>} : (tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}
