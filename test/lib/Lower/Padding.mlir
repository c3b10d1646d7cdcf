// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: tensor.pad %{{.*}} low[1, 0] high[0, 2]
func.func @main(%x: tensor<2x3xf32>) -> tensor<3x5xf32> {
  %pads = onnx.Constant() {value = dense<[1, 0, 0, 2]> : tensor<4xi64>} : () -> tensor<4xi64>
  %y = onnx.Pad(%x, %pads) : (tensor<2x3xf32>, tensor<4xi64>) -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

// Pads that only the run knows may cut, too.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: linalg.generic
// CHECK: arith.cmpi ult
// CHECK: arith.select
func.func @main(%x: tensor<4xf32>, %pads: tensor<2xi64>) -> tensor<?xf32> {
  %y = onnx.Pad(%x, %pads) : (tensor<4xf32>, tensor<2xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: arith.remsi
// CHECK: arith.minsi
func.func @main(%x: tensor<4xf32>) -> tensor<8xf32> {
  %pads = onnx.Constant() {value = dense<2> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Pad(%x, %pads) {mode = "reflect"} : (tensor<4xf32>, tensor<2xi64>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
