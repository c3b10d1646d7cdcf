// RUN: azulejo-opt %s --azulejo-decompose-attention --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @head
// CHECK: %[[S:.*]] = tile.matmul {overwrite, transpose_b} ins({{.*}} : tensor<16x8xf32>, tensor<?x8xf32>) outs(%{{.*}} : tensor<16x?xf32>)
// CHECK: linalg.generic {{.*}} outs(%[[S]] : tensor<16x?xf32>)
// CHECK: arith.mulf
// CHECK: arith.cmpi sle
// CHECK: arith.maximumf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: tile.matmul {overwrite} ins({{.*}} : tensor<16x?xf32>, tensor<?x8xf32>)
// CHECK: arith.divf
func.func @head(%q: tensor<1x1x16x8xf32>, %k: tensor<1x1x?x8xf32>, %y: tensor<1x1x16x8xf32>, %past: index) -> tensor<1x1x16x8xf32> {
  %0 = tile.attention {scale = 0.5 : f64, causal} ins(%q, %k, %k : tensor<1x1x16x8xf32>, tensor<1x1x?x8xf32>, tensor<1x1x?x8xf32>)
    outs(%y : tensor<1x1x16x8xf32>) causal_offset %past -> tensor<1x1x16x8xf32>
  return %0 : tensor<1x1x16x8xf32>
}

// -----

func.func @heads(%q: tensor<1x2x16x8xf32>, %y: tensor<1x2x16x8xf32>) -> tensor<1x2x16x8xf32> {
  // expected-error@+1 {{was not tiled to single heads}}
  %0 = tile.attention {scale = 0.5 : f64} ins(%q, %q, %q : tensor<1x2x16x8xf32>, tensor<1x2x16x8xf32>, tensor<1x2x16x8xf32>)
    outs(%y : tensor<1x2x16x8xf32>) -> tensor<1x2x16x8xf32>
  return %0 : tensor<1x2x16x8xf32>
}
