// RUN: azulejo-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{some elements are held by no thread}}
func.func private @missing(tensor<4x64xf32, #cta.layout<[4, 64], register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = []>>)

// -----

// expected-error@+1 {{two registers of a thread hold the same element}}
func.func private @twice(tensor<32xf32, #cta.layout<[32], register = [[1], [1]], lane = [[1], [2], [4], [8], [16]], warp = []>>)

// -----

// expected-error@+1 {{a layout needs five bases for lanes}}
func.func private @lanes(tensor<2xf32, #cta.layout<[2], register = [[1]], lane = [[0]], warp = []>>)

// -----

// expected-error@+1 {{a basis leads out of the atom}}
func.func private @outside(tensor<12xf32, #cta.layout<[12], register = [[4]], lane = [[1], [2], [0], [0], [0]], warp = []>>)

// -----

// expected-error@+1 {{a layout of shape [4] does not fit the tensor's}}
func.func private @shape(tensor<8xf32, #cta.layout<[4], register = [], lane = [[1], [2], [0], [0], [0]], warp = []>>)

// -----

// expected-error@+1 {{rows of 32 bytes cannot be cut into panels of 128}}
func.func private @panels(!cta.shared<64x16xf16, 128>)

// -----

// expected-error@+1 {{a swizzle is of 0, 32, 64 or 128 bytes}}
func.func private @swizzle(!cta.shared<64x64xf16, 16>)

// -----

func.func @reduce(%t: tensor<8x64xf32>) {
  // expected-error@+1 {{must give a tile of shape [8], not 'tensor<64xf32>'}}
  %r = cta.reduce %t axis 1 : (tensor<8x64xf32>) -> tensor<64xf32> {
  ^bb0(%a: f32, %b: f32):
    cta.yield %a : f32
  }
  return
}

// -----

func.func @combiner(%t: tensor<8x64xf32>) {
  // expected-error@+1 {{combines two elements of each tile: its body takes their types, twice}}
  %r = cta.reduce %t axis 1 : (tensor<8x64xf32>) -> tensor<8xf32> {
  ^bb0(%a: f32):
    cta.yield %a : f32
  }
  return
}

// -----

func.func @broadcast(%t: tensor<8xf32>) {
  // expected-error@+1 {{must list in rising order the dimensions that the result has more}}
  %r = cta.broadcast %t along [0, 1] : tensor<8xf32> -> tensor<8x64xf32>
  return
}

// -----

func.func @load(%m: memref<?x64xf16>, %i: index) {
  // expected-error@+1 {{needs for each of the tile's 2 dimensions another one of the memref's 2}}
  %t = cta.load %m[%i, %i] dims [1, 1] : memref<?x64xf16> -> tensor<8x64xf16>
  return
}

// -----

func.func @pad(%m: memref<?x64xf16>, %i: index, %p: f16) {
  // expected-error@+1 {{has nothing to pad: every element is valid}}
  %t = cta.load %m[%i, %i] dims [0, 1] pad %p : memref<?x64xf16> -> tensor<8x64xf16>
  return
}

// -----

func.func @ring(%s: !cta.shared<2x8x64xf16>) {
  // expected-error@+1 {{takes one stage of a ring, not '!cta.shared<2x8x64xf16>'}}
  %t = cta.load_shared %s : !cta.shared<2x8x64xf16> -> tensor<8x64xf16>
  return
}

// -----

func.func @dot(%a: tensor<8x64xf16>, %b: tensor<32x8xf16>, %c: tensor<8x8xf32>) {
  // expected-error@+1 {{multiplies matrices whose sizes do not fit}}
  %d = cta.dot %a, %b, %c : tensor<8x64xf16>, tensor<32x8xf16>, tensor<8x8xf32>
  return
}

// -----

func.func @wgmma(%a: !cta.shared<64x64xi8, 64>, %b: !cta.shared<64x64xi8, 64>, %c: tensor<64x64xi32>) {
  // expected-error@+1 {{needs K innermost for elements of 'i8'}}
  %d = cta.wgmma %a, %b, %c : !cta.shared<64x64xi8, 64>, !cta.shared<64x64xi8, 64>, tensor<64x64xi32>
  return
}

// -----

func.func @roles() {
  // expected-error@+1 {{changes registers to a multiple of 8 from 24 to 256, for whole groups of four warps}}
  cta.roles warps [1] registers [40] single [0] {
  }
  return
}

// -----

func.func @convert(%t: tensor<8x64xf32>) {
  // expected-error@+1 {{is between layouts, and a tile has none}}
  %r = cta.convert_layout %t : tensor<8x64xf32> -> tensor<8x64xf32>
  return
}
