// RUN: azulejo-opt %s --azulejo-reduce-precision=to=f16 --split-input-file | FileCheck %s
// RUN: azulejo-opt %s --azulejo-reduce-precision=to=bf16 --split-input-file | FileCheck %s --check-prefix=BF16
// RUN: not azulejo-opt %s --azulejo-reduce-precision=to=f64 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: error: azulejo-reduce-precision: 'f64' is neither f16 nor bf16

// A contraction with what follows it is narrow, and inputs and outputs keep their types. A small
// constant is rounded; a large one says what it is to be.
// CHECK-LABEL: @contraction(
// CHECK-SAME: %[[X:.*]]: tensor<2x64xf32>) -> tensor<2x8xf32>
// CHECK: %[[NARROW:.*]] = onnx.Cast(%[[X]]) {to = 10 : i64} : (tensor<2x64xf32>) -> tensor<2x64xf16>
// CHECK-DAG: %[[W:.*]] = onnx.Constant() {value = #plan.converted<#plan.strided<{{.*}}>> : tensor<64x8xf16>}
// CHECK-DAG: %[[B:.*]] = onnx.Constant() {value = dense<1.000980e+00> : tensor<8xf16>}
// CHECK: %[[PRODUCT:.*]] = onnx.MatMul(%[[NARROW]], %[[W]]) : (tensor<2x64xf16>, tensor<64x8xf16>) -> tensor<2x8xf16>
// CHECK: %[[SUM:.*]] = onnx.Add(%[[PRODUCT]], %[[B]]) : {{.*}} -> tensor<2x8xf16>
// CHECK: %[[GELU:.*]] = onnx.Gelu(%[[SUM]]) : (tensor<2x8xf16>) -> tensor<2x8xf16>
// CHECK: %[[WIDE:.*]] = onnx.Cast(%[[GELU]]) {to = 1 : i64} : (tensor<2x8xf16>) -> tensor<2x8xf32>
// CHECK: return %[[WIDE]]
// BF16-LABEL: @contraction
// BF16: onnx.Cast(%{{.*}}) {to = 16 : i64} : (tensor<2x64xf32>) -> tensor<2x64xbf16>
// BF16-DAG: dense<1.000000e+00> : tensor<8xbf16>
func.func @contraction(%x: tensor<2x64xf32>) -> tensor<2x8xf32> {
  %w = onnx.Constant() {value = #plan.strided<dense<0.5> : tensor<8x64xf32>, 0, [1, 64]> : tensor<64x8xf32>} : () -> tensor<64x8xf32>
  %b = onnx.Constant() {value = dense<1.001> : tensor<8xf32>} : () -> tensor<8xf32>
  %0 = onnx.MatMul(%x, %w) : (tensor<2x64xf32>, tensor<64x8xf32>) -> tensor<2x8xf32>
  %1 = onnx.Add(%0, %b) : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %2 = onnx.Gelu(%1) : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return %2 : tensor<2x8xf32>
}

// -----

// Exponentials, powers, sums and squares are wide, and so is what reads them, up to the next
// contraction. Each version of a value is made once.
// CHECK-LABEL: @wide(
// CHECK: %[[NARROW:.*]] = onnx.Cast(%arg0)
// CHECK: %[[PRODUCT:.*]] = onnx.MatMul(%[[NARROW]], %[[NARROW]]) : {{.*}} -> tensor<4x4xf16>
// CHECK-NEXT: %[[WIDE:.*]] = onnx.Cast(%[[PRODUCT]]) {to = 1 : i64}
// CHECK-NEXT: %[[EXP:.*]] = onnx.Exp(%[[WIDE]]) : (tensor<4x4xf32>)
// CHECK-NEXT: %[[SQUARE:.*]] = onnx.Mul(%[[WIDE]], %[[WIDE]]) : {{.*}} -> tensor<4x4xf32>
// CHECK-NEXT: %[[SUM:.*]] = onnx.Add(%[[EXP]], %[[SQUARE]]) : {{.*}} -> tensor<4x4xf32>
// CHECK-NEXT: %[[AGAIN:.*]] = onnx.Cast(%[[SUM]]) {to = 10 : i64}
// CHECK-NEXT: onnx.MatMul(%[[AGAIN]], %[[PRODUCT]]) : {{.*}} -> tensor<4x4xf16>
func.func @wide(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = onnx.MatMul(%x, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = onnx.Exp(%0) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = onnx.Mul(%0, %0) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = onnx.Add(%1, %2) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %4 = onnx.MatMul(%3, %0) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %4 : tensor<4x4xf32>
}

// -----

// Constants that a narrow float cannot hold keep their node wide: of f16 the lowest f32 and a small
// epsilon, of bf16 only the former, which would become infinite. So does what comes from integers.
// CHECK-LABEL: @untouched(
// CHECK: onnx.Add(%arg0, %{{.*}}) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
// CHECK: onnx.Add(%arg0, %{{.*}}) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
// CHECK: onnx.Mul(%{{.*}}, %arg0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// BF16-LABEL: @untouched
// BF16: onnx.Add(%arg0, %{{.*}}) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
// BF16: onnx.Add(%{{.*}}, %{{.*}}) : (tensor<4xbf16>, tensor<bf16>) -> tensor<4xbf16>
func.func @untouched(%x: tensor<4xf32>, %i: tensor<4xi64>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %lowest = onnx.Constant() {value = dense<0xFF7FFFFF> : tensor<f32>} : () -> tensor<f32>
  %epsilon = onnx.Constant() {value = dense<1.0e-6> : tensor<f32>} : () -> tensor<f32>
  %0 = onnx.Add(%x, %lowest) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = onnx.Add(%x, %epsilon) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = onnx.Cast(%i) {to = 1 : i64} : (tensor<4xi64>) -> tensor<4xf32>
  %3 = onnx.Mul(%2, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0, %1, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// An embedding is narrow from its table on; a mask of booleans is exact; Attention adds a wide mask
// as it is.
// CHECK-LABEL: @transformer(
// CHECK: %[[TABLE:.*]] = onnx.Constant() {value = #plan.converted<dense<{{.*}}> : tensor<100x8xf32>> : tensor<100x8xf16>}
// CHECK: %[[ROWS:.*]] = onnx.Gather(%[[TABLE]], %arg0) {{.*}} -> tensor<1x2x4x8xf16>
// CHECK: onnx.Cast(%arg2) {to = 10 : i64} : (tensor<1x2x4x8xi1>) -> tensor<1x2x4x8xf16>
// CHECK: onnx.Attention(%{{.*}}, %{{.*}}, %{{.*}}, %arg1) {{.*}} : (tensor<1x2x4x8xf16>, tensor<1x2x4x8xf16>, tensor<1x2x4x8xf16>, tensor<1x1x4x4xf32>) -> tensor<1x2x4x8xf16>
func.func @transformer(%ids: tensor<1x2x4xi64>, %mask: tensor<1x1x4x4xf32>, %keep: tensor<1x2x4x8xi1>) -> tensor<1x2x4x8xf32> {
  %table = onnx.Constant() {value = dense<0.25> : tensor<100x8xf32>} : () -> tensor<100x8xf32>
  %0 = onnx.Gather(%table, %ids) {axis = 0 : i64} : (tensor<100x8xf32>, tensor<1x2x4xi64>) -> tensor<1x2x4x8xf32>
  %1 = onnx.Cast(%keep) {to = 1 : i64} : (tensor<1x2x4x8xi1>) -> tensor<1x2x4x8xf32>
  %2 = onnx.Mul(%0, %1) : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32>
  %3 = onnx.Attention(%2, %2, %2, %mask) {scale = 0.5 : f32} : (tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x1x4x4xf32>) -> tensor<1x2x4x8xf32>
  return %3 : tensor<1x2x4x8xf32>
}

// -----

// What a loop carries keeps its type; in its body a contraction is narrow.
// CHECK-LABEL: @loop(
// CHECK: onnx.Loop(
// CHECK: onnx.MatMul({{.*}}) : (tensor<4x4xf16>, tensor<4x4xf16>) -> tensor<4x4xf16>
// CHECK: %[[WIDE:.*]] = onnx.Cast({{.*}}) {to = 1 : i64} : (tensor<4x4xf16>) -> tensor<4x4xf32>
// CHECK: onnx.yield {{.*}}%[[WIDE]]
func.func @loop(%trips: tensor<i64>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = onnx.Loop(%trips, _, %x) body {
  ^bb0(%i: tensor<i64>, %again: tensor<i1>, %carried: tensor<4x4xf32>):
    %next = onnx.MatMul(%carried, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    onnx.yield %again, %next : tensor<i1>, tensor<4x4xf32>
  } : (tensor<i64>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}
