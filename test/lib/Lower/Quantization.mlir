// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// CHECK: #[[AXIS:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[AXIS]], #[[AXIS]], #{{.*}}]
// CHECK: arith.divf
// CHECK: math.roundeven
// CHECK: arith.uitofp {{.*}} : i8 to f32
// CHECK: arith.maxnumf
// CHECK: arith.minnumf
// CHECK: arith.fptosi
func.func @main(%x: tensor<2x3xf32>, %scale: tensor<3xf32>, %zero: tensor<3xui8>) -> tensor<2x3xui8> {
  %y = onnx.QuantizeLinear(%x, %scale, %zero) {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xui8>) -> tensor<2x3xui8>
  return %y : tensor<2x3xui8>
}

// -----

// Blocks of four along the axis share a scale.
// CHECK-LABEL: func.func @main
// CHECK: arith.divui %{{.*}}, %c4
// CHECK: tensor.extract
// CHECK: arith.sitofp {{.*}} : i4 to f32
func.func @main(%x: tensor<2x8xi4>, %scale: tensor<2x2xf32>) -> tensor<2x8xf32> {
  %y = onnx.DequantizeLinear(%x, %scale, _) {axis = 1 : i64, block_size = 4 : i64} : (tensor<2x8xi4>, tensor<2x2xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// A vector has no axis 1: its zero point is one for all, whatever its type says.
// CHECK-LABEL: func.func @no_axis
// CHECK: plan.assert %{{.*}}, "a scale or zero point has {} elements, and {} is needed"
func.func @no_axis(%x: tensor<?xf32, #onnx.dims<"n">>, %s: tensor<f32>, %z: tensor<?xui8, #onnx.dims<"m">>) -> tensor<?xui8, #onnx.dims<"n">> {
  %y = onnx.QuantizeLinear(%x, %s, %z) {axis = 1 : i64} : (tensor<?xf32, #onnx.dims<"n">>, tensor<f32>, tensor<?xui8, #onnx.dims<"m">>) -> tensor<?xui8, #onnx.dims<"n">>
  return %y : tensor<?xui8, #onnx.dims<"n">>
}
