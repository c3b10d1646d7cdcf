// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Compress_v9(
// CHECK: onnx.Compress(%arg0, %arg1)
func.func @Compress_v9(%arg0: tensor<3x2xf32>, %arg1: tensor<5xi1>) -> tensor<2xf32> {
  %0 = onnx.Compress_v9(%arg0, %arg1) : (tensor<3x2xf32>, tensor<5xi1>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @Compress_v11(
// CHECK: onnx.Compress(%arg0, %arg1)
func.func @Compress_v11(%arg0: tensor<3x2xf32>, %arg1: tensor<5xi1>) -> tensor<2xf32> {
  %0 = onnx.Compress_v11(%arg0, %arg1) : (tensor<3x2xf32>, tensor<5xi1>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @CumSum_v11(
// CHECK: onnx.CumSum(%arg0, %arg1)
func.func @CumSum_v11(%arg0: tensor<5xf64>, %arg1: tensor<i32>) -> tensor<5xf64> {
  %0 = onnx.CumSum_v11(%arg0, %arg1) : (tensor<5xf64>, tensor<i32>) -> tensor<5xf64>
  return %0 : tensor<5xf64>
}

// CHECK-LABEL: @Gather_v1(
// CHECK: onnx.Gather(%arg0, %arg1) {axis = 0 : i64}
func.func @Gather_v1(%arg0: tensor<10xf32>, %arg1: tensor<3xi64>) -> tensor<3xf32> {
  %0 = onnx.Gather_v1(%arg0, %arg1) {axis = 0 : i64} : (tensor<10xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @Gather_v11(
// CHECK: onnx.Gather(%arg0, %arg1) {axis = 0 : i64}
func.func @Gather_v11(%arg0: tensor<10xf32>, %arg1: tensor<3xi64>) -> tensor<3xf32> {
  %0 = onnx.Gather_v11(%arg0, %arg1) {axis = 0 : i64} : (tensor<10xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @GatherElements_v11(
// CHECK: onnx.GatherElements(%arg0, %arg1) {axis = 1 : i64}
func.func @GatherElements_v11(%arg0: tensor<2x2xf32>, %arg1: tensor<2x2xi64>) -> tensor<2x2xf32> {
  %0 = onnx.GatherElements_v11(%arg0, %arg1) {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x2xi64>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// CHECK-LABEL: @GatherND_v11(
// CHECK: onnx.GatherND(%arg0, %arg1)
func.func @GatherND_v11(%arg0: tensor<2x2xi32>, %arg1: tensor<2x2xi64>) -> tensor<2xi32> {
  %0 = onnx.GatherND_v11(%arg0, %arg1) : (tensor<2x2xi32>, tensor<2x2xi64>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @GatherND_v12(
// CHECK: onnx.GatherND(%arg0, %arg1)
func.func @GatherND_v12(%arg0: tensor<2x2xi32>, %arg1: tensor<2x2xi64>) -> tensor<2xi32> {
  %0 = onnx.GatherND_v12(%arg0, %arg1) : (tensor<2x2xi32>, tensor<2x2xi64>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: @NonZero_v9(
// CHECK: onnx.NonZero(%arg0)
func.func @NonZero_v9(%arg0: tensor<2x2xi1>) -> tensor<2x3xi64> {
  %0 = onnx.NonZero_v9(%arg0) : (tensor<2x2xi1>) -> tensor<2x3xi64>
  return %0 : tensor<2x3xi64>
}

// CHECK-LABEL: @OneHot_v9(
// CHECK: onnx.OneHot(%arg0, %arg1, %arg2)
func.func @OneHot_v9(%arg0: tensor<3xi64>, %arg1: tensor<f32>, %arg2: tensor<2xi32>) -> tensor<3x12xi32> {
  %0 = onnx.OneHot_v9(%arg0, %arg1, %arg2) : (tensor<3xi64>, tensor<f32>, tensor<2xi32>) -> tensor<3x12xi32>
  return %0 : tensor<3x12xi32>
}

// CHECK-LABEL: @OneHot_v11(
// CHECK: onnx.OneHot(%arg0, %arg1, %arg2)
func.func @OneHot_v11(%arg0: tensor<3xi64>, %arg1: tensor<f32>, %arg2: tensor<2xi32>) -> tensor<3x12xi32> {
  %0 = onnx.OneHot_v11(%arg0, %arg1, %arg2) : (tensor<3xi64>, tensor<f32>, tensor<2xi32>) -> tensor<3x12xi32>
  return %0 : tensor<3x12xi32>
}

// CHECK-LABEL: @ReverseSequence_v10(
// CHECK: onnx.ReverseSequence(%arg0, %arg1) {batch_axis = 1 : i64, time_axis = 0 : i64}
func.func @ReverseSequence_v10(%arg0: tensor<4x4xf32>, %arg1: tensor<4xi64>) -> tensor<4x4xf32> {
  %0 = onnx.ReverseSequence_v10(%arg0, %arg1) {batch_axis = 1 : i64, time_axis = 0 : i64} : (tensor<4x4xf32>, tensor<4xi64>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// CHECK-LABEL: @ScatterElements_v11(
// CHECK: onnx.ScatterElements(%arg0, %arg1, %arg2)
func.func @ScatterElements_v11(%arg0: tensor<3x3xf32>, %arg1: tensor<2x3xi64>, %arg2: tensor<2x3xf32>) -> tensor<3x3xf32> {
  %0 = onnx.ScatterElements_v11(%arg0, %arg1, %arg2) : (tensor<3x3xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: @ScatterElements_v13(
// CHECK: onnx.ScatterElements(%arg0, %arg1, %arg2)
func.func @ScatterElements_v13(%arg0: tensor<3x3xf32>, %arg1: tensor<2x3xi64>, %arg2: tensor<2x3xf32>) -> tensor<3x3xf32> {
  %0 = onnx.ScatterElements_v13(%arg0, %arg1, %arg2) : (tensor<3x3xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: @ScatterElements_v16(
// CHECK: onnx.ScatterElements(%arg0, %arg1, %arg2)
func.func @ScatterElements_v16(%arg0: tensor<3x3xf32>, %arg1: tensor<2x3xi64>, %arg2: tensor<2x3xf32>) -> tensor<3x3xf32> {
  %0 = onnx.ScatterElements_v16(%arg0, %arg1, %arg2) : (tensor<3x3xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: @ScatterND_v11(
// CHECK: onnx.ScatterND(%arg0, %arg1, %arg2)
func.func @ScatterND_v11(%arg0: tensor<4x4x4xf32>, %arg1: tensor<2x1xi64>, %arg2: tensor<2x4x4xf32>) -> tensor<4x4x4xf32> {
  %0 = onnx.ScatterND_v11(%arg0, %arg1, %arg2) : (tensor<4x4x4xf32>, tensor<2x1xi64>, tensor<2x4x4xf32>) -> tensor<4x4x4xf32>
  return %0 : tensor<4x4x4xf32>
}

// CHECK-LABEL: @ScatterND_v13(
// CHECK: onnx.ScatterND(%arg0, %arg1, %arg2)
func.func @ScatterND_v13(%arg0: tensor<4x4x4xf32>, %arg1: tensor<2x1xi64>, %arg2: tensor<2x4x4xf32>) -> tensor<4x4x4xf32> {
  %0 = onnx.ScatterND_v13(%arg0, %arg1, %arg2) : (tensor<4x4x4xf32>, tensor<2x1xi64>, tensor<2x4x4xf32>) -> tensor<4x4x4xf32>
  return %0 : tensor<4x4x4xf32>
}

// CHECK-LABEL: @ScatterND_v16(
// CHECK: onnx.ScatterND(%arg0, %arg1, %arg2)
func.func @ScatterND_v16(%arg0: tensor<4x4x4xf32>, %arg1: tensor<2x1xi64>, %arg2: tensor<2x4x4xf32>) -> tensor<4x4x4xf32> {
  %0 = onnx.ScatterND_v16(%arg0, %arg1, %arg2) : (tensor<4x4x4xf32>, tensor<2x1xi64>, tensor<2x4x4xf32>) -> tensor<4x4x4xf32>
  return %0 : tensor<4x4x4xf32>
}

// CHECK-LABEL: @TopK_v10(
// CHECK: onnx.TopK(%arg0, %arg1) {axis = 1 : i64}
func.func @TopK_v10(%arg0: tensor<3x4xf32>, %arg1: tensor<1xi64>) -> (tensor<3x3xf32>, tensor<3x3xi64>) {
  %0:2 = onnx.TopK_v10(%arg0, %arg1) {axis = 1 : i64} : (tensor<3x4xf32>, tensor<1xi64>) -> (tensor<3x3xf32>, tensor<3x3xi64>)
  return %0#0, %0#1 : tensor<3x3xf32>, tensor<3x3xi64>
}

// CHECK-LABEL: @TopK_v11(
// CHECK: onnx.TopK(%arg0, %arg1) {axis = 1 : i64}
func.func @TopK_v11(%arg0: tensor<3x4xf32>, %arg1: tensor<1xi64>) -> (tensor<3x3xf32>, tensor<3x3xi64>) {
  %0:2 = onnx.TopK_v11(%arg0, %arg1) {axis = 1 : i64} : (tensor<3x4xf32>, tensor<1xi64>) -> (tensor<3x3xf32>, tensor<3x3xi64>)
  return %0#0, %0#1 : tensor<3x3xf32>, tensor<3x3xi64>
}

// CHECK-LABEL: @Unique_v11(
// CHECK: onnx.Unique(%arg0)
func.func @Unique_v11(%arg0: tensor<6xf32>) -> (tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>) {
  %0:4 = onnx.Unique_v11(%arg0) : (tensor<6xf32>) -> (tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>)
  return %0#0, %0#1, %0#2, %0#3 : tensor<?xf32, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>, tensor<?xi64, #onnx.dims<?>>
}
