// RUN: azulejo-opt %s --azulejo-verify-kernels --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf32>, %z: f32) -> tensor<4xf32> {
  // expected-error@+1 {{computes outside of a tile.kernel: after Fuse every operation that reads or writes elements is in one}}
  %0 = linalg.fill ins(%z : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{is named 'a-b', which is no C identifier}}
  %0 = tile.kernel "a-b" outs(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    tile.yield %a : tensor<4xf32>
  } -> (tensor<4xf32>)
  return %0 : tensor<4xf32>
}
