// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// Shifting by the width or more leaves nothing, which LLVM does not promise.
// CHECK-LABEL: func.func @main
// CHECK: arith.cmpi ult, %{{.*}}, %c8_i8
// CHECK: arith.shrui
// CHECK: arith.select
func.func @main(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %z = onnx.BitShift(%x, %y) {direction = "RIGHT"} : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %z : tensor<4xui8>
}

// -----

// Unsigned and signed numbers compare differently.
// CHECK-LABEL: func.func @main
// CHECK: arith.cmpi ult
// CHECK: arith.cmpi sle
func.func @main(%x: tensor<4xui8>, %y: tensor<4xi8>) -> (tensor<4xi1>, tensor<4xi1>) {
  %a = onnx.Less(%x, %x) : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  %b = onnx.LessOrEqual(%y, %y) : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi1>
  return %a, %b : tensor<4xi1>, tensor<4xi1>
}

// -----

// A choice does not round its operands on the way.
// CHECK-LABEL: func.func @main
// CHECK-NOT: arith.extf
// CHECK: arith.select {{.*}} : f16
func.func @main(%c: tensor<4xi1>, %x: tensor<4xf16>, %y: tensor<f16>) -> tensor<4xf16> {
  %z = onnx.Where(%c, %x, %y) : (tensor<4xi1>, tensor<4xf16>, tensor<f16>) -> tensor<4xf16>
  return %z : tensor<4xf16>
}
