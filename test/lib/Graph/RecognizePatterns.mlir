// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file | FileCheck %s
// RUN: azulejo-opt %s --azulejo-recognize-patterns --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LOC
// The patterns are tested in the files of their families; here is what the pass does with them.

// What a pattern was made of goes, unless somebody else reads it.
// CHECK-LABEL: @parts
// CHECK: %[[SUM:.*]] = onnx.Sigmoid(%arg0)
// CHECK: %[[Y:.*]] = onnx.Swish(%arg0)
// CHECK: %[[Z:.*]] = onnx.Swish(%arg1)
// CHECK-NOT: onnx.Mul
// CHECK: return %[[Y]], %[[SUM]], %[[Z]]
// What is left carries the names of all that went.
// LOC-LABEL: @parts
// LOC: onnx.Swish(%arg0) {{.*}} loc("first")
// LOC: onnx.Swish(%arg1) {{.*}} loc(fused["gate", "second"])
func.func @parts(%x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = onnx.Sigmoid(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%0, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("first")
  %1 = onnx.Sigmoid(%w) : (tensor<4xf32>) -> tensor<4xf32> loc("gate")
  %z = onnx.Mul(%1, %w) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("second")
  return %y, %0, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @refused
// CHECK: onnx.Tanh(%arg0)
// CHECK: onnx.Mul(
func.func @refused(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = onnx.Tanh(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %y = onnx.Mul(%0, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
