// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// The rate decays with the steps, and shrinks where gradients were large.
// CHECK-LABEL: @adagrad
// CHECK: %[[V0:.*]] = onnx.Cast(%arg1) {to = 1 : i64}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.250000e-01> : tensor<f32>}
// CHECK: %[[V1:.*]] = onnx.Mul(%[[V0]], %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Add(%[[C1]], %[[V1]])
// CHECK: %[[V3:.*]] = onnx.Div(%arg0, %[[V2]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<2.500000e-01> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Mul(%[[C2]], %arg2)
// CHECK: %[[V5:.*]] = onnx.Add(%[[V4]], %arg3)
// CHECK: %[[V6:.*]] = onnx.Mul(%[[V5]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Add(%arg4, %[[V6]])
// CHECK: %[[V8:.*]] = onnx.Sqrt(%[[V7]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V9:.*]] = onnx.Add(%[[V8]], %[[C3]])
// CHECK: %[[V10:.*]] = onnx.Mul(%[[V3]], %[[V5]])
// CHECK: %[[V11:.*]] = onnx.Div(%[[V10]], %[[V9]])
// CHECK: %[[V12:.*]] = onnx.Sub(%arg2, %[[V11]])
// CHECK: return %[[V12]], %[[V7]]
func.func @adagrad(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %g: tensor<2xf32>, %h: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %y:2 = onnx.ai_onnx_preview_training.Adagrad(%r, %t, %x, %g, %h) {norm_coefficient = 0.25 : f32, epsilon = 0.5 : f32, decay_factor = 0.125 : f32} : (tensor<f32>, tensor<i64>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %y#0, %y#1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// Both averages began at zero, which is made up for after the first step.
// CHECK-LABEL: @adam
// CHECK: %[[V0:.*]] = onnx.Mul(%{{.*}}, %arg2)
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %arg3)
// CHECK: %[[V2:.*]] = onnx.Mul(%{{.*}}, %arg4)
// CHECK: %[[V3:.*]] = onnx.Sub(%{{.*}}, %{{.*}})
// CHECK: %[[V4:.*]] = onnx.Mul(%[[V3]], %[[V1]])
// CHECK: %[[V5:.*]] = onnx.Add(%[[V2]], %[[V4]])
// CHECK: %[[V6:.*]] = onnx.Mul(%[[V1]], %[[V1]])
// CHECK: %[[V7:.*]] = onnx.Mul(%{{.*}}, %arg5)
// CHECK: %[[V8:.*]] = onnx.Sub(%{{.*}}, %{{.*}})
// CHECK: %[[V9:.*]] = onnx.Mul(%[[V8]], %[[V6]])
// CHECK: %[[V10:.*]] = onnx.Add(%[[V7]], %[[V9]])
// CHECK: %[[V11:.*]] = onnx.Sqrt(%[[V10]])
// CHECK: %[[V12:.*]] = onnx.Add(%[[V11]], %{{.*}})
// CHECK: %[[V13:.*]] = onnx.Cast(%arg1) {to = 1 : i64}
// CHECK: %[[V14:.*]] = onnx.Pow(%{{.*}}, %[[V13]])
// CHECK: %[[V15:.*]] = onnx.Sub(%{{.*}}, %[[V14]])
// CHECK: %[[V16:.*]] = onnx.Sqrt(%[[V15]])
// CHECK: %[[V17:.*]] = onnx.Pow(%{{.*}}, %[[V13]])
// CHECK: %[[V18:.*]] = onnx.Sub(%{{.*}}, %[[V17]])
// CHECK: %[[V19:.*]] = onnx.Div(%[[V16]], %[[V18]])
// CHECK: %[[V20:.*]] = onnx.Equal(%arg1, %{{.*}})
// CHECK: %[[V21:.*]] = onnx.Mul(%arg0, %[[V19]])
// CHECK: %[[V22:.*]] = onnx.Where(%[[V20]], %arg0, %[[V21]])
// CHECK: %[[V23:.*]] = onnx.Mul(%[[V22]], %[[V5]])
// CHECK: %[[V24:.*]] = onnx.Div(%[[V23]], %[[V12]])
// CHECK: %[[V25:.*]] = onnx.Sub(%arg2, %[[V24]])
// CHECK: %[[V26:.*]] = onnx.Sub(%{{.*}}, %{{.*}})
// CHECK: %[[V27:.*]] = onnx.Mul(%[[V26]], %[[V25]])
// CHECK: return %[[V27]], %[[V5]], %[[V10]]
func.func @adam(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %g: tensor<2xf32>, %v: tensor<2xf32>, %h: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %y:3 = onnx.ai_onnx_preview_training.Adam(%r, %t, %x, %g, %v, %h) {alpha = 0.5 : f32, beta = 0.25 : f32, epsilon = 0.125 : f32} : (tensor<f32>, tensor<i64>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y#0, %y#1, %y#2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// Two tensors in one node take a step each.
// CHECK-LABEL: @momentum
// CHECK: %[[V0:.*]] = onnx.Mul(%{{.*}}, %arg2)
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %arg4)
// CHECK: %[[V2:.*]] = onnx.Equal(%arg1, %{{.*}})
// CHECK: %[[V3:.*]] = onnx.Where(%[[V2]], %{{.*}}, %{{.*}})
// CHECK: %[[V4:.*]] = onnx.Mul(%{{.*}}, %arg6)
// CHECK: %[[V5:.*]] = onnx.Mul(%[[V3]], %[[V1]])
// CHECK: %[[V6:.*]] = onnx.Add(%[[V4]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Mul(%arg0, %[[V6]])
// CHECK: %[[V8:.*]] = onnx.Sub(%arg2, %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Mul(%{{.*}}, %arg3)
// CHECK: %[[V10:.*]] = onnx.Add(%[[V9]], %arg5)
// CHECK: %[[V11:.*]] = onnx.Equal(%arg1, %{{.*}})
// CHECK: %[[V12:.*]] = onnx.Where(%[[V11]], %{{.*}}, %{{.*}})
// CHECK: %[[V13:.*]] = onnx.Mul(%{{.*}}, %arg7)
// CHECK: %[[V14:.*]] = onnx.Mul(%[[V12]], %[[V10]])
// CHECK: %[[V15:.*]] = onnx.Add(%[[V13]], %[[V14]])
// CHECK: %[[V16:.*]] = onnx.Mul(%arg0, %[[V15]])
// CHECK: %[[V17:.*]] = onnx.Sub(%arg3, %[[V16]])
// CHECK: return %[[V8]], %[[V17]], %[[V6]], %[[V15]]
func.func @momentum(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %z: tensor<3xf32>, %g: tensor<2xf32>, %f: tensor<3xf32>, %v: tensor<2xf32>, %w: tensor<3xf32>) -> (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>) {
  %y:4 = onnx.ai_onnx_preview_training.Momentum(%r, %t, %x, %z, %g, %f, %v, %w) {alpha = 0.5 : f32, beta = 0.25 : f32, norm_coefficient = 0.125 : f32, mode = "standard"} : (tensor<f32>, tensor<i64>, tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>)
  return %y#0, %y#1, %y#2, %y#3 : tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xf32>
}

// -----

// CHECK-LABEL: @nesterov
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1.250000e-01> : tensor<f32>}
// CHECK: %[[V0:.*]] = onnx.Mul(%[[C0]], %arg2)
// CHECK: %[[V1:.*]] = onnx.Add(%[[V0]], %arg3)
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[V2:.*]] = onnx.Equal(%arg1, %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<2.500000e-01> : tensor<f32>}
// CHECK: %[[V3:.*]] = onnx.Where(%[[V2]], %[[C2]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<5.000000e-01> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Mul(%[[C4]], %arg4)
// CHECK: %[[V5:.*]] = onnx.Mul(%[[V3]], %[[V1]])
// CHECK: %[[V6:.*]] = onnx.Add(%[[V4]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Mul(%[[C4]], %[[V6]])
// CHECK: %[[V8:.*]] = onnx.Add(%[[V1]], %[[V7]])
// CHECK: %[[V9:.*]] = onnx.Mul(%arg0, %[[V8]])
// CHECK: %[[V10:.*]] = onnx.Sub(%arg2, %[[V9]])
// CHECK: return %[[V10]]
func.func @nesterov(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %g: tensor<2xf32>, %v: tensor<2xf32>) -> tensor<2xf32> {
  %y:2 = onnx.ai_onnx_preview_training.Momentum(%r, %t, %x, %g, %v) {alpha = 0.5 : f32, beta = 0.25 : f32, norm_coefficient = 0.125 : f32, mode = "nesterov"} : (tensor<f32>, tensor<i64>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %y#0 : tensor<2xf32>
}

// -----

// A tensor without its state is no step.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.ai_onnx_preview_training.Adagrad(%arg0, %arg1, %arg2, %arg3)
// CHECK: return %[[V0]]
func.func @refused(%r: tensor<f32>, %t: tensor<i64>, %x: tensor<2xf32>, %g: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.ai_onnx_preview_training.Adagrad(%r, %t, %x, %g) : (tensor<f32>, tensor<i64>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
