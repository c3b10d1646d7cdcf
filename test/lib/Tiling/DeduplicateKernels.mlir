// Kernels that differ in names only are one.
// RUN: azulejo-opt %s --azulejo-outline-kernels --azulejo-deduplicate-kernels | FileCheck %s



// CHECK: tile.launch @first
// CHECK: tile.launch @first
// CHECK: tile.launch @third
// CHECK-NOT: @second
func.func @main(%x: tensor<?xf32>, %i: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %0 = tile.kernel "first" ins(%x : tensor<?xf32>) outs(%i : tensor<?xf32>) scalars(%n : index) {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>, %s: index):
    tile.yield %a : tensor<?xf32>
  } -> (tensor<?xf32>)
  %1 = tile.kernel "second" ins(%0 : tensor<?xf32>) outs(%i : tensor<?xf32>) scalars(%n : index) {
  ^bb0(%c: tensor<?xf32>, %d: tensor<?xf32>, %t: index):
    tile.yield %c : tensor<?xf32>
  } -> (tensor<?xf32>)
  // The same signature, another body.
  %2 = tile.kernel "third" ins(%1 : tensor<?xf32>) outs(%i : tensor<?xf32>) scalars(%n : index) {
  ^bb0(%c: tensor<?xf32>, %d: tensor<?xf32>, %t: index):
    tile.yield %d : tensor<?xf32>
  } -> (tensor<?xf32>)
  return %2 : tensor<?xf32>
}
