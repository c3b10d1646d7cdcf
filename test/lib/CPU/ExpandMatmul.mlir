// RUN: azulejo-opt %s --azulejo-expand-matmul="tile-rows=6 vector-bytes=32" --split-input-file | FileCheck %s

// Six rows of two vectors are carried over K; the ten rows are two tiles of five.
// CHECK-LABEL: func @packed
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} {
// CHECK: scf.for
// CHECK: vector.load %{{.*}} : memref<4x64x16xf32>, vector<8xf32>
// CHECK: memref.load %{{.*}} : memref<10x64xf32>
// CHECK: vector.broadcast
// CHECK-COUNT-10: vector.fma
// CHECK-NOT: vector.fma
// CHECK: vector.store
func.func @packed(%a: memref<10x64xf32>, %b: memref<4x64x16xf32>, %c: memref<10x64xf32>) {
  tile.matmul {packed_b} ins(%a, %b : memref<10x64xf32>, memref<4x64x16xf32>) outs(%c : memref<10x64xf32>)
  return
}

// -----

// Columns that are missing are masked.
// CHECK-LABEL: func @tail
// CHECK: vector.create_mask
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
func.func @tail(%a: memref<4x8xf32>, %b: memref<8x5xf32>, %c: memref<4x5xf32>) {
  tile.matmul {overwrite} ins(%a, %b : memref<4x8xf32>, memref<8x5xf32>) outs(%c : memref<4x5xf32>)
  return
}

// -----

// Integers take plain loops; narrow floats are widened, multiplied in f32 and rounded once.
// CHECK-LABEL: func @integers
// CHECK-NOT: vector
// CHECK: arith.extsi %{{.*}} : i8 to i32
// CHECK: arith.muli
func.func @integers(%a: memref<4x8xi8>, %b: memref<8x5xi8>, %c: memref<4x5xi32>) {
  tile.matmul ins(%a, %b : memref<4x8xi8>, memref<8x5xi8>) outs(%c : memref<4x5xi32>)
  return
}
// CHECK-LABEL: func @halves
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: vector.fma {{.*}} : vector<8xf32>
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @halves(%a: memref<4x8xf16>, %b: memref<8x16xf16>, %c: memref<4x16xf16>) {
  tile.matmul {overwrite} ins(%a, %b : memref<4x8xf16>, memref<8x16xf16>) outs(%c : memref<4x16xf16>)
  return
}

// -----

// A weight in fewer bits is converted where it is loaded. One row of two vectors has few sums, so
// there are four of each, added up behind the loop; a step that is left over follows.
// CHECK-LABEL: func @bytes
// CHECK: scf.for %{{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK: vector.load %{{.*}} : memref<4x66x16xi8>, vector<8xi8>
// CHECK: arith.sitofp %{{.*}} : vector<8xi8> to vector<8xf32>
// CHECK-COUNT-8: vector.fma
// CHECK-COUNT-6: arith.addf
// CHECK: scf.for %{{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-2: vector.fma
// CHECK-COUNT-2: vector.store
func.func @bytes(%a: memref<1x66xf32>, %b: memref<4x66x16xi8>, %c: memref<1x64xf32>) {
  tile.matmul {packed_b, overwrite} ins(%a, %b : memref<1x66xf32>, memref<4x66x16xi8>) outs(%c : memref<1x64xf32>)
  return
}
