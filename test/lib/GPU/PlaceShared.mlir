// RUN: azulejo-opt %s --pass-pipeline='builtin.module(func.func(azulejo-assign-layouts,azulejo-place-shared))' | FileCheck %s

// The second allocation lives when the first is over: it takes its place, behind a barrier, and behind
// the end of copies to it.
// CHECK-LABEL: func @packed
// CHECK-SAME: cta.shared_bytes = 24576
func.func @packed(%m: memref<64x64xf16>, %y: memref<64x64xf16>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  // CHECK: cta.alloc at 0
  // CHECK: cta.alloc at 16384
  %a = cta.alloc : !cta.shared<2x64x64xf16, 128>
  %b = cta.alloc : !cta.shared<64x64xf16, 128>
  %s = cta.stage %a[%c0] : !cta.shared<2x64x64xf16, 128>
  cta.copy_async %m[%c0, %c0] dims [0, 1] into %s : memref<64x64xf16> to !cta.shared<64x64xf16, 128>
  cta.async_commit
  cta.async_wait 0
  cta.barrier
  %t = cta.load_shared %s : !cta.shared<64x64xf16, 128> -> tensor<64x64xf16>
  cta.store_shared %t, %b : tensor<64x64xf16>, !cta.shared<64x64xf16, 128>
  // CHECK: cta.store_shared
  // CHECK-NEXT: cta.async_wait 0
  // CHECK-NEXT: cta.barrier
  // CHECK-NEXT: cta.alloc at 0
  %c = cta.alloc : !cta.shared<64x64xf16, 128>
  cta.store_shared %t, %c : tensor<64x64xf16>, !cta.shared<64x64xf16, 128>
  cta.barrier
  %u = cta.load_shared %b : !cta.shared<64x64xf16, 128> -> tensor<64x64xf16>
  %v = cta.load_shared %c : !cta.shared<64x64xf16, 128> -> tensor<64x64xf16>
  %w = arith.addf %u, %v : tensor<64x64xf16>
  cta.store %w, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf16>, memref<64x64xf16>
  return
}

// A ring that a loop uses lives through the loop, so the conversion in it has a place of its own.
// CHECK-LABEL: func @loop
// CHECK-SAME: cta.shared_bytes = 16384
func.func @loop(%m: memref<64x64xf16>, %y: memref<64x64xf16>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %a = cta.alloc : !cta.shared<64x64xf16, 128>
  scf.for %i = %c0 to %c8 step %c1 {
    // CHECK: cta.convert_layout {{.*}}cta.scratch = 8192
    %t = cta.load %m[%c0, %c0] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
    %u = cta.transpose %t [1, 0] : tensor<64x64xf16> -> tensor<64x64xf16>
    cta.store %u, %y[%c0, %c0] dims [0, 1] : tensor<64x64xf16>, memref<64x64xf16>
    cta.store_shared %t, %a : tensor<64x64xf16>, !cta.shared<64x64xf16, 128>
  }
  return
}
