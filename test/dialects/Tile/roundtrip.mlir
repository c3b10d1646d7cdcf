// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s
// RUN: azulejo-opt %s --mlir-print-op-generic | azulejo-opt | FileCheck %s

// CHECK-LABEL: func @kernel
func.func @kernel(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %init = tensor.empty(%n) : tensor<?xf32>
  // CHECK: tile.kernel "relu" ins(%{{.*}} : tensor<?xf32>) outs(%{{.*}} : tensor<?xf32>) scalars(%{{.*}} : index) {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<?xf32>, %[[Y:.*]]: tensor<?xf32>, %{{.*}}: index):
  %y = tile.kernel "relu" ins(%x : tensor<?xf32>) outs(%init : tensor<?xf32>) scalars(%n : index) {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>, %s: index):
    // CHECK: tile.yield %{{.*}} : tensor<?xf32>
    tile.yield %a : tensor<?xf32>
  // CHECK: } -> (tensor<?xf32>)
  } -> (tensor<?xf32>)
  return %y : tensor<?xf32>
}

func.func private @k(memref<?xf32>, memref<?xf32>, index) attributes {tile.kernel}

// CHECK-LABEL: func @launch
func.func @launch(%x: tensor<?xf32>, %n: index, %m: memref<?xf32>) -> tensor<?xf32> {
  // CHECK: tile.launch @k ins(%{{.*}} : tensor<?xf32>) outs(%{{.*}} : tensor<?xf32>) scalars(%{{.*}} : index) -> (tensor<?xf32>)
  %y = tile.launch @k ins(%x : tensor<?xf32>) outs(%x : tensor<?xf32>) scalars(%n : index) -> (tensor<?xf32>)
  // CHECK: tile.launch @k ins(%{{.*}} : memref<?xf32>) outs(%{{.*}} : memref<?xf32>) scalars(%{{.*}} : index)
  tile.launch @k ins(%m : memref<?xf32>) outs(%m : memref<?xf32>) scalars(%n : index)
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func @matmul
func.func @matmul(%a: tensor<8x?x64xf32>, %b: tensor<64x100xf32>, %p: tensor<4x64x32xf32>, %c: tensor<8x?x100xf32>) -> tensor<8x?x100xf32> {
  // CHECK: tile.matmul ins(%{{.*}}, %{{.*}} : tensor<8x?x64xf32>, tensor<64x100xf32>) outs(%{{.*}} : tensor<8x?x100xf32>) -> tensor<8x?x100xf32>
  %0 = tile.matmul ins(%a, %b : tensor<8x?x64xf32>, tensor<64x100xf32>) outs(%c : tensor<8x?x100xf32>) -> tensor<8x?x100xf32>
  // CHECK: tile.matmul {overwrite, packed_b} ins(
  %1 = tile.matmul {packed_b, overwrite} ins(%a, %p : tensor<8x?x64xf32>, tensor<4x64x32xf32>) outs(%0 : tensor<8x?x100xf32>) -> tensor<8x?x100xf32>
  return %1 : tensor<8x?x100xf32>
}

// CHECK-LABEL: func @convolution
func.func @convolution(%x: tensor<?x4x8x8xf32>, %w: tensor<6x2x3x3xf32>, %y: tensor<?x6x4x4xf32>, %col: tensor<?x36x16xf32>,
                       %wd: tensor<4x3x3xf32>, %yd: tensor<?x4x16xf32>) -> (tensor<?x6x4x4xf32>, tensor<?x36x16xf32>, tensor<?x4x16xf32>) {
  // CHECK: tile.conv {dilations = array<i64: 1, 1>, group = 2 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} ins(
  %0 = tile.conv {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 2 : i64}
    ins(%x, %w : tensor<?x4x8x8xf32>, tensor<6x2x3x3xf32>) outs(%y : tensor<?x6x4x4xf32>) -> tensor<?x6x4x4xf32>
  // CHECK: tile.im2col
  %1 = tile.im2col {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x : tensor<?x4x8x8xf32>) outs(%col : tensor<?x36x16xf32>) -> tensor<?x36x16xf32>
  // CHECK: tile.depthwise_conv
  %2 = tile.depthwise_conv {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x, %wd : tensor<?x4x8x8xf32>, tensor<4x3x3xf32>) outs(%yd : tensor<?x4x16xf32>) -> tensor<?x4x16xf32>
  return %0, %1, %2 : tensor<?x6x4x4xf32>, tensor<?x36x16xf32>, tensor<?x4x16xf32>
}

// CHECK-LABEL: func @winograd
func.func @winograd(%x: tensor<?x8x7x9xf32>, %v: tensor<?x36x8x6xf32>, %z: tensor<?x16x5x20xf32>, %y: tensor<?x5x7x9xf32>) -> (tensor<?x36x8x6xf32>, tensor<?x5x7x9xf32>) {
  // CHECK: tile.winograd_input {outputs = 4 : i64, pads = array<i64: 1, 1, 1, 1>} ins(%{{.*}} : tensor<?x8x7x9xf32>) outs(%{{.*}} : tensor<?x36x8x6xf32>) -> tensor<?x36x8x6xf32>
  %0 = tile.winograd_input {outputs = 4, pads = array<i64: 1, 1, 1, 1>} ins(%x : tensor<?x8x7x9xf32>) outs(%v : tensor<?x36x8x6xf32>) -> tensor<?x36x8x6xf32>
  // CHECK: tile.winograd_output {outputs = 2 : i64} ins(%{{.*}} : tensor<?x16x5x20xf32>) outs(%{{.*}} : tensor<?x5x7x9xf32>) -> tensor<?x5x7x9xf32>
  %1 = tile.winograd_output {outputs = 2} ins(%z : tensor<?x16x5x20xf32>) outs(%y : tensor<?x5x7x9xf32>) -> tensor<?x5x7x9xf32>
  return %0, %1 : tensor<?x36x8x6xf32>, tensor<?x5x7x9xf32>
}

// CHECK-LABEL: func @attention
func.func @attention(%q: tensor<?x8x?x64xf32>, %k: tensor<?x2x?x64xf32>, %m: tensor<1x1x?x?xf32>, %y: tensor<?x8x?x64xf32>, %past: index) -> tensor<?x8x?x64xf32> {
  // CHECK: tile.attention {causal, scale = 1.250000e-01 : f64} ins(%{{.*}}, %{{.*}}, %{{.*}} : {{.*}}) mask(%{{.*}} : tensor<1x1x?x?xf32>) outs(%{{.*}} : tensor<?x8x?x64xf32>) causal_offset %{{.*}} -> tensor<?x8x?x64xf32>
  %0 = tile.attention {scale = 0.125 : f64, causal} ins(%q, %k, %k : tensor<?x8x?x64xf32>, tensor<?x2x?x64xf32>, tensor<?x2x?x64xf32>)
    mask(%m : tensor<1x1x?x?xf32>) outs(%y : tensor<?x8x?x64xf32>) causal_offset %past -> tensor<?x8x?x64xf32>
  return %0 : tensor<?x8x?x64xf32>
}

// CHECK-LABEL: @checked_index
func.func @checked_index(%i: index, %n: index) -> (index, index) {
  // CHECK: tile.checked_index %{{.*}} within %{{.*}}, "indices" from_end
  %a = tile.checked_index %i within %n, "indices" from_end
  // CHECK: tile.checked_index %{{.*}} within %{{.*}}, "position_ids" number 3
  %b = tile.checked_index %i within %n, "position_ids" number 3
  return %a, %b : index, index
}
