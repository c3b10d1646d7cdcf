// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: @binarizer
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%[[C0]], %arg0)
// CHECK: %[[V1:.*]] = onnx.Cast(%[[V0]]) {to = 1 : i64}
// CHECK: return %[[V1]]
func.func @binarizer(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.ai_onnx_ml.Binarizer(%x) {threshold = 0.5 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// A vector counts as a row.
// CHECK-LABEL: @extractor
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg1, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Gather(%arg0, %[[V0]]) {axis = 0 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%[[V1]], %[[C1]])
// CHECK: return %[[V2]]
func.func @extractor(%x: tensor<5xf32>, %i: tensor<1x2xi64>) -> tensor<1x2xf32> {
  %y = onnx.ai_onnx_ml.ArrayFeatureExtractor(%x, %i) : (tensor<5xf32>, tensor<1x2xi64>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: @scaler
// CHECK: %[[V0:.*]] = onnx.Cast(%arg0) {to = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>}
// CHECK: %[[V1:.*]] = onnx.Sub(%[[V0]], %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<1xf32>}
// CHECK: %[[V2:.*]] = onnx.Mul(%[[V1]], %[[C1]])
// CHECK: return %[[V2]]
func.func @scaler(%x: tensor<2x3xi64>) -> tensor<2x3xf32> {
  %y = onnx.ai_onnx_ml.Scaler(%x) {offset = array<f32: 1.0, 2.0, 3.0>, scale = array<f32: 0.5>} : (tensor<2x3xi64>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @vectorizer
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Unsqueeze(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Concat(%[[V0]], %arg1) {axis = 1 : i64}
// CHECK: return %[[V1]]
func.func @vectorizer(%a: tensor<2xf32>, %b: tensor<1x3xf32>) -> tensor<1x5xf32> {
  %y = onnx.ai_onnx_ml.FeatureVectorizer(%a, %b) {inputdimensions = array<i64: 2, 3>} : (tensor<2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  return %y : tensor<1x5xf32>
}

// -----

// MAX is by the largest element, whatever its sign.
// CHECK-LABEL: @normalizer
// CHECK: %[[MAX:.*]] = onnx.ReduceMax(%arg0, %{{.*}}) {keepdims = 1 : i64}
// CHECK: %[[A:.*]] = onnx.Div(%arg0, %[[MAX]])
// CHECK: %[[ABS:.*]] = onnx.Abs(%arg0)
// CHECK: %[[SUM:.*]] = onnx.ReduceSum(%[[ABS]], %{{.*}}) {keepdims = 1 : i64}
// CHECK: %[[B:.*]] = onnx.Div(%arg0, %[[SUM]])
// CHECK: %[[SQUARES:.*]] = onnx.Mul(%arg0, %arg0)
// CHECK: %[[ROOT:.*]] = onnx.Sqrt
// CHECK: %[[C:.*]] = onnx.Div(%arg0, %[[ROOT]])
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @normalizer(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %a = onnx.ai_onnx_ml.Normalizer(%x) {norm = "MAX"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %b = onnx.ai_onnx_ml.Normalizer(%x) {norm = "L1"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = onnx.ai_onnx_ml.Normalizer(%x) {norm = "L2"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %a, %b, %c : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// A tensor of three dimensions is no table.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.ai_onnx_ml.FeatureVectorizer(%arg0) {inputdimensions = array<i64: 12>}
// CHECK: return %[[V0]]
func.func @refused(%a: tensor<2x3x4xf32>) -> tensor<2x12xf32> {
  %y = onnx.ai_onnx_ml.FeatureVectorizer(%a) {inputdimensions = array<i64: 12>} : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
  return %y : tensor<2x12xf32>
}

// -----

// CHECK-LABEL: @imputer
// CHECK: %[[IMPUTED:.*]] = onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>}
// CHECK: %[[NAN:.*]] = onnx.IsNaN(%arg0)
// CHECK: onnx.Where(%[[NAN]], %[[IMPUTED]], %arg0)
func.func @imputer(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = onnx.ai_onnx_ml.Imputer(%x) {imputed_value_floats = array<f32: 1.0, 2.0>, replaced_value_float = 0x7FC00000 : f32} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: @one_hot
// CHECK: %[[CATEGORIES:.*]] = onnx.Constant() {value = dense<[5, 7]> : tensor<2xi64>}
// CHECK: %[[EQUAL:.*]] = onnx.Equal(%{{.*}}, %[[CATEGORIES]])
// CHECK: onnx.Cast(%[[EQUAL]]) {to = 1 : i64}
func.func @one_hot(%x: tensor<3xi64>) -> tensor<3x2xf32> {
  %y = onnx.ai_onnx_ml.OneHotEncoder(%x) {cats_int64s = array<i64: 5, 7>} : (tensor<3xi64>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: @linear
// CHECK: %[[PRODUCT:.*]] = onnx.MatMul(%arg0,
// CHECK: %[[SCORES:.*]] = onnx.Add(%[[PRODUCT]],
// CHECK: %[[SHARES:.*]] = onnx.Softmax(%[[SCORES]]) {axis = 1 : i64}
// CHECK: %[[BEST:.*]] = onnx.ArgMax(%{{.*}}) {axis = 1 : i64, keepdims = 0 : i64}
// CHECK: onnx.Gather(%{{.*}}, %[[BEST]])
func.func @linear(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3xi64>) {
  %y = onnx.ai_onnx_ml.LinearRegressor(%x) {coefficients = array<f32: 1.0, 2.0, 3.0, 4.0>, intercepts = array<f32: 5.0, 6.0>, targets = 2 : i64, post_transform = "SOFTMAX"} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %l, %s = onnx.ai_onnx_ml.LinearClassifier(%x) {coefficients = array<f32: 1.0, 2.0, 3.0, 4.0>, classlabels_ints = array<i64: 8, 9>} : (tensor<3x2xf32>) -> (tensor<3xi64>, tensor<3x2xf32>)
  return %y, %l : tensor<3x2xf32>, tensor<3xi64>
}

// -----

// Two classes share one score: as many coefficients as features, or one intercept.
// CHECK-LABEL: @shared
// CHECK: %[[PRODUCT:.*]] = onnx.MatMul(%arg0,
// CHECK: %[[OTHER:.*]] = onnx.Neg(%[[PRODUCT]])
// CHECK: %[[BOTH:.*]] = onnx.Concat(%[[OTHER]], %[[PRODUCT]]) {axis = 1 : i64}
// CHECK: onnx.Sigmoid(%[[BOTH]])
// CHECK: onnx.ArgMax(%[[BOTH]])
// CHECK: onnx.MatMul(%arg1,
// CHECK: onnx.Concat
// Three features and two coefficients are no classifier.
// CHECK: onnx.ai_onnx_ml.LinearClassifier
func.func @shared(%x: tensor<3x3xf32>, %d: tensor<?x?xf32, #onnx.dims<"n", "k">>) -> (tensor<3x2xf32>, tensor<3xi64>, tensor<?x2xf32, #onnx.dims<"n", 2>>, tensor<3xi64>) {
  %l, %s = onnx.ai_onnx_ml.LinearClassifier(%x) {coefficients = array<f32: 1.0, 2.0, 3.0>, classlabels_ints = array<i64: 8, 9>, post_transform = "LOGISTIC"} : (tensor<3x3xf32>) -> (tensor<3xi64>, tensor<3x2xf32>)
  %m, %t = onnx.ai_onnx_ml.LinearClassifier(%d) {coefficients = array<f32: 1.0, 2.0, 3.0>, intercepts = array<f32: 4.0>, classlabels_ints = array<i64: 8, 9>} : (tensor<?x?xf32, #onnx.dims<"n", "k">>) -> (tensor<?xi64, #onnx.dims<"n">>, tensor<?x2xf32, #onnx.dims<"n", 2>>)
  %r, %u = onnx.ai_onnx_ml.LinearClassifier(%x) {coefficients = array<f32: 1.0, 2.0, 3.0>, intercepts = array<f32: 4.0, 5.0>, classlabels_ints = array<i64: 8, 9>} : (tensor<3x3xf32>) -> (tensor<3xi64>, tensor<3x2xf32>)
  return %s, %l, %t, %r : tensor<3x2xf32>, tensor<3xi64>, tensor<?x2xf32, #onnx.dims<"n", 2>>, tensor<3xi64>
}

// -----

// What is done to scores in the end, by name.
// CHECK-LABEL: @transforms
// CHECK: %[[ZERO:.*]] = onnx.LessOrEqual(
// CHECK: %[[OTHERS:.*]] = onnx.Where(%[[ZERO]],
// CHECK: %[[SHARES:.*]] = onnx.Softmax(%[[OTHERS]])
// CHECK: onnx.Where(%[[ZERO]], %{{.*}}, %[[SHARES]])
// CHECK: onnx.Log
// CHECK: onnx.Sign
// CHECK: onnx.ai_onnx_ml.LinearRegressor
func.func @transforms(%x: tensor<3x2xf32>) -> (tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) {
  %z = onnx.ai_onnx_ml.LinearRegressor(%x) {coefficients = array<f32: 1.0, 2.0>, post_transform = "SOFTMAX_ZERO"} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  %p = onnx.ai_onnx_ml.LinearRegressor(%x) {coefficients = array<f32: 1.0, 2.0>, post_transform = "PROBIT"} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  %u = onnx.ai_onnx_ml.LinearRegressor(%x) {coefficients = array<f32: 1.0, 2.0>, post_transform = "SQUARE"} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  return %z, %p, %u : tensor<3x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>
}
