// RUN: azulejo-opt %s | azulejo-opt | FileCheck %s
// RUN: azulejo-opt %s --mlir-print-op-generic | azulejo-opt | FileCheck %s

// CHECK-DAG: #[[ACC:[a-z0-9]+]] = #cta.layout<[64, 16], register = {{\[}}[0, 1], [8, 0], [0, 8]], lane = {{\[}}[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = {{\[}}[16, 0], [32, 0]]>
#acc = #cta.layout<[64, 16], register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0], [32, 0]]>
// CHECK-DAG: #[[SCALAR:[a-z0-9]+]] = #cta.layout<[], register = [], lane = {{\[}}[], [], [], [], []], warp = {{\[}}[], []]>
#scalar = #cta.layout<[], register = [], lane = [[], [], [], [], []], warp = [[], []]>
// An odd factor: eleven atoms of [64, 16].
// CHECK-DAG: #[[ODD:[a-z0-9]+]] = #cta.layout<[64, 176], register =
#odd = #cta.layout<[64, 176], register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0], [32, 0]]>

// CHECK-LABEL: func @layouts
// CHECK-SAME: tensor<64x16xf32, #[[ACC]]>, %{{.*}}: tensor<f32, #[[SCALAR]]>, %{{.*}}: tensor<64x176xf32, #[[ODD]]>
func.func @layouts(%a: tensor<64x16xf32, #acc>, %b: tensor<f32, #scalar>, %c: tensor<64x176xf32, #odd>) {
  return
}

// CHECK-LABEL: func @tiles
func.func @tiles(%x: f32, %t: tensor<64x128xf16>) {
  // CHECK: cta.splat %{{.*}} : f32 -> tensor<64xf32>
  %s = cta.splat %x : f32 -> tensor<64xf32>
  // CHECK: cta.iota 1 : tensor<64x128xi32>
  %i = cta.iota 1 : tensor<64x128xi32>
  // CHECK: cta.broadcast %{{.*}} along [1] : tensor<64xf32> -> tensor<64x128xf32>
  %b = cta.broadcast %s along [1] : tensor<64xf32> -> tensor<64x128xf32>
  // CHECK: cta.transpose %{{.*}} [1, 0] : tensor<64x128xf16> -> tensor<128x64xf16>
  %p = cta.transpose %t [1, 0] : tensor<64x128xf16> -> tensor<128x64xf16>
  // CHECK: cta.reduce %{{.*}} axis 0 : (tensor<64xf32>) -> tensor<f32> {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32):
  %r = cta.reduce %s axis 0 : (tensor<64xf32>) -> tensor<f32> {
  ^bb0(%a0: f32, %a1: f32):
    // CHECK: %[[S:.*]] = arith.addf %[[A]], %[[B]]
    %sum = arith.addf %a0, %a1 : f32
    // CHECK: cta.yield %[[S]] : f32
    cta.yield %sum : f32
  }
  // CHECK: cta.extract %{{.*}} : tensor<f32>
  %e = cta.extract %r : tensor<f32>
  return
}

// CHECK-LABEL: func @global
func.func @global(%m: memref<?x?x768xf16>, %i: index, %n: index, %z: f16, %offsets: tensor<16x64xi32>, %mask: tensor<16x64xi1>) {
  // CHECK: %[[T:.*]] = cta.load %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] dims [1, 2] valid [%{{.*}}, 64] pad %{{.*}} : memref<?x?x768xf16> -> tensor<16x64xf16>
  %t = cta.load %m[%i, %i, %i] dims [1, 2] valid [%n, 64] pad %z : memref<?x?x768xf16> -> tensor<16x64xf16>
  // CHECK: cta.load %{{.*}} dims [2, 0] : memref<?x?x768xf16> -> tensor<16x64xf16>
  %u = cta.load %m[%i, %i, %i] dims [2, 0] : memref<?x?x768xf16> -> tensor<16x64xf16>
  // CHECK: cta.store %[[T]], %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] dims [1, 2] valid [%{{.*}}, 64] : tensor<16x64xf16>, memref<?x?x768xf16>
  cta.store %t, %m[%i, %i, %i] dims [1, 2] valid [%n, 64] : tensor<16x64xf16>, memref<?x?x768xf16>
  // CHECK: cta.gather %{{.*}}[%{{.*}}] mask %{{.*}} pad %{{.*}} contiguity 8 : memref<?x?x768xf16>, tensor<16x64xi32> -> tensor<16x64xf16>
  %g = cta.gather %m[%offsets] mask %mask pad %z contiguity 8 : memref<?x?x768xf16>, tensor<16x64xi32> -> tensor<16x64xf16>
  // CHECK: cta.scatter %{{.*}}, %{{.*}}[%{{.*}}] mask %{{.*}} : tensor<16x64xf16>, memref<?x?x768xf16>, tensor<16x64xi32>
  cta.scatter %g, %m[%offsets] mask %mask : tensor<16x64xf16>, memref<?x?x768xf16>, tensor<16x64xi32>
  return
}

