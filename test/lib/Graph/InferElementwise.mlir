// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file | FileCheck %s

// Equal dimensions stay, 1 gives way, and a number other than 1 decides.
// CHECK-LABEL: @broadcast
// CHECK: onnx.Add({{.*}} -> tensor<?x?xf32, #onnx.dims<"n", "m">>
// CHECK: onnx.Mul({{.*}} -> tensor<?x4xf32, #onnx.dims<"n", 4>>
func.func @broadcast(%a: tensor<?x1xf32, #onnx.dims<"n", 1>>, %b: tensor<?x?xf32, #onnx.dims<"n", "m">>, %c: tensor<4xf32>) {
  %0 = onnx.Add(%a, %b) : (tensor<?x1xf32, #onnx.dims<"n", 1>>, tensor<?x?xf32, #onnx.dims<"n", "m">>) -> tensor<*xf32>
  %1 = onnx.Mul(%0, %c) : (tensor<*xf32>, tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

// Either of two names may turn out to be 1: the other is the result, the larger unless it is 0.
// CHECK-LABEL: @either
// CHECK: onnx.Less({{.*}} -> tensor<?xi1, #onnx.dims<"max(m, n)*min(1, m)*min(1, n)">>
func.func @either(%a: tensor<?xf32, #onnx.dims<"n">>, %b: tensor<?xf32, #onnx.dims<"m">>) {
  %0 = onnx.Less(%a, %b) : (tensor<?xf32, #onnx.dims<"n">>, tensor<?xf32, #onnx.dims<"m">>) -> tensor<*xi1>
  return
}

// -----

// A table of 512 positions cut to seq of them has min(512, seq); beside seq itself that is what is meant.
// CHECK-LABEL: @bounded
// CHECK: onnx.Add({{.*}} -> tensor<?xf32, #onnx.dims<"seq">>
func.func @bounded(%a: tensor<?xf32, #onnx.dims<"seq">>, %b: tensor<?xf32, #onnx.dims<"min(512, seq)">>) {
  %0 = onnx.Add(%a, %b) : (tensor<?xf32, #onnx.dims<"seq">>, tensor<?xf32, #onnx.dims<"min(512, seq)">>) -> tensor<*xf32>
  return
}
