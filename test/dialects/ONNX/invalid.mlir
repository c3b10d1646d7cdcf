// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

func.func @wrong_type(%x: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error@+1 {{operand 'X' has type 'tensor<4xi32>', and ONNX allows tensor(bfloat16), tensor(double), tensor(float), tensor(float16)}}
  %y = onnx.HardSigmoid(%x) : (tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

func.func @mixed_types(%a: tensor<4xf32>, %b: tensor<4xf64>) -> tensor<4xf32> {
  // expected-error@+1 {{operand 'B' is a tensor(double), but T is tensor(float) in another operand or result}}
  %y = onnx.Add(%a, %b) : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @missing_operand(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'B' is missing}}
  %y = onnx.Add(%a) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @missing_attribute(%a: tensor<4xf32>) -> tensor<4xf64> {
  // expected-error@+1 {{attribute 'to' is missing}}
  %y = onnx.Cast_v9(%a) : (tensor<4xf32>) -> tensor<4xf64>
  return %y : tensor<4xf64>
}

// -----

func.func @unknown_attribute(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has no attribute 'beta'}}
  %y = onnx.Elu(%a) {beta = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @wrong_attribute(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{attribute 'axis' is not of kind INT}}
  %y = onnx.Softmax_v11(%a) {axis = "last"} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error@+1 {{#onnx.dims contradicts the tensor's shape in dimension 1}}
func.func private @contradicting_dims(tensor<?x4xf32, #onnx.dims<"batch", 5>>)
