// RUN: azulejo-opt %s --azulejo-upgrade-opset | FileCheck %s
// One node of each old version that no other file here upgrades.

// CHECK-LABEL: @Cast_v6(
// CHECK: onnx.Cast(%arg0) {to = 1 : i64}
func.func @Cast_v6(%arg0: tensor<3x4xf64>) -> tensor<3x4xf32> {
  %0 = onnx.Cast_v6(%arg0) {to = 1 : i64} : (tensor<3x4xf64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @Cast_v9(
// CHECK: onnx.Cast(%arg0) {to = 1 : i64}
func.func @Cast_v9(%arg0: tensor<3x4xf64>) -> tensor<3x4xf32> {
  %0 = onnx.Cast_v9(%arg0) {to = 1 : i64} : (tensor<3x4xf64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @Cast_v13(
// CHECK: onnx.Cast(%arg0) {to = 1 : i64}
func.func @Cast_v13(%arg0: tensor<3x4xf64>) -> tensor<3x4xf32> {
  %0 = onnx.Cast_v13(%arg0) {to = 1 : i64} : (tensor<3x4xf64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @Cast_v19(
// CHECK: onnx.Cast(%arg0) {to = 1 : i64}
func.func @Cast_v19(%arg0: tensor<3x4xf64>) -> tensor<3x4xf32> {
  %0 = onnx.Cast_v19(%arg0) {to = 1 : i64} : (tensor<3x4xf64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @Cast_v21(
// CHECK: onnx.Cast(%arg0) {to = 3 : i64}
func.func @Cast_v21(%arg0: tensor<5x5xi4>) -> tensor<5x5xi8> {
  %0 = onnx.Cast_v21(%arg0) {to = 3 : i64} : (tensor<5x5xi4>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @Cast_v23(
// CHECK: onnx.Cast(%arg0) {to = 3 : i64}
func.func @Cast_v23(%arg0: tensor<5x5xi4>) -> tensor<5x5xi8> {
  %0 = onnx.Cast_v23(%arg0) {to = 3 : i64} : (tensor<5x5xi4>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @Cast_v24(
// CHECK: onnx.Cast(%arg0) {to = 3 : i64}
func.func @Cast_v24(%arg0: tensor<5x5xi4>) -> tensor<5x5xi8> {
  %0 = onnx.Cast_v24(%arg0) {to = 3 : i64} : (tensor<5x5xi4>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @Cast_v25(
// CHECK: onnx.Cast(%arg0) {to = 3 : i64}
func.func @Cast_v25(%arg0: tensor<7x1xi2>) -> tensor<7x1xi8> {
  %0 = onnx.Cast_v25(%arg0) {to = 3 : i64} : (tensor<7x1xi2>) -> tensor<7x1xi8>
  return %0 : tensor<7x1xi8>
}

// CHECK-LABEL: @CastLike_v15(
// CHECK: onnx.CastLike(%arg0, %arg1)
func.func @CastLike_v15(%arg0: tensor<3x4xf64>, %arg1: tensor<0xf32>) -> tensor<3x4xf32> {
  %0 = onnx.CastLike_v15(%arg0, %arg1) : (tensor<3x4xf64>, tensor<0xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @CastLike_v19(
// CHECK: onnx.CastLike(%arg0, %arg1)
func.func @CastLike_v19(%arg0: tensor<3x4xf64>, %arg1: tensor<0xf32>) -> tensor<3x4xf32> {
  %0 = onnx.CastLike_v19(%arg0, %arg1) : (tensor<3x4xf64>, tensor<0xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @CastLike_v21(
// CHECK: onnx.CastLike(%arg0, %arg1)
func.func @CastLike_v21(%arg0: tensor<5x5xi4>, %arg1: tensor<0xi8>) -> tensor<5x5xi8> {
  %0 = onnx.CastLike_v21(%arg0, %arg1) : (tensor<5x5xi4>, tensor<0xi8>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @CastLike_v23(
// CHECK: onnx.CastLike(%arg0, %arg1)
func.func @CastLike_v23(%arg0: tensor<5x5xi4>, %arg1: tensor<0xi8>) -> tensor<5x5xi8> {
  %0 = onnx.CastLike_v23(%arg0, %arg1) : (tensor<5x5xi4>, tensor<0xi8>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @CastLike_v24(
// CHECK: onnx.CastLike(%arg0, %arg1)
func.func @CastLike_v24(%arg0: tensor<5x5xi4>, %arg1: tensor<0xi8>) -> tensor<5x5xi8> {
  %0 = onnx.CastLike_v24(%arg0, %arg1) : (tensor<5x5xi4>, tensor<0xi8>) -> tensor<5x5xi8>
  return %0 : tensor<5x5xi8>
}

// CHECK-LABEL: @Concat_v4(
// CHECK: onnx.Concat(%arg0, %arg1) {axis = 0 : i64}
func.func @Concat_v4(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<4xf32> {
  %0 = onnx.Concat_v4(%arg0, %arg1) {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @Concat_v11(
// CHECK: onnx.Concat(%arg0, %arg1) {axis = 0 : i64}
func.func @Concat_v11(%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> tensor<4xf32> {
  %0 = onnx.Concat_v11(%arg0, %arg1) {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @DepthToSpace_v1(
// CHECK: onnx.DepthToSpace(%arg0) {blocksize = 2 : i64}
func.func @DepthToSpace_v1(%arg0: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %0 = onnx.DepthToSpace_v1(%arg0) {blocksize = 2 : i64} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %0 : tensor<1x2x4x6xf32>
}

// CHECK-LABEL: @DepthToSpace_v11(
// CHECK: onnx.DepthToSpace(%arg0) {blocksize = 2 : i64, mode = "DCR"}
func.func @DepthToSpace_v11(%arg0: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %0 = onnx.DepthToSpace_v11(%arg0) {blocksize = 2 : i64, mode = "DCR"} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %0 : tensor<1x2x4x6xf32>
}

// CHECK-LABEL: @DepthToSpace_v13(
// CHECK: onnx.DepthToSpace(%arg0) {blocksize = 2 : i64, mode = "DCR"}
func.func @DepthToSpace_v13(%arg0: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %0 = onnx.DepthToSpace_v13(%arg0) {blocksize = 2 : i64, mode = "DCR"} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %0 : tensor<1x2x4x6xf32>
}

// CHECK-LABEL: @Expand_v8(
// CHECK: onnx.Expand(%arg0, %arg1)
func.func @Expand_v8(%arg0: tensor<3x1xf32>, %arg1: tensor<2xi64>) -> tensor<3x4xf32> {
  %0 = onnx.Expand_v8(%arg0, %arg1) : (tensor<3x1xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// CHECK-LABEL: @Flatten_v1(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v1(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v1(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v9(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v9(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v9(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v11(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v11(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v11(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v13(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v13(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v13(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v21(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v21(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v21(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v23(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v23(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v23(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Flatten_v24(
// CHECK: onnx.Flatten(%arg0)
func.func @Flatten_v24(%arg0: tensor<5x4x3x2xf32>) -> tensor<5x24xf32> {
  %0 = onnx.Flatten_v24(%arg0) : (tensor<5x4x3x2xf32>) -> tensor<5x24xf32>
  return %0 : tensor<5x24xf32>
}

// CHECK-LABEL: @Identity_v1(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v1(%arg0: tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %0 = onnx.Identity_v1(%arg0) : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @Identity_v13(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v13(%arg0: tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %0 = onnx.Identity_v13(%arg0) : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}

// CHECK-LABEL: @Identity_v14(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v14(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v14(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Identity_v16(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v16(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v16(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Identity_v19(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v19(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v19(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Identity_v21(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v21(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v21(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Identity_v23(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v23(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v23(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Identity_v24(
// CHECK: onnx.Identity(%arg0)
func.func @Identity_v24(%arg0: !plan.sequence<tensor<*xf32>>) -> (!plan.sequence<tensor<*xf32>>) {
  %0 = onnx.Identity_v24(%arg0) : (!plan.sequence<tensor<*xf32>>) -> !plan.sequence<tensor<*xf32>>
  return %0 : !plan.sequence<tensor<*xf32>>
}

// CHECK-LABEL: @Pad_v11(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v11(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v11(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v13(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v13(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v13(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v18(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v18(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v18(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v19(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v19(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v19(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v21(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v21(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v21(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v23(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v23(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v23(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Pad_v24(
// CHECK: onnx.Pad(%arg0, %arg1) {mode = "edge"}
func.func @Pad_v24(%arg0: tensor<1x3x4x5xi32>, %arg1: tensor<8xi64>) -> tensor<1x3x6x7xi32> {
  %0 = onnx.Pad_v24(%arg0, %arg1) {mode = "edge"} : (tensor<1x3x4x5xi32>, tensor<8xi64>) -> tensor<1x3x6x7xi32>
  return %0 : tensor<1x3x6x7xi32>
}

// CHECK-LABEL: @Reshape_v5(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v5(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v5(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v13(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v13(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v13(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v14(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v14(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v14(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v19(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v19(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v19(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v21(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v21(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v21(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v23(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v23(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v23(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Reshape_v24(
// CHECK: onnx.Reshape(%arg0, %arg1)
func.func @Reshape_v24(%arg0: tensor<2x3x4xf32>, %arg1: tensor<1xi64>) -> tensor<24xf32> {
  %0 = onnx.Reshape_v24(%arg0, %arg1) : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// CHECK-LABEL: @Shape_v1(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v1(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v13(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v13(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v13(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v15(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v15(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v15(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v19(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v19(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v19(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v21(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v21(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v21(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v23(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v23(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v23(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Shape_v24(
// CHECK: onnx.Shape(%arg0)
func.func @Shape_v24(%arg0: tensor<3x4x5xf32>) -> tensor<3xi64> {
  %0 = onnx.Shape_v24(%arg0) : (tensor<3x4x5xf32>) -> tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @Size_v1(
// CHECK: onnx.Size(%arg0)
func.func @Size_v1(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v1(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Size_v13(
// CHECK: onnx.Size(%arg0)
func.func @Size_v13(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v13(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Size_v19(
// CHECK: onnx.Size(%arg0)
func.func @Size_v19(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v19(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Size_v21(
// CHECK: onnx.Size(%arg0)
func.func @Size_v21(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v21(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Size_v23(
// CHECK: onnx.Size(%arg0)
func.func @Size_v23(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v23(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Size_v24(
// CHECK: onnx.Size(%arg0)
func.func @Size_v24(%arg0: tensor<3x4x5xf32>) -> tensor<i64> {
  %0 = onnx.Size_v24(%arg0) : (tensor<3x4x5xf32>) -> tensor<i64>
  return %0 : tensor<i64>
}

// CHECK-LABEL: @Slice_v10(
// CHECK: onnx.Slice(%arg0, %arg1, %arg2)
func.func @Slice_v10(%arg0: tensor<20x10x5xf32>, %arg1: tensor<3xi64>, %arg2: tensor<3xi64>) -> tensor<20x10x1xf32> {
  %0 = onnx.Slice_v10(%arg0, %arg1, %arg2) : (tensor<20x10x5xf32>, tensor<3xi64>, tensor<3xi64>) -> tensor<20x10x1xf32>
  return %0 : tensor<20x10x1xf32>
}

// CHECK-LABEL: @Slice_v11(
// CHECK: onnx.Slice(%arg0, %arg1, %arg2)
func.func @Slice_v11(%arg0: tensor<20x10x5xf32>, %arg1: tensor<3xi64>, %arg2: tensor<3xi64>) -> tensor<20x10x1xf32> {
  %0 = onnx.Slice_v11(%arg0, %arg1, %arg2) : (tensor<20x10x5xf32>, tensor<3xi64>, tensor<3xi64>) -> tensor<20x10x1xf32>
  return %0 : tensor<20x10x1xf32>
}

// CHECK-LABEL: @SpaceToDepth_v1(
// CHECK: onnx.SpaceToDepth(%arg0) {blocksize = 2 : i64}
func.func @SpaceToDepth_v1(%arg0: tensor<2x2x6x6xf32>) -> tensor<2x8x3x3xf32> {
  %0 = onnx.SpaceToDepth_v1(%arg0) {blocksize = 2 : i64} : (tensor<2x2x6x6xf32>) -> tensor<2x8x3x3xf32>
  return %0 : tensor<2x8x3x3xf32>
}

// CHECK-LABEL: @SpaceToDepth_v13(
// CHECK: onnx.SpaceToDepth(%arg0) {blocksize = 2 : i64}
func.func @SpaceToDepth_v13(%arg0: tensor<2x2x6x6xf32>) -> tensor<2x8x3x3xf32> {
  %0 = onnx.SpaceToDepth_v13(%arg0) {blocksize = 2 : i64} : (tensor<2x2x6x6xf32>) -> tensor<2x8x3x3xf32>
  return %0 : tensor<2x8x3x3xf32>
}

// CHECK-LABEL: @Split_v1(
// CHECK: onnx.Split(%arg0) {axis = 1 : i64, num_outputs = 2 : i64}
func.func @Split_v1(%arg0: tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0:2 = onnx.Split_v1(%arg0) {axis = 1 : i64} : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %0#0, %0#1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: @Squeeze_v1(
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Squeeze(%arg0, %{{.+}})
func.func @Squeeze_v1(%arg0: tensor<1x3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = onnx.Squeeze_v1(%arg0) {axes = array<i64: 0>} : (tensor<1x3x4x5xf32>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Squeeze_v13(
// CHECK: onnx.Squeeze(%arg0, %arg1)
func.func @Squeeze_v13(%arg0: tensor<1x3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<3x4x5xf32> {
  %0 = onnx.Squeeze_v13(%arg0, %arg1) : (tensor<1x3x4x5xf32>, tensor<1xi64>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Squeeze_v21(
// CHECK: onnx.Squeeze(%arg0, %arg1)
func.func @Squeeze_v21(%arg0: tensor<1x3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<3x4x5xf32> {
  %0 = onnx.Squeeze_v21(%arg0, %arg1) : (tensor<1x3x4x5xf32>, tensor<1xi64>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Squeeze_v23(
// CHECK: onnx.Squeeze(%arg0, %arg1)
func.func @Squeeze_v23(%arg0: tensor<1x3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<3x4x5xf32> {
  %0 = onnx.Squeeze_v23(%arg0, %arg1) : (tensor<1x3x4x5xf32>, tensor<1xi64>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Squeeze_v24(
// CHECK: onnx.Squeeze(%arg0, %arg1)
func.func @Squeeze_v24(%arg0: tensor<1x3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<3x4x5xf32> {
  %0 = onnx.Squeeze_v24(%arg0, %arg1) : (tensor<1x3x4x5xf32>, tensor<1xi64>) -> tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// CHECK-LABEL: @Tile_v6(
// CHECK: onnx.Tile(%arg0, %arg1)
func.func @Tile_v6(%arg0: tensor<2x2xf32>, %arg1: tensor<2xi64>) -> tensor<4x4xf32> {
  %0 = onnx.Tile_v6(%arg0, %arg1) : (tensor<2x2xf32>, tensor<2xi64>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// CHECK-LABEL: @Transpose_v1(
// CHECK: onnx.Transpose(%arg0)
func.func @Transpose_v1(%arg0: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = onnx.Transpose_v1(%arg0) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %0 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @Transpose_v13(
// CHECK: onnx.Transpose(%arg0)
func.func @Transpose_v13(%arg0: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = onnx.Transpose_v13(%arg0) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %0 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @Transpose_v21(
// CHECK: onnx.Transpose(%arg0)
func.func @Transpose_v21(%arg0: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = onnx.Transpose_v21(%arg0) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %0 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @Transpose_v23(
// CHECK: onnx.Transpose(%arg0)
func.func @Transpose_v23(%arg0: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = onnx.Transpose_v23(%arg0) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %0 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @Transpose_v24(
// CHECK: onnx.Transpose(%arg0)
func.func @Transpose_v24(%arg0: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = onnx.Transpose_v24(%arg0) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %0 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @Unsqueeze_v1(
// CHECK: onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: onnx.Unsqueeze(%arg0, %{{.+}})
func.func @Unsqueeze_v1(%arg0: tensor<3x4x5xf32>) -> tensor<1x3x4x5xf32> {
  %0 = onnx.Unsqueeze_v1(%arg0) {axes = array<i64: 0>} : (tensor<3x4x5xf32>) -> tensor<1x3x4x5xf32>
  return %0 : tensor<1x3x4x5xf32>
}

// CHECK-LABEL: @Unsqueeze_v13(
// CHECK: onnx.Unsqueeze(%arg0, %arg1)
func.func @Unsqueeze_v13(%arg0: tensor<3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<1x3x4x5xf32> {
  %0 = onnx.Unsqueeze_v13(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<1xi64>) -> tensor<1x3x4x5xf32>
  return %0 : tensor<1x3x4x5xf32>
}

// CHECK-LABEL: @Unsqueeze_v21(
// CHECK: onnx.Unsqueeze(%arg0, %arg1)
func.func @Unsqueeze_v21(%arg0: tensor<3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<1x3x4x5xf32> {
  %0 = onnx.Unsqueeze_v21(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<1xi64>) -> tensor<1x3x4x5xf32>
  return %0 : tensor<1x3x4x5xf32>
}

// CHECK-LABEL: @Unsqueeze_v23(
// CHECK: onnx.Unsqueeze(%arg0, %arg1)
func.func @Unsqueeze_v23(%arg0: tensor<3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<1x3x4x5xf32> {
  %0 = onnx.Unsqueeze_v23(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<1xi64>) -> tensor<1x3x4x5xf32>
  return %0 : tensor<1x3x4x5xf32>
}

// CHECK-LABEL: @Unsqueeze_v24(
// CHECK: onnx.Unsqueeze(%arg0, %arg1)
func.func @Unsqueeze_v24(%arg0: tensor<3x4x5xf32>, %arg1: tensor<1xi64>) -> tensor<1x3x4x5xf32> {
  %0 = onnx.Unsqueeze_v24(%arg0, %arg1) : (tensor<3x4x5xf32>, tensor<1xi64>) -> tensor<1x3x4x5xf32>
  return %0 : tensor<1x3x4x5xf32>
}
