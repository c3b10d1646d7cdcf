// RUN: azulejo-opt %s --azulejo-merge-equal --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// One computation is left, for both nodes; sizes and constants keep out of it.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic
// CHECK: loc(fused["first", "second"])
// CHECK-NOT: linalg.generic
#id = affine_map<(d0) -> (d0)>
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32> loc("first")
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.negf %a : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32> loc("second")
  return %0, %2 : tensor<4xf32>, tensor<4xf32>
}
