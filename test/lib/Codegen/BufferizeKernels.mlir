// RUN: azulejo-opt %s --azulejo-bufferize-kernels | FileCheck %s

// The result is computed in the out: nothing is allocated, nothing copied.
// CHECK-LABEL: func.func private @k
// CHECK-NOT: memref.alloc
// CHECK-NOT: linalg.copy
// CHECK: tile.matmul ins(%{{.*}}, %{{.*}} : memref<4x8xf32>, memref<8x5xf32>) outs(%{{.*}} : memref<4x5xf32>)
// CHECK-NOT: tensor
func.func private @k(%a: memref<4x8xf32>, %b: memref<8x5xf32>, %c: memref<4x5xf32>) attributes {tile.kernel} {
  %0 = bufferization.to_tensor %a restrict : memref<4x8xf32> to tensor<4x8xf32>
  %1 = bufferization.to_tensor %b restrict : memref<8x5xf32> to tensor<8x5xf32>
  %2 = bufferization.to_tensor %c restrict writable : memref<4x5xf32> to tensor<4x5xf32>
  %3 = tile.matmul ins(%0, %1 : tensor<4x8xf32>, tensor<8x5xf32>) outs(%2 : tensor<4x5xf32>) -> tensor<4x5xf32>
  bufferization.materialize_in_destination %3 in writable %c : (tensor<4x5xf32>, memref<4x5xf32>) -> ()
  return
}
