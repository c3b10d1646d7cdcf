// RUN: azulejo-opt %s --azulejo-tile-kernels --split-input-file | FileCheck %s

#id = affine_map<(d0) -> (d0)>

// The producer moves into the loop of the last operation, and both results leave it.
// CHECK-LABEL: func @chain
// CHECK: scf.forall
// CHECK: arith.negf
// CHECK: math.absf
// CHECK-COUNT-2: tensor.parallel_insert_slice
func.func @chain(%x: tensor<65536xf32>) -> (tensor<65536xf32>, tensor<65536xf32>) {
  %y:2 = tile.kernel "k" ins(%x : tensor<65536xf32>) outs(%x, %x : tensor<65536xf32>, tensor<65536xf32>) {
  ^bb0(%a: tensor<65536xf32>, %b: tensor<65536xf32>, %c: tensor<65536xf32>):
    %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<65536xf32>) outs(%b : tensor<65536xf32>) {
    ^bb0(%i: f32, %o: f32):
      %n = arith.negf %i : f32
      linalg.yield %n : f32
    } -> tensor<65536xf32>
    %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%0 : tensor<65536xf32>) outs(%c : tensor<65536xf32>) {
    ^bb0(%i: f32, %o: f32):
      %n = math.absf %i : f32
      linalg.yield %n : f32
    } -> tensor<65536xf32>
    tile.yield %0, %1 : tensor<65536xf32>, tensor<65536xf32>
  } -> (tensor<65536xf32>, tensor<65536xf32>)
  return %y#0, %y#1 : tensor<65536xf32>, tensor<65536xf32>
}

// -----

#id = affine_map<(d0) -> (d0)>

// Two operations that lead nowhere together are no group.
// CHECK-LABEL: func @ends
// CHECK-NOT: scf.forall
func.func @ends(%x: tensor<65536xf32>) -> (tensor<65536xf32>, tensor<65536xf32>) {
  %y:2 = tile.kernel "k" ins(%x : tensor<65536xf32>) outs(%x, %x : tensor<65536xf32>, tensor<65536xf32>) {
  ^bb0(%a: tensor<65536xf32>, %b: tensor<65536xf32>, %c: tensor<65536xf32>):
    %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<65536xf32>) outs(%b : tensor<65536xf32>) {
    ^bb0(%i: f32, %o: f32):
      %n = arith.negf %i : f32
      linalg.yield %n : f32
    } -> tensor<65536xf32>
    %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<65536xf32>) outs(%c : tensor<65536xf32>) {
    ^bb0(%i: f32, %o: f32):
      %n = math.absf %i : f32
      linalg.yield %n : f32
    } -> tensor<65536xf32>
    tile.yield %0, %1 : tensor<65536xf32>, tensor<65536xf32>
  } -> (tensor<65536xf32>, tensor<65536xf32>)
  return %y#0, %y#1 : tensor<65536xf32>, tensor<65536xf32>
}
