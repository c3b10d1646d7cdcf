// RUN: azulejo-opt %s --azulejo-distribute-to-threads --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>

// Elementwise: consecutive threads take consecutive vectors of 128 bits.
// CHECK-LABEL: func.func private @points
// CHECK-SAME: azulejo.threads = 256
// CHECK: %[[T:.*]] = arith.index_castui %{{.*}} : i32 to index
// CHECK: scf.forall
// CHECK: scf.for %[[P:.*]] = %[[T]] to %{{.*}} step %{{.*}}
// CHECK: %[[WORD:.*]] = arith.index_castui %[[P]] : index to i32
// CHECK: arith.remui %[[WORD]], %{{.*}} : i32
// CHECK: %[[D:.*]] = arith.divui %[[WORD]], %{{.*}} : i32
// CHECK: %[[I:.*]] = arith.index_castui %[[D]] : i32 to index
// CHECK-COUNT-4: memref.load %{{.*}}[%[[I]], %{{.*}}]
// CHECK-COUNT-4: memref.store %{{.*}}, %{{.*}}[%[[I]], %{{.*}}]
// CHECK-NOT: nvvm.barrier0
func.func private @points(%x: memref<64x32xf32>, %y: memref<64x32xf32>) attributes {tile.kernel} {
  scf.forall (%b) = (0) to (64) step (16) {
    %a = memref.subview %x[%b, 0] [16, 32] [1, 1] : memref<64x32xf32> to memref<16x32xf32, strided<[32, 1], offset: ?>>
    %c = memref.subview %y[%b, 0] [16, 32] [1, 1] : memref<64x32xf32> to memref<16x32xf32, strided<[32, 1], offset: ?>>
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<16x32xf32, strided<[32, 1], offset: ?>>) outs(%c : memref<16x32xf32, strided<[32, 1], offset: ?>>) {
    ^bb0(%i: f32, %o: f32):
      %n = arith.negf %i : f32
      linalg.yield %n : f32
    }
  }
  return
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// Rows: a warp each; the lanes exchange their parts. The second operation reads what other threads
// wrote.
// CHECK-LABEL: func.func private @rows
// CHECK: scf.for
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK: scf.if
// CHECK: memref.store
// CHECK: nvvm.barrier0
// CHECK: scf.for
// CHECK: arith.subf
// CHECK-NOT: nvvm.barrier0
func.func private @rows(%x: memref<8x?xf32>, %y: memref<8x?xf32>) attributes {tile.kernel} {
  %low = arith.constant 0xFF800000 : f32
  %max = memref.alloc() : memref<8xf32>
  linalg.fill ins(%low : f32) outs(%max : memref<8xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<8x?xf32>) outs(%max : memref<8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %m = arith.maximumf %i, %o : f32
    linalg.yield %m : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %max : memref<8x?xf32>, memref<8xf32>) outs(%y : memref<8x?xf32>) {
  ^bb0(%i: f32, %m: f32, %o: f32):
    %d = arith.subf %i, %m : f32
    linalg.yield %d : f32
  }
  return
}

// -----

// Iterations of scalar code: one a thread, of all blocks. Their buffers are each thread's own.
// CHECK-LABEL: func.func private @iterations
// CHECK-SAME: azulejo.threads = 128
// CHECK: memref.alloca() {alignment = 16 : i64} : memref<4xf32>
// CHECK: scf.forall (%[[B:.*]]) = (0) to (%{{.*}}) step (128)
// CHECK: %[[N:.*]] = arith.addi %[[B]], %{{.*}}
// CHECK: arith.cmpi ult, %[[N]]
// CHECK: scf.if
// CHECK: memref.alloc(%{{.*}}) {azulejo.per_thread} : memref<?xf32>
func.func private @iterations(%x: memref<?xf32>, %y: memref<?xf32>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  scf.forall (%i) in (%n) {
    %few = memref.alloc() : memref<4xf32>
    %many = memref.alloc(%n) : memref<?xf32>
    %v = memref.load %x[%i] : memref<?xf32>
    memref.store %v, %few[%c0] : memref<4xf32>
    memref.store %v, %many[%i] : memref<?xf32>
    %w = memref.load %many[%i] : memref<?xf32>
    memref.store %w, %y[%i] : memref<?xf32>
  }
  return
}

// -----

