// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Abs_v1(
// CHECK: onnx.Abs(%arg0)
func.func @Abs_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Abs_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Abs_v6(
// CHECK: onnx.Abs(%arg0)
func.func @Abs_v6(%arg0: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Abs_v6(%arg0) : (tensor<3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Add_v1(
// CHECK: onnx.Add(%arg0, %arg1)
func.func @Add_v1(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Add_v1(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Add_v7(
// CHECK: onnx.Add(%arg0, %arg1)
func.func @Add_v7(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Add_v7(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Add_v13(
// CHECK: onnx.Add(%arg0, %arg1)
func.func @Add_v13(%arg0: tensor<3x4x5xf32>, %arg1: tensor<5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Add_v13(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Ceil_v1(
// CHECK: onnx.Ceil(%arg0)
func.func @Ceil_v1(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Ceil_v1(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Ceil_v6(
// CHECK: onnx.Ceil(%arg0)
func.func @Ceil_v6(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Ceil_v6(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Div_v1(
// CHECK: onnx.Div(%arg0, %arg1)
func.func @Div_v1(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Div_v1(%arg0, %arg1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Div_v6(
// CHECK: onnx.Div(%arg0, %arg1)
func.func @Div_v6(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Div_v6(%arg0, %arg1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Div_v7(
// CHECK: onnx.Div(%arg0, %arg1)
func.func @Div_v7(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Div_v7(%arg0, %arg1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Div_v13(
// CHECK: onnx.Div(%arg0, %arg1)
func.func @Div_v13(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Div_v13(%arg0, %arg1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Erf_v9(
// CHECK: onnx.Erf(%arg0)
func.func @Erf_v9(%arg0: tensor<1x3x32x32xf32>) -> tensor<1x3x32x32xf32> {
  %0 = onnx.Erf_v9(%arg0) : (tensor<1x3x32x32xf32>) -> tensor<1x3x32x32xf32>
  return %0 : tensor<1x3x32x32xf32>
}

// CHECK-LABEL: @Exp_v1(
// CHECK: onnx.Exp(%arg0)
func.func @Exp_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Exp_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Exp_v6(
// CHECK: onnx.Exp(%arg0)
func.func @Exp_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Exp_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Floor_v1(
// CHECK: onnx.Floor(%arg0)
func.func @Floor_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Floor_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Floor_v6(
// CHECK: onnx.Floor(%arg0)
func.func @Floor_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Floor_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Log_v1(
// CHECK: onnx.Log(%arg0)
func.func @Log_v1(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Log_v1(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Log_v6(
// CHECK: onnx.Log(%arg0)
func.func @Log_v6(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Log_v6(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Max_v1(
// CHECK: onnx.Max(%arg0)
func.func @Max_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Max_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Max_v6(
// CHECK: onnx.Max(%arg0)
func.func @Max_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Max_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Max_v8(
// CHECK: onnx.Max(%arg0)
func.func @Max_v8(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Max_v8(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Max_v12(
// CHECK: onnx.Max(%arg0)
func.func @Max_v12(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Max_v12(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mean_v1(
// CHECK: onnx.Mean(%arg0)
func.func @Mean_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mean_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mean_v6(
// CHECK: onnx.Mean(%arg0)
func.func @Mean_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mean_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mean_v8(
// CHECK: onnx.Mean(%arg0)
func.func @Mean_v8(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mean_v8(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Min_v1(
// CHECK: onnx.Min(%arg0)
func.func @Min_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Min_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Min_v6(
// CHECK: onnx.Min(%arg0)
func.func @Min_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Min_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Min_v8(
// CHECK: onnx.Min(%arg0)
func.func @Min_v8(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Min_v8(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Min_v12(
// CHECK: onnx.Min(%arg0)
func.func @Min_v12(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Min_v12(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mod_v10(
// CHECK: onnx.Mod(%arg0, %arg1)
func.func @Mod_v10(%arg0: tensor<3xui8>, %arg1: tensor<3xui8>) -> tensor<3xui8> {
  %0 = onnx.Mod_v10(%arg0, %arg1) : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  return %0 : tensor<3xui8>
}

// CHECK-LABEL: @Mod_v13(
// CHECK: onnx.Mod(%arg0, %arg1)
func.func @Mod_v13(%arg0: tensor<3xui8>, %arg1: tensor<3xui8>) -> tensor<3xui8> {
  %0 = onnx.Mod_v13(%arg0, %arg1) : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
  return %0 : tensor<3xui8>
}

// CHECK-LABEL: @Mul_v1(
// CHECK: onnx.Mul(%arg0, %arg1)
func.func @Mul_v1(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mul_v1(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mul_v6(
// CHECK: onnx.Mul(%arg0, %arg1)
func.func @Mul_v6(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mul_v6(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mul_v7(
// CHECK: onnx.Mul(%arg0, %arg1)
func.func @Mul_v7(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mul_v7(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Mul_v13(
// CHECK: onnx.Mul(%arg0, %arg1)
func.func @Mul_v13(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Mul_v13(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Neg_v1(
// CHECK: onnx.Neg(%arg0)
func.func @Neg_v1(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Neg_v1(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Pow_v1(
// CHECK: onnx.Pow(%arg0, %arg1)
func.func @Pow_v1(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Pow_v1(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Pow_v7(
// CHECK: onnx.Pow(%arg0, %arg1)
func.func @Pow_v7(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Pow_v7(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Pow_v12(
// CHECK: onnx.Pow(%arg0, %arg1)
func.func @Pow_v12(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Pow_v12(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Pow_v13(
// CHECK: onnx.Pow(%arg0, %arg1)
func.func @Pow_v13(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Pow_v13(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Reciprocal_v1(
// CHECK: onnx.Reciprocal(%arg0)
func.func @Reciprocal_v1(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Reciprocal_v1(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Reciprocal_v6(
// CHECK: onnx.Reciprocal(%arg0)
func.func @Reciprocal_v6(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Reciprocal_v6(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Round_v11(
// CHECK: onnx.Round(%arg0)
func.func @Round_v11(%arg0: tensor<15xf32>) -> tensor<15xf32> {
  %0 = onnx.Round_v11(%arg0) : (tensor<15xf32>) -> tensor<15xf32>
  return %0 : tensor<15xf32>
}

// CHECK-LABEL: @Sign_v9(
// CHECK: onnx.Sign(%arg0)
func.func @Sign_v9(%arg0: tensor<11xf32>) -> tensor<11xf32> {
  %0 = onnx.Sign_v9(%arg0) : (tensor<11xf32>) -> tensor<11xf32>
  return %0 : tensor<11xf32>
}

// CHECK-LABEL: @Sqrt_v1(
// CHECK: onnx.Sqrt(%arg0)
func.func @Sqrt_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sqrt_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sqrt_v6(
// CHECK: onnx.Sqrt(%arg0)
func.func @Sqrt_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sqrt_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sub_v1(
// CHECK: onnx.Sub(%arg0, %arg1)
func.func @Sub_v1(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sub_v1(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sub_v6(
// CHECK: onnx.Sub(%arg0, %arg1)
func.func @Sub_v6(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sub_v6(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sub_v7(
// CHECK: onnx.Sub(%arg0, %arg1)
func.func @Sub_v7(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sub_v7(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sub_v13(
// CHECK: onnx.Sub(%arg0, %arg1)
func.func @Sub_v13(%arg0: tensor<3xf32>, %arg1: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sub_v13(%arg0, %arg1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sum_v1(
// CHECK: onnx.Sum(%arg0)
func.func @Sum_v1(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sum_v1(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sum_v6(
// CHECK: onnx.Sum(%arg0)
func.func @Sum_v6(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sum_v6(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Sum_v8(
// CHECK: onnx.Sum(%arg0)
func.func @Sum_v8(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  %0 = onnx.Sum_v8(%arg0) : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
