// RUN: azulejo-opt %s --azulejo-narrow-weights --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: @integers
// CHECK: %[[W:.*]] = plan.constant dense<3> : tensor<4x2xi8>
// CHECK: tile.matmul ins(%arg0, %[[W]] : tensor<3x4xf32>, tensor<4x2xi8>)
func.func @integers(%x: tensor<3x4xf32>, %c: tensor<3x2xf32>, %e: tensor<4x2xf32>) -> tensor<3x2xf32> {
  %w = plan.constant dense<3> : tensor<4x2xi8>
  %f = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<4x2xi8>) outs(%e : tensor<4x2xf32>) {
  ^bb0(%in: i8, %out: f32):
    %v = arith.sitofp %in : i8 to f32
    linalg.yield %v : f32
  } -> tensor<4x2xf32>
  %y = tile.matmul ins(%x, %f : tensor<3x4xf32>, tensor<4x2xf32>) outs(%c : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>

// CHECK-LABEL: @halves
// CHECK: tile.matmul {transpose_b} ins(%arg0, %{{.*}} : tensor<3x4xf32>, tensor<2x4xbf16>)
func.func @halves(%x: tensor<3x4xf32>, %c: tensor<3x2xf32>, %e: tensor<2x4xf32>) -> tensor<3x2xf32> {
  %w = plan.constant dense<3.0> : tensor<2x4xbf16>
  %f = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<2x4xbf16>) outs(%e : tensor<2x4xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %v = arith.extf %in : bf16 to f32
    linalg.yield %v : f32
  } -> tensor<2x4xf32>
  %y = tile.matmul {transpose_b} ins(%x, %f : tensor<3x4xf32>, tensor<2x4xf32>) outs(%c : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>

// Left alone: what is computed on the way, what is no weight, what is unsigned, sums that are not of f32.
// CHECK-LABEL: @refused
// CHECK-COUNT-3: tile.matmul ins(%arg0, %{{.*}} : tensor<3x4xf32>, tensor<4x2xf32>)
// CHECK: tile.matmul ins(%{{.*}}, %{{.*}} : tensor<3x4xf64>, tensor<4x2xf64>)
func.func @refused(%x: tensor<3x4xf32>, %c: tensor<3x2xf32>, %e: tensor<4x2xf32>, %a: tensor<4x2xi8>, %x64: tensor<3x4xf64>, %c64: tensor<3x2xf64>, %e64: tensor<4x2xf64>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf64>) {
  %w = plan.constant dense<3> : tensor<4x2xi8>
  %twice = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<4x2xi8>) outs(%e : tensor<4x2xf32>) {
  ^bb0(%in: i8, %out: f32):
    %v = arith.sitofp %in : i8 to f32
    %d = arith.addf %v, %v : f32
    linalg.yield %d : f32
  } -> tensor<4x2xf32>
  %computed = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<4x2xi8>) outs(%e : tensor<4x2xf32>) {
  ^bb0(%in: i8, %out: f32):
    %v = arith.sitofp %in : i8 to f32
    linalg.yield %v : f32
  } -> tensor<4x2xf32>
  %unsigned = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<4x2xi8>) outs(%e : tensor<4x2xf32>) {
  ^bb0(%in: i8, %out: f32):
    %v = arith.uitofp %in : i8 to f32
    linalg.yield %v : f32
  } -> tensor<4x2xf32>
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<4x2xi8>) outs(%e64 : tensor<4x2xf64>) {
  ^bb0(%in: i8, %out: f64):
    %v = arith.sitofp %in : i8 to f64
    linalg.yield %v : f64
  } -> tensor<4x2xf64>
  %y0 = tile.matmul ins(%x, %twice : tensor<3x4xf32>, tensor<4x2xf32>) outs(%c : tensor<3x2xf32>) -> tensor<3x2xf32>
  %y1 = tile.matmul ins(%x, %computed : tensor<3x4xf32>, tensor<4x2xf32>) outs(%c : tensor<3x2xf32>) -> tensor<3x2xf32>
  %y2 = tile.matmul ins(%x, %unsigned : tensor<3x4xf32>, tensor<4x2xf32>) outs(%c : tensor<3x2xf32>) -> tensor<3x2xf32>
  %y3 = tile.matmul ins(%x64, %wide : tensor<3x4xf64>, tensor<4x2xf64>) outs(%c64 : tensor<3x2xf64>) -> tensor<3x2xf64>
  return %y0, %y1, %y2, %y3 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf64>
}
