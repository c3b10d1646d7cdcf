// RUN: azulejo-opt %s --azulejo-split-workgroups | FileCheck %s

// CHECK-LABEL: func.func @k.count(%{{.*}}: !llvm.ptr) -> i64
// CHECK: arith.ceildivui
// CHECK: return %{{.*}} : i64
// CHECK-LABEL: func.func @k(%{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr) {
// CHECK: call @k.body
// CHECK-LABEL: func.func private @k.body(%{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}, %{{.*}}: index, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
// The range of workgroups, and in each the scratch memory taken and given back.
// CHECK: scf.for
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: llvm.call @azm_scratch_take(%{{.*}}, %{{.*}})
// CHECK: memref.store
// CHECK: llvm.store %{{.*}}, %{{.*}} : i64, !llvm.ptr
// CHECK-NOT: scf.forall
func.func private @k(%x: memref<?xf32>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  scf.forall (%i) = (0) to (%n) step (16) {
    %t = memref.alloc(%n) : memref<?xf32>
    memref.store %one, %t[%i] : memref<?xf32>
  }
  return
}
