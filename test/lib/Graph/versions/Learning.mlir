// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @ai_onnx_ml_LabelEncoder_v2(
// CHECK: onnx.ai_onnx_ml.LabelEncoder(%arg0) {keys_strings = ["a", "b", "c"], values_int64s = array<i64: 0, 1, 2>}
func.func @ai_onnx_ml_LabelEncoder_v2(%arg0: tensor<5x!plan.string>) -> tensor<5xi64> {
  %0 = onnx.ai_onnx_ml.LabelEncoder_v2(%arg0) {keys_strings = ["a", "b", "c"], values_int64s = array<i64: 0, 1, 2>} : (tensor<5x!plan.string>) -> tensor<5xi64>
  return %0 : tensor<5xi64>
}
