// RUN: azulejo-opt %s --azulejo-expand-structured-ops --canonicalize | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d0)>
#swapped = affine_map<(d0, d1) -> (d1, d0)>

// A sum down the columns has the columns innermost, and may be formed in any order.
// CHECK-LABEL: func @columns
// CHECK: scf.for %[[R:.*]] =
// CHECK: scf.for %[[C:.*]] =
// CHECK: memref.load %{{.*}}[%[[R]], %[[C]]] : memref<64x32xf32>
// CHECK: arith.addf %{{.*}} fastmath<reassoc,contract> : f32
// CHECK: memref.store %{{.*}}[%[[C]]] : memref<32xf32>
func.func @columns(%x: memref<64x32xf32>, %y: memref<32xf32>) {
  linalg.generic {indexing_maps = [#swapped, #column], iterator_types = ["parallel", "reduction"]} ins(%x : memref<64x32xf32>) outs(%y : memref<32xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %a, %o : f32
    linalg.yield %0 : f32
  }
  return
}
