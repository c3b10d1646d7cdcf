// RUN: azulejo-opt %s --split-input-file --verify-diagnostics --azulejo-lower-onnx

func.func @main() -> tensor<1x!plan.string> {
  // expected-error@+1 {{a string is not encoded in UTF-8}}
  %s = onnx.Constant() {value = dense<"\FF"> : tensor<1x!plan.string>} : () -> tensor<1x!plan.string>
  return %s : tensor<1x!plan.string>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{onnx.Relu: no lowering exists for this operator}}
  %y = onnx.Relu(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
