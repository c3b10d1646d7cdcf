// RUN: azulejo-opt %s --azulejo-fuse-elementwise --split-input-file | FileCheck %s
// RUN: azulejo-opt %s --azulejo-fuse-elementwise --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LOC

// What was fused says so.
// LOC-LABEL: func.func @chain
// LOC: } -> tensor<4x8xf32> loc(fused["producer", "consumer"])

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#one = affine_map<(d0) -> (d0)>

// CHECK-LABEL: func @chain
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.negf
// CHECK: math.exp
// CHECK-NOT: linalg.generic
func.func @chain(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<4x8xf32> loc("producer")
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = math.exp %a : f32
    linalg.yield %1 : f32
  } -> tensor<4x8xf32> loc("consumer")
  return %2 : tensor<4x8xf32>
}

// A square root per row is not computed again for each element.
// CHECK-LABEL: func @dear
// CHECK-COUNT-2: linalg.generic
func.func @dear(%x: tensor<4x8xf32>, %v: tensor<4xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]} ins(%v : tensor<4xf32>) outs(%r : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = math.sqrt %a : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<4x8xf32>, tensor<4xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.mulf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// The output's last size becomes a constant while the pass runs, and the pass ends.
// CHECK-LABEL: func @constant_size
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.addi
// CHECK-NOT: linalg.generic
func.func @constant_size(%n: index) -> tensor<?x?xindex> {
  %c0 = arith.constant 0 : index
  %c7 = arith.constant 7 : index
  %m = arith.minsi %c7, %c0 : index
  %e = tensor.empty(%n, %m) : tensor<?x?xindex>
  %0 = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<?x?xindex>) {
  ^bb0(%o: index):
    %1 = linalg.index 0 : index
    linalg.yield %1 : index
  } -> tensor<?x?xindex>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %0 : tensor<?x?xindex>, tensor<?x?xindex>) outs(%0 : tensor<?x?xindex>) {
  ^bb0(%a: index, %b: index, %o: index):
    %1 = arith.addi %a, %b : index
    linalg.yield %1 : index
  } -> tensor<?x?xindex>
  return %2 : tensor<?x?xindex>
}
