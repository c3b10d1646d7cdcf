// RUN: azulejo-opt %s --split-input-file --verify-diagnostics --azulejo-lower-onnx

func.func @main(%s: tensor<2x!plan.string>, %t: tensor<2x!plan.string>) -> tensor<2x!plan.string> {
  // expected-error@+1 {{onnx.StringConcat: no lowering exists for this operator}}
  %z = onnx.StringConcat(%s, %t) : (tensor<2x!plan.string>, tensor<2x!plan.string>) -> tensor<2x!plan.string>
  return %z : tensor<2x!plan.string>
}
