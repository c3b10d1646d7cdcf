// Only kernels are lowered, and a bool is read as a byte.
// RUN: azulejo-opt %s --azulejo-lower-kernels=cpu=x86-64-v3 | FileCheck %s
// RUN: not azulejo-opt %s --azulejo-lower-kernels=cpu=pentagram 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// CHECK: func.func @main
// CHECK: llvm.func @not.count
// CHECK: llvm.func @not(
// CHECK: llvm.func internal @not.body
// CHECK: llvm.load %{{.*}} -> i8
// CHECK: llvm.trunc %{{.*}} : i8 to i1
// CHECK: llvm.zext %{{.*}} : i1 to i8

// UNKNOWN: unknown CPU 'pentagram'
func.func @main(%x: tensor<8xi1>) -> tensor<8xi1> {
  %0 = tile.launch @not ins(%x : tensor<8xi1>) outs(%x : tensor<8xi1>) -> (tensor<8xi1>)
  return %0 : tensor<8xi1>
}
func.func private @not(%x: memref<8xi1>, %y: memref<8xi1>) attributes {tile.kernel} {
  %true = arith.constant true
  %c0 = arith.constant 0 : index
  %0 = memref.load %x[%c0] : memref<8xi1>
  %1 = arith.xori %0, %true : i1
  memref.store %1, %y[%c0] : memref<8xi1>
  return
}
