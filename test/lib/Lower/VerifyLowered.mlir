// RUN: azulejo-opt %s --split-input-file --verify-diagnostics --azulejo-verify-lowered

// expected-error@+1 {{Lower promises that each argument says what it stands for; argument 0 does not}}
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<2xf32> {azulejo.type = "float", azulejo.shape = [2]}) -> tensor<2xf32> {
  // expected-error@+1 {{Lower promises to leave no onnx operation; left are onnx.Neg}}
  %y = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
