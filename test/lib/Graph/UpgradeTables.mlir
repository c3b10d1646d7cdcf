// RUN: azulejo-opt %s --azulejo-upgrade-opset --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @label_encoder
// CHECK: onnx.ai_onnx_ml.LabelEncoder(%arg0) {default_int64 = -1 : i64, default_string = "none", keys_strings = ["a", "b"], values_int64s = array<i64: 0, 1>}
// CHECK: onnx.ai_onnx_ml.LabelEncoder(%arg1) {keys_int64s = array<i64: 0, 1>, values_strings = ["a", "b"]}
func.func @label_encoder(%s: tensor<3x!plan.string>, %n: tensor<3xi64>) -> (tensor<3xi64>, tensor<3x!plan.string>) {
  %a = onnx.ai_onnx_ml.LabelEncoder_v1(%s) {classes_strings = ["a", "b"], default_int64 = -1 : i64, default_string = "none"} : (tensor<3x!plan.string>) -> tensor<3xi64>
  %b = onnx.ai_onnx_ml.LabelEncoder_v1(%n) {classes_strings = ["a", "b"]} : (tensor<3xi64>) -> tensor<3x!plan.string>
  return %a, %b : tensor<3xi64>, tensor<3x!plan.string>
}

// -----

func.func @no_classes(%s: tensor<3x!plan.string>) -> tensor<3xi64> {
  // expected-error@+1 {{LabelEncoder: classes_strings is missing}}
  %a = onnx.ai_onnx_ml.LabelEncoder_v1(%s) : (tensor<3x!plan.string>) -> tensor<3xi64>
  return %a : tensor<3xi64>
}