// CHECK-LABEL: func @shared
func.func @shared(%m: memref<?x4096xf16>, %i: index, %n: index, %offsets: tensor<128x64xi32>, %parity: i32) {
  // CHECK: %[[RING:.*]] = cta.alloc : <4x128x64xf16, 128>
  %ring = cta.alloc : !cta.shared<4x128x64xf16, 128>
  // CHECK: %[[S:.*]] = cta.stage %[[RING]][%{{.*}}] : <4x128x64xf16, 128>
  %s = cta.stage %ring[%i] : !cta.shared<4x128x64xf16, 128>
  // CHECK: cta.copy_async %{{.*}}[%{{.*}}, %{{.*}}] dims [0, 1] valid [%{{.*}}, 64] into %[[S]] : memref<?x4096xf16> to <128x64xf16, 128>
  cta.copy_async %m[%i, %i] dims [0, 1] valid [%n, 64] into %s : memref<?x4096xf16> to !cta.shared<128x64xf16, 128>
  // CHECK: cta.gather_async %{{.*}}[%{{.*}}] contiguity 8 into %[[S]] : memref<?x4096xf16>, tensor<128x64xi32> to <128x64xf16, 128>
  cta.gather_async %m[%offsets] contiguity 8 into %s : memref<?x4096xf16>, tensor<128x64xi32> to !cta.shared<128x64xf16, 128>
  // CHECK: cta.async_commit
  cta.async_commit
  // CHECK: cta.async_wait 2
  cta.async_wait 2
  // CHECK: cta.barrier
  cta.barrier
  // CHECK: %[[T:.*]] = cta.load_shared %[[S]] : <128x64xf16, 128> -> tensor<128x64xf16>
  %t = cta.load_shared %s : !cta.shared<128x64xf16, 128> -> tensor<128x64xf16>
  // CHECK: cta.store_shared %[[T]], %[[S]] : tensor<128x64xf16>, <128x64xf16, 128>
  cta.store_shared %t, %s : tensor<128x64xf16>, !cta.shared<128x64xf16, 128>
  // CHECK: %[[FULL:.*]] = cta.barriers arrivals 1 : <4>
  %full = cta.barriers arrivals 1 : !cta.barriers<4>
  // CHECK: %[[MAP:.*]] = cta.tensor_map %{{.*}} : memref<?x4096xf16> -> <2, 128x64xf16, 128>
  %map = cta.tensor_map %m : memref<?x4096xf16> -> !cta.tensor_map<2, 128x64xf16, 128>
  // CHECK: cta.roles warps [4, 8] registers [40, 232] single [0] {
  cta.roles warps [4, 8] registers [40, 232] single [0] {
    // CHECK: cta.arrive %[[FULL]][%{{.*}}] expect 16384 : <4>
    cta.arrive %full[%i] expect 16384 : !cta.barriers<4>
    // CHECK: cta.tma_load %[[MAP]][%{{.*}}, %{{.*}}] into %[[S]], %[[FULL]][%{{.*}}] : <2, 128x64xf16, 128> to <128x64xf16, 128>, <4>
    cta.tma_load %map[%i, %i] into %s, %full[%i] : !cta.tensor_map<2, 128x64xf16, 128> to !cta.shared<128x64xf16, 128>, !cta.barriers<4>
  // CHECK: }, {
  }, {
    // CHECK: cta.wait %[[FULL]][%{{.*}}] parity %{{.*}} : <4>
    cta.wait %full[%i] parity %parity : !cta.barriers<4>
    // CHECK: cta.tma_store %[[S]], %[[MAP]][%{{.*}}, %{{.*}}] : <128x64xf16, 128> to <2, 128x64xf16, 128>
    cta.tma_store %s, %map[%i, %i] : !cta.shared<128x64xf16, 128> to !cta.tensor_map<2, 128x64xf16, 128>
    // CHECK: cta.tma_store_wait 0
    cta.tma_store_wait 0
  }
  return
}

// CHECK-LABEL: func @products
func.func @products(%a: tensor<128x64xf16>, %b: tensor<64x256xf16>, %c: tensor<128x256xf32>, %i: i1,
                    %sa: !cta.shared<128x64xf16, 128>, %sb: !cta.shared<256x64xf16, 128>) {
  // CHECK: cta.dot %{{.*}}, %{{.*}}, %{{.*}} : tensor<128x64xf16>, tensor<64x256xf16>, tensor<128x256xf32>
  %d = cta.dot %a, %b, %c : tensor<128x64xf16>, tensor<64x256xf16>, tensor<128x256xf32>
  // CHECK: cta.wgmma %{{.*}}, %{{.*}}, %{{.*}} keep %{{.*}} transpose_b : !cta.shared<128x64xf16, 128>, <256x64xf16, 128>, tensor<128x256xf32>
  %e = cta.wgmma %sa, %sb, %c keep %i transpose_b : !cta.shared<128x64xf16, 128>, !cta.shared<256x64xf16, 128>, tensor<128x256xf32>
  // CHECK: cta.wgmma %{{.*}}, %{{.*}}, %{{.*}} transpose_b : tensor<128x64xf16>, <256x64xf16, 128>, tensor<128x256xf32>
  %f = cta.wgmma %a, %sb, %e transpose_b : tensor<128x64xf16>, !cta.shared<256x64xf16, 128>, tensor<128x256xf32>
  // CHECK: cta.wgmma_wait 0, %{{.*}} : tensor<128x256xf32>
  %g = cta.wgmma_wait 0, %f : tensor<128x256xf32>
  return
}
