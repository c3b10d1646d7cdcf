// RUN: azulejo-opt %s --canonicalize | FileCheck %s

#rows = #cta.layout<[8, 64], register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [0, 16], [0, 32], [1, 0]], warp = [[2, 0], [4, 0]]>
#columns = #cta.layout<[8, 64], register = [[1, 0], [2, 0]], lane = [[4, 0], [0, 1], [0, 2], [0, 4], [0, 8]], warp = [[0, 16], [0, 32]]>

// CHECK-LABEL: func @conversions
// CHECK-SAME: (%[[T:.*]]: tensor<8x64xf32, #[[ROWS:.*]]>, %[[X:.*]]: f32)
func.func @conversions(%t: tensor<8x64xf32, #rows>, %x: f32)
    -> (tensor<8x64xf32, #rows>, tensor<8x64xf32, #columns>, tensor<8x64xf32, #columns>, tensor<8x64xi32, #columns>) {
  // There and back is nothing.
  %a = cta.convert_layout %t : tensor<8x64xf32, #rows> -> tensor<8x64xf32, #columns>
  %b = cta.convert_layout %a : tensor<8x64xf32, #columns> -> tensor<8x64xf32, #rows>
  // What is the same everywhere is made where it is wanted.
  // CHECK-DAG: %[[S:.*]] = cta.splat %[[X]] : f32 -> tensor<8x64xf32, #[[COLUMNS:.*]]>
  %s = cta.splat %x : f32 -> tensor<8x64xf32, #rows>
  %c = cta.convert_layout %s : tensor<8x64xf32, #rows> -> tensor<8x64xf32, #columns>
  // CHECK-DAG: %[[I:.*]] = cta.iota 1 : tensor<8x64xi32, #[[COLUMNS]]>
  %i = cta.iota 1 : tensor<8x64xi32, #rows>
  %d = cta.convert_layout %i : tensor<8x64xi32, #rows> -> tensor<8x64xi32, #columns>
  // CHECK-DAG: %[[A:.*]] = cta.convert_layout %[[T]]
  // CHECK: return %[[T]], %[[A]], %[[S]], %[[I]]
  return %b, %a, %c, %d : tensor<8x64xf32, #rows>, tensor<8x64xf32, #columns>, tensor<8x64xf32, #columns>, tensor<8x64xi32, #columns>
}

// CHECK-LABEL: func @transposes
// CHECK-SAME: (%[[T:.*]]: tensor<8x64xf32>, %[[U:.*]]: tensor<2x4x8xf32>)
func.func @transposes(%t: tensor<8x64xf32>, %u: tensor<2x4x8xf32>) -> (tensor<8x64xf32>, tensor<8x2x4xf32>) {
  %a = cta.transpose %t [1, 0] : tensor<8x64xf32> -> tensor<64x8xf32>
  %b = cta.transpose %a [1, 0] : tensor<64x8xf32> -> tensor<8x64xf32>
  // CHECK: %[[C:.*]] = cta.transpose %[[U]] [2, 0, 1] : tensor<2x4x8xf32> -> tensor<8x2x4xf32>
  %c = cta.transpose %u [1, 2, 0] : tensor<2x4x8xf32> -> tensor<4x8x2xf32>
  %d = cta.transpose %c [1, 2, 0] : tensor<4x8x2xf32> -> tensor<8x2x4xf32>
  // CHECK: return %[[T]], %[[C]]
  return %b, %d : tensor<8x64xf32>, tensor<8x2x4xf32>
}
