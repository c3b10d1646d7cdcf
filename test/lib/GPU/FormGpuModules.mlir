// RUN: azulejo-opt %s --azulejo-form-gpu-modules | FileCheck %s

// CHECK-NOT: func.func
// CHECK: llvm.func @k.sm_90a(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) {
// CHECK: gpu.module @sm_90a {
// CHECK: llvm.func @k(%{{.*}}: !llvm.ptr) attributes {nvvm.kernel, nvvm.maxntid = array<i32: 256, 1, 1>, nvvm.minctasm = 2 : i32}
// A bit is a byte in memory.
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK: llvm.trunc
func.func private @k(memref<4xi1>) attributes {tile.kernel}
// Large blocks of products have what registers they want, small ones those of four warps. Where
// groups of warps give each other registers, a block has those of a whole multiprocessor.
// CHECK: llvm.func @large() attributes {nvvm.kernel, nvvm.maxntid = array<i32: 256, 1, 1>}
// CHECK: llvm.func @small() attributes {nvvm.kernel, nvvm.maxntid = array<i32: 32, 1, 1>, nvvm.minctasm = 4 : i32}
// CHECK: llvm.func @trades() attributes {nvvm.kernel, nvvm.maxntid = array<i32: 384, 1, 1>, nvvm.minctasm = 1 : i32}
module @sm_90a attributes {azulejo.gpu = "sm_90a"} {
  llvm.func @k(%x: !llvm.ptr) attributes {azulejo.threads = 256 : i64} {
    %0 = llvm.load %x : !llvm.ptr -> i1
    llvm.store %0, %x : i1, !llvm.ptr
    llvm.return
  }
  llvm.func @large() attributes {azulejo.products, azulejo.threads = 256 : i64} {
    llvm.return
  }
  llvm.func @small() attributes {azulejo.products, azulejo.threads = 32 : i64} {
    llvm.return
  }
  llvm.func @trades() attributes {azulejo.products, azulejo.threads = 384 : i64} {
    nvvm.setmaxregister increase 232
    llvm.return
  }
  llvm.func @k.sm_90a(%slots: !llvm.ptr, %grid: !llvm.ptr) attributes {azulejo.host} {
    llvm.return
  }
}
