// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @ArgMax_v1(
// CHECK: onnx.ArgMax(%arg0) {keepdims = 1 : i64}
func.func @ArgMax_v1(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMax_v1(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ArgMax_v11(
// CHECK: onnx.ArgMax(%arg0) {keepdims = 1 : i64}
func.func @ArgMax_v11(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMax_v11(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ArgMax_v12(
// CHECK: onnx.ArgMax(%arg0) {keepdims = 1 : i64}
func.func @ArgMax_v12(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMax_v12(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ArgMin_v1(
// CHECK: onnx.ArgMin(%arg0) {keepdims = 1 : i64}
func.func @ArgMin_v1(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMin_v1(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ArgMin_v11(
// CHECK: onnx.ArgMin(%arg0) {keepdims = 1 : i64}
func.func @ArgMin_v11(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMin_v11(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ArgMin_v12(
// CHECK: onnx.ArgMin(%arg0) {keepdims = 1 : i64}
func.func @ArgMin_v12(%arg0: tensor<2x2xf32>) -> tensor<1x2xi64> {
  %0 = onnx.ArgMin_v12(%arg0) {keepdims = 1 : i64} : (tensor<2x2xf32>) -> tensor<1x2xi64>
  return %0 : tensor<1x2xi64>
}

// CHECK-LABEL: @ReduceL1_v1(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL1(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL1_v1(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL1_v1(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceL1_v11(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL1(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL1_v11(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL1_v11(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceL1_v13(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL1(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL1_v13(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL1_v13(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceL2_v1(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL2(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL2_v1(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL2_v1(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceL2_v11(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL2(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL2_v11(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL2_v11(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceL2_v13(
// CHECK: onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: onnx.ReduceL2(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceL2_v13(%arg0: tensor<3x2x2xf32>) -> tensor<3x2x1xf32> {
  %0 = onnx.ReduceL2_v13(%arg0) {axes = array<i64: 2>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x2x1xf32>
  return %0 : tensor<3x2x1xf32>
}

// CHECK-LABEL: @ReduceLogSum_v1(
// CHECK: onnx.Constant() {value = dense<-2> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSum(%arg0, %{{.+}})
func.func @ReduceLogSum_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3x1x5xf32> {
  %0 = onnx.ReduceLogSum_v1(%arg0) {axes = array<i64: -2>} : (tensor<3x4x5xf32>) -> tensor<3x1x5xf32>
  return %0 : tensor<3x1x5xf32>
}

// CHECK-LABEL: @ReduceLogSum_v11(
// CHECK: onnx.Constant() {value = dense<-2> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSum(%arg0, %{{.+}})
func.func @ReduceLogSum_v11(%arg0: tensor<3x4x5xf32>) -> tensor<3x1x5xf32> {
  %0 = onnx.ReduceLogSum_v11(%arg0) {axes = array<i64: -2>} : (tensor<3x4x5xf32>) -> tensor<3x1x5xf32>
  return %0 : tensor<3x1x5xf32>
}

// CHECK-LABEL: @ReduceLogSum_v13(
// CHECK: onnx.Constant() {value = dense<-2> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSum(%arg0, %{{.+}})
func.func @ReduceLogSum_v13(%arg0: tensor<3x4x5xf32>) -> tensor<3x1x5xf32> {
  %0 = onnx.ReduceLogSum_v13(%arg0) {axes = array<i64: -2>} : (tensor<3x4x5xf32>) -> tensor<3x1x5xf32>
  return %0 : tensor<3x1x5xf32>
}

// CHECK-LABEL: @ReduceLogSum_v18(
// CHECK: onnx.ReduceLogSum(%arg0, %arg1)
func.func @ReduceLogSum_v18(%arg0: tensor<3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<3x1x5xf32> {
  %0 = onnx.ReduceLogSum_v18(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<1xi64>) -> tensor<3x1x5xf32>
  return %0 : tensor<3x1x5xf32>
}

// CHECK-LABEL: @ReduceLogSumExp_v1(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSumExp(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceLogSumExp_v1(%arg0: tensor<3x2x2xf64>) -> tensor<3x1x2xf64> {
  %0 = onnx.ReduceLogSumExp_v1(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf64>) -> tensor<3x1x2xf64>
  return %0 : tensor<3x1x2xf64>
}

// CHECK-LABEL: @ReduceLogSumExp_v11(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSumExp(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceLogSumExp_v11(%arg0: tensor<3x2x2xf64>) -> tensor<3x1x2xf64> {
  %0 = onnx.ReduceLogSumExp_v11(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf64>) -> tensor<3x1x2xf64>
  return %0 : tensor<3x1x2xf64>
}

// CHECK-LABEL: @ReduceLogSumExp_v13(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceLogSumExp(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceLogSumExp_v13(%arg0: tensor<3x2x2xf64>) -> tensor<3x1x2xf64> {
  %0 = onnx.ReduceLogSumExp_v13(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf64>) -> tensor<3x1x2xf64>
  return %0 : tensor<3x1x2xf64>
}

// CHECK-LABEL: @ReduceLogSumExp_v18(
// CHECK: onnx.ReduceLogSumExp(%arg0, %arg1) {keepdims = 1 : i64}
func.func @ReduceLogSumExp_v18(%arg0: tensor<3x2x2xf64>, %arg1: tensor<1xi64>) -> tensor<3x1x2xf64> {
  %0 = onnx.ReduceLogSumExp_v18(%arg0, %arg1) {keepdims = 1 : i64} : (tensor<3x2x2xf64>, tensor<1xi64>) -> tensor<3x1x2xf64>
  return %0 : tensor<3x1x2xf64>
}

// CHECK-LABEL: @ReduceMax_v1(
// CHECK: onnx.ReduceMax(%arg0) {keepdims = 1 : i64}
func.func @ReduceMax_v1(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMax_v1(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMax_v11(
// CHECK: onnx.ReduceMax(%arg0) {keepdims = 1 : i64}
func.func @ReduceMax_v11(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMax_v11(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMax_v12(
// CHECK: onnx.ReduceMax(%arg0) {keepdims = 1 : i64}
func.func @ReduceMax_v12(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMax_v12(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMax_v18(
// CHECK: onnx.ReduceMax(%arg0) {keepdims = 1 : i64}
func.func @ReduceMax_v18(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMax_v18(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMean_v1(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceMean(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceMean_v1(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceMean_v1(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceMean_v11(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceMean(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceMean_v11(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceMean_v11(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceMean_v13(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceMean(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceMean_v13(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceMean_v13(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceMin_v1(
// CHECK: onnx.ReduceMin(%arg0) {keepdims = 1 : i64}
func.func @ReduceMin_v1(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMin_v1(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMin_v11(
// CHECK: onnx.ReduceMin(%arg0) {keepdims = 1 : i64}
func.func @ReduceMin_v11(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMin_v11(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMin_v12(
// CHECK: onnx.ReduceMin(%arg0) {keepdims = 1 : i64}
func.func @ReduceMin_v12(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMin_v12(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMin_v13(
// CHECK: onnx.ReduceMin(%arg0) {keepdims = 1 : i64}
func.func @ReduceMin_v13(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMin_v13(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceMin_v18(
// CHECK: onnx.ReduceMin(%arg0) {keepdims = 1 : i64}
func.func @ReduceMin_v18(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceMin_v18(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceProd_v1(
// CHECK: onnx.ReduceProd(%arg0) {keepdims = 1 : i64}
func.func @ReduceProd_v1(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceProd_v1(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceProd_v11(
// CHECK: onnx.ReduceProd(%arg0) {keepdims = 1 : i64}
func.func @ReduceProd_v11(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceProd_v11(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceProd_v13(
// CHECK: onnx.ReduceProd(%arg0) {keepdims = 1 : i64}
func.func @ReduceProd_v13(%arg0: tensor<3x2x2xf32>) -> tensor<1x1x1xf32> {
  %0 = onnx.ReduceProd_v13(%arg0) {keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<1x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// CHECK-LABEL: @ReduceSum_v1(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceSum(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceSum_v1(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceSum_v1(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceSumSquare_v1(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceSumSquare(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceSumSquare_v1(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceSumSquare_v1(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceSumSquare_v11(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceSumSquare(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceSumSquare_v11(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceSumSquare_v11(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}

// CHECK-LABEL: @ReduceSumSquare_v13(
// CHECK: onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: onnx.ReduceSumSquare(%arg0, %{{.+}}) {keepdims = 1 : i64}
func.func @ReduceSumSquare_v13(%arg0: tensor<3x2x2xf32>) -> tensor<3x1x2xf32> {
  %0 = onnx.ReduceSumSquare_v13(%arg0) {axes = array<i64: 1>, keepdims = 1 : i64} : (tensor<3x2x2xf32>) -> tensor<3x1x2xf32>
  return %0 : tensor<3x1x2xf32>
}
