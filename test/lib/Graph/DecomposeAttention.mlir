// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// Heads that are packed into one dimension are taken apart, and joined again behind.
// CHECK-LABEL: @packed
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 0, 4, 8]> : tensor<4xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Transpose(%[[V0]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[0, 0, 2, 8]> : tensor<4xi64>}
// CHECK: %[[V2:.*]] = onnx.Reshape(%arg1, %[[C1]])
// CHECK: %[[V3:.*]] = onnx.Transpose(%[[V2]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[0, 0, 2, 8]> : tensor<4xi64>}
// CHECK: %[[V4:.*]] = onnx.Reshape(%arg2, %[[C2]])
// CHECK: %[[V5:.*]] = onnx.Transpose(%[[V4]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[V6:.*]] = onnx.Attention(%[[V1]], %[[V3]], %[[V5]]) {scale = 0.353553385 : f32}
// CHECK: %[[V7:.*]] = onnx.Transpose(%[[V6]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<[0, 0, -1]> : tensor<3xi64>}
// CHECK: %[[V8:.*]] = onnx.Reshape(%[[V7]], %[[C3]])
// CHECK: return %[[V8]]
func.func @packed(%q: tensor<2x5x32xf32>, %k: tensor<2x7x16xf32>, %v: tensor<2x7x16xf32>) -> tensor<2x5x32xf32> {
  %y = onnx.Attention(%q, %k, %v) {q_num_heads = 4 : i64, kv_num_heads = 2 : i64} : (tensor<2x5x32xf32>, tensor<2x7x16xf32>, tensor<2x7x16xf32>) -> tensor<2x5x32xf32>
  return %y : tensor<2x5x32xf32>
}

// -----

// What was computed before comes first, and is given on.
// CHECK-LABEL: @cache
// CHECK: %[[V0:.*]] = onnx.Concat(%arg3, %arg1) {axis = 2 : i64}
// CHECK: %[[V1:.*]] = onnx.Concat(%arg4, %arg2) {axis = 2 : i64}
// CHECK: %[[V2:.*]] = onnx.Attention(%arg0, %[[V0]], %[[V1]]) {scale = 5.000000e-01 : f32}
// CHECK: return %[[V2]], %[[V0]], %[[V1]]
func.func @cache(%q: tensor<1x2x1x8xf32>, %k: tensor<1x2x1x8xf32>, %v: tensor<1x2x1x8xf32>, %pk: tensor<1x2x3x8xf32>, %pv: tensor<1x2x3x8xf32>) -> (tensor<1x2x1x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) {
  %y:3 = onnx.Attention(%q, %k, %v, _, %pk, %pv) {scale = 0.5 : f32} : (tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>) -> (tensor<1x2x1x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>)
  return %y#0, %y#1, %y#2 : tensor<1x2x1x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>
}

// -----

// A batch's own length is a mask over the keys; with a mask of numbers it is minus infinity.
// CHECK-LABEL: @lengths
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V1:.*]] = onnx.Range(%[[C2]], %[[V0]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<[1, 2, 3]> : tensor<3xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%arg4, %[[C4]])
// CHECK: %[[V3:.*]] = onnx.Less(%[[V1]], %[[V2]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<0xFF800000> : tensor<f32>}
// CHECK: %[[V4:.*]] = onnx.Where(%[[V3]], %arg3, %[[C5]])
// CHECK: %[[V5:.*]] = onnx.Attention(%arg0, %arg1, %arg2, %[[V4]]) {scale = 5.000000e-01 : f32}
// CHECK: return %[[V5]]
func.func @lengths(%q: tensor<2x2x3x8xf32>, %k: tensor<2x2x4x8xf32>, %v: tensor<2x2x4x8xf32>, %mask: tensor<3x4xf32>, %lengths: tensor<2xi64>) -> tensor<2x2x3x8xf32> {
  %y = onnx.Attention(%q, %k, %v, %mask, _, _, %lengths) {scale = 0.5 : f32} : (tensor<2x2x3x8xf32>, tensor<2x2x4x8xf32>, tensor<2x2x4x8xf32>, tensor<3x4xf32>, tensor<2xi64>) -> tensor<2x2x3x8xf32>
  return %y : tensor<2x2x3x8xf32>
}

// -----

// The scale that a model leaves out is spelled out; causal and softcap stay.
// CHECK-LABEL: @scale
// CHECK: %[[V0:.*]] = onnx.Attention(%arg0, %arg1, %arg2) {is_causal = 1 : i64, scale = 1.250000e-01 : f32, softcap = 3.000000e+01 : f32}
// CHECK: return %[[V0]]
func.func @scale(%q: tensor<1x2x3x64xf32>, %k: tensor<1x2x3x64xf32>, %v: tensor<1x2x3x64xf32>) -> tensor<1x2x3x64xf32> {
  %y = onnx.Attention(%q, %k, %v) {is_causal = 1 : i64, softcap = 30.0 : f32} : (tensor<1x2x3x64xf32>, tensor<1x2x3x64xf32>, tensor<1x2x3x64xf32>) -> tensor<1x2x3x64xf32>
  return %y : tensor<1x2x3x64xf32>
}

// -----

// Scores that are read are the lowering's to give: refused.
// CHECK-LABEL: @scores
// CHECK: %[[V0:.*]], %[[V1:.*]] = onnx.Attention(%arg0, %arg1, %arg2) {scale = 5.000000e-01 : f32}
// CHECK: return %[[V0]], %[[V1]]
func.func @scores(%q: tensor<1x2x3x8xf32>, %k: tensor<1x2x3x8xf32>, %v: tensor<1x2x3x8xf32>) -> (tensor<1x2x3x8xf32>, tensor<1x2x3x3xf32>) {
  %y:2 = onnx.Attention(%q, %k, %v) {scale = 0.5 : f32} : (tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>) -> (tensor<1x2x3x8xf32>, _, _, tensor<1x2x3x3xf32>)
  return %y#0, %y#1 : tensor<1x2x3x8xf32>, tensor<1x2x3x3xf32>
}

// -----

// Rotary embedding of packed heads is that of four dimensions.
// CHECK-LABEL: @rotary
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 0, 2, 8]> : tensor<4xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Transpose(%[[V0]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[V2:.*]] = onnx.RotaryEmbedding(%[[V1]], %arg1, %arg2) {interleaved = 1 : i64}
// CHECK: %[[V3:.*]] = onnx.Transpose(%[[V2]]) {perm = array<i64: 0, 2, 1, 3>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[0, 0, -1]> : tensor<3xi64>}
// CHECK: %[[V4:.*]] = onnx.Reshape(%[[V3]], %[[C1]])
// CHECK: return %[[V4]]
func.func @rotary(%x: tensor<2x3x16xf32>, %cos: tensor<2x3x4xf32>, %sin: tensor<2x3x4xf32>) -> tensor<2x3x16xf32> {
  %y = onnx.RotaryEmbedding(%x, %cos, %sin) {num_heads = 2 : i64, interleaved = 1 : i64} : (tensor<2x3x16xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x16xf32>
  return %y : tensor<2x3x16xf32>
}

// -----

// Recurrence with the batch first is recurrence with the time first, turned before and behind.
// CHECK-LABEL: @batch_first
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 1, 0, 2>}
// CHECK: %[[V1:.*]], %{{.*}} = onnx.GRU(%[[V0]], %arg1, %arg2) {hidden_size = 4 : i64}
// CHECK: %[[V3:.*]] = onnx.Transpose(%[[V1]]) {perm = array<i64: 2, 0, 1, 3>}
// CHECK: return %[[V3]]
func.func @batch_first(%x: tensor<2x5x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x4xf32>) -> tensor<2x5x1x4xf32> {
  %y = onnx.GRU(%x, %w, %r) {hidden_size = 4 : i64, layout = 1 : i64} : (tensor<2x5x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>) -> tensor<2x5x1x4xf32>
  return %y : tensor<2x5x1x4xf32>
}

// -----

// CHECK-LABEL: @time_first
// CHECK: %[[V0:.*]] = onnx.GRU(%arg0, %arg1, %arg2) {hidden_size = 4 : i64}
// CHECK: return %[[V0]]
func.func @time_first(%x: tensor<5x2x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x4xf32>) -> tensor<5x1x2x4xf32> {
  %y = onnx.GRU(%x, %w, %r) {hidden_size = 4 : i64} : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>) -> tensor<5x1x2x4xf32>
  return %y : tensor<5x1x2x4xf32>
}

