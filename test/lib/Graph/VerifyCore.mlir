// RUN: azulejo-opt %s --azulejo-verify-core --split-input-file --verify-diagnostics

func.func @core(%x: tensor<?xf32, #onnx.dims<"n">>) -> tensor<?xf32, #onnx.dims<"n">> {
  %y = onnx.Add(%x, %x) : (tensor<?xf32, #onnx.dims<"n">>, tensor<?xf32, #onnx.dims<"n">>) -> tensor<?xf32, #onnx.dims<"n">>
  return %y : tensor<?xf32, #onnx.dims<"n">>
}

// -----

func.func @composite(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{HardSwish: not a core operator, and azulejo-decompose did not rewrite it}}
  %y = onnx.HardSwish(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @old(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{Sigmoid: version 6 is not the operator's newest, so azulejo-upgrade-opset was not run}}
  %y = onnx.Sigmoid_v6(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @unranked(%x: tensor<2xf32>) -> tensor<*xf32> {
  // expected-error@+1 {{Abs: output 0 has no rank, so azulejo-infer-shapes was not run}}
  %y = onnx.Abs(%x) : (tensor<2xf32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}

// -----

func.func @unnamed(%x: tensor<2xf32>) -> tensor<1x?xi64> {
  // expected-error@+1 {{NonZero: dimension 1 of output 0 is not named, so azulejo-infer-shapes was not run last}}
  %y = onnx.NonZero(%x) : (tensor<2xf32>) -> tensor<1x?xi64>
  return %y : tensor<1x?xi64>
}
