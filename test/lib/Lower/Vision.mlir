// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @align
// CHECK: tile.kernel "roi_align"
func.func @align(%x: tensor<1x2x8x8xf32>, %r: tensor<3x4xf32>, %b: tensor<3xi64>) -> tensor<3x2x2x2xf32> {
  %y = onnx.RoiAlign(%x, %r, %b) {output_height = 2 : i64, output_width = 2 : i64} : (tensor<1x2x8x8xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x2x2x2xf32>
  return %y : tensor<3x2x2x2xf32>
}

// CHECK-LABEL: func.func @suppress
// CHECK: %[[R:.*]]:2 = tile.kernel "non_max_suppression" {{.*}} scalars
// CHECK: %[[N:.*]] = tensor.extract %[[R]]#1[]
// CHECK: tensor.extract_slice %[[R]]#0
func.func @suppress(%b: tensor<1x6x4xf32>, %s: tensor<1x1x6xf32>, %m: tensor<1xi64>, %t: tensor<1xf32>) -> tensor<?x3xi64, #onnx.dims<?, 3>> {
  %y = onnx.NonMaxSuppression(%b, %s, %m, %t) : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<1xi64>, tensor<1xf32>) -> tensor<?x3xi64, #onnx.dims<?, 3>>
  return %y : tensor<?x3xi64, #onnx.dims<?, 3>>
}
