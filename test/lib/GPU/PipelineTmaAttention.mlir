// RUN: azulejo-opt %s --azulejo-pipeline-loads | FileCheck %s

module @sm_90a attributes {azulejo.gpu = "sm_90a"} {
  // A thread copies queries once and tiles of keys and values to rings of their own. Two warp groups
  // compute the first step's weights, then with each further step's scores the sums of the step
  // before, and the last sums behind the loop. What is loaded beside is under way before scores are.
  // CHECK: func.func @attention(%[[Q:.*]]: memref<2x256x64xf16>, %[[K:.*]]: memref<2x?x64xf16>, %[[V:.*]]: memref<2x?x64xf16>, %[[MASK:.*]]: memref<256x?xf32>, %{{.*}}) attributes {cta.warps = 12 : i64}
  // CHECK: scf.forall (%[[H:.*]], %[[I:.*]]) =
  // CHECK: %[[RINGQ:.*]] = cta.alloc : <1x128x64xf16, 128>
  // CHECK: %[[FULLQ:.*]] = cta.barriers arrivals 1 : <1>
  // CHECK: cta.tensor_map %[[Q]]
  // CHECK: %[[RINGK:.*]] = cta.alloc : <2x64x64xf16, 128>
  // CHECK: %[[FULLK:.*]] = cta.barriers arrivals 1 : <2>
  // CHECK: %[[EMPTYK:.*]] = cta.barriers arrivals 2 : <2>
  // CHECK: %[[MAPK:.*]] = cta.tensor_map %[[K]]
  // CHECK: %[[RINGV:.*]] = cta.alloc : <2x64x64xf16, 128>
  // CHECK: %[[FULLV:.*]] = cta.barriers arrivals 1 : <2>
  // CHECK: %[[EMPTYV:.*]] = cta.barriers arrivals 2 : <2>
  // CHECK: cta.roles warps [4, 8] registers [40, 232] single [0] {
  // CHECK: cta.arrive %[[FULLQ]][%{{.*}}] expect 16384
  // CHECK: cta.tma_load %{{.*}}[%[[H]], %[[I]], %{{.*}}]
  // CHECK: scf.for %[[J:.*]] = {{.*}} iter_args(%[[STAGE:.*]] = %{{.*}}, %[[PHASE:.*]] = %{{.*}}) -> (index, i32)
  // CHECK: cta.wait %[[EMPTYK]][%[[STAGE]]] parity %[[PHASE]]
  // CHECK: cta.arrive %[[FULLK]][%[[STAGE]]] expect 8192
  // CHECK: cta.tma_load %[[MAPK]][%[[H]], %[[J]], %{{.*}}] into %{{.*}}, %[[FULLK]][%[[STAGE]]]
  // CHECK: cta.wait %[[EMPTYV]][%[[STAGE]]] parity %[[PHASE]]
  // CHECK: cta.tma_load {{.*}}, %[[FULLV]][%[[STAGE]]]
  // CHECK: }, {
  // CHECK: cta.wait %[[FULLQ]]
  // CHECK: %[[QUERIES:.*]] = cta.stage %[[RINGQ]]
  // CHECK: %[[SOME:.*]] = arith.cmpi slt
  // CHECK: %[[DONE:.*]]:2 = scf.if %[[SOME]]
  // CHECK: cta.wgmma %[[QUERIES]], %{{.*}}, %{{.*}} keep %{{.*}} transpose_b
  // CHECK: cta.wgmma_wait 0
  // CHECK: cta.arrive %[[EMPTYK]]
  // CHECK: %[[FIRST:.*]] = arith.truncf
  // CHECK: scf.for {{.*}} iter_args(%{{.*}}, %[[SUM:.*]] = %{{.*}}, %[[P:.*]] = %[[FIRST]], %[[VS:.*]] = %{{.*}}, %[[VP:.*]] = %{{.*}}, %[[KS:.*]] = %{{.*}}, %[[KP:.*]] = %{{.*}})
  // CHECK: cta.load %[[MASK]]
  // CHECK: cta.wait %[[FULLK]][%[[KS]]] parity %[[KP]]
  // CHECK: %[[SCORES:.*]] = cta.wgmma %[[QUERIES]], %{{.*}}, %{{.*}} keep %{{.*}} transpose_b
  // CHECK: cta.wait %[[FULLV]][%[[VS]]] parity %[[VP]]
  // CHECK: %[[PRODUCT:.*]] = cta.wgmma %[[P]], %{{.*}}, %[[SUM]] : tensor<128x64xf16>
  // CHECK: cta.wgmma_wait 1, %[[SCORES]]
  // CHECK: cta.arrive %[[EMPTYK]][%[[KS]]]
  // CHECK: math.exp
  // CHECK: %[[NEXT:.*]] = arith.truncf
  // CHECK: %[[SOFAR:.*]] = cta.wgmma_wait 0, %[[PRODUCT]]
  // CHECK: cta.arrive %[[EMPTYV]][%[[VS]]]
  // CHECK: %[[SCALED:.*]] = arith.mulf %[[SOFAR]]
  // CHECK: scf.yield %{{.*}}, %[[SCALED]], %[[NEXT]], %[[KS]], %[[KP]]
  // CHECK: cta.wait %[[FULLV]]
  // CHECK: %[[LAST:.*]] = cta.wgmma
  // CHECK: cta.wgmma_wait 0, %[[LAST]]
  // CHECK: } else {
  // CHECK: }
  // CHECK: cta.store
  func.func @attention(%q: memref<2x256x64xf16>, %k: memref<2x?x64xf16>, %v: memref<2x?x64xf16>, %m: memref<256x?xf32>, %y: memref<2x256x64xf32>) attributes {cta.warps = 8 : i64} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %zero = arith.constant 0.0 : f32
    %n = memref.dim %k, %c1 : memref<2x?x64xf16>
    %nv = memref.dim %v, %c1 : memref<2x?x64xf16>
    scf.forall (%h, %i) = (0, 0) to (2, 256) step (1, 128) {
      %qs = cta.load %q[%h, %i, %c0] dims [1, 2] : memref<2x256x64xf16> -> tensor<128x64xf16>
      %none = cta.splat %zero : f32 -> tensor<128x64xf32>
      %most = cta.splat %zero : f32 -> tensor<128xf32>
      %r:2 = scf.for %j = %c0 to %n step %c64 iter_args(%before = %most, %sum = %none) -> (tensor<128xf32>, tensor<128x64xf32>) {
        %left = arith.subi %n, %j : index
        %ks = cta.load %k[%h, %j, %c0] dims [1, 2] valid [%left, 64] : memref<2x?x64xf16> -> tensor<64x64xf16>
        %kt = cta.transpose %ks [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
        %s = cta.dot %qs, %kt, %none : tensor<128x64xf16>, tensor<64x64xf16>, tensor<128x64xf32>
        %bias = cta.load %m[%i, %j] dims [0, 1] valid [128, %left] : memref<256x?xf32> -> tensor<128x64xf32>
        %b = arith.addf %s, %bias : tensor<128x64xf32>
        %e = math.exp %b : tensor<128x64xf32>
        %rows = cta.reduce %e axis 1 : (tensor<128x64xf32>) -> tensor<128xf32> {
        ^bb0(%x: f32, %z: f32):
          %max = arith.maximumf %x, %z : f32
          cta.yield %max : f32
        }
        %w = cta.broadcast %rows along [1] : tensor<128xf32> -> tensor<128x64xf32>
        %scaled = arith.mulf %sum, %w : tensor<128x64xf32>
        %lv = arith.subi %nv, %j : index
        %vs = cta.load %v[%h, %j, %c0] dims [1, 2] valid [%lv, 64] : memref<2x?x64xf16> -> tensor<64x64xf16>
        %p = arith.truncf %e : tensor<128x64xf32> to tensor<128x64xf16>
        %o = cta.dot %p, %vs, %scaled : tensor<128x64xf16>, tensor<64x64xf16>, tensor<128x64xf32>
        scf.yield %rows, %o : tensor<128xf32>, tensor<128x64xf32>
      }
      cta.store %r#1, %y[%h, %i, %c0] dims [1, 2] : tensor<128x64xf32>, memref<2x256x64xf32>
    }
    return
  }

  // Values behind the end of the keys would be multiplied by weights of zero, and what is there may
  // be no number: where the tensor does not end there, the loop goes by mma.sync, and says so.
  // CHECK: func.func @cache({{.*}} attributes {cta.warps = 4 : i64, gpu.no_wgmma = "heads or values end within a tensor"}
  // CHECK-NOT: cta.roles
  // CHECK: cta.copy_async
  func.func @cache(%q: memref<64x64xf16>, %k: memref<512x64xf16>, %v: memref<512x64xf16>, %n: index, %y: memref<64x64xf32>) attributes {cta.warps = 4 : i64} {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %zero = arith.constant 0.0 : f32
    %qs = cta.load %q[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
    %none = cta.splat %zero : f32 -> tensor<64x64xf32>
    %r = scf.for %j = %c0 to %n step %c64 iter_args(%sum = %none) -> (tensor<64x64xf32>) {
      %left = arith.subi %n, %j : index
      %ks = cta.load %k[%j, %c0] dims [0, 1] valid [%left, 64] : memref<512x64xf16> -> tensor<64x64xf16>
      %kt = cta.transpose %ks [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
      %s = cta.dot %qs, %kt, %none : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
      %p = arith.truncf %s : tensor<64x64xf32> to tensor<64x64xf16>
      %vs = cta.load %v[%j, %c0] dims [0, 1] valid [%left, 64] : memref<512x64xf16> -> tensor<64x64xf16>
      %o = cta.dot %p, %vs, %sum : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
      scf.yield %o : tensor<64x64xf32>
    }
    cta.store %r, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<64x64xf32>
    return
  }

  // Queries that are computed stay in registers. One group of 64 rows has no registers to trade.
  // CHECK: func.func @computed({{.*}} attributes {cta.warps = 8 : i64}
  // CHECK: cta.roles warps [4, 4] registers [0, 0] single [0]
  // CHECK: }, {
  // CHECK: %[[TWICE:.*]] = arith.addf
  // CHECK: cta.wgmma %[[TWICE]], %{{.*}} : tensor<64x64xf16>, <64x64xf16, 128>
  func.func @computed(%q: memref<64x64xf16>, %k: memref<512x64xf16>, %v: memref<512x64xf16>, %y: memref<64x64xf32>) attributes {cta.warps = 4 : i64} {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %c512 = arith.constant 512 : index
    %zero = arith.constant 0.0 : f32
    %qs = cta.load %q[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
    %twice = arith.addf %qs, %qs : tensor<64x64xf16>
    %none = cta.splat %zero : f32 -> tensor<64x64xf32>
    %r = scf.for %j = %c0 to %c512 step %c64 iter_args(%sum = %none) -> (tensor<64x64xf32>) {
      %ks = cta.load %k[%j, %c0] dims [0, 1] : memref<512x64xf16> -> tensor<64x64xf16>
      %kt = cta.transpose %ks [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
      %s = cta.dot %twice, %kt, %none : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
      %p = arith.truncf %s : tensor<64x64xf32> to tensor<64x64xf16>
      %vs = cta.load %v[%j, %c0] dims [0, 1] : memref<512x64xf16> -> tensor<64x64xf16>
      %o = cta.dot %p, %vs, %sum : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
      scf.yield %o : tensor<64x64xf32>
    }
    cta.store %r, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<64x64xf32>
    return
  }
}
