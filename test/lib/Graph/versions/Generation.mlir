// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Bernoulli_v15(
// CHECK: onnx.Bernoulli(%arg0)
func.func @Bernoulli_v15(%arg0: tensor<10xf64>) -> tensor<10xf64> {
  %0 = onnx.Bernoulli_v15(%arg0) : (tensor<10xf64>) -> tensor<10xf64>
  return %0 : tensor<10xf64>
}

// CHECK-LABEL: @Constant_v1(
// CHECK: onnx.Constant() {value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>}
func.func @Constant_v1() -> tensor<2xf32> {
  %0 = onnx.Constant_v1() {value = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Constant_v9(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v9() -> tensor<2xi32> {
  %0 = onnx.Constant_v9() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v11(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v11() -> tensor<2xi32> {
  %0 = onnx.Constant_v11() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v12(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v12() -> tensor<2xi32> {
  %0 = onnx.Constant_v12() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v13(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v13() -> tensor<2xi32> {
  %0 = onnx.Constant_v13() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v19(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v19() -> tensor<2xi32> {
  %0 = onnx.Constant_v19() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v21(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v21() -> tensor<2xi32> {
  %0 = onnx.Constant_v21() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v23(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v23() -> tensor<2xi32> {
  %0 = onnx.Constant_v23() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @Constant_v24(
// CHECK: onnx.Constant() {value = dense<[1, 2]> : tensor<2xi32>}
func.func @Constant_v24() -> tensor<2xi32> {
  %0 = onnx.Constant_v24() {value = dense<[1, 2]> : tensor<2xi32>} : () -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @ConstantOfShape_v9(
// CHECK: onnx.ConstantOfShape(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
func.func @ConstantOfShape_v9(%arg0: tensor<2xi64>) -> tensor<10x6xi32> {
  %0 = onnx.ConstantOfShape_v9(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
  return %0 : tensor<10x6xi32>
}

// CHECK-LABEL: @ConstantOfShape_v20(
// CHECK: onnx.ConstantOfShape(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
func.func @ConstantOfShape_v20(%arg0: tensor<2xi64>) -> tensor<10x6xi32> {
  %0 = onnx.ConstantOfShape_v20(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
  return %0 : tensor<10x6xi32>
}

// CHECK-LABEL: @ConstantOfShape_v21(
// CHECK: onnx.ConstantOfShape(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
func.func @ConstantOfShape_v21(%arg0: tensor<2xi64>) -> tensor<10x6xi32> {
  %0 = onnx.ConstantOfShape_v21(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
  return %0 : tensor<10x6xi32>
}

// CHECK-LABEL: @ConstantOfShape_v23(
// CHECK: onnx.ConstantOfShape(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
func.func @ConstantOfShape_v23(%arg0: tensor<2xi64>) -> tensor<10x6xi32> {
  %0 = onnx.ConstantOfShape_v23(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
  return %0 : tensor<10x6xi32>
}

// CHECK-LABEL: @ConstantOfShape_v24(
// CHECK: onnx.ConstantOfShape(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
func.func @ConstantOfShape_v24(%arg0: tensor<2xi64>) -> tensor<10x6xi32> {
  %0 = onnx.ConstantOfShape_v24(%arg0) {value = dense<0> : tensor<1xi32>} : (tensor<2xi64>) -> tensor<10x6xi32>
  return %0 : tensor<10x6xi32>
}

// CHECK-LABEL: @EyeLike_v9(
// CHECK: onnx.EyeLike(%arg0)
func.func @EyeLike_v9(%arg0: tensor<4x4xi32>) -> tensor<4x4xi32> {
  %0 = onnx.EyeLike_v9(%arg0) : (tensor<4x4xi32>) -> tensor<4x4xi32>
  return %0 : tensor<4x4xi32>
}

// CHECK-LABEL: @Multinomial_v7(
// CHECK: onnx.Multinomial(%arg0) {sample_size = 4 : i64, seed = 1.000000e+00 : f32}
func.func @Multinomial_v7(%arg0: tensor<2x3xf32>) -> tensor<2x4xi32> {
  %0 = onnx.Multinomial_v7(%arg0) {sample_size = 4 : i64, seed = 1.0 : f32} : (tensor<2x3xf32>) -> tensor<2x4xi32>
  return %0 : tensor<2x4xi32>
}

// CHECK-LABEL: @RandomNormal_v1(
// CHECK: onnx.RandomNormal() {mean = 1.000000e+00 : f32, seed = 2.000000e+00 : f32, shape = array<i64: 2, 3>}
func.func @RandomNormal_v1() -> tensor<2x3xf32> {
  %0 = onnx.RandomNormal_v1() {mean = 1.0 : f32, seed = 2.0 : f32, shape = array<i64: 2, 3>} : () -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @RandomNormalLike_v1(
// CHECK: onnx.RandomNormalLike(%arg0) {scale = 2.000000e+00 : f32, seed = 2.000000e+00 : f32}
func.func @RandomNormalLike_v1(%arg0: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = onnx.RandomNormalLike_v1(%arg0) {scale = 2.0 : f32, seed = 2.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @RandomUniform_v1(
// CHECK: onnx.RandomUniform() {high = 3.000000e+00 : f32, seed = 2.000000e+00 : f32, shape = array<i64: 2, 3>}
func.func @RandomUniform_v1() -> tensor<2x3xf32> {
  %0 = onnx.RandomUniform_v1() {high = 3.0 : f32, seed = 2.0 : f32, shape = array<i64: 2, 3>} : () -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @RandomUniformLike_v1(
// CHECK: onnx.RandomUniformLike(%arg0) {low = -1.000000e+00 : f32, seed = 2.000000e+00 : f32}
func.func @RandomUniformLike_v1(%arg0: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = onnx.RandomUniformLike_v1(%arg0) {low = -1.0 : f32, seed = 2.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @Range_v11(
// CHECK: onnx.Range(%arg0, %arg1, %arg2)
func.func @Range_v11(%arg0: tensor<f32>, %arg1: tensor<f32>, %arg2: tensor<f32>) -> tensor<2xf32> {
  %0 = onnx.Range_v11(%arg0, %arg1, %arg2) : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
