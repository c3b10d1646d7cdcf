// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file | FileCheck %s

// Elements of small integer tensors are expressions: taken apart, computed with, put together.
// CHECK-LABEL: @followed
// CHECK: onnx.Shape({{.*}} -> tensor<3xi64>
// CHECK: onnx.Gather({{.*}} -> tensor<i64>
// CHECK: onnx.Mul({{.*}} -> tensor<i64>
// CHECK: onnx.Unsqueeze({{.*}} -> tensor<1xi64>
// CHECK: onnx.Gather({{.*}} -> tensor<1xi64>
// CHECK: onnx.Div({{.*}} -> tensor<1xi64>
// CHECK: onnx.Add({{.*}} -> tensor<1xi64>
// CHECK: onnx.Concat({{.*}} -> tensor<2xi64>
// CHECK: onnx.ConstantOfShape({{.*}} -> tensor<?x?xf32, #onnx.dims<"2*b", "floordiv(s, 2) + 1">>
func.func @followed(%x: tensor<?x?x8xf32, #onnx.dims<"b", "s", 8>>) {
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %axis = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2> : tensor<i64>} : () -> tensor<i64>
  %shape = onnx.Shape(%x) : (tensor<?x?x8xf32, #onnx.dims<"b", "s", 8>>) -> tensor<*xi64>
  %b = onnx.Gather(%shape, %zero) : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  %double = onnx.Mul(%b, %two) : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  %vector = onnx.Unsqueeze(%double, %axis) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %s = onnx.Gather(%shape, %one) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %half = onnx.Div(%s, %two) : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  %next = onnx.Add(%half, %one) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %target = onnx.Concat(%vector, %next) {axis = 0 : i64} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
  %y = onnx.ConstantOfShape(%target) : (tensor<*xi64>) -> tensor<*xf32>
  return
}

// -----

// The product of all sizes, through a cast there and back.
// CHECK-LABEL: @product
// CHECK: onnx.Shape({{.*}} -> tensor<3xi64>
// CHECK: onnx.Cast({{.*}} -> tensor<3xi32>
// CHECK: onnx.Cast({{.*}} -> tensor<3xi64>
// CHECK: onnx.ReduceProd({{.*}} -> tensor<1xi64>
// CHECK: onnx.ConstantOfShape({{.*}} -> tensor<?xf32, #onnx.dims<"8*b*s">>
func.func @product(%x: tensor<?x?x8xf32, #onnx.dims<"b", "s", 8>>) {
  %axis = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %shape = onnx.Shape(%x) : (tensor<?x?x8xf32, #onnx.dims<"b", "s", 8>>) -> tensor<*xi64>
  %narrow = onnx.Cast(%shape) {to = 6 : i64} : (tensor<*xi64>) -> tensor<*xi32>
  %wide = onnx.Cast(%narrow) {to = 7 : i64} : (tensor<*xi32>) -> tensor<*xi64>
  %count = onnx.ReduceProd(%wide, %axis) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %y = onnx.ConstantOfShape(%count) : (tensor<*xi64>) -> tensor<*xf32>
  return
}

// -----

// What an input says is known to nobody: the dimension gets a name of its own.
// CHECK-LABEL: @unknown
// CHECK: onnx.ConstantOfShape({{.*}} -> tensor<?xf32, #onnx.dims<"ConstantOfShape.0">>
func.func @unknown(%n: tensor<1xi64>) {
  %y = onnx.ConstantOfShape(%n) : (tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// What is left by a division has the sign of the divisor.
// CHECK-LABEL: @modulo
// CHECK: onnx.ConstantOfShape({{.*}} -> tensor<1x2xf32>
func.func @modulo() {
  %x = onnx.Constant() {value = dense<[-5, -4]> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Constant() {value = dense<[3, -6]> : tensor<2xi64>} : () -> tensor<2xi64>
  %six = onnx.Constant() {value = dense<[0, 6]> : tensor<2xi64>} : () -> tensor<2xi64>
  %rest = onnx.Mod(%x, %y) : (tensor<2xi64>, tensor<2xi64>) -> tensor<*xi64>
  %sizes = onnx.Add(%rest, %six) : (tensor<*xi64>, tensor<2xi64>) -> tensor<*xi64>
  %z = onnx.ConstantOfShape(%sizes) : (tensor<*xi64>) -> tensor<*xf32>
  return
}
