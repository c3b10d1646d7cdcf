// RUN: azulejo-opt %s --split-input-file --verify-diagnostics --azulejo-lower-onnx

func.func @main(%s: tensor<2x!plan.string>, %t: tensor<2x!plan.string>) -> tensor<2x!plan.string> {
  // expected-error@+1 {{onnx.StringConcat: kernels do not compute on strings}}
  %z = onnx.StringConcat(%s, %t) : (tensor<2x!plan.string>, tensor<2x!plan.string>) -> tensor<2x!plan.string>
  return %z : tensor<2x!plan.string>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{onnx.Relu: no lowering exists for this operator}}
  %y = onnx.Relu(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
