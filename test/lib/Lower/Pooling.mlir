// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @max
// CHECK: tile.kernel "max_pool"
// CHECK: scf.forall (%{{.*}}, %{{.*}}, %{{.*}}) in (1, 3, 16)
// CHECK: arith.cmpf olt
// CHECK: tensor.parallel_insert_slice
func.func @max(%x: tensor<1x3x32x32xf32>) -> (tensor<1x3x16x16xf32>, tensor<1x3x16x16xi64>) {
  %y, %i = onnx.MaxPool(%x) {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
    : (tensor<1x3x32x32xf32>) -> (tensor<1x3x16x16xf32>, tensor<1x3x16x16xi64>)
  return %y, %i : tensor<1x3x16x16xf32>, tensor<1x3x16x16xi64>
}

// CHECK-LABEL: func.func @average
// CHECK: tile.kernel "average_pool"
// CHECK: arith.divf
func.func @average(%x: tensor<1x3x?xf16, #onnx.dims<1, 3, "n">>) -> tensor<1x3x?xf16, #onnx.dims<1, 3, "n - 1">> {
  %y = onnx.AveragePool(%x) {kernel_shape = array<i64: 2>} : (tensor<1x3x?xf16, #onnx.dims<1, 3, "n">>) -> tensor<1x3x?xf16, #onnx.dims<1, 3, "n - 1">>
  return %y : tensor<1x3x?xf16, #onnx.dims<1, 3, "n - 1">>
}

// CHECK-LABEL: func.func @regions
// CHECK: tile.kernel "max_roi_pool"
func.func @regions(%x: tensor<1x3x8x8xf32>, %r: tensor<2x5xf32>) -> tensor<2x3x2x2xf32> {
  %y = onnx.MaxRoiPool(%x, %r) {pooled_shape = array<i64: 2, 2>} : (tensor<1x3x8x8xf32>, tensor<2x5xf32>) -> tensor<2x3x2x2xf32>
  return %y : tensor<2x3x2x2xf32>
}
