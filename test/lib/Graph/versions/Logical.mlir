// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @And_v1(
// CHECK: onnx.And(%arg0, %arg1)
func.func @And_v1(%arg0: tensor<3x4xi1>, %arg1: tensor<3x4xi1>) -> tensor<3x4xi1> {
  %0 = onnx.And_v1(%arg0, %arg1) : (tensor<3x4xi1>, tensor<3x4xi1>) -> tensor<3x4xi1>
  return %0 : tensor<3x4xi1>
}

// CHECK-LABEL: @BitShift_v11(
// CHECK: onnx.BitShift(%arg0, %arg1) {direction = "LEFT"}
func.func @BitShift_v11(%arg0: tensor<3xui8>, %arg1: tensor<3xui8>) -> tensor<3xui8> {
  %0 = onnx.BitShift_v11(%arg0, %arg1) {direction = "LEFT"} : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  return %0 : tensor<3xui8>
}

// CHECK-LABEL: @Equal_v1(
// CHECK: onnx.Equal(%arg0, %arg1)
func.func @Equal_v1(%arg0: tensor<3x4x5xi32>, %arg1: tensor<5xi32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Equal_v1(%arg0, %arg1) : (tensor<3x4x5xi32>, tensor<5xi32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Equal_v7(
// CHECK: onnx.Equal(%arg0, %arg1)
func.func @Equal_v7(%arg0: tensor<3x4x5xi32>, %arg1: tensor<5xi32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Equal_v7(%arg0, %arg1) : (tensor<3x4x5xi32>, tensor<5xi32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Equal_v11(
// CHECK: onnx.Equal(%arg0, %arg1)
func.func @Equal_v11(%arg0: tensor<3x4x5xi32>, %arg1: tensor<5xi32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Equal_v11(%arg0, %arg1) : (tensor<3x4x5xi32>, tensor<5xi32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Equal_v13(
// CHECK: onnx.Equal(%arg0, %arg1)
func.func @Equal_v13(%arg0: tensor<3x4x5xi32>, %arg1: tensor<5xi32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Equal_v13(%arg0, %arg1) : (tensor<3x4x5xi32>, tensor<5xi32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Greater_v1(
// CHECK: onnx.Greater(%arg0, %arg1)
func.func @Greater_v1(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Greater_v1(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Greater_v7(
// CHECK: onnx.Greater(%arg0, %arg1)
func.func @Greater_v7(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Greater_v7(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Greater_v9(
// CHECK: onnx.Greater(%arg0, %arg1)
func.func @Greater_v9(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Greater_v9(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @GreaterOrEqual_v12(
// CHECK: onnx.GreaterOrEqual(%arg0, %arg1)
func.func @GreaterOrEqual_v12(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.GreaterOrEqual_v12(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @IsInf_v10(
// CHECK: onnx.IsInf(%arg0)
func.func @IsInf_v10(%arg0: tensor<6xf32>) -> tensor<6xi1> {
  %0 = onnx.IsInf_v10(%arg0) : (tensor<6xf32>) -> tensor<6xi1>
  return %0 : tensor<6xi1>
}

// CHECK-LABEL: @IsNaN_v9(
// CHECK: onnx.IsNaN(%arg0)
func.func @IsNaN_v9(%arg0: tensor<6xf32>) -> tensor<6xi1> {
  %0 = onnx.IsNaN_v9(%arg0) : (tensor<6xf32>) -> tensor<6xi1>
  return %0 : tensor<6xi1>
}

// CHECK-LABEL: @IsNaN_v13(
// CHECK: onnx.IsNaN(%arg0)
func.func @IsNaN_v13(%arg0: tensor<6xf32>) -> tensor<6xi1> {
  %0 = onnx.IsNaN_v13(%arg0) : (tensor<6xf32>) -> tensor<6xi1>
  return %0 : tensor<6xi1>
}

// CHECK-LABEL: @Less_v1(
// CHECK: onnx.Less(%arg0, %arg1)
func.func @Less_v1(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Less_v1(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Less_v7(
// CHECK: onnx.Less(%arg0, %arg1)
func.func @Less_v7(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Less_v7(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Less_v9(
// CHECK: onnx.Less(%arg0, %arg1)
func.func @Less_v9(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.Less_v9(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @LessOrEqual_v12(
// CHECK: onnx.LessOrEqual(%arg0, %arg1)
func.func @LessOrEqual_v12(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xi1> {
  %0 = onnx.LessOrEqual_v12(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xi1>
  return %0 : tensor<3x4x5xi1>
}

// CHECK-LABEL: @Or_v1(
// CHECK: onnx.Or(%arg0, %arg1)
func.func @Or_v1(%arg0: tensor<3x4xi1>, %arg1: tensor<3x4xi1>) -> tensor<3x4xi1> {
  %0 = onnx.Or_v1(%arg0, %arg1) : (tensor<3x4xi1>, tensor<3x4xi1>) -> tensor<3x4xi1>
  return %0 : tensor<3x4xi1>
}

// CHECK-LABEL: @Where_v9(
// CHECK: onnx.Where(%arg0, %arg1, %arg2)
func.func @Where_v9(%arg0: tensor<2x2xi1>, %arg1: tensor<2x2xf32>, %arg2: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = onnx.Where_v9(%arg0, %arg1, %arg2) : (tensor<2x2xi1>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// CHECK-LABEL: @Xor_v1(
// CHECK: onnx.Xor(%arg0, %arg1)
func.func @Xor_v1(%arg0: tensor<3x4xi1>, %arg1: tensor<3x4xi1>) -> tensor<3x4xi1> {
  %0 = onnx.Xor_v1(%arg0, %arg1) : (tensor<3x4xi1>, tensor<3x4xi1>) -> tensor<3x4xi1>
  return %0 : tensor<3x4xi1>
}
