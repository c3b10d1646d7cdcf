// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// CHECK-LABEL: @trilu
// CHECK: %[[V0:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V1:.*]] = onnx.Range(%{{.*}}, %[[V0]], %{{.*}})
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%[[V1]], %{{.*}})
// CHECK: %[[V3:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V4:.*]] = onnx.Range(%{{.*}}, %[[V3]], %{{.*}})
// CHECK: %[[V5:.*]] = onnx.LessOrEqual(%[[V2]], %[[V4]])
// CHECK: %[[V6:.*]] = onnx.Where(%[[V5]], %arg0, %{{.*}})
// CHECK: %[[V7:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V8:.*]] = onnx.Range(%{{.*}}, %[[V7]], %{{.*}})
// CHECK: %[[V9:.*]] = onnx.Unsqueeze(%[[V8]], %{{.*}})
// CHECK: %[[V10:.*]] = onnx.Squeeze(%{{.*}}, %{{.*}})
// CHECK: %[[V11:.*]] = onnx.Range(%{{.*}}, %[[V10]], %{{.*}})
// CHECK: %[[V12:.*]] = onnx.Add(%[[V9]], %arg1)
// CHECK: %[[V13:.*]] = onnx.LessOrEqual(%[[V11]], %[[V12]])
// CHECK: %[[V14:.*]] = onnx.Where(%[[V13]], %arg0, %{{.*}})
// CHECK: return %[[V6]], %[[V14]]
func.func @trilu(%x: tensor<3x4xf32>, %k: tensor<i64>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %y = onnx.Trilu(%x) : (tensor<3x4xf32>) -> tensor<3x4xf32>
  %z = onnx.Trilu(%x, %k) {upper = 0 : i64} : (tensor<3x4xf32>, tensor<i64>) -> tensor<3x4xf32>
  return %y, %z : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// CHECK-LABEL: @eye_like
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V1:.*]] = onnx.Range(%[[C2]], %[[V0]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%[[V1]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Squeeze(%[[C5]], %[[C6]])
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V4:.*]] = onnx.Range(%[[C7]], %[[V3]], %[[C8]])
// CHECK: %[[C9:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V5:.*]] = onnx.Add(%[[V2]], %[[C9]])
// CHECK: %[[V6:.*]] = onnx.Equal(%[[V5]], %[[V4]])
// CHECK: %[[V7:.*]] = onnx.Cast(%[[V6]]) {to = 1 : i64}
// CHECK: return %[[V7]]
func.func @eye_like(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %y = onnx.EyeLike(%x) {k = 1 : i64} : (tensor<3x4xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// -----

// A negative index counts from the end; one out of range is nowhere.
// CHECK-LABEL: @one_hot
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<> : tensor<0xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg1, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Cast(%arg0) {to = 7 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[V2:.*]] = onnx.Less(%[[V1]], %[[C1]])
// CHECK: %[[V3:.*]] = onnx.Add(%[[V1]], %[[V0]])
// CHECK: %[[V4:.*]] = onnx.Where(%[[V2]], %[[V3]], %[[V1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Unsqueeze(%[[V4]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V6:.*]] = onnx.Range(%[[C3]], %[[V0]], %[[C4]])
// CHECK: %[[V7:.*]] = onnx.Equal(%[[V5]], %[[V6]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[V8:.*]] = onnx.Gather(%arg2, %[[C5]]) {axis = 0 : i64}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V9:.*]] = onnx.Gather(%arg2, %[[C6]]) {axis = 0 : i64}
// CHECK: %[[V10:.*]] = onnx.Where(%[[V7]], %[[V9]], %[[V8]])
// CHECK: return %[[V10]]
func.func @one_hot(%i: tensor<3xi32>, %depth: tensor<i64>, %values: tensor<2xf32>) -> tensor<3x?xf32, #onnx.dims<3, "d">> {
  %y = onnx.OneHot(%i, %depth, %values) : (tensor<3xi32>, tensor<i64>, tensor<2xf32>) -> tensor<3x?xf32, #onnx.dims<3, "d">>
  return %y : tensor<3x?xf32, #onnx.dims<3, "d">>
}

// -----

// Without an axis, of all elements.
// CHECK-LABEL: @compress
// CHECK: %[[V0:.*]] = onnx.NonZero(%arg1)
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Squeeze(%[[V0]], %[[C0]])
// CHECK: %[[V2:.*]] = onnx.Gather(%arg0, %[[V1]]) {axis = 0 : i64}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Reshape(%arg0, %[[C1]])
// CHECK: %[[V4:.*]] = onnx.NonZero(%arg1)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Squeeze(%[[V4]], %[[C2]])
// CHECK: %[[V6:.*]] = onnx.Gather(%[[V3]], %[[V5]]) {axis = 0 : i64}
// CHECK: return %[[V2]], %[[V6]]
func.func @compress(%x: tensor<3x4xf32>, %c: tensor<3xi1>) -> (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<?xf32, #onnx.dims<"m">>) {
  %y = onnx.Compress(%x, %c) {axis = -2 : i64} : (tensor<3x4xf32>, tensor<3xi1>) -> tensor<?x4xf32, #onnx.dims<"n", 4>>
  %z = onnx.Compress(%x, %c) : (tensor<3x4xf32>, tensor<3xi1>) -> tensor<?xf32, #onnx.dims<"m">>
  return %y, %z : tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<?xf32, #onnx.dims<"m">>
}

// -----

// The first steps of each row backwards, the others as they are.
// CHECK-LABEL: @reverse_sequence
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 1, 0>}
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V2:.*]] = onnx.Range(%[[C2]], %[[V1]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%arg1, %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V4:.*]] = onnx.Sub(%[[V3]], %[[C5]])
// CHECK: %[[V5:.*]] = onnx.Sub(%[[V4]], %[[V2]])
// CHECK: %[[V6:.*]] = onnx.Less(%[[V2]], %[[V3]])
// CHECK: %[[V7:.*]] = onnx.Where(%[[V6]], %[[V5]], %[[V2]])
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V8:.*]] = onnx.Unsqueeze(%[[V7]], %[[C6]])
// CHECK: %[[V9:.*]] = onnx.GatherND(%[[V0]], %[[V8]]) {batch_dims = 1 : i64}
// CHECK: %[[V10:.*]] = onnx.Transpose(%[[V9]]) {perm = array<i64: 1, 0>}
// CHECK: return %[[V10]]
func.func @reverse_sequence(%x: tensor<4x2xf32>, %l: tensor<2xi64>) -> tensor<4x2xf32> {
  %y = onnx.ReverseSequence(%x, %l) : (tensor<4x2xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

// An update at each batch's own position, round the end where the cache is a ring.
// CHECK-LABEL: @tensor_scatter
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V1:.*]] = onnx.Range(%[[C2]], %[[V0]], %[[C3]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Unsqueeze(%[[V1]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%arg2, %[[C5]])
// CHECK: %[[V4:.*]] = onnx.Add(%[[V2]], %[[V3]])
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Squeeze(%[[C6]], %[[C7]])
// CHECK: %[[V6:.*]] = onnx.Mod(%[[V4]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Shape(%arg1)
// CHECK: %[[V8:.*]] = onnx.Expand(%[[V6]], %[[V7]])
// CHECK: %[[V9:.*]] = onnx.ScatterElements(%arg0, %[[V8]], %arg1) {axis = 1 : i64}
// CHECK: return %[[V9]]
func.func @tensor_scatter(%c: tensor<2x4x3xf32>, %u: tensor<2x2x3xf32>, %start: tensor<2xi64>) -> tensor<2x4x3xf32> {
  %y = onnx.TensorScatter(%c, %u, %start) {mode = "circular"} : (tensor<2x4x3xf32>, tensor<2x2x3xf32>, tensor<2xi64>) -> tensor<2x4x3xf32>
  return %y : tensor<2x4x3xf32>
}

// -----

// Bounds are scalars.
// CHECK-LABEL: @range
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<> : tensor<0xi64>}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[C0]])
// CHECK: %[[V1:.*]] = onnx.Range(%[[V0]], %arg1, %arg1)
// CHECK: return %[[V1]]
func.func @range(%a: tensor<1xi64>, %b: tensor<i64>) -> tensor<?xi64, #onnx.dims<"n">> {
  %y = onnx.Range(%a, %b, %b) : (tensor<1xi64>, tensor<i64>, tensor<i64>) -> tensor<?xi64, #onnx.dims<"n">>
  return %y : tensor<?xi64, #onnx.dims<"n">>
}

// -----

// What has no rank has no diagonal; ONNX defines no body either.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.Trilu(%arg0)
// CHECK: return %[[V0]]
func.func @refused(%x: tensor<*xf32>) -> tensor<*xf32> {
  %y = onnx.Trilu(%x) : (tensor<*xf32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}
