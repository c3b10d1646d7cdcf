// RUN: azulejo-opt %s --azulejo-form-cta | FileCheck %s

module @sm_80 attributes {azulejo.gpu = "sm_80"} {
  // The windows of a 3x3 convolution with padding: a row of the product decides one part of an
  // element's offset and a column the other; where either coordinate is outside of the image nothing
  // is read.
  // CHECK: func.func @convolution(%[[X:.*]]: memref<2x8x14x14xf16>, %[[W:.*]]: memref<64x72xf16>, %[[Y:.*]]: memref<2x64x196xf16>)
  // CHECK: scf.forall (%[[N:.*]], %[[P:.*]]) =
  // CHECK: scf.for %[[K:.*]] =
  // CHECK: %[[FILTERS:.*]] = cta.load %[[W]]{{.*}} -> tensor<64x[[STEP:.*]]xf16>
  // CHECK: %[[ROW:.*]] = arith.addi %{{.*}} : tensor<[[STEP]]xi32>
  // CHECK: arith.remui %{{.*}} : tensor<[[STEP]]xi32>
  // CHECK: arith.remui %{{.*}} : tensor<64xi32>
  // CHECK: %[[OFFSETS:.*]] = arith.addi %{{.*}}, %{{.*}} : tensor<[[STEP]]x64xi32>
  // CHECK: arith.cmpi ult, %{{.*}} : tensor<[[STEP]]x64xi32>
  // CHECK: arith.cmpi ult, %{{.*}} : tensor<[[STEP]]x64xi32>
  // CHECK: %[[WINDOWS:.*]] = cta.gather %[[X]][%{{.*}}] mask %{{.*}} : memref<2x8x14x14xf16>, tensor<[[STEP]]x64xi32> -> tensor<[[STEP]]x64xf16>
  // CHECK: cta.dot %[[FILTERS]], %[[WINDOWS]], %{{.*}}
  // CHECK: cta.store %{{.*}}, %[[Y]][%[[N]], %{{.*}}, %[[P]]] dims [1, 2]
  func.func @convolution(%arg0: memref<2x8x14x14xf16>, %arg1: memref<64x72xf16>, %arg2: memref<2x64x196xf16>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<2x8x14x14xf16> to tensor<2x8x14x14xf16>
    %1 = bufferization.to_tensor %arg1 restrict : memref<64x72xf16> to tensor<64x72xf16>
    %2 = bufferization.to_tensor %arg2 restrict writable : memref<2x64x196xf16> to tensor<2x64x196xf16>
    %r = scf.forall (%n, %p) = (0, 0) to (2, 196) step (1, 64) shared_outs(%o = %2) -> (tensor<2x64x196xf16>) {
      %columns = affine.min affine_map<(d0) -> (-d0 + 196, 64)>(%p)
      %x = tensor.extract_slice %0[%n, 0, 0, 0] [1, 8, 14, 14] [1, 1, 1, 1] : tensor<2x8x14x14xf16> to tensor<1x8x14x14xf16>
      %e = tensor.empty(%columns) : tensor<1x72x?xf16>
      %i = tile.im2col {dilations = array<i64: 1, 1>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>} ins(%x : tensor<1x8x14x14xf16>) outs(%e : tensor<1x72x?xf16>) from %p -> tensor<1x72x?xf16>
      %f = tensor.empty(%columns) : tensor<1x64x?xf32>
      %c = tile.matmul {overwrite} ins(%1, %i : tensor<64x72xf16>, tensor<1x72x?xf16>) outs(%f : tensor<1x64x?xf32>) -> tensor<1x64x?xf32>
      %out = tensor.extract_slice %o[%n, 0, %p] [1, 64, %columns] [1, 1, 1] : tensor<2x64x196xf16> to tensor<1x64x?xf16>
      %t = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%c : tensor<1x64x?xf32>) outs(%out : tensor<1x64x?xf16>) {
      ^bb0(%in: f32, %unused: f16):
        %3 = arith.truncf %in : f32 to f16
        linalg.yield %3 : f16
      } -> tensor<1x64x?xf16>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %t into %o[%n, 0, %p] [1, 64, %columns] [1, 1, 1] : tensor<1x64x?xf16> into tensor<2x64x196xf16>
      }
    }
    bufferization.materialize_in_destination %r in writable %arg2 : (tensor<2x64x196xf16>, memref<2x64x196xf16>) -> ()
    return
  }
}
