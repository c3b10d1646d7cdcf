// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

func.func @kernelArguments(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{needs one body argument of the same type for each operand}}
  %y = tile.kernel "k" ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    tile.yield %a : tensor<4xf32>
  } -> (tensor<4xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func @kernelYield(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tile.kernel "k" outs(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    // expected-error@+1 {{must give the kernel's results: 1 values of the outs' types}}
    tile.yield
  } -> (tensor<4xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func @launchUnknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{launches 'k', which is not a function of this module}}
  %y = tile.launch @k outs(%x : tensor<4xf32>) -> (tensor<4xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func private @k(memref<5xf32>) attributes {tile.kernel}
func.func @launchTypes(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{gives operand 0 of type 'tensor<4xf32>' to 'k', which takes 'memref<5xf32>'}}
  %y = tile.launch @k outs(%x : tensor<4xf32>) -> (tensor<4xf32>)
  return %y : tensor<4xf32>
}

// -----

func.func @matmulK(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>, %c: tensor<2x5xf32>) -> tensor<2x5xf32> {
  // expected-error@+1 {{has K = 3 in A and 4 in B}}
  %0 = tile.matmul ins(%a, %b : tensor<2x3xf32>, tensor<4x5xf32>) outs(%c : tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// -----

func.func @matmulPanels(%a: tensor<2x3xf32>, %b: tensor<2x3x16xf32>, %c: tensor<2x40xf32>) -> tensor<2x40xf32> {
  // expected-error@+1 {{has N = 40 in C and 2 panels of 16 columns in B}}
  %0 = tile.matmul {packed_b} ins(%a, %b : tensor<2x3xf32>, tensor<2x3x16xf32>) outs(%c : tensor<2x40xf32>) -> tensor<2x40xf32>
  return %0 : tensor<2x40xf32>
}

// -----

func.func @convSize(%x: tensor<1x4x8x8xf32>, %w: tensor<6x4x3x3xf32>, %y: tensor<1x6x8x8xf32>) -> tensor<1x6x8x8xf32> {
  // expected-error@+1 {{has output size 0 = 6 in its window over X and 8 in Y}}
  %0 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    ins(%x, %w : tensor<1x4x8x8xf32>, tensor<6x4x3x3xf32>) outs(%y : tensor<1x6x8x8xf32>) -> tensor<1x6x8x8xf32>
  return %0 : tensor<1x6x8x8xf32>
}

// -----

func.func @convChannels(%x: tensor<1x4x8x8xf32>, %w: tensor<6x4x1x1xf32>, %y: tensor<1x6x8x8xf32>) -> tensor<1x6x8x8xf32> {
  // expected-error@+1 {{has channels = 4 in X and 8 in W times group}}
  %0 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64}
    ins(%x, %w : tensor<1x4x8x8xf32>, tensor<6x4x1x1xf32>) outs(%y : tensor<1x6x8x8xf32>) -> tensor<1x6x8x8xf32>
  return %0 : tensor<1x6x8x8xf32>
}

// -----

func.func @attentionHeads(%q: tensor<1x8x4x16xf32>, %k: tensor<1x3x4x16xf32>, %y: tensor<1x8x4x16xf32>) -> tensor<1x8x4x16xf32> {
  // expected-error@+1 {{has 8 query heads, which is no multiple of 3 key heads}}
  %0 = tile.attention {scale = 0.25 : f64} ins(%q, %k, %k : tensor<1x8x4x16xf32>, tensor<1x3x4x16xf32>, tensor<1x3x4x16xf32>)
    outs(%y : tensor<1x8x4x16xf32>) -> tensor<1x8x4x16xf32>
  return %0 : tensor<1x8x4x16xf32>
}

// -----

func.func @attentionMask(%q: tensor<1x8x4x16xf32>, %m: tensor<1x2x4x4xi1>, %y: tensor<1x8x4x16xf32>) -> tensor<1x8x4x16xf32> {
  // expected-error@+1 {{has a mask of size 2 in dimension 1, which is neither 1 nor 8}}
  %0 = tile.attention {scale = 0.25 : f64} ins(%q, %q, %q : tensor<1x8x4x16xf32>, tensor<1x8x4x16xf32>, tensor<1x8x4x16xf32>)
    mask(%m : tensor<1x2x4x4xi1>) outs(%y : tensor<1x8x4x16xf32>) -> tensor<1x8x4x16xf32>
  return %0 : tensor<1x8x4x16xf32>
}

// -----

func.func @winogradOutputs(%x: tensor<1x8x7x9xf32>, %v: tensor<1x25x8x6xf32>) -> tensor<1x25x8x6xf32> {
  // expected-error@+1 {{has tiles of 3 outputs, not of 2 or 4}}
  %0 = tile.winograd_input {outputs = 3, pads = array<i64: 1, 1, 1, 1>} ins(%x : tensor<1x8x7x9xf32>) outs(%v : tensor<1x25x8x6xf32>) -> tensor<1x25x8x6xf32>
  return %0 : tensor<1x25x8x6xf32>
}

// -----

func.func @winogradTiles(%x: tensor<1x8x7x9xf32>, %v: tensor<1x36x8x4xf32>) -> tensor<1x36x8x4xf32> {
  // expected-error@+1 {{has tiles = 6 in X and 4 in V}}
  %0 = tile.winograd_input {outputs = 4, pads = array<i64: 1, 1, 1, 1>} ins(%x : tensor<1x8x7x9xf32>) outs(%v : tensor<1x36x8x4xf32>) -> tensor<1x36x8x4xf32>
  return %0 : tensor<1x36x8x4xf32>
}

// -----

func.func @winogradHeight(%z: tensor<1x16x5x20xf32>, %y: tensor<1x5x?x9xf32>) -> tensor<1x5x?x9xf32> {
  // expected-error@+1 {{needs a static height and width of Y}}
  %0 = tile.winograd_output {outputs = 2} ins(%z : tensor<1x16x5x20xf32>) outs(%y : tensor<1x5x?x9xf32>) -> tensor<1x5x?x9xf32>
  return %0 : tensor<1x5x?x9xf32>
}
