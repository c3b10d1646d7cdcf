// Convolutions of every form against a direct one in NumPy.
// RUN: azulejo-opt %s --azulejo-fuse-pipeline --azulejo-tiling-pipeline --azulejo-cpu-pipeline --azulejo-emit-object=output=%t.o -o /dev/null
// RUN: llvm-nm -u %t.o | not grep -v -E ' U (memcpy|memset|memmove)$'
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k0_dense 2x3x15x17 8x3x3x3 strides=2,2 pads=1,1,1,1 dynamic=02 bias
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k1_pointwise 2x16x5x7 40x16x1x1 bias
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k2_depthwise 1x6x14x14 6x1x3x3 strides=2,1 pads=1,0,1,2 group=6
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k3_grouped 1x6x9x9 4x3x3x2 dilations=2,1 group=2
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k4_line 2x4x50 5x4x7 pads=3,3
// RUN: %python %S/Inputs/run_convolution.py %t.o main_k5_volume 1x2x6x5x7 3x2x2x3x3 pads=0,1,1,0,1,1

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>
func.func @main(%x0: tensor<?x3x?x17xf32>, %w0: tensor<8x3x3x3xf32>, %b0: tensor<8xf32>, %n0: index, %h0: index,
                %x1: tensor<2x16x5x7xf32>, %w1: tensor<40x16x1x1xf32>, %b1: tensor<40xf32>,
                %x2: tensor<1x6x14x14xf32>, %w2: tensor<6x1x3x3xf32>, %x3: tensor<1x6x9x9xf32>, %w3: tensor<4x3x3x2xf32>,
                %x4: tensor<2x4x50xf32>, %w4: tensor<5x4x7xf32>, %x5: tensor<1x2x6x5x7xf32>, %w5: tensor<3x2x2x3x3xf32>)
    -> (tensor<?x8x?x9xf32>, tensor<2x40x5x7xf32>, tensor<1x6x7x14xf32>, tensor<1x4x5x8xf32>, tensor<2x5x50xf32>, tensor<1x3x5x5x7xf32>) {
  %z = arith.constant 0.0 : f32
  %e0 = tensor.empty(%n0, %h0) : tensor<?x8x?x9xf32>
  %f0 = linalg.fill ins(%z : f32) outs(%e0 : tensor<?x8x?x9xf32>) -> tensor<?x8x?x9xf32>
  %c0 = tile.conv {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x0, %w0 : tensor<?x3x?x17xf32>, tensor<8x3x3x3xf32>) outs(%f0 : tensor<?x8x?x9xf32>) -> tensor<?x8x?x9xf32> loc("Dense")
  %0 = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%c0, %b0 : tensor<?x8x?x9xf32>, tensor<8xf32>) outs(%e0 : tensor<?x8x?x9xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<?x8x?x9xf32> loc("Dense")
  %e1 = tensor.empty() : tensor<2x40x5x7xf32>
  %f1 = linalg.fill ins(%z : f32) outs(%e1 : tensor<2x40x5x7xf32>) -> tensor<2x40x5x7xf32>
  %c1 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    ins(%x1, %w1 : tensor<2x16x5x7xf32>, tensor<40x16x1x1xf32>) outs(%f1 : tensor<2x40x5x7xf32>) -> tensor<2x40x5x7xf32> loc("Pointwise")
  %1 = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%c1, %b1 : tensor<2x40x5x7xf32>, tensor<40xf32>) outs(%e1 : tensor<2x40x5x7xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x40x5x7xf32> loc("Pointwise")
  %e2 = tensor.empty() : tensor<1x6x7x14xf32>
  %f2 = linalg.fill ins(%z : f32) outs(%e2 : tensor<1x6x7x14xf32>) -> tensor<1x6x7x14xf32>
  %2 = tile.conv {strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 2>, group = 6 : i64}
    ins(%x2, %w2 : tensor<1x6x14x14xf32>, tensor<6x1x3x3xf32>) outs(%f2 : tensor<1x6x7x14xf32>) -> tensor<1x6x7x14xf32> loc("Depthwise")
  %e3 = tensor.empty() : tensor<1x4x5x8xf32>
  %f3 = linalg.fill ins(%z : f32) outs(%e3 : tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32>
  %3 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 2, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64}
    ins(%x3, %w3 : tensor<1x6x9x9xf32>, tensor<4x3x3x2xf32>) outs(%f3 : tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32> loc("Grouped")
  %e4 = tensor.empty() : tensor<2x5x50xf32>
  %f4 = linalg.fill ins(%z : f32) outs(%e4 : tensor<2x5x50xf32>) -> tensor<2x5x50xf32>
  %4 = tile.conv {strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 3, 3>}
    ins(%x4, %w4 : tensor<2x4x50xf32>, tensor<5x4x7xf32>) outs(%f4 : tensor<2x5x50xf32>) -> tensor<2x5x50xf32> loc("Line")
  %e5 = tensor.empty() : tensor<1x3x5x5x7xf32>
  %f5 = linalg.fill ins(%z : f32) outs(%e5 : tensor<1x3x5x5x7xf32>) -> tensor<1x3x5x5x7xf32>
  %5 = tile.conv {strides = array<i64: 1, 1, 1>, dilations = array<i64: 1, 1, 1>, pads = array<i64: 0, 1, 1, 0, 1, 1>}
    ins(%x5, %w5 : tensor<1x2x6x5x7xf32>, tensor<3x2x2x3x3xf32>) outs(%f5 : tensor<1x3x5x5x7xf32>) -> tensor<1x3x5x5x7xf32> loc("Volume")
  return %0, %1, %2, %3, %4, %5 : tensor<?x8x?x9xf32>, tensor<2x40x5x7xf32>, tensor<1x6x7x14xf32>, tensor<1x4x5x8xf32>, tensor<2x5x50xf32>, tensor<1x3x5x5x7xf32>
}
