// RUN: azulejo-opt %s --azulejo-winograd-convs | FileCheck %s

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// Many positions for each weight: tiles of 4 x 4. What was added to is added to afterwards.
// CHECK-LABEL: func @four
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x64x56x56xf32>
// CHECK: %[[BIAS:.*]] = linalg.generic
// CHECK: %[[U:.*]] = plan.constant #plan.winograd<dense<{{.*}}> : tensor<64x64x3x3xf32>> : tensor<36x64x64xf32>
// CHECK: %[[V:.*]] = tile.winograd_input {outputs = 4 : i64, pads = array<i64: 1, 1, 1, 1>} ins(%[[X]] : tensor<?x64x56x56xf32>) outs(%{{.*}} : tensor<?x36x64x196xf32>)
// CHECK: %[[Z:.*]] = tile.matmul {overwrite} ins(%[[U]], %[[V]] : tensor<36x64x64xf32>, tensor<?x36x64x196xf32>) outs(%{{.*}} : tensor<?x36x64x196xf32>)
// CHECK: %[[Y:.*]] = tile.winograd_output {outputs = 4 : i64} ins(%[[Z]] : tensor<?x36x64x196xf32>) outs(%{{.*}} : tensor<?x64x56x56xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[Y]], %[[BIAS]] :
// CHECK: arith.addf
func.func @four(%x: tensor<?x64x56x56xf32>, %b: tensor<64xf32>, %n: index) -> tensor<?x64x56x56xf32> {
  %w = plan.constant dense<0.5> : tensor<64x64x3x3xf32>
  %e = tensor.empty(%n) : tensor<?x64x56x56xf32>
  %bias = linalg.generic {indexing_maps = [#channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%b : tensor<64xf32>) outs(%e : tensor<?x64x56x56xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<?x64x56x56xf32>
  %y = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x, %w : tensor<?x64x56x56xf32>, tensor<64x64x3x3xf32>) outs(%bias : tensor<?x64x56x56xf32>) -> tensor<?x64x56x56xf32>
  return %y : tensor<?x64x56x56xf32>
}

// Fewer positions do not pay for filters four times as large: tiles of 2 x 2. Nothing is added to
// zeros.
// CHECK-LABEL: func @two
// CHECK: tile.winograd_input {outputs = 2 : i64
// CHECK-SAME: tensor<1x16x256x49xf32>
// CHECK: tile.winograd_output {outputs = 2 : i64}
// CHECK-NOT: arith.addf
func.func @two(%x: tensor<1x256x14x14xf32>) -> tensor<1x256x14x14xf32> {
  %w = plan.constant dense<0.5> : tensor<256x256x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x256x14x14xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x256x14x14xf32>) -> tensor<1x256x14x14xf32>
  %y = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x, %w : tensor<1x256x14x14xf32>, tensor<256x256x3x3xf32>) outs(%f : tensor<1x256x14x14xf32>) -> tensor<1x256x14x14xf32>
  return %y : tensor<1x256x14x14xf32>
}

// Few positions, few channels, strides, groups, narrow numbers, filters that are computed and a
// height that is not known stay as they are.
// CHECK-LABEL: func @direct
// CHECK-NOT: tile.winograd
// CHECK-COUNT-7: tile.conv
func.func @direct(%small: tensor<1x512x7x7xf32>, %thin: tensor<1x3x224x224xf32>, %x: tensor<1x64x56x56xf32>, %xh: tensor<1x64x56x56xf16>,
                  %computed: tensor<64x64x3x3xf32>, %tall: tensor<1x64x?x56xf32>,
                  %y0: tensor<1x512x7x7xf32>, %y1: tensor<1x8x224x224xf32>, %y2: tensor<1x64x28x28xf32>, %y: tensor<1x64x56x56xf32>, %yt: tensor<1x64x?x56xf32>)
    -> (tensor<1x512x7x7xf32>, tensor<1x8x224x224xf32>, tensor<1x64x28x28xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x?x56xf32>) {
  %w0 = plan.constant dense<0.5> : tensor<512x512x3x3xf32>
  %w1 = plan.constant dense<0.5> : tensor<8x3x3x3xf32>
  %w = plan.constant dense<0.5> : tensor<64x64x3x3xf32>
  %wg = plan.constant dense<0.5> : tensor<64x32x3x3xf32>
  %wh = plan.constant dense<0.5> : tensor<64x64x3x3xf16>
  %0 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%small, %w0 : tensor<1x512x7x7xf32>, tensor<512x512x3x3xf32>) outs(%y0 : tensor<1x512x7x7xf32>) -> tensor<1x512x7x7xf32>
  %1 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%thin, %w1 : tensor<1x3x224x224xf32>, tensor<8x3x3x3xf32>) outs(%y1 : tensor<1x8x224x224xf32>) -> tensor<1x8x224x224xf32>
  %2 = tile.conv {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x, %w : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) outs(%y2 : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  %3 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 2 : i64}
    ins(%x, %wg : tensor<1x64x56x56xf32>, tensor<64x32x3x3xf32>) outs(%y : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %4 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%xh, %wh : tensor<1x64x56x56xf16>, tensor<64x64x3x3xf16>) outs(%y : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %5 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%x, %computed : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) outs(%y : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
  %6 = tile.conv {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    ins(%tall, %w : tensor<1x64x?x56xf32>, tensor<64x64x3x3xf32>) outs(%yt : tensor<1x64x?x56xf32>) -> tensor<1x64x?x56xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<1x512x7x7xf32>, tensor<1x8x224x224xf32>, tensor<1x64x28x28xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x56x56xf32>, tensor<1x64x?x56xf32>
}
