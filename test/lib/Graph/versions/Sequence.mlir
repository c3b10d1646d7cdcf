// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Optional_v15(
// CHECK: onnx.Optional(%arg0)
func.func @Optional_v15(%arg0: tensor<2xf32>) -> !plan.optional<tensor<2xf32>> {
  %0 = onnx.Optional_v15(%arg0) : (tensor<2xf32>) -> !plan.optional<tensor<2xf32>>
  return %0 : !plan.optional<tensor<2xf32>>
}

// CHECK-LABEL: @OptionalGetElement_v15(
// CHECK: onnx.OptionalGetElement(%arg0)
func.func @OptionalGetElement_v15(%arg0: !plan.optional<tensor<4xf32>>) -> tensor<4xf32> {
  %0 = onnx.OptionalGetElement_v15(%arg0) : (!plan.optional<tensor<4xf32>>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @OptionalGetElement_v18(
// CHECK: onnx.OptionalGetElement(%arg0)
func.func @OptionalGetElement_v18(%arg0: tensor<4xf32>) -> tensor<4xf32> {
  %0 = onnx.OptionalGetElement_v18(%arg0) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @OptionalHasElement_v15(
// CHECK: onnx.OptionalHasElement(%arg0)
func.func @OptionalHasElement_v15(%arg0: !plan.optional<tensor<4xf32>>) -> tensor<i1> {
  %0 = onnx.OptionalHasElement_v15(%arg0) : (!plan.optional<tensor<4xf32>>) -> tensor<i1>
  return %0 : tensor<i1>
}

// CHECK-LABEL: @OptionalHasElement_v18(
// CHECK: onnx.OptionalHasElement()
func.func @OptionalHasElement_v18() -> tensor<i1> {
  %0 = onnx.OptionalHasElement_v18() : () -> tensor<i1>
  return %0 : tensor<i1>
}

// CHECK-LABEL: @SplitToSequence_v11(
// CHECK: onnx.SplitToSequence(%arg0, %arg1) {axis = 1 : i64}
func.func @SplitToSequence_v11(%arg0: tensor<3x6xf32>, %arg1: tensor<i64>) -> (!plan.sequence<tensor<3x?xf32, #onnx.dims<3, ?>>>) {
  %0 = onnx.SplitToSequence_v11(%arg0, %arg1) {axis = 1 : i64} : (tensor<3x6xf32>, tensor<i64>) -> !plan.sequence<tensor<3x?xf32, #onnx.dims<3, ?>>>
  return %0 : !plan.sequence<tensor<3x?xf32, #onnx.dims<3, ?>>>
}
