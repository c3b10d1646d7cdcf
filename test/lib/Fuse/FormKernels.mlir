// A matmul with its bias and activation, and a softmax: one kernel each, run and compared.
// RUN: azulejo-opt %s --split-input-file --azulejo-fuse-pipeline | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func @main
// CHECK: tile.kernel "main_k0_matmul_gelu"
// CHECK: tile.matmul {overwrite}
// CHECK: linalg.generic
// CHECK: math.tanh
// CHECK-NOT: tile.kernel
// CHECK: return
func.func @main(%x: tensor<?x100xf32>, %w: tensor<100x77xf32>, %bias: tensor<77xf32>, %n: index) -> tensor<?x77xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?x77xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x77xf32>) -> tensor<?x77xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<?x100xf32>, tensor<100x77xf32>) outs(%f : tensor<?x77xf32>) -> tensor<?x77xf32> loc("MatMul")
  %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %bias : tensor<?x77xf32>, tensor<77xf32>) outs(%e : tensor<?x77xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    %t = math.tanh %s : f32
    linalg.yield %t : f32
  } -> tensor<?x77xf32> loc("Gelu")
  return %1 : tensor<?x77xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @main
// CHECK: tile.kernel "main_k0_softmax"
// CHECK-COUNT-4: linalg.generic
// CHECK: tile.yield
// CHECK-NOT: tile.kernel
// CHECK: return
func.func @main(%x: tensor<?x?xf32>, %n: index, %m: index) -> tensor<?x?xf32> {
  %z = arith.constant 0.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %e = tensor.empty(%n, %m) : tensor<?x?xf32>
  %r = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%z : f32) outs(%r : tensor<?xf32>) -> tensor<?xf32>
  %g = linalg.fill ins(%ninf : f32) outs(%r : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%g : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %0 : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.subf %a, %c : f32
    %t = math.exp %s : f32
    linalg.yield %t : f32
  } -> tensor<?x?xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%1 : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %3 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%1, %2 : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.divf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<?x?xf32> loc("Softmax")
  return %3 : tensor<?x?xf32>
}

// -----

// Two contractions stay two kernels, and the reason is kept.
// CHECK-LABEL: func @main
// CHECK-SAME: tile.unfused = [{consumer = ["Second"], producer = ["First"], reason = "a contraction's operands are read more than once"}]
// CHECK: tile.kernel "main_k0_first"
// CHECK: tile.kernel "main_k1_second"
func.func @main(%x: tensor<8x16xf32>, %w: tensor<16x16xf32>) -> tensor<8x16xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x16xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<8x16xf32>, tensor<16x16xf32>) outs(%f : tensor<8x16xf32>) -> tensor<8x16xf32> loc("First")
  %1 = linalg.matmul ins(%0, %w : tensor<8x16xf32>, tensor<16x16xf32>) outs(%f : tensor<8x16xf32>) -> tensor<8x16xf32> loc("Second")
  return %1 : tensor<8x16xf32>
}

// -----

// An intermediate value that others need too is one more result; a slice is read in place; a returned slice is copied.
// CHECK-LABEL: func @main
// CHECK: %[[K:.*]]:2 = tile.kernel
// CHECK: linalg.generic
// CHECK: linalg.generic
// CHECK: tile.yield %{{.*}}, %{{.*}} : tensor<64xf32>, tensor<64x32xf32>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @main(%x: tensor<64x64xf32>) -> (tensor<64xf32>, tensor<64x32xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x32xf32>
  %r = tensor.empty() : tensor<64xf32>
  %s = tensor.extract_slice %x[0, 16] [64, 32] [1, 1] : tensor<64x64xf32> to tensor<64x32xf32>
  %f = linalg.fill ins(%z : f32) outs(%r : tensor<64xf32>) -> tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%s : tensor<64x32xf32>) outs(%f : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %a, %o : f32
    linalg.yield %1 : f32
  } -> tensor<64xf32> loc("Sum")
  %2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%s, %0 : tensor<64x32xf32>, tensor<64xf32>) outs(%e : tensor<64x32xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.divf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<64x32xf32> loc("Div")
  return %0, %2 : tensor<64xf32>, tensor<64x32xf32>
}
