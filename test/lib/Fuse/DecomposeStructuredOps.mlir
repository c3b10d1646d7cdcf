// RUN: azulejo-opt %s --azulejo-decompose-structured-ops --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @bias
// CHECK: tile.matmul {overwrite}
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<8x16xf32>)
// CHECK: arith.addf
func.func @bias(%x: tensor<8x16xf32>, %w: tensor<16x16xf32>, %b: tensor<16xf32>) -> tensor<8x16xf32> {
  %e = tensor.empty() : tensor<8x16xf32>
  %i = linalg.broadcast ins(%b : tensor<16xf32>) outs(%e : tensor<8x16xf32>) dimensions = [0]
  %0 = linalg.matmul ins(%x, %w : tensor<8x16xf32>, tensor<16x16xf32>) outs(%i : tensor<8x16xf32>) -> tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}

// -----

// Contractions that are no single M, N and K stay as they are.
// CHECK-LABEL: func @vector
// CHECK-NOT: tile.matmul
func.func @vector(%x: tensor<8x16xf32>, %w: tensor<16xf32>, %i: tensor<8xf32>) -> tensor<8xf32> {
  %0 = linalg.matvec ins(%x, %w : tensor<8x16xf32>, tensor<16xf32>) outs(%i : tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// CHECK-LABEL: func @pad
// CHECK: linalg.fill
// CHECK: tensor.insert_slice
// CHECK-NOT: tensor.pad
func.func @pad(%x: tensor<8x16xf32>) -> tensor<10x16xf32> {
  %z = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[1, 0] high[1, 0] {
  ^bb0(%a: index, %b: index):
    tensor.yield %z : f32
  } : tensor<8x16xf32> to tensor<10x16xf32>
  return %0 : tensor<10x16xf32>
}

// -----

func.func @dynamicFilter(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x?x3xf32>, %y: tensor<1x4x?x6xf32>) -> tensor<1x4x?x6xf32> {
  // expected-error@+1 {{with a filter of dynamic size cannot be decomposed}}
  %0 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    ins(%x, %w : tensor<1x3x8x8xf32>, tensor<4x3x?x3xf32>) outs(%y : tensor<1x4x?x6xf32>) -> tensor<1x4x?x6xf32>
  return %0 : tensor<1x4x?x6xf32>
}

// -----

// A sum over nothing is what it started from.
// CHECK-LABEL: func @empty
// CHECK-NOT: matmul
// CHECK: %[[ZEROS:.*]] = linalg.fill
// CHECK-NEXT: return %[[ZEROS]]
func.func @empty(%a: tensor<2x0xf32>, %b: tensor<0x8xf32>) -> tensor<2x8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x8xf32>
  %c = linalg.fill ins(%z : f32) outs(%e : tensor<2x8xf32>) -> tensor<2x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<2x0xf32>, tensor<0x8xf32>) outs(%c : tensor<2x8xf32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}
