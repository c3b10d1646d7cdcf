// RUN: azulejo-opt %s --azulejo-split-blocks | FileCheck %s

// A tile program's tensor map is the entry's last parameter, and no slot; the host says what it
// shows: the innermost dimension first, strides in bytes, a row of a box as long as the swizzle. So
// does it say how much shared memory the program takes.
module @sm_90a attributes {azulejo.gpu = "sm_90a"} {
  // CHECK: func.func @k.sm_90a(%[[SLOTS:.*]]: !llvm.ptr, %[[GRID:.*]]: !llvm.ptr) attributes {azulejo.host}
  // CHECK-DAG: arith.constant 32768 : index
  // CHECK-DAG: %[[COUNT:.*]] = llvm.getelementptr %[[GRID]][64]
  // CHECK-DAG: %[[ADDRESS:.*]] = llvm.getelementptr %[[GRID]][72]
  // CHECK-DAG: memref.extract_aligned_pointer_as_index
  // CHECK: return
  // CHECK: func.func @k(%{{.*}}: !llvm.ptr {{{.*}}llvm.noalias}, %{{.*}}: i64, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: !llvm.ptr, %[[MAP:.*]]: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>})
  // CHECK-SAME: attributes {azulejo.threads = 128 : i64}
  // CHECK: llvm.load volatile %[[MAP]]
  // CHECK: nvvm.barrier
  func.func private @k(%x: memref<?x64xf16>, %map: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>})
      attributes {azulejo.threads = 128 : i64, cta.shared_bytes = 32768 : i64, cta.warps = 4 : i64,
                  cta.tensor_maps = [{source = 0 : i64, type = !cta.tensor_map<2, 128x64xf16, 128>}], tile.kernel} {
    scf.forall (%i) = (0) to (4) step (1) {
      %0 = llvm.load volatile %map : !llvm.ptr -> i8
    }
    return
  }
}
