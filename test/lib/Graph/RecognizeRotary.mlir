// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s

// CHECK-LABEL: @rotary
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Concat(%arg1, %arg1) {axis = -1 : i64}
// CHECK: %[[V1:.*]] = onnx.Cos(%[[V0]])
// CHECK: %[[V2:.*]] = onnx.Sin(%[[V0]])
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%[[V1]], %[[C0]])
// CHECK: %[[V4:.*]] = onnx.Unsqueeze(%[[V2]], %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Squeeze(%[[V3]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V6:.*]] = onnx.Slice(%[[V5]], %[[C2]], %[[C3]], %[[C4]], %[[C5]])
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V7:.*]] = onnx.Squeeze(%[[V4]], %[[C6]])
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C9:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C10:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.Slice(%[[V7]], %[[C7]], %[[C8]], %[[C9]], %[[C10]])
// CHECK: %[[V9:.*]] = onnx.RotaryEmbedding(%arg0, %[[V6]], %[[V8]])
// CHECK: return %[[V9]]
func.func @rotary(%x: tensor<1x2x3x8xf32>, %f: tensor<1x3x4xf32>) -> tensor<1x2x3x8xf32> {
  %axes = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %begin = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %middle = onnx.Constant() {value = dense<4> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %ff = onnx.Concat(%f, %f) {axis = -1 : i64} : (tensor<1x3x4xf32>, tensor<1x3x4xf32>) -> tensor<1x3x8xf32>
  %c = onnx.Cos(%ff) : (tensor<1x3x8xf32>) -> tensor<1x3x8xf32>
  %s = onnx.Sin(%ff) : (tensor<1x3x8xf32>) -> tensor<1x3x8xf32>
  %cos = onnx.Unsqueeze(%c, %axes) : (tensor<1x3x8xf32>, tensor<1xi64>) -> tensor<1x1x3x8xf32>
  %sin = onnx.Unsqueeze(%s, %axes) : (tensor<1x3x8xf32>, tensor<1xi64>) -> tensor<1x1x3x8xf32>
  %kept = onnx.Mul(%x, %cos) : (tensor<1x2x3x8xf32>, tensor<1x1x3x8xf32>) -> tensor<1x2x3x8xf32>
  %low = onnx.Slice(%x, %begin, %middle, %last) : (tensor<1x2x3x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2x3x4xf32>
  %high = onnx.Slice(%x, %middle, %end, %last) : (tensor<1x2x3x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2x3x4xf32>
  %neg = onnx.Neg(%high) : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %turned = onnx.Concat(%neg, %low) {axis = -1 : i64} : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) -> tensor<1x2x3x8xf32>
  %rotated = onnx.Mul(%turned, %sin) : (tensor<1x2x3x8xf32>, tensor<1x1x3x8xf32>) -> tensor<1x2x3x8xf32>
  %y = onnx.Add(%kept, %rotated) : (tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>) -> tensor<1x2x3x8xf32>
  return %y : tensor<1x2x3x8xf32>
}

// -----

// Angles whose halves are not known to be the same.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<8> : tensor<1xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Cos(%arg1)
// CHECK: %[[V1:.*]] = onnx.Sin(%arg1)
// CHECK: %[[V2:.*]] = onnx.Mul(%arg0, %[[V0]])
// CHECK: %[[V3:.*]] = onnx.Slice(%arg0, %[[C0]], %[[C1]], %[[C3]])
// CHECK: %[[V4:.*]] = onnx.Slice(%arg0, %[[C1]], %[[C2]], %[[C3]])
// CHECK: %[[V5:.*]] = onnx.Neg(%[[V4]])
// CHECK: %[[V6:.*]] = onnx.Concat(%[[V5]], %[[V3]]) {axis = -1 : i64}
// CHECK: %[[V7:.*]] = onnx.Mul(%[[V6]], %[[V1]])
// CHECK: %[[V8:.*]] = onnx.Add(%[[V2]], %[[V7]])
// CHECK: return %[[V8]]
func.func @refused(%x: tensor<1x2x3x8xf32>, %f: tensor<1x1x3x8xf32>) -> tensor<1x2x3x8xf32> {
  %begin = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %middle = onnx.Constant() {value = dense<4> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<8> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %cos = onnx.Cos(%f) : (tensor<1x1x3x8xf32>) -> tensor<1x1x3x8xf32>
  %sin = onnx.Sin(%f) : (tensor<1x1x3x8xf32>) -> tensor<1x1x3x8xf32>
  %kept = onnx.Mul(%x, %cos) : (tensor<1x2x3x8xf32>, tensor<1x1x3x8xf32>) -> tensor<1x2x3x8xf32>
  %low = onnx.Slice(%x, %begin, %middle, %last) : (tensor<1x2x3x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2x3x4xf32>
  %high = onnx.Slice(%x, %middle, %end, %last) : (tensor<1x2x3x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2x3x4xf32>
  %neg = onnx.Neg(%high) : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %turned = onnx.Concat(%neg, %low) {axis = -1 : i64} : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) -> tensor<1x2x3x8xf32>
  %rotated = onnx.Mul(%turned, %sin) : (tensor<1x2x3x8xf32>, tensor<1x1x3x8xf32>) -> tensor<1x2x3x8xf32>
  %y = onnx.Add(%kept, %rotated) : (tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>) -> tensor<1x2x3x8xf32>
  return %y : tensor<1x2x3x8xf32>
}
