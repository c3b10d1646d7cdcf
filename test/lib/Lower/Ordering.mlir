// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @top
// CHECK: tile.kernel "top_k"
// CHECK: scf.while
func.func @top(%x: tensor<3x100xf32>) -> (tensor<3x5xf32>, tensor<3x5xi64>) {
  %k = onnx.Constant() {value = dense<5> : tensor<1xi64>} : () -> tensor<1xi64>
  %v, %i = onnx.TopK(%x, %k) {axis = 1 : i64} : (tensor<3x100xf32>, tensor<1xi64>) -> (tensor<3x5xf32>, tensor<3x5xi64>)
  return %v, %i : tensor<3x5xf32>, tensor<3x5xi64>
}

// Nothing is chosen, so nothing may be written.
// CHECK-LABEL: func.func @top_none
// CHECK-NOT: tile.kernel
// CHECK: return
func.func @top_none(%x: tensor<4xf32>) -> (tensor<0xf32>, tensor<0xi64>) {
  %k = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %v, %i = onnx.TopK(%x, %k) {axis = 0 : i64} : (tensor<4xf32>, tensor<1xi64>) -> (tensor<0xf32>, tensor<0xi64>)
  return %v, %i : tensor<0xf32>, tensor<0xi64>
}

// The host reads the count between two kernels.
// CHECK-LABEL: func.func @nonzero
// CHECK: %[[COUNT:.*]] = tile.kernel "non_zero_count"
// CHECK: %[[SIZE:.*]] = tensor.extract %[[COUNT]][]
// CHECK: tile.kernel "non_zero"
func.func @nonzero(%x: tensor<3x4xf32>) -> tensor<2x?xi64, #onnx.dims<2, ?>> {
  %y = onnx.NonZero(%x) : (tensor<3x4xf32>) -> tensor<2x?xi64, #onnx.dims<2, ?>>
  return %y : tensor<2x?xi64, #onnx.dims<2, ?>>
}

// CHECK-LABEL: func.func @unique
// CHECK: tile.kernel "unique"
// CHECK: tensor.extract
// CHECK: tile.kernel "unique_items"
func.func @unique(%x: tensor<6xf32>) -> (tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<6xi64>, tensor<?xi64, #onnx.dims<?>>) {
  %y, %i, %v, %c = onnx.Unique(%x) : (tensor<6xf32>) -> (tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<6xi64>, tensor<?xi64, #onnx.dims<?>>)
  return %y, %i, %v, %c : tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<6xi64>, tensor<?xi64, #onnx.dims<?>>
}