// -----

// A cache that cannot stand before the keys.
// CHECK-LABEL: @refused_cache
// CHECK-NOT: onnx.Concat
// CHECK: onnx.Attention(
func.func @refused_cache(%q: tensor<1x2x1x8xf32>, %k: tensor<1x2x1x8xf32>, %pk: tensor<1x3x3x8xf32>, %mask: tensor<1x4xf32>) -> tensor<*xf32> {
  %y:3 = onnx.Attention(%q, %k, %k, %mask, %pk, %pk) {scale = 0.5 : f32} : (tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x4xf32>, tensor<1x3x3x8xf32>, tensor<1x3x3x8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return %y#0 : tensor<*xf32>
}

// -----

// Of how large heads are only the run knows: ONNX's own body, which needs no such number.
// CHECK-LABEL: @unknown_heads
// CHECK-NOT: onnx.Attention
// CHECK: onnx.MatMul
// CHECK: onnx.Softmax
// CHECK: onnx.MatMul
func.func @unknown_heads(%q: tensor<1x2x3x?xf32, #onnx.dims<1, 2, 3, "d">>, %k: tensor<1x2x4x?xf32, #onnx.dims<1, 2, 4, "d">>, %v: tensor<1x2x4x8xf32>) -> tensor<1x2x3x8xf32> {
  %y = onnx.Attention(%q, %k, %v) : (tensor<1x2x3x?xf32, #onnx.dims<1, 2, 3, "d">>, tensor<1x2x4x?xf32, #onnx.dims<1, 2, 4, "d">>, tensor<1x2x4x8xf32>) -> tensor<1x2x3x8xf32>
  return %y : tensor<1x2x3x8xf32>
}

// -----

// That body rounds what is in between to the type; kernels do not, so it is computed in f32.
// CHECK-LABEL: @unknown_heads_f16
// CHECK: %[[Q:.*]] = onnx.Cast(%arg0) {to = 1 : i64}
// CHECK: onnx.MatMul{{.*}}xf32
// CHECK: onnx.Softmax{{.*}}xf32
// CHECK: %[[Y:.*]] = onnx.MatMul{{.*}}xf32
// CHECK: onnx.Cast(%{{.*}}) {to = 10 : i64}
func.func @unknown_heads_f16(%q: tensor<1x2x3x?xf16, #onnx.dims<1, 2, 3, "d">>, %k: tensor<1x2x4x?xf16, #onnx.dims<1, 2, 4, "d">>, %v: tensor<1x2x4x8xf16>) -> tensor<1x2x3x8xf16> {
  %y = onnx.Attention(%q, %k, %v) : (tensor<1x2x3x?xf16, #onnx.dims<1, 2, 3, "d">>, tensor<1x2x4x?xf16, #onnx.dims<1, 2, 4, "d">>, tensor<1x2x4x8xf16>) -> tensor<1x2x3x8xf16>
  return %y : tensor<1x2x3x8xf16>
}
