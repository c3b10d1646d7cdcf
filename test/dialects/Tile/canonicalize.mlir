// RUN: azulejo-opt %s --canonicalize | FileCheck %s

// A cast that forgets a size goes into the kernel, with its body's argument.
// CHECK-LABEL: func.func @casts
// CHECK: tile.kernel "k" ins(%{{.*}} : tensor<4xf32>) outs(%{{.*}} : tensor<?xf32>)
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<4xf32>, %{{.*}}: tensor<?xf32>):
// CHECK: tile.yield %{{.*}} : tensor<?xf32>
func.func @casts(%x: tensor<4xf32>, %init: tensor<?xf32>) -> tensor<?xf32> {
  %c = tensor.cast %x : tensor<4xf32> to tensor<?xf32>
  %r = tile.kernel "k" ins(%c : tensor<?xf32>) outs(%init : tensor<?xf32>) {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
    %0 = linalg.exp ins(%a : tensor<?xf32>) outs(%b : tensor<?xf32>) -> tensor<?xf32>
    tile.yield %0 : tensor<?xf32>
  } -> (tensor<?xf32>)
  return %r : tensor<?xf32>
}
