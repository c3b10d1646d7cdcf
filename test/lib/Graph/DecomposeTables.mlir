// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// The last of equal keys, and the default where there is none.
// CHECK-LABEL: @labels
// CHECK-DAG: %[[KEYS:.*]] = onnx.Constant() {value = dense<["a", "b"]> : tensor<2x!plan.string>}
// CHECK-DAG: %[[VALUES:.*]] = onnx.Constant() {value = dense<[7, 8]> : tensor<2xi64>}
// CHECK: %[[X:.*]] = onnx.Unsqueeze(%arg0, %{{.*}})
// CHECK: %[[EQ:.*]] = onnx.Equal(%[[X]], %[[KEYS]])
// CHECK: %[[M:.*]] = onnx.Cast(%[[EQ]])
// CHECK: %[[I:.*]] = onnx.ArgMax(%[[M]]) {axis = 1 : i64, keepdims = 0 : i64, select_last_index = 1 : i64}
// CHECK: %[[ANY:.*]] = onnx.ReduceMax(%[[M]], %{{.*}}) {keepdims = 0 : i64}
// CHECK: %[[FOUND:.*]] = onnx.Cast(%[[ANY]])
// CHECK: %[[V:.*]] = onnx.Gather(%[[VALUES]], %[[I]])
// CHECK: %[[D:.*]] = onnx.Constant() {value = dense<-3> : tensor<i64>}
// CHECK: onnx.Where(%[[FOUND]], %[[V]], %[[D]])
func.func @labels(%x: tensor<3x!plan.string>) -> tensor<3xi64> {
  %y = onnx.ai_onnx_ml.LabelEncoder(%x) {keys_strings = ["a", "b"], values_int64s = array<i64: 7, 8>, default_int64 = -3 : i64} : (tensor<3x!plan.string>) -> tensor<3xi64>
  return %y : tensor<3xi64>
}

// -----

// NaN is a key like any other.
// CHECK-LABEL: @nan
// CHECK: onnx.IsNaN
// CHECK: onnx.Or
func.func @nan(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = onnx.ai_onnx_ml.LabelEncoder(%x) {keys_floats = array<f32: 1.0, 0x7FC00000>, values_floats = array<f32: 2.0, 3.0>} : (tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// Keys of another type than the input's are no table for it.
// CHECK-LABEL: @mismatch
// CHECK: onnx.ai_onnx_ml.LabelEncoder
func.func @mismatch(%x: tensor<3xi64>) -> tensor<3xf32> {
  %y = onnx.ai_onnx_ml.LabelEncoder(%x) {keys_floats = array<f32: 1.0>, values_floats = array<f32: 2.0>} : (tensor<3xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// Bigrams (3, 4) and (5, 6) with none or one between; the second is column 0, the first 1, the unigram 2 is column 2.
// CHECK-LABEL: @tfidf
// CHECK-COUNT-3: onnx.ReduceSum
// CHECK: onnx.Concat
// CHECK: %[[FROM:.*]] = onnx.Constant() {value = dense<[2, 1, 0]> : tensor<3xi64>}
// CHECK: onnx.Gather(%{{.*}}, %[[FROM]]) {axis = 1 : i64}
func.func @tfidf(%x: tensor<2x5xi64>) -> tensor<2x3xf32> {
  %y = onnx.TfIdfVectorizer(%x) {max_gram_length = 2 : i64, max_skip_count = 1 : i64, min_gram_length = 1 : i64, mode = "TF", ngram_counts = array<i64: 0, 1>, ngram_indexes = array<i64: 2, 1, 0>, pool_int64s = array<i64: 2, 3, 4, 5, 6>} : (tensor<2x5xi64>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// A pool whose bigrams do not come in pairs.
// CHECK-LABEL: @odd
// CHECK: onnx.TfIdfVectorizer
func.func @odd(%x: tensor<2x5xi64>) -> tensor<2x2xf32> {
  %y = onnx.TfIdfVectorizer(%x) {max_gram_length = 2 : i64, max_skip_count = 0 : i64, min_gram_length = 2 : i64, mode = "TF", ngram_counts = array<i64: 0, 0>, ngram_indexes = array<i64: 0, 1>, pool_int64s = array<i64: 2, 3, 4>} : (tensor<2x5xi64>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// A table that is read from either side.
// CHECK-LABEL: @categories
// CHECK-DAG: onnx.Constant() {value = dense<["a", "b"]> : tensor<2x!plan.string>}
// CHECK-DAG: onnx.Constant() {value = dense<[7, 8]> : tensor<2xi64>}
// CHECK-NOT: CategoryMapper
func.func @categories(%x: tensor<3x!plan.string>) -> tensor<3xi64> {
  %y = onnx.ai_onnx_ml.CategoryMapper(%x) {cats_strings = ["a", "b"], cats_int64s = array<i64: 7, 8>} : (tensor<3x!plan.string>) -> tensor<3xi64>
  return %y : tensor<3xi64>
}
