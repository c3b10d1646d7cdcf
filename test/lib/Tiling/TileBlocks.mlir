// RUN: azulejo-opt %s --azulejo-tile-blocks | FileCheck %s
// RUN: not azulejo-opt %S/Inputs/abacus.mlir --azulejo-tile-blocks 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: error: {{.*}}abacus

module @sm_90a attributes {azulejo.gpu = "h100"} {
// Rows of 768 elements: two a block, about 2048.
// CHECK-LABEL: func.func private @rows
// CHECK: %[[R:.*]] = scf.forall (%[[I:.*]]) = (0) to (%{{.*}}) step (2) shared_outs
// CHECK: tensor.extract_slice %{{.*}}[%[[I]], 0] [%{{.*}}, 768] [1, 1]
// CHECK: linalg.generic
// CHECK: bufferization.materialize_in_destination %[[R]] in writable
func.func private @rows(%x: memref<?x768xf32>, %y: memref<?x768xf32>) attributes {tile.kernel} {
  %a = bufferization.to_tensor %x restrict : memref<?x768xf32> to tensor<?x768xf32>
  %b = bufferization.to_tensor %y restrict writable : memref<?x768xf32> to tensor<?x768xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<?x768xf32>) outs(%b : tensor<?x768xf32>) {
  ^bb0(%i: f32, %o: f32):
    %1 = arith.negf %i : f32
    linalg.yield %1 : f32
  } -> tensor<?x768xf32>
  bufferization.materialize_in_destination %0 in writable %y : (tensor<?x768xf32>, memref<?x768xf32>) -> ()
  return
}

// CHECK-LABEL: func.func private @matmul
// CHECK: scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (256, 512) step ({{[0-9]+}}, {{[0-9]+}})
// CHECK: tile.matmul
func.func private @matmul(%x: memref<256x64xf32>, %w: memref<64x512xf32>, %y: memref<256x512xf32>) attributes {tile.kernel} {
  %a = bufferization.to_tensor %x restrict : memref<256x64xf32> to tensor<256x64xf32>
  %b = bufferization.to_tensor %w restrict : memref<64x512xf32> to tensor<64x512xf32>
  %c = bufferization.to_tensor %y restrict writable : memref<256x512xf32> to tensor<256x512xf32>
  %0 = tile.matmul {overwrite} ins(%a, %b : tensor<256x64xf32>, tensor<64x512xf32>) outs(%c : tensor<256x512xf32>) -> tensor<256x512xf32>
  bufferization.materialize_in_destination %0 in writable %y : (tensor<256x512xf32>, memref<256x512xf32>) -> ()
  return
}

// What is read along one loop and written along another: so much of both that either has whole
// sectors of memory. Where one has three elements the other has more.
// CHECK-LABEL: func.func private @transpose
// CHECK: scf.forall (%[[I:.*]], %[[J:.*]]) = (0, 0) to (512, 1024) step (64, 64)
// CHECK: tensor.extract_slice %{{.*}}[%[[J]], %[[I]]] [64, 64]
func.func private @transpose(%x: memref<1024x512xf32>, %y: memref<512x1024xf32>) attributes {tile.kernel} {
  %a = bufferization.to_tensor %x restrict : memref<1024x512xf32> to tensor<1024x512xf32>
  %b = bufferization.to_tensor %y restrict writable : memref<512x1024xf32> to tensor<512x1024xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<1024x512xf32>) outs(%b : tensor<512x1024xf32>) {
  ^bb0(%i: f32, %o: f32):
    linalg.yield %i : f32
  } -> tensor<512x1024xf32>
  bufferization.materialize_in_destination %0 in writable %y : (tensor<512x1024xf32>, memref<512x1024xf32>) -> ()
  return
}

// CHECK-LABEL: func.func private @channels_last
// CHECK: scf.forall (%[[B:.*]], %[[H:.*]], %[[W:.*]]) = (0, 0, 0) to (%{{.*}}, 224, %{{.*}}) step (1, 1, 1024)
func.func private @channels_last(%x: memref<?x3x224x?xf32>, %bias: memref<3xf32>, %y: memref<?x224x?x3xf32>) attributes {tile.kernel} {
  %a = bufferization.to_tensor %x restrict : memref<?x3x224x?xf32> to tensor<?x3x224x?xf32>
  %s = bufferization.to_tensor %bias restrict : memref<3xf32> to tensor<3xf32>
  %b = bufferization.to_tensor %y restrict writable : memref<?x224x?x3xf32> to tensor<?x224x?x3xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%a, %s : tensor<?x3x224x?xf32>, tensor<3xf32>) outs(%b : tensor<?x224x?x3xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %1 = arith.addf %i, %j : f32
    linalg.yield %1 : f32
  } -> tensor<?x224x?x3xf32>
  bufferization.materialize_in_destination %0 in writable %y : (tensor<?x224x?x3xf32>, memref<?x224x?x3xf32>) -> ()
  return
}
}
