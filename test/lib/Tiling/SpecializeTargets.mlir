// RUN: azulejo-opt %s --azulejo-specialize-targets=targets=sm_80,h200 | FileCheck %s
// RUN: not azulejo-opt %s --azulejo-specialize-targets=targets=sm_80,sm_80 2>&1 | FileCheck %s --check-prefix=TWICE

// RUN: not azulejo-opt %s --azulejo-specialize-targets=targets=abacus 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// TWICE: error: the architecture of target 'sm_80', sm_80, is given twice
// UNKNOWN: error: {{.*}}abacus

// The launch still knows its operands; each architecture has the body.
// CHECK: func.func @main
// CHECK: tile.launch @k
// CHECK: func.func private @k(memref<4xf32>, memref<4xf32>) attributes {tile.kernel}
// CHECK: module @sm_80 attributes {azulejo.gpu = "sm_80"} {
// CHECK: func.func private @k(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32>) attributes {tile.kernel} {
// CHECK: memref.copy
// CHECK: module @sm_90a attributes {azulejo.gpu = "h200"} {
// CHECK: func.func private @k(%{{.*}}: memref<4xf32>, %{{.*}}: memref<4xf32>) attributes {tile.kernel} {
// CHECK: memref.copy
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %init = tensor.empty() : tensor<4xf32>
  %y = tile.launch @k ins(%x : tensor<4xf32>) outs(%init : tensor<4xf32>) -> (tensor<4xf32>)
  return %y : tensor<4xf32>
}
func.func private @k(%x: memref<4xf32>, %y: memref<4xf32>) attributes {tile.kernel} {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
