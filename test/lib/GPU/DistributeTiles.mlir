// RUN: azulejo-opt %s --pass-pipeline='builtin.module(func.func(azulejo-assign-layouts,azulejo-place-shared),azulejo-distribute-tiles)' --split-input-file --verify-diagnostics | FileCheck %s

// Each thread has four neighbours, moved at once; the rest of the tile is other threads'.
// CHECK-LABEL: func @elementwise
// CHECK-SAME: azulejo.threads = 128
func.func @elementwise(%x: memref<512xf32>, %y: memref<512xf32>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  // CHECK: %[[V:.*]] = llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
  // CHECK: %[[S:.*]] = llvm.extractelement %[[V]]
  // CHECK-COUNT-4: math.sqrt %{{.*}} : f32
  // CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  %t = cta.load %x[%c0] dims [0] : memref<512xf32> -> tensor<512xf32>
  %u = math.sqrt %t : tensor<512xf32>
  cta.store %u, %y[%c0] dims [0] : tensor<512xf32>, memref<512xf32>
  return
}

// -----

// What may be outside is looked at; rows of unknown alignment move one by one.
// CHECK-LABEL: func @ragged
func.func @ragged(%x: memref<?x?xf32>, %n: index) attributes {cta.warps = 1 : i64} {
  %c0 = arith.constant 0 : index
  // CHECK: %[[INSIDE:.*]] = arith.cmpi sgt
  // CHECK: scf.if %[[INSIDE]] -> (f32)
  // CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
  // CHECK: llvm.store %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr<1>
  %t = cta.load %x[%c0, %c0] dims [0, 1] valid [1, %n] : memref<?x?xf32> -> tensor<1x32xf32>
  cta.store %t, %x[%c0, %c0] dims [0, 1] valid [1, %n] : tensor<1x32xf32>, memref<?x?xf32>
  return
}

// -----

// Lanes by exchanging, warps through shared memory.
// CHECK: llvm.mlir.global external @azulejo_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
// CHECK-LABEL: func @reduce
func.func @reduce(%x: memref<128xf32>, %y: memref<1xf32>) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %t = cta.load %x[%c0] dims [0] : memref<128xf32> -> tensor<128xf32>
  // CHECK-COUNT-5: nvvm.shfl.sync bfly
  // CHECK: nvvm.barrier
  // CHECK: llvm.store %{{.*}} : f32, !llvm.ptr<3>
  // CHECK: nvvm.barrier
  // CHECK-COUNT-4: llvm.load %{{.*}} : !llvm.ptr<3> -> f32
  %r = cta.reduce %t axis 0 : (tensor<128xf32>) -> tensor<f32> {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    cta.yield %s : f32
  }
  %e = cta.extract %r : tensor<f32>
  memref.store %e, %y[%c0] : memref<1xf32>
  return
}

// -----

// CHECK-LABEL: func @product
func.func @product(%z: memref<16x16xf32>) attributes {cta.warps = 1 : i64} {
  %c0 = arith.constant 0 : index
  %s = cta.alloc : !cta.shared<16x16xf16, 32>
  %c = arith.constant dense<0.0> : tensor<16x16xf32>
  // CHECK-DAG: nvvm.ldmatrix %{{.*}} {{.*}}layout = #nvvm.mma_layout<row>
  // CHECK-DAG: nvvm.ldmatrix %{{.*}} {{.*}}layout = #nvvm.mma_layout<col>
  // CHECK-COUNT-2: nvvm.mma.sync
  %a = cta.load_shared %s : !cta.shared<16x16xf16, 32> -> tensor<16x16xf16>
  %d = cta.dot %a, %a, %c : tensor<16x16xf16>, tensor<16x16xf16>, tensor<16x16xf32>
  cta.store %d, %z[%c0, %c0] dims [0, 1] : tensor<16x16xf32>, memref<16x16xf32>
  return
}

// -----

// A whole row in 16-byte pieces, and zeros for what is outside.
// CHECK-LABEL: func @copy
func.func @copy(%x: memref<64x64xf16>, %n: index) attributes {cta.warps = 4 : i64} {
  %c0 = arith.constant 0 : index
  %s = cta.alloc : !cta.shared<64x64xf16, 128>
  // CHECK-COUNT-4: nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache =  cg, %{{.*}} : !llvm.ptr<3>, !llvm.ptr<1>, i32
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: nvvm.cp.async.wait.group 0
  cta.copy_async %x[%c0, %c0] dims [0, 1] valid [%n, 64] into %s : memref<64x64xf16> to !cta.shared<64x64xf16, 128>
  cta.async_commit
  cta.async_wait 0
  return
}

// -----

// A loop carries a tile as its scalars.
// CHECK-LABEL: func @loop
func.func @loop(%x: memref<64xf32>, %n: index) attributes {cta.warps = 1 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: scf.for %{{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (f32, f32)
  %t = cta.load %x[%c0] dims [0] : memref<64xf32> -> tensor<64xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %t) -> (tensor<64xf32>) {
    %b = arith.addf %a, %a : tensor<64xf32>
    scf.yield %b : tensor<64xf32>
  }
  cta.store %r, %x[%c0] dims [0] : tensor<64xf32>, memref<64xf32>
  return
}

// -----

func.func @constants(%x: memref<2xf32>) attributes {cta.warps = 1 : i64} {
  %c0 = arith.constant 0 : index
  // expected-error@+1 {{is a tile of different constants}}
  %t = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  cta.store %t, %x[%c0] dims [0] : tensor<2xf32>, memref<2xf32>
  return
}

// -----

func.func @map(%x: memref<64x64xf16>) attributes {cta.warps = 4 : i64} {
  %y = memref.alloc() : memref<64x64xf16>
  // expected-error@+1 {{maps what is no argument of the kernel}}
  %m = cta.tensor_map %y : memref<64x64xf16> -> !cta.tensor_map<2, 64x64xf16, 128>
  return
}
