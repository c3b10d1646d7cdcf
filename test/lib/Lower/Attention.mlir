// RUN: azulejo-opt %s --azulejo-lower-onnx --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @attention
// CHECK: %[[M:.*]] = tensor.expand_shape
// CHECK: tile.attention {causal, scale = 1.250000e-01 : f64, zero_masked_rows} ins({{.*}}) mask(%[[M]] : tensor<1x1x?x?xf32>)
func.func @attention(%q: tensor<1x8x?x64xf32, #onnx.dims<1, 8, "q", 64>>, %k: tensor<1x2x?x64xf32, #onnx.dims<1, 2, "k", 64>>,
                     %v: tensor<1x2x?x64xf32, #onnx.dims<1, 2, "k", 64>>, %m: tensor<?x?xf32, #onnx.dims<"q", "k">>)
    -> tensor<1x8x?x64xf32, #onnx.dims<1, 8, "q", 64>> {
  %y = onnx.Attention(%q, %k, %v, %m) {is_causal = 1 : i64, scale = 1.250000e-01 : f32}
    : (tensor<1x8x?x64xf32, #onnx.dims<1, 8, "q", 64>>, tensor<1x2x?x64xf32, #onnx.dims<1, 2, "k", 64>>,
       tensor<1x2x?x64xf32, #onnx.dims<1, 2, "k", 64>>, tensor<?x?xf32, #onnx.dims<"q", "k">>) -> tensor<1x8x?x64xf32, #onnx.dims<1, 8, "q", 64>>
  return %y : tensor<1x8x?x64xf32, #onnx.dims<1, 8, "q", 64>>
}

// CHECK-LABEL: func.func @rotary
// CHECK: tile.kernel "rotary_embedding"
func.func @rotary(%x: tensor<2x4x3x8xf32>, %c: tensor<50x4xf32>, %s: tensor<50x4xf32>, %p: tensor<2x3xi64>) -> tensor<2x4x3x8xf32> {
  %y = onnx.RotaryEmbedding(%x, %c, %s, %p) : (tensor<2x4x3x8xf32>, tensor<50x4xf32>, tensor<50x4xf32>, tensor<2x3xi64>) -> tensor<2x4x3x8xf32>
  return %y : tensor<2x4x3x8xf32>
}
