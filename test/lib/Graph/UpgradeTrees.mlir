// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// One node, two leaves: the nodes are 0, and 1 and 2. The first leaf votes twice for target 0; the
// second for each target.
// CHECK-LABEL: @regressor
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[X:.*]] = onnx.GatherElements(%arg0
// CHECK: %[[SPLIT:.*]] = onnx.Gather
// CHECK: onnx.LessOrEqual(%[[SPLIT]], %[[X]])
// CHECK: onnx.Constant() {value = dense<[1, 1, 2]> : tensor<3xi64>}
// CHECK: onnx.Constant() {value = dense<[2, 1, 2]> : tensor<3xi64>}
// CHECK: onnx.Constant() {value = dense<{{.*}}[0.000000e+00, 0.000000e+00], [1.500000e+00, 0.000000e+00], [3.000000e+00, 4.000000e+00]{{.*}}> : tensor<3x2xf32>}
// CHECK: %[[SUM:.*]] = onnx.ReduceSum
// CHECK: %[[BASED:.*]] = onnx.Add(%[[SUM]],
// CHECK: onnx.Softmax(%[[BASED]])
func.func @regressor(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %y = onnx.ai_onnx_ml.TreeEnsembleRegressor_v3(%x) {base_values = array<f32: 0.25, 0.75>, n_targets = 2 : i64, nodes_falsenodeids = array<i64: 2, 0, 0>, nodes_featureids = array<i64: 1, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_nodeids = array<i64: 0, 1, 2>, nodes_treeids = array<i64: 0, 0, 0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_values = array<f32: 0.5, 0.0, 0.0>, post_transform = "SOFTMAX", target_ids = array<i64: 0, 0, 0, 1>, target_nodeids = array<i64: 1, 1, 2, 2>, target_treeids = array<i64: 0, 0, 0, 0>, target_weights = array<f32: 1.0, 0.5, 3.0, 4.0>} : (tensor<4x2xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

// Numbers of doubles are computed with, and the scores are floats.
// CHECK-LABEL: @double
// CHECK: onnx.ReduceMax{{.*}} -> tensor<4x1xf64>
// CHECK: onnx.Cast{{.*}} -> tensor<4x1xf32>
func.func @double(%x: tensor<4x2xf64>) -> tensor<4x1xf32> {
  %y = onnx.ai_onnx_ml.TreeEnsembleRegressor_v3(%x) {aggregate_function = "MAX", n_targets = 1 : i64, nodes_falsenodeids = array<i64: 2, 0, 0>, nodes_featureids = array<i64: 1, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_nodeids = array<i64: 0, 1, 2>, nodes_treeids = array<i64: 0, 0, 0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_values_as_tensor = dense<[0.1, 0.0, 0.0]> : tensor<3xf64>, target_ids = array<i64: 0, 0>, target_nodeids = array<i64: 1, 2>, target_treeids = array<i64: 0, 0>, target_weights_as_tensor = dense<[0.1, 0.2]> : tensor<2xf64>} : (tensor<4x2xf64>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----

// CHECK-LABEL: @classifier
// CHECK: %[[LABELS:.*]] = onnx.Constant() {value = dense<["a", "b"]>
// CHECK: %[[SCORES:.*]] = onnx.ReduceSum
// CHECK: %[[BEST:.*]] = onnx.ArgMax(%[[SCORES]])
// CHECK: onnx.Gather(%[[LABELS]], %[[BEST]])
func.func @classifier(%x: tensor<4x2xf32>) -> (tensor<4x!plan.string>, tensor<4x2xf32>) {
  %y, %z = onnx.ai_onnx_ml.TreeEnsembleClassifier_v1(%x) {class_ids = array<i64: 0, 1>, class_nodeids = array<i64: 1, 2>, class_treeids = array<i64: 0, 0>, class_weights = array<f32: 1.0, 2.0>, classlabels_strings = ["a", "b"], nodes_falsenodeids = array<i64: 2, 0, 0>, nodes_featureids = array<i64: 1, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_nodeids = array<i64: 0, 1, 2>, nodes_treeids = array<i64: 0, 0, 0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_values = array<f32: 0.5, 0.0, 0.0>} : (tensor<4x2xf32>) -> (tensor<4x!plan.string>, tensor<4x2xf32>)
  return %y, %z : tensor<4x!plan.string>, tensor<4x2xf32>
}

// -----

// Since version 3 its numbers may be doubles; the scores are floats still.
// CHECK-LABEL: @classifier_of_doubles
// CHECK: %[[LABELS:.*]] = onnx.Constant() {value = dense<["a", "b"]>
// CHECK: %[[SCORES:.*]] = onnx.ReduceSum
// CHECK: %[[BEST:.*]] = onnx.ArgMax(%[[SCORES]])
// CHECK: onnx.Cast(%[[SCORES]]){{.*}} -> tensor<4x2xf32>
// CHECK: onnx.Gather(%[[LABELS]], %[[BEST]])
func.func @classifier_of_doubles(%x: tensor<4x2xf64>) -> (tensor<4x!plan.string>, tensor<4x2xf32>) {
  %y, %z = onnx.ai_onnx_ml.TreeEnsembleClassifier_v3(%x) {class_ids = array<i64: 0, 1>, class_nodeids = array<i64: 1, 2>, class_treeids = array<i64: 0, 0>, class_weights_as_tensor = dense<[0.1, 0.2]> : tensor<2xf64>, classlabels_strings = ["a", "b"], nodes_falsenodeids = array<i64: 2, 0, 0>, nodes_featureids = array<i64: 1, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_nodeids = array<i64: 0, 1, 2>, nodes_treeids = array<i64: 0, 0, 0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_values_as_tensor = dense<[0.1, 0.0, 0.0]> : tensor<3xf64>} : (tensor<4x2xf64>) -> (tensor<4x!plan.string>, tensor<4x2xf32>)
  return %y, %z : tensor<4x!plan.string>, tensor<4x2xf32>
}

// -----

// All votes for the first of two classes are the second's share, whose half decides.
// CHECK-LABEL: @shared
// CHECK: %[[SHARE:.*]] = onnx.ReduceSum
// CHECK: %[[HALF:.*]] = onnx.Constant() {value = dense<5.000000e-01>
// CHECK: onnx.Less(%[[HALF]],
// CHECK: %[[OTHER:.*]] = onnx.Sub(%{{.*}}, %[[SHARE]])
// CHECK: onnx.Concat(%[[OTHER]], %[[SHARE]]) {axis = 1 : i64}
func.func @shared(%x: tensor<4x2xf32>) -> (tensor<4xi64>, tensor<4x2xf32>) {
  %y, %z = onnx.ai_onnx_ml.TreeEnsembleClassifier_v1(%x) {class_ids = array<i64: 0, 0>, class_nodeids = array<i64: 1, 2>, class_treeids = array<i64: 0, 0>, class_weights = array<f32: 1.0, 2.0>, classlabels_int64s = array<i64: 0, 1>, nodes_falsenodeids = array<i64: 2, 0, 0>, nodes_featureids = array<i64: 1, 0, 0>, nodes_modes = ["BRANCH_GTE", "LEAF", "LEAF"], nodes_nodeids = array<i64: 0, 1, 2>, nodes_treeids = array<i64: 0, 0, 0>, nodes_truenodeids = array<i64: 1, 0, 0>, nodes_values = array<f32: 0.5, 0.0, 0.0>} : (tensor<4x2xf32>) -> (tensor<4xi64>, tensor<4x2xf32>)
  return %y, %z : tensor<4xi64>, tensor<4x2xf32>
}

// -----

func.func @cycle(%x: tensor<4x2xf32>) -> tensor<4x1xf32> {
  // expected-error@+1 {{the attributes do not describe trees over a matrix}}
  %y = onnx.ai_onnx_ml.TreeEnsembleRegressor_v1(%x) {n_targets = 1 : i64, nodes_falsenodeids = array<i64: 1, 0>, nodes_featureids = array<i64: 1, 0>, nodes_modes = ["BRANCH_LEQ", "LEAF"], nodes_nodeids = array<i64: 0, 1>, nodes_treeids = array<i64: 0, 0>, nodes_truenodeids = array<i64: 0, 0>, nodes_values = array<f32: 0.5, 0.0>, target_ids = array<i64: 0>, target_nodeids = array<i64: 1>, target_treeids = array<i64: 0>, target_weights = array<f32: 1.0>} : (tensor<4x2xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}
