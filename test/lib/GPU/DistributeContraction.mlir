// RUN: azulejo-opt %s --azulejo-distribute-to-threads --split-input-file | FileCheck %s

// A thread has four rows of one column. Narrow floats are summed in f32 and rounded once.
// CHECK-LABEL: func.func private @matmul
// CHECK: %[[SUMS:.*]]:4 = scf.for {{.*}} iter_args({{.*}}) -> (f32, f32, f32, f32)
// CHECK: %[[B:.*]] = memref.load %{{.*}} : memref<64x48xf16>
// CHECK: arith.extf %[[B]] : f16 to f32
// CHECK-COUNT-4: arith.mulf {{.*}} fastmath<contract> : f32
// CHECK: arith.truncf %[[SUMS]]#0 : f32 to f16
// CHECK-COUNT-4: memref.store %{{.*}} : memref<10x48xf16>
func.func private @matmul(%a: memref<10x64xf16>, %b: memref<64x48xf16>, %c: memref<10x48xf16>) attributes {tile.kernel} {
  tile.matmul {overwrite} ins(%a, %b : memref<10x64xf16>, memref<64x48xf16>) outs(%c : memref<10x48xf16>)
  return
}

// -----

// Nothing is read outside of the image.
// CHECK-LABEL: func.func private @im2col
// CHECK: arith.cmpi ult
// CHECK: arith.cmpi ult
// CHECK: %[[IN:.*]] = arith.andi
// CHECK: scf.if %[[IN]] -> (f32)
// CHECK: memref.load
// CHECK: } else {
// CHECK: memref.store
func.func private @im2col(%x: memref<1x3x8x8xf32>, %y: memref<1x27x64xf32>) attributes {tile.kernel} {
  tile.im2col {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} ins(%x : memref<1x3x8x8xf32>) outs(%y : memref<1x27x64xf32>)
  return
}

// -----

// A thread for each output, which walks over the taps.
// CHECK-LABEL: func.func private @depthwise
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args
// CHECK: scf.if
// CHECK: arith.addf
// CHECK: memref.store %[[SUM]]
func.func private @depthwise(%x: memref<1x3x8x8xf32>, %w: memref<3x3x3xf32>, %y: memref<1x3x64xf32>) attributes {tile.kernel} {
  tile.depthwise_conv {overwrite, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} ins(%x, %w : memref<1x3x8x8xf32>, memref<3x3x3xf32>) outs(%y : memref<1x3x64xf32>)
  return
}
