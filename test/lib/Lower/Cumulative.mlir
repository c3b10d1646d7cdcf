// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// A known axis: rows of 8 elements that lie side by side.
// CHECK-LABEL: func.func @main
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]]
// CHECK: %[[SUMS:.*]] = tile.kernel "cumsum" ins(%[[FLAT]] : tensor<32xf32>)
// CHECK: scf.forall
// CHECK: scf.for
// CHECK: arith.addf
// CHECK: tensor.insert
// CHECK: tensor.parallel_insert_slice
// CHECK: tensor.expand_shape %[[SUMS]]
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %axis = onnx.Constant() {value = dense<1> : tensor<i64>} : () -> tensor<i64>
  %y = onnx.CumSum(%x, %axis) : (tensor<4x8xf32>, tensor<i64>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// An axis that only the run knows: the kernel is the same, its sizes are chosen on the host.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: arith.select
// CHECK: tile.kernel "cumprod" {{.*}} scalars(%{{.*}}, %{{.*}}, %{{.*}} : index, index, index)
// CHECK: arith.muli
func.func @main(%x: tensor<4x8xi32>, %axis: tensor<i64>) -> tensor<4x8xi32> {
  %y = onnx.CumProd(%x, %axis) {exclusive = 1 : i64} : (tensor<4x8xi32>, tensor<i64>) -> tensor<4x8xi32>
  return %y : tensor<4x8xi32>
}
