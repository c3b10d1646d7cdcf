// RUN: azulejo-opt %s --azulejo-inline-functions --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @main
// CHECK-NEXT: onnx.Mul
// CHECK-NEXT: onnx.Add
// CHECK-NEXT: onnx.Mul
// CHECK-NEXT: onnx.Add
// CHECK-NEXT: return
// CHECK-NOT: func
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = call @outer(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %z = call @outer(%y) : (tensor<2xf32>) -> tensor<2xf32>
  return %z : tensor<2xf32>
}
func.func private @outer(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = call @inner(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %z = onnx.Add(%x, %y) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %z : tensor<2xf32>
}
func.func private @inner(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.Mul(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = call @again(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
// expected-error@+1 {{function 'again' of the model calls itself}}
func.func private @again(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = call @again(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