// Scalar code that writes runs on one thread, and its result reaches the others through memory.
// CHECK-LABEL: func.func private @sequential
// CHECK: scf.forall
// CHECK: %[[R:.*]] = memref.alloc() : memref<f32>
// CHECK: %[[FIRST:.*]] = arith.cmpi eq
// CHECK: scf.if %[[FIRST]]
// CHECK: scf.for
// CHECK: memref.store %{{.*}}, %[[R]][]
// CHECK: nvvm.barrier0
// CHECK: %[[V:.*]] = memref.load %[[R]][]
// CHECK: scf.for
// CHECK: memref.store %[[V]]
func.func private @sequential(%x: memref<8xf32>, %s: memref<8xf32>, %y: memref<8xf32>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0.0 : f32
  %last = scf.for %i = %c0 to %c8 step %c1 iter_args(%sum = %zero) -> f32 {
    %v = memref.load %x[%i] : memref<8xf32>
    %next = arith.addf %sum, %v : f32
    memref.store %next, %s[%i] : memref<8xf32>
    scf.yield %next : f32
  }
  linalg.fill ins(%last : f32) outs(%y : memref<8xf32>)
  return
}

// -----

// A loop whose body works on what others wrote ends with a barrier.
// CHECK-LABEL: func.func private @loop
// CHECK: scf.for
// CHECK: scf.for
// CHECK: nvvm.barrier0
// CHECK-NEXT: }
func.func private @loop(%x: memref<8xf32>, %n: index) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%x : memref<8xf32>) {
    ^bb0(%o: f32):
      %d = arith.addf %o, %o : f32
      linalg.yield %d : f32
    }
  }
  return
}

// -----

// One row: all warps, whose parts come together through a buffer.
// CHECK-LABEL: func.func private @row
// CHECK: %[[PARTS:.*]] = memref.alloc() : memref<8xf32>
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK: memref.store %{{.*}}, %[[PARTS]]
// CHECK: nvvm.barrier0
// CHECK-COUNT-7: memref.load %[[PARTS]]
// CHECK: memref.store
// CHECK: nvvm.barrier0
func.func private @row(%x: memref<1x?xf32>, %y: memref<1xf32>) attributes {tile.kernel} {
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : memref<1x?xf32>) outs(%y : memref<1xf32>) {
  ^bb0(%i: f32, %o: f32):
    %m = arith.addf %i, %o : f32
    linalg.yield %m : f32
  }
  return
}

// -----

// Iterations that copy a row each: a warp takes it, 16 bytes a lane, whose loads come before its
// stores.
// CHECK-LABEL: func.func private @copied_rows
// CHECK: scf.forall (%[[B:.*]]) = (0) to (%{{.*}}) step (128)
// CHECK: %[[N:.*]] = arith.addi %[[B]], %{{.*}}
// CHECK: scf.if
// CHECK: %[[LANE:.*]] = arith.remui %[[N]], %[[LANES:.*]] : index
// CHECK: arith.divui %[[N]], %[[LANES]]
// CHECK: memref.load %{{.*}} : memref<?xi64>
// CHECK: scf.for %[[V:.*]] = %[[LANE]] to %{{.*}} step %{{.*}}
// CHECK-COUNT-8: memref.load %{{.*}} : memref<50x768xf16>
// CHECK-NOT: memref.load
// CHECK-COUNT-8: memref.store %{{.*}} : memref<?x768xf16>
func.func private @copied_rows(%x: memref<50x768xf16>, %i: memref<?xi64>, %y: memref<?x768xf16>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c768 = arith.constant 768 : index
  %n = memref.dim %i, %c0 : memref<?xi64>
  scf.forall (%r) in (%n) {
    %wide = memref.load %i[%r] : memref<?xi64>
    %row = arith.index_cast %wide : i64 to index
    scf.for %j = %c0 to %c768 step %c1 {
      %v = memref.load %x[%row, %j] : memref<50x768xf16>
      memref.store %v, %y[%r, %j] : memref<?x768xf16>
    }
  }
  return
}

// -----

// Rows of unknown length may start anywhere: consecutive lanes take consecutive elements. Where an
// element depends on the one before, a row is one thread's.
// CHECK-LABEL: func.func private @unaligned_rows
// CHECK: %[[LANE:.*]] = arith.remui %{{.*}}, %c32
// CHECK: scf.for %[[J:.*]] = %[[LANE]] to %arg1 step %c32
// CHECK-NEXT: memref.load %{{.*}}[%{{.*}}, %[[J]]]
// CHECK-NEXT: memref.store %{{.*}}[%{{.*}}, %[[J]]]
func.func private @unaligned_rows(%x: memref<50x?xf16>, %n: index, %y: memref<50x?xf16>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%r) in (50) {
    scf.for %j = %c0 to %n step %c1 {
      %v = memref.load %x[%r, %j] : memref<50x?xf16>
      memref.store %v, %y[%r, %j] : memref<50x?xf16>
    }
  }
  return
}
// CHECK-LABEL: func.func private @sums
// CHECK-NOT: arith.remui
func.func private @sums(%n: index, %y: memref<50x?xf32>) attributes {tile.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.forall (%r) in (50) {
    scf.for %j = %c0 to %n step %c1 {
      %v = memref.load %y[%r, %j] : memref<50x?xf32>
      %next = arith.addi %j, %c1 : index
      memref.store %v, %y[%r, %next] : memref<50x?xf32>
    }
  }
  return
}
