// RUN: azulejo-opt %s --azulejo-form-cta | FileCheck %s

// A product with bias and activation: a step over K, then the epilogue on the whole tile. Rows that
// are not there are neither read nor written.
// CHECK-LABEL: module @sm_80
module @sm_80 attributes {azulejo.gpu = "sm_80"} {
  // CHECK: func.func @epilogue(%[[X:.*]]: memref<?x384xf16>, %[[W:.*]]: memref<384x1536xf16>, %[[BIAS:.*]]: memref<1536xf16>, %[[Y:.*]]: memref<?x1536xf16>) attributes {cta.warps = 8 : i64}
  // CHECK: %[[M:.*]] = memref.dim %[[Y]]
  // CHECK: scf.forall (%[[I:.*]], %[[J:.*]]) = (0, 0) to (%[[M]], 1536) step (128, 128) {
  // CHECK: %[[ROWS:.*]] = affine.min
  // CHECK: %[[ZERO:.*]] = cta.splat %{{.*}} : f32 -> tensor<128x128xf32>
  // CHECK: %[[C:.*]] = scf.for %[[K:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[SUM:.*]] = %[[ZERO]]) -> (tensor<128x128xf32>) {
  // CHECK: %[[A:.*]] = cta.load %[[X]][%[[I]], %[[K]]] dims [0, 1] valid [%[[ROWS]], 32] : memref<?x384xf16> -> tensor<128x32xf16>
  // CHECK: %[[B:.*]] = cta.load %[[W]][%[[K]], %[[J]]] dims [0, 1] : memref<384x1536xf16> -> tensor<32x128xf16>
  // CHECK: %[[NEXT:.*]] = cta.dot %[[A]], %[[B]], %[[SUM]] : tensor<128x32xf16>, tensor<32x128xf16>, tensor<128x128xf32>
  // CHECK: scf.yield %[[NEXT]]
  // CHECK: }
  // CHECK: %[[ROW:.*]] = cta.load %[[BIAS]][%[[J]]] dims [0] : memref<1536xf16> -> tensor<128xf16>
  // CHECK: %[[SPREAD:.*]] = cta.broadcast %[[ROW]] along [0] : tensor<128xf16> -> tensor<128x128xf16>
  // CHECK: %[[WIDE:.*]] = arith.extf %[[SPREAD]] : tensor<128x128xf16> to tensor<128x128xf32>
  // CHECK: %[[ADDED:.*]] = arith.addf %[[C]], %[[WIDE]] : tensor<128x128xf32>
  // CHECK: %[[TANH:.*]] = math.tanh %[[ADDED]] : tensor<128x128xf32>
  // CHECK: %[[NARROW:.*]] = arith.truncf %[[TANH]] : tensor<128x128xf32> to tensor<128x128xf16>
  // CHECK: cta.store %[[NARROW]], %[[Y]][%[[I]], %[[J]]] dims [0, 1] valid [%[[ROWS]], 128] : tensor<128x128xf16>, memref<?x1536xf16>
  // CHECK-NOT: tensor.
  // CHECK: return
  func.func @epilogue(%arg0: memref<?x384xf16>, %arg1: memref<384x1536xf16>, %arg2: memref<1536xf16>, %arg3: memref<?x1536xf16>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<?x384xf16> to tensor<?x384xf16>
    %1 = bufferization.to_tensor %arg1 restrict : memref<384x1536xf16> to tensor<384x1536xf16>
    %2 = bufferization.to_tensor %arg2 restrict : memref<1536xf16> to tensor<1536xf16>
    %3 = bufferization.to_tensor %arg3 restrict writable : memref<?x1536xf16> to tensor<?x1536xf16>
    %c0 = arith.constant 0 : index
    %dim = tensor.dim %3, %c0 : tensor<?x1536xf16>
    %4 = scf.forall (%i, %j) = (0, 0) to (%dim, 1536) step (128, 128) shared_outs(%o = %3) -> (tensor<?x1536xf16>) {
      %rows = affine.min affine_map<(d0)[s0] -> (-d0 + s0, 128)>(%i)[%dim]
      %a = tensor.extract_slice %0[%i, 0] [%rows, 384] [1, 1] : tensor<?x384xf16> to tensor<?x384xf16>
      %b = tensor.extract_slice %1[0, %j] [384, 128] [1, 1] : tensor<384x1536xf16> to tensor<384x128xf16>
      %e = tensor.empty(%rows) : tensor<?x128xf32>
      %c = tile.matmul {overwrite} ins(%a, %b : tensor<?x384xf16>, tensor<384x128xf16>) outs(%e : tensor<?x128xf32>) -> tensor<?x128xf32>
      %bias = tensor.extract_slice %2[%j] [128] [1] : tensor<1536xf16> to tensor<128xf16>
      %out = tensor.extract_slice %o[%i, %j] [%rows, 128] [1, 1] : tensor<?x1536xf16> to tensor<?x128xf16>
      %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%c, %bias : tensor<?x128xf32>, tensor<128xf16>) outs(%out : tensor<?x128xf16>) {
      ^bb0(%in: f32, %in_0: f16, %unused: f16):
        %5 = arith.extf %in_0 : f16 to f32
        %6 = arith.addf %in, %5 : f32
        %7 = math.tanh %6 : f32
        %8 = arith.truncf %7 : f32 to f16
        linalg.yield %8 : f16
      } -> tensor<?x128xf16>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %r into %o[%i, %j] [%rows, 128] [1, 1] : tensor<?x128xf16> into tensor<?x1536xf16>
      }
    }
    bufferization.materialize_in_destination %4 in writable %arg3 : (tensor<?x1536xf16>, memref<?x1536xf16>) -> ()
    return
  }

  // What is added to a product is loaded behind its loop, one after the other as they are used.
  // CHECK: func.func @residuals(%[[X:.*]]: memref<128x64xf16>, %[[W:.*]]: memref<64x128xf16>, %[[P:.*]]: memref<128x128xf32>, %[[Q:.*]]: memref<128x128xf32>,
  // CHECK: scf.for
  // CHECK: cta.dot
  // CHECK: }
  // CHECK: %[[FIRST:.*]] = cta.load %[[P]]
  // CHECK: %[[SECOND:.*]] = cta.load %[[Q]]
  // CHECK: %[[BOTH:.*]] = arith.addf %[[FIRST]], %[[SECOND]]
  // CHECK: %[[ALL:.*]] = arith.addf %[[BOTH]]
  // CHECK: cta.load %[[P]]
  // CHECK: %[[THIRD:.*]] = cta.transpose
  // CHECK: arith.mulf %[[ALL]], %[[THIRD]]
  func.func @residuals(%arg0: memref<128x64xf16>, %arg1: memref<64x128xf16>, %arg2: memref<128x128xf32>, %arg3: memref<128x128xf32>, %arg4: memref<128x128xf32>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<128x64xf16> to tensor<128x64xf16>
    %1 = bufferization.to_tensor %arg1 restrict : memref<64x128xf16> to tensor<64x128xf16>
    %2 = bufferization.to_tensor %arg2 restrict : memref<128x128xf32> to tensor<128x128xf32>
    %3 = bufferization.to_tensor %arg3 restrict : memref<128x128xf32> to tensor<128x128xf32>
    %4 = bufferization.to_tensor %arg4 restrict writable : memref<128x128xf32> to tensor<128x128xf32>
    %e = tensor.empty() : tensor<128x128xf32>
    %c = tile.matmul {overwrite} ins(%0, %1 : tensor<128x64xf16>, tensor<64x128xf16>) outs(%e : tensor<128x128xf32>) -> tensor<128x128xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%2, %3, %c, %2 : tensor<128x128xf32>, tensor<128x128xf32>, tensor<128x128xf32>, tensor<128x128xf32>) outs(%4 : tensor<128x128xf32>) {
    ^bb0(%p: f32, %q: f32, %in: f32, %t: f32, %unused: f32):
      %5 = arith.addf %p, %q : f32
      %6 = arith.addf %5, %in : f32
      %7 = arith.mulf %6, %t : f32
      linalg.yield %7 : f32
    } -> tensor<128x128xf32>
    bufferization.materialize_in_destination %r in writable %arg4 : (tensor<128x128xf32>, memref<128x128xf32>) -> ()
    return
  }

  // Rows whose length is bounded are reduced in registers; beyond their end is what does not matter.
  // CHECK: func.func @rows(%[[X:.*]]: memref<?x100xf32>, %[[Y:.*]]: memref<?xf32>)
  // CHECK: scf.forall (%[[I:.*]]) =
  // CHECK: %[[T:.*]] = cta.load %[[X]][%[[I]], %{{.*}}] dims [0, 1] valid [%{{.*}}, 100] : memref<?x100xf32> -> tensor<16x112xf32>
  // CHECK: %[[IN:.*]] = arith.cmpi slt
  // CHECK: %[[MASKED:.*]] = arith.select %[[IN]], %[[T]], %{{.*}} : tensor<16x112xi1>, tensor<16x112xf32>
  // CHECK: %[[SUM:.*]] = cta.reduce %[[MASKED]] axis 1 : (tensor<16x112xf32>) -> tensor<16xf32>
  // CHECK: cta.store %{{.*}}, %[[Y]][%[[I]]] dims [0]
  func.func @rows(%arg0: memref<?x100xf32>, %arg1: memref<?xf32>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<?x100xf32> to tensor<?x100xf32>
    %1 = bufferization.to_tensor %arg1 restrict writable : memref<?xf32> to tensor<?xf32>
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %dim = tensor.dim %1, %c0 : tensor<?xf32>
    %2 = scf.forall (%i) = (0) to (%dim) step (16) shared_outs(%o = %1) -> (tensor<?xf32>) {
      %rows = affine.min affine_map<(d0)[s0] -> (-d0 + s0, 16)>(%i)[%dim]
      %a = tensor.extract_slice %0[%i, 0] [%rows, 100] [1, 1] : tensor<?x100xf32> to tensor<?x100xf32>
      %out = tensor.extract_slice %o[%i] [%rows] [1] : tensor<?xf32> to tensor<?xf32>
      %f = linalg.fill ins(%zero : f32) outs(%out : tensor<?xf32>) -> tensor<?xf32>
      %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<?x100xf32>) outs(%f : tensor<?xf32>) {
      ^bb0(%in: f32, %sum: f32):
        %3 = arith.addf %in, %sum : f32
        linalg.yield %3 : f32
      } -> tensor<?xf32>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %r into %o[%i] [%rows] [1] : tensor<?xf32> into tensor<?xf32>
      }
    }
    bufferization.materialize_in_destination %2 in writable %arg1 : (tensor<?xf32>, memref<?xf32>) -> ()
    return
  }

  // A block whose part of the work has no bound is none for tiles, and stays as it was.
  // CHECK: func.func @unbounded(%{{.*}}) attributes {gpu.no_tiles = "a dimension of a tile has no bound"}
  // CHECK: linalg.generic
  func.func @unbounded(%arg0: memref<?xf32>, %arg1: memref<?xf32>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<?xf32> to tensor<?xf32>
    %1 = bufferization.to_tensor %arg1 restrict writable : memref<?xf32> to tensor<?xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%0 : tensor<?xf32>) outs(%1 : tensor<?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %3 = math.exp %in : f32
      linalg.yield %3 : f32
    } -> tensor<?xf32>
    bufferization.materialize_in_destination %2 in writable %arg1 : (tensor<?xf32>, memref<?xf32>) -> ()
    return
  }

  // Elements of half a byte are nothing that tiles hold.
  // CHECK: func.func @narrow(%{{.*}}) attributes {gpu.no_tiles = "its elements are no whole bytes"}
  func.func @narrow(%arg0: memref<16xf4E2M1FN>, %arg1: memref<16xf32>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<16xf4E2M1FN> to tensor<16xf4E2M1FN>
    %1 = bufferization.to_tensor %arg1 restrict writable : memref<16xf32> to tensor<16xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%0 : tensor<16xf4E2M1FN>) outs(%1 : tensor<16xf32>) {
    ^bb0(%in: f4E2M1FN, %out: f32):
      %3 = arith.extf %in : f4E2M1FN to f32
      linalg.yield %3 : f32
    } -> tensor<16xf32>
    bufferization.materialize_in_destination %2 in writable %arg1 : (tensor<16xf32>, memref<16xf32>) -> ()
    return
  }
}
