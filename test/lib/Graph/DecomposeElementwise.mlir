// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// Operators of any number of operands become pairs, from left to right.
// CHECK-LABEL: @sum
// CHECK: %[[V0:.*]] = onnx.Add(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %arg2)
// CHECK: return %[[V1]]
func.func @sum(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Sum(%a, %b, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @mean
// CHECK: %[[V0:.*]] = onnx.Add(%arg0, %arg1)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Div(%[[V0]], %[[C0]])
// CHECK: return %[[V1]]
func.func @mean(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Mean(%a, %b) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Two operands are core already.
// CHECK-LABEL: @max
// CHECK: %[[V0:.*]] = onnx.Max(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Max(%[[V0]], %arg2)
// CHECK: %[[V2:.*]] = onnx.Min(%arg0, %arg1)
// CHECK: return %[[V1]], %[[V2]]
func.func @max(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = onnx.Max(%a, %b, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.Min(%a, %b) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

// A bound that is absent is no operation.
// CHECK-LABEL: @clip
// CHECK: %[[V0:.*]] = onnx.Max(%arg0, %arg1)
// CHECK: %[[V1:.*]] = onnx.Min(%[[V0]], %arg2)
// CHECK: %[[V2:.*]] = onnx.Min(%arg0, %arg2)
// CHECK: return %[[V1]], %[[V2]]
func.func @clip(%x: tensor<4xf32>, %low: tensor<f32>, %high: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = onnx.Clip(%x, %low, %high) : (tensor<4xf32>, tensor<f32>, tensor<f32>) -> tensor<4xf32>
  %z = onnx.Clip(%x, _, %high) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @comparisons
// CHECK: %[[V0:.*]] = onnx.Less(%arg1, %arg0)
// CHECK: %[[V1:.*]] = onnx.LessOrEqual(%arg1, %arg0)
// CHECK: return %[[V0]], %[[V1]]
func.func @comparisons(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xi1>, tensor<4xi1>) {
  %y = onnx.Greater(%a, %b) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  %z = onnx.GreaterOrEqual(%a, %b) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %y, %z : tensor<4xi1>, tensor<4xi1>
}

// -----

// CHECK-LABEL: @simple
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Max(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Div(%[[C1]], %arg0)
// CHECK: %[[V2:.*]] = onnx.Cast(%arg0) {saturate = 0 : i64, to = 7 : i64}
// CHECK: return %[[V0]], %[[V1]], %[[V2]]
func.func @simple(%x: tensor<4xf32>, %like: tensor<1xi64>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xi64>) {
  %i = onnx.Identity(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Relu(%i) : (tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.Reciprocal(%i) : (tensor<4xf32>) -> tensor<4xf32>
  %c = onnx.CastLike(%i, %like) {saturate = 0 : i64} : (tensor<4xf32>, tensor<1xi64>) -> tensor<4xi64>
  return %y, %z, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xi64>
}

// -----

// CHECK-LABEL: @leaky_relu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2.500000e-01> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Mul(%[[C1]], %arg0)
// CHECK: %[[V2:.*]] = onnx.Where(%[[V0]], %[[V1]], %arg0)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Less(%arg0, %[[C2]])
// CHECK: %[[V4:.*]] = onnx.Mul(%arg1, %arg0)
// CHECK: %[[V5:.*]] = onnx.Where(%[[V3]], %[[V4]], %arg0)
// CHECK: return %[[V2]], %[[V5]]
func.func @leaky_relu(%x: tensor<4xf32>, %slope: tensor<1xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = onnx.LeakyRelu(%x) {alpha = 0.25 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %z = onnx.PRelu(%x, %slope) : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @elu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Exp(%arg0)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Sub(%[[V1]], %[[C2]])
// CHECK: %[[V3:.*]] = onnx.Mul(%[[C1]], %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Where(%[[V0]], %[[V3]], %arg0)
// CHECK: return %[[V4]]
func.func @elu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Elu(%x) {alpha = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @selu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Exp(%arg0)
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Sub(%[[V0]], %[[C1]])
// CHECK: %[[V2:.*]] = onnx.Mul(%[[C0]], %[[V1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<3.000000e+00> : tensor<f32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Less(%arg0, %[[C3]])
// CHECK: %[[V4:.*]] = onnx.Where(%[[V3]], %[[V2]], %arg0)
// CHECK: %[[V5:.*]] = onnx.Mul(%[[C2]], %[[V4]])
// CHECK: return %[[V5]]
func.func @selu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Selu(%x) {alpha = 2.0 : f32, gamma = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @celu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%arg0, %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Div(%arg0, %[[C0]])
// CHECK: %[[V2:.*]] = onnx.Exp(%[[V1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Sub(%[[V2]], %[[C2]])
// CHECK: %[[V4:.*]] = onnx.Mul(%[[C0]], %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Where(%[[V0]], %[[V4]], %arg0)
// CHECK: return %[[V5]]
func.func @celu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Celu(%x) {alpha = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @thresholded_relu
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%[[C0]], %arg0)
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Where(%[[V0]], %arg0, %[[C1]])
// CHECK: return %[[V1]]
func.func @thresholded_relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.ThresholdedRelu(%x) {alpha = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @hard_sigmoid
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<2.500000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<7.500000e-01> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %[[C3]])
// CHECK: %[[V2:.*]] = onnx.Min(%[[C1]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Max(%[[C0]], %[[V2]])
// CHECK: return %[[V3]]
func.func @hard_sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.HardSigmoid(%x) {alpha = 0.25 : f32, beta = 0.75 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @hard_swish
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.166666672> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Mul(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Min(%[[C3]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Max(%[[C2]], %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Mul(%arg0, %[[V3]])
// CHECK: return %[[V4]]
func.func @hard_swish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.HardSwish(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// exp is taken of what is negative, so that a large x does not overflow.
// CHECK-LABEL: @softplus
// CHECK: %[[V0:.*]] = onnx.Abs(%arg0)
// CHECK: %[[V1:.*]] = onnx.Neg(%[[V0]])
// CHECK: %[[V2:.*]] = onnx.Exp(%[[V1]])
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Max(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Add(%[[C1]], %[[V2]])
// CHECK: %[[V5:.*]] = onnx.Log(%[[V4]])
// CHECK: %[[V6:.*]] = onnx.Add(%[[V3]], %[[V5]])
// CHECK: return %[[V6]]
func.func @softplus(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Softplus(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @mish
// CHECK: %[[V0:.*]] = onnx.Abs(%arg0)
// CHECK: %[[V1:.*]] = onnx.Neg(%[[V0]])
// CHECK: %[[V2:.*]] = onnx.Exp(%[[V1]])
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Max(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Add(%[[C1]], %[[V2]])
// CHECK: %[[V5:.*]] = onnx.Log(%[[V4]])
// CHECK: %[[V6:.*]] = onnx.Add(%[[V3]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Tanh(%[[V6]])
// CHECK: %[[V8:.*]] = onnx.Mul(%arg0, %[[V7]])
// CHECK: return %[[V8]]
func.func @mish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Mish(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @softsign
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Abs(%arg0)
// CHECK: %[[V1:.*]] = onnx.Add(%[[C0]], %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Div(%arg0, %[[V1]])
// CHECK: return %[[V2]]
func.func @softsign(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Softsign(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: @shrink
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<7.500000e-01> : tensor<f32>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<2.000000e+00> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Less(%[[C0]], %arg0)
// CHECK: %[[V1:.*]] = onnx.Sub(%arg0, %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Where(%[[V0]], %[[V1]], %[[C2]])
// CHECK: %[[V3:.*]] = onnx.Neg(%[[C0]])
// CHECK: %[[V4:.*]] = onnx.Less(%arg0, %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Add(%arg0, %[[C1]])
// CHECK: %[[V6:.*]] = onnx.Where(%[[V4]], %[[V5]], %[[V2]])
// CHECK: return %[[V6]]
func.func @shrink(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Shrink(%x) {bias = 2.0 : f32, lambd = 0.75 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Where it is not training, nothing is dropped, and the mask says so.
// CHECK-LABEL: @dropout
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<true> : tensor<i1>}
// CHECK: %[[V0:.*]] = onnx.Shape(%arg0)
// CHECK: %[[V1:.*]] = onnx.Expand(%[[C0]], %[[V0]])
// CHECK: return %arg0, %[[V1]]
func.func @dropout(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>) {
  %y, %mask = onnx.Dropout(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>)
  return %y, %mask : tensor<4xf32>, tensor<4xi1>
}

// -----

// Whether it is training may be known at run time only.
// CHECK-LABEL: @dropout_training
// CHECK: %[[V0:.*]] = onnx.RandomUniformLike(%arg0) {seed = 3.000000e+00 : f32}
// CHECK: %[[V1:.*]] = onnx.LessOrEqual(%arg1, %[[V0]])
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Sub(%[[C0]], %arg1)
// CHECK: %[[V3:.*]] = onnx.Div(%arg0, %[[V2]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Where(%[[V1]], %[[V3]], %[[C1]])
// CHECK: %[[V5:.*]] = onnx.Where(%arg2, %[[V4]], %arg0)
// CHECK: return %[[V5]]
func.func @dropout_training(%x: tensor<4xf32>, %ratio: tensor<f32>, %training: tensor<i1>) -> tensor<4xf32> {
  %y = onnx.Dropout(%x, %ratio, %training) {seed = 3 : i64} : (tensor<4xf32>, tensor<f32>, tensor<i1>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// On integers the body that ONNX defines converts, and the formula would not.
// CHECK-LABEL: @refused
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Cast(%[[C0]]) {to = 6 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Cast(%[[C1]]) {to = 6 : i64}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Cast(%[[C2]]) {to = 6 : i64}
// CHECK: %[[V3:.*]] = onnx.Neg(%[[V0]])
// CHECK: %[[V4:.*]] = onnx.Less(%arg0, %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Add(%arg0, %[[V1]])
// CHECK: %[[V6:.*]] = onnx.Sub(%arg0, %[[V1]])
// CHECK: %[[V7:.*]] = onnx.Less(%[[V0]], %arg0)
// CHECK: %[[V8:.*]] = onnx.Where(%[[V7]], %[[V6]], %[[V2]])
// CHECK: %[[V9:.*]] = onnx.Where(%[[V4]], %[[V5]], %[[V8]])
// CHECK: return %[[V9]]
func.func @refused(%x: tensor<4xi32>) -> tensor<4xi32> {
  %y = onnx.Shrink(%x) : (tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}
