// RUN: azulejo-opt %s --azulejo-decompose-structured-ops --split-input-file | FileCheck %s

// CHECK-LABEL: func @transposes
// A weight that is transposed for a matmul is read as it is; one that is transposed for others is transposed here.
// CHECK-DAG: %[[W:.*]] = plan.constant dense<{{.*}}> : tensor<2x3xf32>
// CHECK-DAG: %[[T:.*]] = plan.constant #plan.strided<dense<{{.*}}> : tensor<1x2x3xf32>, 0, [3, 6, 1]> : tensor<2x1x3xf32>
// CHECK: %[[M:.*]] = tile.matmul {overwrite, transpose_b} ins(%{{.*}}, %[[W]] : tensor<4x3xf32>, tensor<2x3xf32>)
// CHECK: return %[[M]], %[[T]]
func.func @transposes(%x: tensor<4x3xf32>) -> (tensor<4x2xf32>, tensor<2x1x3xf32>) {
  %w = plan.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %v = plan.constant dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x2xf32>
  %t = linalg.transpose ins(%w : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %c = tensor.empty() : tensor<4x2xf32>
  %f = linalg.fill ins(%z : f32) outs(%c : tensor<4x2xf32>) -> tensor<4x2xf32>
  %0 = linalg.matmul ins(%x, %t : tensor<4x3xf32>, tensor<3x2xf32>) outs(%f : tensor<4x2xf32>) -> tensor<4x2xf32>
  %g = tensor.empty() : tensor<2x1x3xf32>
  %1 = linalg.transpose ins(%v : tensor<1x2x3xf32>) outs(%g : tensor<2x1x3xf32>) permutation = [1, 0, 2]
  return %0, %1 : tensor<4x2xf32>, tensor<2x1x3xf32>
}

// -----

// Both operands that are no weights: the product says how they lie.
// CHECK-LABEL: func @operands
// CHECK-NOT: linalg.transpose
// CHECK: tile.matmul {overwrite, transpose_a, transpose_b} ins(%arg0, %arg1 : tensor<3x4xf32>, tensor<2x3xf32>)
func.func @operands(%x: tensor<3x4xf32>, %w: tensor<2x3xf32>) -> tensor<4x2xf32> {
  %z = arith.constant 0.0 : f32
  %d = tensor.empty() : tensor<4x3xf32>
  %a = linalg.transpose ins(%x : tensor<3x4xf32>) outs(%d : tensor<4x3xf32>) permutation = [1, 0]
  %e = tensor.empty() : tensor<3x2xf32>
  %b = linalg.transpose ins(%w : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %c = tensor.empty() : tensor<4x2xf32>
  %f = linalg.fill ins(%z : f32) outs(%c : tensor<4x2xf32>) -> tensor<4x2xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<4x3xf32>, tensor<3x2xf32>) outs(%f : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// Batches that change places with rows are no transposed matrices, and an input must be moved at run time.
// CHECK-LABEL: func @refused
// CHECK: %[[T:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<4x2x3xf32>)
// CHECK: tile.matmul {overwrite} ins(%[[T]], %arg1 : tensor<2x4x3xf32>, tensor<2x3x5xf32>)
func.func @refused(%x: tensor<4x2x3xf32>, %w: tensor<2x3x5xf32>) -> tensor<2x4x5xf32> {
  %z = arith.constant 0.0 : f32
  %d = tensor.empty() : tensor<2x4x3xf32>
  %a = linalg.transpose ins(%x : tensor<4x2x3xf32>) outs(%d : tensor<2x4x3xf32>) permutation = [1, 0, 2]
  %c = tensor.empty() : tensor<2x4x5xf32>
  %f = linalg.fill ins(%z : f32) outs(%c : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  %0 = linalg.batch_matmul ins(%a, %w : tensor<2x4x3xf32>, tensor<2x3x5xf32>) outs(%f : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  return %0 : tensor<2x4x5xf32>
}
