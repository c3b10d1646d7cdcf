// RUN: azulejo-opt %s --azulejo-fold-constants --split-input-file | FileCheck %s

// One scale, one a column, one a row, and blocks of three with a zero of their own.
// CHECK-LABEL: @scales
// CHECK-DAG: onnx.Constant() {value = dense<{{\[\[2\.000000e\+00, 4\.000000e\+00, 6\.000000e\+00, 8\.000000e\+00\], \[-2\.000000e\+00, -4\.000000e\+00, -6\.000000e\+00, -2\.560000e\+02\]\]}}> : tensor<2x4xf32>}
// CHECK-DAG: onnx.Constant() {value = dense<{{\[\[1\.000000e\+00, 4\.000000e\+00, 9\.000000e\+00, 1\.600000e\+01\], \[-1\.000000e\+00, -4\.000000e\+00, -9\.000000e\+00, -5\.120000e\+02\]\]}}> : tensor<2x4xf32>}
// CHECK-DAG: onnx.Constant() {value = dense<{{\[\[1\.000000e\+00, 2\.000000e\+00, 3\.000000e\+00, 4\.000000e\+00\], \[-1\.000000e\+01, -2\.000000e\+01, -3\.000000e\+01, -1\.280000e\+03\]\]}}> : tensor<2x4xf32>}
// CHECK-DAG: onnx.Constant() {value = dense<{{\[\[0\.000000e\+00, 1\.000000e\+00, 2\.000000e\+00, 4\.000000e\+01\], \[-3\.000000e\+02, -4\.000000e\+02, -5\.000000e\+02, -1\.290000e\+05\]\]}}> : tensor<2x4xf32>}
func.func @scales() -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %x = onnx.Constant() {value = dense<[[1, 2, 3, 4], [-1, -2, -3, -128]]> : tensor<2x4xi8>} : () -> tensor<2x4xi8>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %columns = onnx.Constant() {value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>} : () -> tensor<4xf32>
  %rows = onnx.Constant() {value = dense<[1.0, 10.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %blocks = onnx.Constant() {value = dense<[[1.0, 10.0], [100.0, 1000.0]]> : tensor<2x2xf32>} : () -> tensor<2x2xf32>
  %zeros = onnx.Constant() {value = dense<[[1, 0], [2, 1]]> : tensor<2x2xi8>} : () -> tensor<2x2xi8>
  %0 = onnx.DequantizeLinear(%x, %two, _) : (tensor<2x4xi8>, tensor<f32>) -> tensor<2x4xf32>
  %1 = onnx.DequantizeLinear(%x, %columns, _) {axis = 1 : i64} : (tensor<2x4xi8>, tensor<4xf32>) -> tensor<2x4xf32>
  %2 = onnx.DequantizeLinear(%x, %rows, _) {axis = -2 : i64} : (tensor<2x4xi8>, tensor<2xf32>) -> tensor<2x4xf32>
  %3 = onnx.DequantizeLinear(%x, %blocks, %zeros) {axis = 1 : i64, block_size = 3 : i64} : (tensor<2x4xi8>, tensor<2x2xf32>, tensor<2x2xi8>) -> tensor<2x4xf32>
  return %0, %1, %2, %3 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// Unsigned ones count from 0.
// CHECK-LABEL: @unsigned
// CHECK: onnx.Constant() {value = dense<[6.350000e+01, -6.400000e+01]> : tensor<2xf32>}
func.func @unsigned() -> tensor<2xf32> {
  %x = onnx.Constant() {value = dense<[255, 0]> : tensor<2xui8>} : () -> tensor<2xui8>
  %zero = onnx.Constant() {value = dense<128> : tensor<ui8>} : () -> tensor<ui8>
  %half = onnx.Constant() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %y = onnx.DequantizeLinear(%x, %half, %zero) : (tensor<2xui8>, tensor<f32>, tensor<ui8>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Not folded: products that would be rounded twice, sizes that do not fit, what is no constant.
// CHECK-LABEL: @refused
// CHECK-COUNT-3: onnx.DequantizeLinear
func.func @refused(%s: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %wide = onnx.Constant() {value = dense<[2147483647, 5]> : tensor<2xi32>} : () -> tensor<2xi32>
  %x = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi8>} : () -> tensor<2xi8>
  %two = onnx.Constant() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %three = onnx.Constant() {value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>} : () -> tensor<3xf32>
  %0 = onnx.DequantizeLinear(%wide, %two, _) : (tensor<2xi32>, tensor<f32>) -> tensor<2xf32>
  %1 = onnx.DequantizeLinear(%x, %three, _) {axis = 0 : i64} : (tensor<2xi8>, tensor<3xf32>) -> tensor<2xf32>
  %2 = onnx.DequantizeLinear(%x, %s, _) : (tensor<2xi8>, tensor<f32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
