// RUN: azulejo-opt %s --azulejo-pipeline-loads | FileCheck %s

module @sm_90a attributes {azulejo.gpu = "sm_90a"} {
  // A thread copies, two warp groups multiply 64 rows each, and what follows the product is theirs.
  // CHECK: func.func @product(%[[X:.*]]: memref<?x384xf16>, %[[W:.*]]: memref<384x512xf16>, %{{.*}}) attributes {cta.warps = 12 : i64}
  // CHECK: scf.forall (%[[I:.*]], %[[J:.*]]) =
  // CHECK-DAG: %[[RINGA:.*]] = cta.alloc : <3x128x64xf16, 128>
  // CHECK-DAG: %[[RINGB:.*]] = cta.alloc : <3x64x256xf16, 128>
  // CHECK-DAG: %[[FULL:.*]] = cta.barriers arrivals 1 : <3>
  // CHECK-DAG: %[[EMPTY:.*]] = cta.barriers arrivals 2 : <3>
  // CHECK-DAG: %[[MAPA:.*]] = cta.tensor_map %[[X]]
  // CHECK-DAG: %[[MAPB:.*]] = cta.tensor_map %[[W]]
  // CHECK: cta.roles warps [4, 8] registers [40, 232] single [0] {
  // CHECK: scf.for %[[K:.*]] = {{.*}} iter_args(%[[STAGE:.*]] = %{{.*}}, %[[PHASE:.*]] = %{{.*}}) -> (index, i32)
  // CHECK: cta.wait %[[EMPTY]][%[[STAGE]]] parity %[[PHASE]]
  // CHECK: cta.arrive %[[FULL]][%[[STAGE]]] expect 49152
  // CHECK: cta.tma_load %[[MAPA]][%[[I]], %[[K]]] into %{{.*}}, %[[FULL]][%[[STAGE]]]
  // CHECK: cta.tma_load %[[MAPB]][%[[K]], %[[J]]] into %{{.*}}, %[[FULL]][%[[STAGE]]]
  // CHECK: }, {
  // CHECK: %[[ZERO:.*]] = cta.splat
  // CHECK: %[[C:.*]]:4 = scf.for {{.*}} iter_args(%[[SUM:.*]] = %[[ZERO]], %[[NOW:.*]] = %{{.*}}, %[[FILLED:.*]] = %{{.*}}, %[[BEFORE:.*]] = %{{.*}})
  // CHECK: cta.wait %[[FULL]][%[[NOW]]] parity %[[FILLED]]
  // CHECK: %[[NEXT:.*]] = cta.wgmma %{{.*}}, %{{.*}}, %[[SUM]]
  // CHECK: cta.wgmma_wait 1
  // CHECK: scf.if
  // CHECK-NEXT: cta.arrive %[[EMPTY]][%[[BEFORE]]]
  // CHECK: scf.yield %[[NEXT]]
  // CHECK: %[[DONE:.*]] = cta.wgmma_wait 0, %[[C]]#0
  // CHECK: arith.truncf %[[DONE]]
  // CHECK: cta.store
  // CHECK: }
  func.func @product(%x: memref<?x384xf16>, %w: memref<384x512xf16>, %m: index, %y: memref<?x512xf16>) attributes {cta.warps = 8 : i64} {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %c384 = arith.constant 384 : index
    %cst = arith.constant 0.0 : f32
    scf.forall (%i, %j) = (0, 0) to (%m, 512) step (128, 256) {
      %rows = affine.min affine_map<(d0)[s0] -> (-d0 + s0, 128)>(%i)[%m]
      %zero = cta.splat %cst : f32 -> tensor<128x256xf32>
      %r = scf.for %k = %c0 to %c384 step %c64 iter_args(%sum = %zero) -> (tensor<128x256xf32>) {
        %a = cta.load %x[%i, %k] dims [0, 1] valid [%rows, 64] : memref<?x384xf16> -> tensor<128x64xf16>
        %b = cta.load %w[%k, %j] dims [0, 1] : memref<384x512xf16> -> tensor<64x256xf16>
        %next = cta.dot %a, %b, %sum : tensor<128x64xf16>, tensor<64x256xf16>, tensor<128x256xf32>
        scf.yield %next : tensor<128x256xf32>
      }
      %t = arith.truncf %r : tensor<128x256xf32> to tensor<128x256xf16>
      cta.store %t, %y[%i, %j] dims [0, 1] valid [%rows, 256] : tensor<128x256xf16>, memref<?x512xf16>
    }
    return
  }

  // What both need stands ahead of the roles, and tiles go to the consumers.
  // CHECK: func.func @ahead(
  // CHECK: cta.roles
  // CHECK: }, {
  // CHECK-DAG: cta.load %{{.*}} dims [0]
  // CHECK-DAG: cta.splat
  // CHECK: cta.wgmma
  // CHECK: cta.broadcast
  func.func @ahead(%x: memref<128x384xf16>, %w: memref<384x256xf16>, %bias: memref<256xf32>, %y: memref<128x256xf32>) attributes {cta.warps = 8 : i64} {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %c384 = arith.constant 384 : index
    %cst = arith.constant 0.0 : f32
    %zero = cta.splat %cst : f32 -> tensor<128x256xf32>
    %v = cta.load %bias[%c0] dims [0] : memref<256xf32> -> tensor<256xf32>
    %r = scf.for %k = %c0 to %c384 step %c64 iter_args(%sum = %zero) -> (tensor<128x256xf32>) {
      %a = cta.load %x[%c0, %k] dims [0, 1] : memref<128x384xf16> -> tensor<128x64xf16>
      %b = cta.load %w[%k, %c0] dims [0, 1] : memref<384x256xf16> -> tensor<64x256xf16>
      %next = cta.dot %a, %b, %sum : tensor<128x64xf16>, tensor<64x256xf16>, tensor<128x256xf32>
      scf.yield %next : tensor<128x256xf32>
    }
    %s = cta.broadcast %v along [0] : tensor<256xf32> -> tensor<128x256xf32>
    %t = arith.addf %r, %s : tensor<128x256xf32>
    cta.store %t, %y[%c0, %c0] dims [0, 1] : tensor<128x256xf32>, memref<128x256xf32>
    return
  }

  // Elements beyond K's part of a larger tensor would be multiplied in: such go by cp.async, and the
  // kernel says why.
  // CHECK: func.func @part({{.*}} gpu.no_wgmma = "the product ends within a tensor"
  // CHECK-NOT: cta.roles
  // CHECK: cta.copy_async
  // CHECK: return
  func.func @part(%x: memref<?x384xf16>, %w: memref<384x64xf16>, %part: index, %y: memref<?x64xf32>) attributes {cta.warps = 4 : i64} {
    %c0 = arith.constant 0 : index
    %c64 = arith.constant 64 : index
    %cst = arith.constant 0.0 : f32
    %zero = cta.splat %cst : f32 -> tensor<64x64xf32>
    %r = scf.for %k = %c0 to %part step %c64 iter_args(%sum = %zero) -> (tensor<64x64xf32>) {
      %left = arith.subi %part, %k : index
      %a = cta.load %x[%c0, %k] dims [0, 1] valid [64, %left] : memref<?x384xf16> -> tensor<64x64xf16>
      %b = cta.load %w[%k, %c0] dims [0, 1] valid [%left, 64] : memref<384x64xf16> -> tensor<64x64xf16>
      %next = cta.dot %a, %b, %sum : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
      scf.yield %next : tensor<64x64xf32>
    }
    cta.store %r, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf32>, memref<?x64xf32>
    return
  }
}
