// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file | FileCheck %s

// Batches are broadcast; a vector on either side leaves no dimension.
// CHECK-LABEL: @matmul
// CHECK: onnx.MatMul({{.*}} -> tensor<?x4x?x?xf32, #onnx.dims<"b", 4, "m", "n">>
// CHECK: onnx.MatMul({{.*}} -> tensor<4x?xf32, #onnx.dims<4, "n">>
func.func @matmul(%a: tensor<?x1x?x8xf32, #onnx.dims<"b", 1, "m", 8>>, %b: tensor<4x8x?xf32, #onnx.dims<4, 8, "n">>, %v: tensor<8xf32>) {
  %0 = onnx.MatMul(%a, %b) : (tensor<?x1x?x8xf32, #onnx.dims<"b", 1, "m", 8>>, tensor<4x8x?xf32, #onnx.dims<4, 8, "n">>) -> tensor<*xf32>
  %1 = onnx.MatMul(%v, %b) : (tensor<8xf32>, tensor<4x8x?xf32, #onnx.dims<4, 8, "n">>) -> tensor<*xf32>
  return
}

// -----

// Packed heads, and keys behind those of a cache.
// CHECK-LABEL: @attention
// CHECK: onnx.Attention({{.*}} -> (tensor<?x?x64xf32, #onnx.dims<"b", "s", 64>>, tensor<?x2x?x16xf32, #onnx.dims<"b", 2, "p + s", 16>>, tensor<?x2x?x16xf32, #onnx.dims<"b", 2, "p + s", 16>>)
func.func @attention(%q: tensor<?x?x64xf32, #onnx.dims<"b", "s", 64>>, %k: tensor<?x?x32xf32, #onnx.dims<"b", "s", 32>>, %past: tensor<?x2x?x16xf32, #onnx.dims<"b", 2, "p", 16>>) {
  %y:3 = onnx.Attention(%q, %k, %k, _, %past, %past) {q_num_heads = 4 : i64, kv_num_heads = 2 : i64} : (tensor<?x?x64xf32, #onnx.dims<"b", "s", 64>>, tensor<?x?x32xf32, #onnx.dims<"b", "s", 32>>, tensor<?x?x32xf32, #onnx.dims<"b", "s", 32>>, tensor<?x2x?x16xf32, #onnx.dims<"b", 2, "p", 16>>, tensor<?x2x?x16xf32, #onnx.dims<"b", 2, "p", 16>>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}
