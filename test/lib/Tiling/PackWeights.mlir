// RUN: azulejo-opt %s --azulejo-pack-weights=vector-bytes=8 | FileCheck %s

// Panels of 4 columns; a transposed weight gives the same ones; a narrow one is left alone. Nothing is copied.
// CHECK-DAG: plan.constant #plan.panels<dense<{{.*}}> : tensor<2x5xf32>> : tensor<2x2x4xf32>
// CHECK-DAG: plan.constant #plan.panels<#plan.strided<dense<{{.*}}> : tensor<5x2xf32>, 0, [1, 2]> : tensor<2x5xf32>> : tensor<2x2x4xf32>
// CHECK-DAG: plan.constant dense<{{.*}}> : tensor<2x1xf32>
// CHECK: tile.matmul {packed_b} ins(%{{.*}}, %{{.*}} : tensor<3x2xf32>, tensor<2x2x4xf32>)
// CHECK: tile.matmul {packed_b} ins(%{{.*}}, %{{.*}} : tensor<3x2xf32>, tensor<2x2x4xf32>)
// CHECK: tile.matmul ins(%{{.*}}, %{{.*}} : tensor<3x2xf32>, tensor<2x1xf32>)
func.func @main(%x: tensor<3x2xf32>, %c: tensor<3x5xf32>, %d: tensor<3x1xf32>) -> (tensor<3x5xf32>, tensor<3x5xf32>, tensor<3x1xf32>) {
  %w = plan.constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]]> : tensor<2x5xf32>
  %t = plan.constant dense<[[1.0, 6.0], [2.0, 7.0], [3.0, 8.0], [4.0, 9.0], [5.0, 10.0]]> : tensor<5x2xf32>
  %n = plan.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %0 = tile.kernel "a" ins(%x, %w : tensor<3x2xf32>, tensor<2x5xf32>) outs(%c : tensor<3x5xf32>) {
  ^bb0(%a: tensor<3x2xf32>, %b: tensor<2x5xf32>, %o: tensor<3x5xf32>):
    %r = tile.matmul ins(%a, %b : tensor<3x2xf32>, tensor<2x5xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
    tile.yield %r : tensor<3x5xf32>
  } -> (tensor<3x5xf32>)
  %1 = tile.kernel "b" ins(%x, %t : tensor<3x2xf32>, tensor<5x2xf32>) outs(%c : tensor<3x5xf32>) {
  ^bb0(%a: tensor<3x2xf32>, %b: tensor<5x2xf32>, %o: tensor<3x5xf32>):
    %r = tile.matmul {transpose_b} ins(%a, %b : tensor<3x2xf32>, tensor<5x2xf32>) outs(%o : tensor<3x5xf32>) -> tensor<3x5xf32>
    tile.yield %r : tensor<3x5xf32>
  } -> (tensor<3x5xf32>)
  %2 = tile.kernel "c" ins(%x, %n : tensor<3x2xf32>, tensor<2x1xf32>) outs(%d : tensor<3x1xf32>) {
  ^bb0(%a: tensor<3x2xf32>, %b: tensor<2x1xf32>, %o: tensor<3x1xf32>):
    %r = tile.matmul ins(%a, %b : tensor<3x2xf32>, tensor<2x1xf32>) outs(%o : tensor<3x1xf32>) -> tensor<3x1xf32>
    tile.yield %r : tensor<3x1xf32>
  } -> (tensor<3x1xf32>)
  return %0, %1, %2 : tensor<3x5xf32>, tensor<3x5xf32>, tensor<3x1xf32>
}
