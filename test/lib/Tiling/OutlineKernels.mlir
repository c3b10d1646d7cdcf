// RUN: azulejo-opt %s --azulejo-outline-kernels | FileCheck %s

// CHECK-LABEL: func @main
// CHECK: tile.launch @first ins(%{{.*}} : tensor<?xf32>) outs(%{{.*}} : tensor<?xf32>) scalars(%{{.*}} : index) -> (tensor<?xf32>)
// CHECK: tile.launch @second
// CHECK: func.func private @first(%[[X:.*]]: memref<?xf32>, %[[Y:.*]]: memref<?xf32>, %{{.*}}: index) attributes {tile.kernel}
// CHECK: %[[A:.*]] = bufferization.to_tensor %[[X]] restrict :
// CHECK: bufferization.to_tensor %[[Y]] restrict writable :
// CHECK: bufferization.materialize_in_destination %[[A]] in writable %[[Y]]

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
