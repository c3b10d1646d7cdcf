// RUN: azulejo-opt %s --azulejo-differentiate --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @product
// CHECK:         %[[C:.*]] = onnx.Add(%arg0, %arg1)
// CHECK:         %[[D:.*]] = onnx.Mul(%[[C]], %arg0)
// CHECK:         %[[ONE:.*]] = onnx.Constant() {value = dense<1.000000e+00> : tensor<f32>}
// CHECK:         %[[DC:.*]] = onnx.Mul(%[[ONE]], %arg0)
// CHECK:         %[[DA:.*]] = onnx.Mul(%[[ONE]], %[[C]])
// CHECK:         %[[SUM:.*]] = onnx.Add(%[[DA]], %[[DC]])
// CHECK:         return %[[D]], %[[SUM]], %[[DC]]
func.func @product(%a: tensor<f32>, %b: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %c = onnx.Add(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %d = onnx.Mul(%c, %a) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %da, %db = onnx.ai_onnx_preview_training.Gradient(%a, %b, %a, %b, %d) {xs = ["a", "b"], y = "d"} : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %d, %da, %db : tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// Another value than the one that is named: the graph is evaluated there.
// CHECK-LABEL: func.func @elsewhere
// CHECK:         %[[AT:.*]] = onnx.Exp(%arg1)
// CHECK:         onnx.Mul(%{{.*}}, %[[AT]])
func.func @elsewhere(%x: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.Exp(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %dx = onnx.ai_onnx_preview_training.Gradient(%z, %x, %y) {xs = ["x"], y = "y"} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %dx : tensor<2xf32>
}

// -----

// What y does not depend on has the gradient 0.
// CHECK-LABEL: func.func @independent
// CHECK:         %[[ZERO:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK:         %[[DZ:.*]] = onnx.Expand(%[[ZERO]]
// CHECK:         return %[[DZ]]
func.func @independent(%x: tensor<2xf32>, %z: tensor<3xf32>) -> tensor<3xf32> {
  %y = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %dz = onnx.ai_onnx_preview_training.Gradient(%z, %z, %y) {xs = ["z"], y = "y"} : (tensor<3xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<3xf32>
  return %dz : tensor<3xf32>
}

// -----

func.func @unknown(%x: tensor<2xf32>, %i: tensor<i64>) -> tensor<2xf32> {
  %y = onnx.CumSum(%x, %i) : (tensor<2xf32>, tensor<i64>) -> tensor<2xf32> loc("sum")
  // expected-error @below {{it leads through node 'sum' (CumSum), whose derivative by input 0 is not known}}
  %dx = onnx.ai_onnx_preview_training.Gradient(%x, %x, %y) {xs = ["x"], y = "y"} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %dx : tensor<2xf32>
}

// -----

func.func @names(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{it has not one input for each name in xs and zs}}
  %dx = onnx.ai_onnx_preview_training.Gradient(%x, %x) {xs = ["x"], y = "y"} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %dx : tensor<2xf32>
}
