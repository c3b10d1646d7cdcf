// RUN: azulejo-opt %s --azulejo-split-blocks | FileCheck %s
// RUN: not azulejo-opt %S/Inputs/unbounded.mlir --azulejo-split-blocks 2>&1 | FileCheck %s --check-prefix=UNBOUNDED
// RUN: not azulejo-opt %S/Inputs/undistributed.mlir --azulejo-split-blocks 2>&1 | FileCheck %s --check-prefix=UNDISTRIBUTED

// UNBOUNDED: error: kernel 'k' needs a buffer of which nothing outside of it knows the size
// UNDISTRIBUTED: error: 'func.func' op is not written for the threads of blocks

module @sm_80 {
// The buffers of a block: offsets, and how much they are, from the kernel's operands. Where they
// are too large for shared memory, they lie in the workspace.
// CHECK: llvm.mlir.global external @azulejo_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>

// CHECK: func.func @k.sm_80(%{{.*}}: !llvm.ptr, %[[GRID:.*]]: !llvm.ptr) attributes {azulejo.host}
// CHECK-NOT: scf.forall
// CHECK-COUNT-11: llvm.store

// CHECK: func.func @k(%[[X:.*]]: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}, %{{.*}}: i64, %[[FAULT:.*]]: !llvm.ptr, %[[CHECK:.*]]: i64, %[[WORKSPACE:.*]]: !llvm.ptr)
// CHECK: %[[SHARED:.*]] = llvm.addrspacecast
// CHECK: %[[GLOBAL:.*]] = llvm.getelementptr %[[WORKSPACE]]
// CHECK: arith.select %{{.*}}, %[[SHARED]], %[[GLOBAL]] : !llvm.ptr
// CHECK: nvvm.read.ptx.sreg.ctaid.x
// CHECK: nvvm.read.ptx.sreg.nctaid.x
// CHECK: scf.for
// CHECK: %[[N:.*]] = arith.addi %[[CHECK]], %{{.*}} : i64
// CHECK: llvm.call @azm_checked_index(%[[FAULT]], %{{.*}}, %{{.*}}, %[[N]])
// CHECK: nvvm.barrier0
func.func private @k(%x: memref<?xf32>) attributes {tile.kernel, azulejo.threads = 128 : i64} {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  scf.forall (%i) = (0) to (%n) step (16) {
    %m = affine.min affine_map<(d0)[s0] -> (16, s0 - d0)>(%i)[%n]
    %t = memref.alloc(%m) : memref<?xf32>
    %u = memref.alloc(%n) : memref<?xf32>
    %j = tile.checked_index %i within %n, "indices" number 2
    memref.store %one, %t[%j] : memref<?xf32>
    memref.store %one, %u[%j] : memref<?xf32>
  }
  return
}

// So has a size that is a product of others, in tiles of which only the operands tell the size.
// CHECK: func.func @product(
func.func private @product(%x: memref<?xf32>, %k: index, %tile: index) attributes {tile.kernel, azulejo.threads = 128 : i64} {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  scf.forall (%i) = (0) to (%n) step (%tile) {
    %m = affine.min affine_map<(d0)[s0, s1] -> (s0 - d0, s1)>(%i)[%n, %tile]
    %p = affine.apply affine_map<(d0)[s0] -> (d0 * s0)>(%m)[%k]
    %t = memref.alloc(%p) : memref<?xf32>
    memref.store %one, %t[%c0] : memref<?xf32>
  }
  return
}
}
