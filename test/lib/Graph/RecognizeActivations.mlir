// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s

// CHECK-LABEL: @gelu
// CHECK: %[[V0:.*]] = onnx.Gelu(%arg0)
// CHECK: return %[[V0]]
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %root = onnx.Constant() {value = dense<1.41421354> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Div(%x, %root) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = onnx.Erf(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = onnx.Add(%1, %one) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = onnx.Mul(%x, %2) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%3, %half) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// The factors stand in any order: 0.5 first, and x times the root of a half.
// CHECK-LABEL: @gelu_other_order
// CHECK: %[[V0:.*]] = onnx.Gelu(%arg0)
// CHECK: return %[[V0]]
func.func @gelu_other_order(%x: tensor<4xf32>) -> tensor<4xf32> {
  %root = onnx.Constant() {value = dense<0.707106769> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Mul(%root, %x) : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = onnx.Erf(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = onnx.Add(%one, %1) : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = onnx.Mul(%half, %x) : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%2, %3) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @gelu_tanh
// CHECK: %[[V0:.*]] = onnx.Gelu(%arg0) {approximate = "tanh"}
// CHECK: return %[[V0]]
func.func @gelu_tanh(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = onnx.Constant() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
  %c = onnx.Constant() {value = dense<4.471500e-02> : tensor<f32>} : () -> tensor<f32>
  %root = onnx.Constant() {value = dense<0.797884583> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %cube = onnx.Pow(%x, %three) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %0 = onnx.Mul(%cube, %c) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = onnx.Add(%x, %0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = onnx.Mul(%1, %root) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = onnx.Tanh(%2) : (tensor<4xf32>) -> tensor<4xf32>
  %4 = onnx.Add(%3, %one) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %5 = onnx.Mul(%x, %half) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %y = onnx.Mul(%5, %4) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @swish
// CHECK: %[[V0:.*]] = onnx.Swish(%arg0) {alpha = 1.000000e+00 : f32}
// CHECK: %[[V1:.*]] = onnx.Swish(%arg0) {alpha = 1.500000e+00 : f32}
// CHECK: return %[[V0]], %[[V1]]
func.func @swish(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c = onnx.Constant() {value = dense<1.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Sigmoid(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%0, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = onnx.Mul(%x, %c) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = onnx.Sigmoid(%1) : (tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.Mul(%x, %2) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

// Another number than the root of a half, and a gate of something else.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.500000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Div(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Erf(%[[V0]])
// CHECK: %[[V2:.*]] = onnx.Add(%[[V1]], %[[C1]])
// CHECK: %[[V3:.*]] = onnx.Mul(%arg0, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Mul(%[[V3]], %[[C2]])
// CHECK: %[[V5:.*]] = onnx.Sigmoid(%arg1)
// CHECK: %[[V6:.*]] = onnx.Mul(%arg0, %[[V5]])
// CHECK: return %[[V4]], %[[V6]]
func.func @refused(%x: tensor<4xf32>, %z: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %root = onnx.Constant() {value = dense<1.5> : tensor<f32>} : () -> tensor<f32>
  %one = onnx.Constant() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Div(%x, %root) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = onnx.Erf(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = onnx.Add(%1, %one) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = onnx.Mul(%x, %2) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%3, %half) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %4 = onnx.Sigmoid(%z) : (tensor<4xf32>) -> tensor<4xf32>
  %w = onnx.Mul(%x, %4) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y, %w : tensor<4xf32>, tensor<4xf32>
}
