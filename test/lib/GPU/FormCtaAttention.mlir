// RUN: azulejo-opt %s --azulejo-form-cta | FileCheck %s

module @sm_80 attributes {azulejo.gpu = "sm_80"} {
  // A tile of queries goes through the keys 64 at a time; scores stay in registers. The mask is the
  // same for all queries, and the keys behind the last one are hidden.
  // CHECK: func.func @masked(%[[Q:.*]]: memref<?x12x?x32xf16>, %[[K:.*]]: memref<?x12x?x32xf16>, %[[V:.*]]: memref<?x12x?x32xf16>, %[[MASK:.*]]: memref<?x1x1x?xf32>, %[[Y:.*]]: memref<?x?x12x32xf16>) attributes {cta.warps = 4 : i64}
  // CHECK: scf.forall (%[[B:.*]], %[[I:.*]], %[[H:.*]]) =
  // CHECK: %[[QS:.*]] = cta.load %[[Q]][%[[B]], %[[H]], %[[I]], %{{.*}}] dims [2, 3] valid [%{{.*}}, 32] : memref<?x12x?x32xf16> -> tensor<64x32xf16>
  // CHECK: scf.for %[[J:.*]] = {{.*}} iter_args(%[[MOST:.*]] = %{{.*}}, %[[SUM:.*]] = %{{.*}}, %[[OUT:.*]] = %{{.*}}) -> (tensor<64xf32>, tensor<64xf32>, tensor<64x32xf32>)
  // CHECK: %[[LEFT:.*]] = arith.subi %{{.*}}, %[[J]]
  // CHECK: %[[KS:.*]] = cta.load %[[K]][%[[B]], %[[H]], %[[J]], %{{.*}}] dims [2, 3] valid [%[[LEFT]], 32] : memref<?x12x?x32xf16> -> tensor<64x32xf16>
  // CHECK: %[[KT:.*]] = cta.transpose %[[KS]] [1, 0]
  // CHECK: %[[S:.*]] = cta.dot %[[QS]], %[[KT]], %{{.*}} : tensor<64x32xf16>, tensor<32x64xf16>, tensor<64x64xf32>
  // CHECK: %[[BIAS:.*]] = cta.load %[[MASK]][%[[B]], %{{.*}}, %{{.*}}, %[[J]]] dims [3] valid [%[[LEFT]]] : memref<?x1x1x?xf32> -> tensor<64xf32>
  // CHECK: cta.broadcast %[[BIAS]] along [0] : tensor<64xf32> -> tensor<64x64xf32>
  // CHECK: %[[ROWS:.*]] = cta.reduce %[[SCORES:.*]] axis 1 : (tensor<64x64xf32>) -> tensor<64xf32>
  // CHECK: %[[NEXT:.*]] = arith.maximumf %[[MOST]], %[[ROWS]]
  // CHECK: %[[P:.*]] = math.exp %{{.*}} : tensor<64x64xf32>
  // CHECK: %[[SCALE:.*]] = math.exp %{{.*}} : tensor<64xf32>
  // The weights add up as they are multiplied, rounded.
  // CHECK: %[[NARROW:.*]] = arith.truncf %[[P]] : tensor<64x64xf32> to tensor<64x64xf16>
  // CHECK: %[[WIDE:.*]] = arith.extf %[[NARROW]]
  // CHECK: %[[ADDED:.*]] = cta.reduce %[[WIDE]] axis 1
  // CHECK: %[[VS:.*]] = cta.load %[[V]]
  // CHECK: cta.dot %[[NARROW]], %[[VS]], %{{.*}} : tensor<64x64xf16>, tensor<64x32xf16>, tensor<64x32xf32>
  // CHECK: arith.divf
  // CHECK: cta.store %{{.*}}, %[[Y]][%[[B]], %[[I]], %[[H]], %{{.*}}] dims [1, 3] valid [%{{.*}}, 32] : tensor<64x32xf16>, memref<?x?x12x32xf16>
  func.func @masked(%arg0: memref<?x12x?x32xf16>, %arg1: memref<?x12x?x32xf16>, %arg2: memref<?x12x?x32xf16>, %arg3: memref<?x1x1x?xf32>, %arg4: memref<?x?x12x32xf16>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<?x12x?x32xf16> to tensor<?x12x?x32xf16>
    %1 = bufferization.to_tensor %arg1 restrict : memref<?x12x?x32xf16> to tensor<?x12x?x32xf16>
    %2 = bufferization.to_tensor %arg2 restrict : memref<?x12x?x32xf16> to tensor<?x12x?x32xf16>
    %3 = bufferization.to_tensor %arg3 restrict : memref<?x1x1x?xf32> to tensor<?x1x1x?xf32>
    %4 = bufferization.to_tensor %arg4 restrict writable : memref<?x?x12x32xf16> to tensor<?x?x12x32xf16>
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %batch = tensor.dim %4, %c0 : tensor<?x?x12x32xf16>
    %queries = tensor.dim %4, %c1 : tensor<?x?x12x32xf16>
    %keys = tensor.dim %1, %c2 : tensor<?x12x?x32xf16>
    %r = scf.forall (%b, %i, %h) = (0, 0, 0) to (%batch, %queries, 12) step (1, 64, 1) shared_outs(%o = %4) -> (tensor<?x?x12x32xf16>) {
      %rows = affine.min affine_map<(d0)[s0] -> (-d0 + s0, 64)>(%i)[%queries]
      %q = tensor.extract_slice %0[%b, %h, %i, 0] [1, 1, %rows, 32] [1, 1, 1, 1] : tensor<?x12x?x32xf16> to tensor<1x1x?x32xf16>
      %k = tensor.extract_slice %1[%b, %h, 0, 0] [1, 1, %keys, 32] [1, 1, 1, 1] : tensor<?x12x?x32xf16> to tensor<1x1x?x32xf16>
      %v = tensor.extract_slice %2[%b, %h, 0, 0] [1, 1, %keys, 32] [1, 1, 1, 1] : tensor<?x12x?x32xf16> to tensor<1x1x?x32xf16>
      %m = tensor.extract_slice %3[%b, 0, 0, 0] [1, 1, 1, %keys] [1, 1, 1, 1] : tensor<?x1x1x?xf32> to tensor<1x1x1x?xf32>
      %e = tensor.empty(%rows) : tensor<1x1x?x32xf16>
      %a = tile.attention {scale = 1.250000e-01 : f64, zero_masked_rows} ins(%q, %k, %v : tensor<1x1x?x32xf16>, tensor<1x1x?x32xf16>, tensor<1x1x?x32xf16>) mask(%m : tensor<1x1x1x?xf32>) outs(%e : tensor<1x1x?x32xf16>) -> tensor<1x1x?x32xf16>
      %out = tensor.extract_slice %o[%b, %i, %h, 0] [1, %rows, 1, 32] [1, 1, 1, 1] : tensor<?x?x12x32xf16> to tensor<1x?x1x32xf16>
      %t = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%a : tensor<1x1x?x32xf16>) outs(%out : tensor<1x?x1x32xf16>) {
      ^bb0(%in: f16, %unused: f16):
        linalg.yield %in : f16
      } -> tensor<1x?x1x32xf16>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %t into %o[%b, %i, %h, 0] [1, %rows, 1, 32] [1, 1, 1, 1] : tensor<1x?x1x32xf16> into tensor<?x?x12x32xf16>
      }
    }
    bufferization.materialize_in_destination %r in writable %arg4 : (tensor<?x?x12x32xf16>, memref<?x?x12x32xf16>) -> ()
    return
  }

  // Causal attention does not look at keys behind the block's last query; with a softcap scores pass
  // through tanh. A row that sees nothing is no number here: 0 / 0.
  // CHECK: func.func @causal(
  // CHECK: %[[END:.*]] = arith.minsi
  // CHECK: scf.for {{.*}} to %[[END]]
  // CHECK: math.tanh
  // CHECK: %[[COLUMN:.*]] = arith.addi
  // CHECK: arith.cmpi sle, %[[COLUMN]]
  // CHECK: scf.yield
  // CHECK-NOT: arith.select
  // CHECK: arith.divf
  func.func @causal(%arg0: memref<1x1x16x64xf32>, %arg1: memref<1x1x128x64xf32>, %arg2: memref<1x1x128x64xf32>, %arg3: memref<1x1x16x64xf32>) {
    %0 = bufferization.to_tensor %arg0 restrict : memref<1x1x16x64xf32> to tensor<1x1x16x64xf32>
    %1 = bufferization.to_tensor %arg1 restrict : memref<1x1x128x64xf32> to tensor<1x1x128x64xf32>
    %2 = bufferization.to_tensor %arg2 restrict : memref<1x1x128x64xf32> to tensor<1x1x128x64xf32>
    %3 = bufferization.to_tensor %arg3 restrict writable : memref<1x1x16x64xf32> to tensor<1x1x16x64xf32>
    %a = tile.attention {causal, scale = 1.0 : f64, softcap = 3.0 : f64} ins(%0, %1, %2 : tensor<1x1x16x64xf32>, tensor<1x1x128x64xf32>, tensor<1x1x128x64xf32>) outs(%3 : tensor<1x1x16x64xf32>) -> tensor<1x1x16x64xf32>
    bufferization.materialize_in_destination %a in writable %arg3 : (tensor<1x1x16x64xf32>, memref<1x1x16x64xf32>) -> ()
    return
  }
}
