// RUN: azulejo-opt %s --azulejo-tile-kernels --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>

// Rows are shared out so that a workgroup has some 16384 elements.
// CHECK-LABEL: func @rows
// CHECK: scf.forall (%[[I:.*]]) = (0) to (%{{.*}}) step (16)
// CHECK: tensor.extract_slice %{{.*}}[%[[I]], 0] [%{{.*}}, 1024] [1, 1]
// CHECK: linalg.generic
// CHECK: tensor.parallel_insert_slice
func.func @rows(%x: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %y = tile.kernel "k" ins(%x : tensor<?x1024xf32>) outs(%x : tensor<?x1024xf32>) {
  ^bb0(%a: tensor<?x1024xf32>, %b: tensor<?x1024xf32>):
    %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<?x1024xf32>) outs(%b : tensor<?x1024xf32>) {
    ^bb0(%i: f32, %o: f32):
      %1 = arith.negf %i : f32
      linalg.yield %1 : f32
    } -> tensor<?x1024xf32>
    tile.yield %0 : tensor<?x1024xf32>
  } -> (tensor<?x1024xf32>)
  return %y : tensor<?x1024xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>

// Too little for two workgroups.
// CHECK-LABEL: func @small
// CHECK-NOT: scf.forall
func.func @small(%x: tensor<16x64xf32>) -> tensor<16x64xf32> {
  %y = tile.kernel "k" ins(%x : tensor<16x64xf32>) outs(%x : tensor<16x64xf32>) {
  ^bb0(%a: tensor<16x64xf32>, %b: tensor<16x64xf32>):
    %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<16x64xf32>) outs(%b : tensor<16x64xf32>) {
    ^bb0(%i: f32, %o: f32):
      %1 = arith.negf %i : f32
      linalg.yield %1 : f32
    } -> tensor<16x64xf32>
    tile.yield %0 : tensor<16x64xf32>
  } -> (tensor<16x64xf32>)
  return %y : tensor<16x64xf32>
}

// -----

// A packed matmul is cut at panels, and its panels with it.
// CHECK-LABEL: func @panels
// CHECK: scf.forall (%[[M:.*]], %[[N:.*]]) = (0, 0) to (256, 512) step (128, 128)
// CHECK: tensor.extract_slice %{{.*}}[%{{.*}}, 0, 0] [4, 64, 32] [1, 1, 1] : tensor<16x64x32xf32> to tensor<4x64x32xf32>
// CHECK: tile.matmul {packed_b}
func.func @panels(%x: tensor<256x64xf32>, %w: tensor<16x64x32xf32>, %c: tensor<256x512xf32>) -> tensor<256x512xf32> {
  %y = tile.kernel "k" ins(%x, %w : tensor<256x64xf32>, tensor<16x64x32xf32>) outs(%c : tensor<256x512xf32>) {
  ^bb0(%a: tensor<256x64xf32>, %b: tensor<16x64x32xf32>, %o: tensor<256x512xf32>):
    %0 = tile.matmul {packed_b} ins(%a, %b : tensor<256x64xf32>, tensor<16x64x32xf32>) outs(%o : tensor<256x512xf32>) -> tensor<256x512xf32>
    tile.yield %0 : tensor<256x512xf32>
  } -> (tensor<256x512xf32>)
  return %y : tensor<256x512xf32>
}

// -----

// What Lower has written as loops stays as it is.
// CHECK-LABEL: func @formed
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.forall
func.func @formed(%x: tensor<65536xf32>, %c: tensor<65536xf32>) -> tensor<65536xf32> {
  %y = tile.kernel "k" ins(%x : tensor<65536xf32>) outs(%c : tensor<65536xf32>) {
  ^bb0(%a: tensor<65536xf32>, %o: tensor<65536xf32>):
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = arith.constant 65536 : index
    %0 = scf.for %i = %c0 to %n step %c1 iter_args(%t = %o) -> tensor<65536xf32> {
      %v = tensor.extract %a[%i] : tensor<65536xf32>
      %u = tensor.insert %v into %t[%i] : tensor<65536xf32>
      scf.yield %u : tensor<65536xf32>
    }
    tile.yield %0 : tensor<65536xf32>
  } -> (tensor<65536xf32>)
  return %y : tensor<65536xf32>
}
