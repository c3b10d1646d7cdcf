// RUN: azulejo-opt %s --split-input-file --azulejo-lower-onnx --canonicalize --cse --azulejo-verify-lowered | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32> {azulejo.name = "x", azulejo.shape = ["batch", 4], azulejo.type = "float"},
// CHECK-SAME: %[[Y:.*]]: tensor<4xf32> {
// CHECK-SAME: %[[BATCH:.*]]: index {azulejo.symbol = "batch"})
// CHECK-SAME: -> (tensor<?x4xf32> {azulejo.name = "z", azulejo.shape = ["batch", 4], azulejo.type = "float"})
// CHECK: %[[INIT:.*]] = tensor.empty(%[[BATCH]]) : tensor<?x4xf32>
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[Y]] : {{.*}}) outs(%[[INIT]]
// CHECK: arith.addf
func.func @main(%x: tensor<?x4xf32, #onnx.dims<"batch", 4>> {onnx.name = "x"}, %y: tensor<4xf32> {onnx.name = "y"})
    -> (tensor<?x4xf32, #onnx.dims<"batch", 4>> {onnx.name = "z"}) {
  %z = onnx.Add(%x, %y) : (tensor<?x4xf32, #onnx.dims<"batch", 4>>, tensor<4xf32>) -> tensor<?x4xf32, #onnx.dims<"batch", 4>>
  return %z : tensor<?x4xf32, #onnx.dims<"batch", 4>>
}

// -----

// Two dimensions of which nothing is known may be 1: what is read there is decided at run time, as is the result's size.
// CHECK-LABEL: func.func @main
// CHECK: %[[ONE:.*]] = arith.cmpi eq, %[[A:.*]], %c1
// CHECK: %[[SIZE:.*]] = arith.select %[[ONE]], %[[B:.*]], %[[A]] : index
// CHECK: tensor.empty(%[[SIZE]]) : tensor<?xf32>
// CHECK: linalg.generic
// CHECK: linalg.index 0
// CHECK: arith.select
// CHECK: tensor.extract
func.func @main(%x: tensor<?xf32, #onnx.dims<"a">>, %y: tensor<?xf32, #onnx.dims<"b">>) -> tensor<?xf32> {
  %z = onnx.Add(%x, %y) : (tensor<?xf32, #onnx.dims<"a">>, tensor<?xf32, #onnx.dims<"b">>) -> tensor<?xf32>
  return %z : tensor<?xf32>
}

// -----

// Integer division does not trap: neither by zero nor for the least number by -1.
// CHECK-LABEL: func.func @main
// CHECK: arith.cmpi eq
// CHECK: arith.divsi
// CHECK: arith.select
func.func @main(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %z = onnx.Div(%x, %y) : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %z : tensor<4xi32>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK-SAME: tensor<4xi8> {azulejo.shape = [4], azulejo.type = "uint8"}
// CHECK: arith.divui
func.func @main(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %z = onnx.Div(%x, %y) : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %z : tensor<4xui8>
}

// -----

// Narrow floats are rounded once.
// CHECK-LABEL: func.func @main
// CHECK: arith.extf {{.*}} f16 to f32
// CHECK: arith.extf {{.*}} f16 to f32
// CHECK: arith.mulf {{.*}} f32
// CHECK: arith.truncf {{.*}} f32 to f16
func.func @main(%x: tensor<4xf16>, %y: tensor<4xf16>) -> tensor<4xf16> {
  %z = onnx.Mul(%x, %y) : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %z : tensor<4xf16>
}

// -----

// A power that the model spells out needs no logarithm.
// CHECK-LABEL: func.func @main
// CHECK: %[[SQUARE:.*]] = arith.mulf %[[X:.*]], %[[X]]
// CHECK: arith.mulf %[[X]], %[[SQUARE]]
// CHECK-NOT: math.log
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = onnx.Constant() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
  %z = onnx.Pow(%x, %three) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}

// -----

// The remainder takes the divisor's sign.
// CHECK-LABEL: func.func @main
// CHECK: arith.remsi
// CHECK: arith.xori
// CHECK: arith.addi
func.func @main(%x: tensor<4xi64>, %y: tensor<4xi64>) -> tensor<4xi64> {
  %z = onnx.Mod(%x, %y) : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %z : tensor<4xi64>
}

// -----

// The smaller of 512 and the result's size is not 1 unless that is: nothing to decide at run time.
// CHECK-LABEL: func.func @main
// CHECK-NOT: tensor.extract
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<?x?xf32>, tensor<?xf32>)
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<?x?xf32, #onnx.dims<"batch", "seq">>, %y: tensor<?xf32, #onnx.dims<"min(512, seq)">>)
    -> tensor<?x?xf32, #onnx.dims<"batch", "seq">> {
  %z = onnx.Add(%x, %y) : (tensor<?x?xf32, #onnx.dims<"batch", "seq">>, tensor<?xf32, #onnx.dims<"min(512, seq)">>)
    -> tensor<?x?xf32, #onnx.dims<"batch", "seq">>
  return %z : tensor<?x?xf32, #onnx.dims<"batch", "seq">>
}
