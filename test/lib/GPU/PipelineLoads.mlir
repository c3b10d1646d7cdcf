// RUN: azulejo-opt %s --azulejo-pipeline-loads | FileCheck %s

module @sm_80 attributes {azulejo.gpu = "sm_80"} {
  // Three stages are under way before the loop; each step waits for the oldest, starts the one that
  // takes the place of what the step before has read, and multiplies.
  // CHECK: func.func @product(%[[X:.*]]: memref<?x384xf16>, %[[W:.*]]: memref<384x128xf16>, %{{.*}}: index
  // CHECK-DAG: %[[RINGA:.*]] = cta.alloc : <4x128x32xf16, 64>
  // CHECK-DAG: %[[RINGB:.*]] = cta.alloc : <4x32x128xf16, 128>
  // CHECK-COUNT-3: cta.async_commit
  // CHECK: scf.for %[[K:.*]] = {{.*}} iter_args(%[[SUM:.*]] = %{{.*}}, %[[NOW:.*]] = %{{.*}}, %[[LATER:.*]] = %{{.*}}) -> (tensor<128x128xf32>, index, index)
  // CHECK: cta.async_wait 2
  // CHECK-NEXT: cta.barrier
  // CHECK: %[[AHEAD:.*]] = arith.addi %[[K]], %{{.*}}
  // CHECK: %[[EXISTS:.*]] = arith.cmpi slt, %[[AHEAD]]
  // CHECK: scf.if %[[EXISTS]] {
  // CHECK: %[[TOA:.*]] = cta.stage %[[RINGA]][%[[LATER]]]
  // CHECK: cta.copy_async %[[X]][%{{.*}}, %[[AHEAD]]] dims [0, 1] valid [%{{.*}}, 32] into %[[TOA]]
  // CHECK: cta.copy_async %[[W]][%[[AHEAD]], %{{.*}}] dims [0, 1]
  // CHECK: }
  // CHECK: cta.async_commit
  // CHECK: %[[A:.*]] = cta.load_shared %{{.*}} -> tensor<128x32xf16>
  // CHECK: %[[B:.*]] = cta.load_shared %{{.*}} -> tensor<32x128xf16>
  // CHECK: cta.dot %[[A]], %[[B]], %[[SUM]]
  // CHECK: scf.yield
  // CHECK: cta.async_wait 0
  // CHECK-NEXT: cta.barrier
  // CHECK-NEXT: cta.store
  func.func @product(%x: memref<?x384xf16>, %w: memref<384x128xf16>, %rows: index, %y: memref<?x128xf32>) {
    %c0 = arith.constant 0 : index
    %c32 = arith.constant 32 : index
    %c384 = arith.constant 384 : index
    %cst = arith.constant 0.0 : f32
    %zero = cta.splat %cst : f32 -> tensor<128x128xf32>
    %r = scf.for %k = %c0 to %c384 step %c32 iter_args(%sum = %zero) -> (tensor<128x128xf32>) {
      %a = cta.load %x[%c0, %k] dims [0, 1] valid [%rows, 32] : memref<?x384xf16> -> tensor<128x32xf16>
      %b = cta.load %w[%k, %c0] dims [0, 1] : memref<384x128xf16> -> tensor<32x128xf16>
      %next = cta.dot %a, %b, %sum : tensor<128x32xf16>, tensor<32x128xf16>, tensor<128x128xf32>
      scf.yield %next : tensor<128x128xf32>
    }
    cta.store %r, %y[%c0, %c0] dims [0, 1] valid [%rows, 128] : tensor<128x128xf32>, memref<?x128xf32>
    return
  }

  // Rows that are not aligned to 16 bytes cannot be copied so, and what else is read is not moved.
  // CHECK: func.func @others(
  // CHECK-NOT: cta.copy_async
  // CHECK: cta.load
  // CHECK: cta.load
  // CHECK: return
  func.func @others(%x: memref<?x100xf16>, %w: memref<96x64xf16>, %y: memref<?x64xf16>) {
    %c0 = arith.constant 0 : index
    %c32 = arith.constant 32 : index
    %c96 = arith.constant 96 : index
    %cst = arith.constant 0.0 : f32
    %zero = cta.splat %cst : f32 -> tensor<64x64xf32>
    %r = scf.for %k = %c0 to %c96 step %c32 iter_args(%sum = %zero) -> (tensor<64x64xf32>) {
      %a = cta.load %x[%c0, %k] dims [0, 1] : memref<?x100xf16> -> tensor<64x32xf16>
      %b = cta.load %w[%k, %c0] dims [0, 1] : memref<96x64xf16> -> tensor<32x64xf16>
      %scaled = arith.addf %b, %b : tensor<32x64xf16>
      %next = cta.dot %a, %scaled, %sum : tensor<64x32xf16>, tensor<32x64xf16>, tensor<64x64xf32>
      scf.yield %next : tensor<64x64xf32>
    }
    return
  }

  // Fused multiply-adds find what was computed in shared memory, too.
  // CHECK: func.func @fma(
  // CHECK: %[[E:.*]] = math.exp
  // CHECK: %[[S:.*]] = cta.alloc : <16x16xf32, 64>
  // CHECK-NEXT: cta.barrier
  // CHECK-NEXT: cta.store_shared %[[E]], %[[S]]
  // CHECK-NEXT: cta.barrier
  // CHECK: %[[A:.*]] = cta.load_shared %[[S]]
  // CHECK: cta.dot %[[A]], %{{.*}}, %{{.*}}
  func.func @fma(%x: memref<16x16xf32>, %w: memref<16x16xf32>, %y: memref<16x16xf32>) attributes {cta.warps = 4 : i64} {
    %c0 = arith.constant 0 : index
    %cst = arith.constant 0.0 : f32
    %zero = cta.splat %cst : f32 -> tensor<16x16xf32>
    %a = cta.load %x[%c0, %c0] dims [0, 1] : memref<16x16xf32> -> tensor<16x16xf32>
    %e = math.exp %a : tensor<16x16xf32>
    %b = cta.load %w[%c0, %c0] dims [0, 1] : memref<16x16xf32> -> tensor<16x16xf32>
    %r = cta.dot %e, %b, %zero : tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>
    cta.store %r, %y[%c0, %c0] dims [0, 1] : tensor<16x16xf32>, memref<16x16xf32>
    return
  }
}
