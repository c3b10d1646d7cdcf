// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s

// CHECK-LABEL: @absent_operands
// CHECK: onnx.Clip(%{{.*}}, _, %{{.*}}) : (tensor<?x4xf32, #onnx.dims<"batch", 4>>, tensor<f32>) -> tensor<?x4xf32, #onnx.dims<"batch", 4>>
func.func @absent_operands(%x: tensor<?x4xf32, #onnx.dims<"batch", 4>>, %max: tensor<f32>) -> tensor<?x4xf32, #onnx.dims<"batch", 4>> {
  %y = onnx.Clip(%x, _, %max) : (tensor<?x4xf32, #onnx.dims<"batch", 4>>, tensor<f32>) -> tensor<?x4xf32, #onnx.dims<"batch", 4>>
  return %y : tensor<?x4xf32, #onnx.dims<"batch", 4>>
}

// An older version is a dynamic operation with the same syntax.
// CHECK-LABEL: @old_version
// CHECK: onnx.Softmax_v11(%{{.*}}) {axis = 1 : i64}
func.func @old_version(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.Softmax_v11(%x) {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: @absent_results
// CHECK: onnx.LSTM({{.*}}) {hidden_size = 3 : i64} : ({{.*}}) -> (_, tensor<1x2x3xf32>)
func.func @absent_results(%x: tensor<4x2x5xf32>, %w: tensor<1x12x5xf32>, %r: tensor<1x12x3xf32>) -> tensor<1x2x3xf32> {
  %h = onnx.LSTM(%x, %w, %r) {hidden_size = 3 : i64} : (tensor<4x2x5xf32>, tensor<1x12x5xf32>, tensor<1x12x3xf32>) -> (_, tensor<1x2x3xf32>)
  return %h : tensor<1x2x3xf32>
}

// CHECK-LABEL: @subgraphs
// CHECK: onnx.If(%{{.*}}) else_branch {
// CHECK: onnx.yield
// CHECK: } then_branch {
func.func @subgraphs(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.If(%c) else_branch {
    onnx.yield %x : tensor<2xf32>
  } then_branch {
    %z = onnx.Neg(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %z : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// CHECK-LABEL: @other_domain
// CHECK: onnx.ai_onnx_ml.Binarizer(%{{.*}}) {threshold = 5.000000e-01 : f32}
func.func @other_domain(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.ai_onnx_ml.Binarizer(%x) {threshold = 0.5 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// CHECK-LABEL: @types
// CHECK-SAME: !plan.sequence<tensor<?xf32>>, %{{.*}}: tensor<2x!plan.string>
func.func @types(%s: !plan.sequence<tensor<?xf32>>, %t: tensor<2x!plan.string>) -> tensor<i64> {
  %n = onnx.SequenceLength(%s) : (!plan.sequence<tensor<?xf32>>) -> tensor<i64>
  return %n : tensor<i64>
}
