// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: @regressor
// CHECK: %[[D:.*]] = onnx.Sub(
// CHECK: %[[S:.*]] = onnx.Mul(%[[D]], %[[D]])
// CHECK: %[[K:.*]] = onnx.Exp(
// CHECK: %[[SUM:.*]] = onnx.MatMul(%[[K]],
// CHECK: onnx.Add(%[[SUM]],
// Of one class: yes or no.
// CHECK: %[[SCORE:.*]] = onnx.Add(
// CHECK: %[[YES:.*]] = onnx.Less(%{{.*}}, %[[SCORE]])
// CHECK: onnx.Where(%[[YES]],
// Without support vectors the features are weighted.
// CHECK: onnx.MatMul(%arg0,
func.func @regressor(%x: tensor<3x2xf32>) -> (tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) {
  %y = onnx.ai_onnx_ml.SVMRegressor(%x) {kernel_type = "RBF", kernel_params = array<f32: 0.5, 0.0, 0.0>, n_supports = 2 : i64, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0>, coefficients = array<f32: 1.0, -1.0>, rho = array<f32: 0.5>} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  %z = onnx.ai_onnx_ml.SVMRegressor(%x) {one_class = 1 : i64, n_supports = 2 : i64, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0>, coefficients = array<f32: 1.0, -1.0>, rho = array<f32: 0.5>} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  %f = onnx.ai_onnx_ml.SVMRegressor(%x) {coefficients = array<f32: 1.0, -1.0>, rho = array<f32: 0.5>} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  return %y, %z, %f : tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>
}

// -----

// Three classes make three pairs, (0, 1), (0, 2) and (1, 2), each a column over the support vectors,
// and a win is a vote for the first of the two, or else for the other.
// CHECK-LABEL: @classifier
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 4.000000e+00, 0.000000e+00, 2.000000e+00, 0.000000e+00, 5.000000e+00, 0.000000e+00, 3.000000e+00, 6.000000e+00]> : tensor<9xf32>}
// CHECK: %[[SUM:.*]] = onnx.MatMul
// CHECK: %[[SCORES:.*]] = onnx.Add(%[[SUM]],
// CHECK: %[[FIRST:.*]] = onnx.Less(%{{.*}}, %[[SCORES]])
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, -1.000000e+00, 0.000000e+00, 1.000000e+00, 0.000000e+00, -1.000000e+00, 0.000000e+00, 1.000000e+00, -1.000000e+00]> : tensor<9xf32>}
// CHECK: %[[WON:.*]] = onnx.MatMul
// CHECK: onnx.Constant() {value = dense<[0.000000e+00, 1.000000e+00, 2.000000e+00]> : tensor<3xf32>}
// CHECK: %[[VOTES:.*]] = onnx.Add(%[[WON]],
// CHECK: %[[BEST:.*]] = onnx.ArgMax(%[[VOTES]])
// CHECK: onnx.Gather(%{{.*}}, %[[BEST]])
// CHECK: return %{{.*}}, %[[SCORES]]
func.func @classifier(%x: tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x3xf32>) {
  %y, %z = onnx.ai_onnx_ml.SVMClassifier(%x) {vectors_per_class = array<i64: 1, 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, coefficients = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, rho = array<f32: 0.5, 0.25, 0.125>, classlabels_ints = array<i64: 7, 8, 9>} : (tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x3xf32>)
  return %y, %z : tensor<3xi64>, tensor<3x3xf32>
}

// -----

// Probabilities of pairs are made one a class by rounds of steps.
// CHECK-LABEL: @likely
// CHECK: onnx.Sigmoid
// CHECK: onnx.Loop
// CHECK: onnx.Loop
func.func @likely(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y, %z = onnx.ai_onnx_ml.SVMClassifier(%x) {vectors_per_class = array<i64: 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0>, coefficients = array<f32: 1.0, 2.0>, rho = array<f32: 0.5>, prob_a = array<f32: -1.0>, prob_b = array<f32: 0.5>, classlabels_ints = array<i64: 7, 8>} : (tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x2xf32>)
  return %z : tensor<3x2xf32>
}

// -----

// Three classes, and one rho; one class.
// CHECK-LABEL: @refused
// CHECK: onnx.ai_onnx_ml.SVMClassifier
// CHECK: onnx.ai_onnx_ml.SVMClassifier
func.func @refused(%x: tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3xi64>) {
  %y, %z = onnx.ai_onnx_ml.SVMClassifier(%x) {vectors_per_class = array<i64: 1, 1, 1>, support_vectors = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, coefficients = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0>, rho = array<f32: 0.5>, classlabels_ints = array<i64: 7, 8, 9>} : (tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x3xf32>)
  %v, %w = onnx.ai_onnx_ml.SVMClassifier(%x) {vectors_per_class = array<i64: 1>, support_vectors = array<f32: 1.0, 2.0>, coefficients = array<f32: 1.0>, rho = array<f32: 0.5>, classlabels_ints = array<i64: 7>} : (tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x1xf32>)
  return %y, %v : tensor<3xi64>, tensor<3xi64>
}
