// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// Sizes that are numbers are said; of the others one is left to be found.
// CHECK-LABEL: @flatten
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<6> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[S0:.*]] = onnx.Concat(%[[C0]], %[[C1]]) {axis = 0 : i64}
// CHECK: %[[V0:.*]] = onnx.Reshape(%arg0, %[[S0]]) {allowzero = 1 : i64}
// CHECK: %[[N:.*]] = onnx.Shape(%arg1) {end = 1 : i64, start = 0 : i64}
// CHECK: %[[P:.*]] = onnx.ReduceProd(%[[N]], {{.*}}) {keepdims = 1 : i64}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<12> : tensor<1xi64>}
// CHECK: %[[S1:.*]] = onnx.Concat(%[[P]], %[[C2]]) {axis = 0 : i64}
// CHECK: %[[V1:.*]] = onnx.Reshape(%arg1, %[[S1]]) {allowzero = 1 : i64}
// CHECK: return %[[V0]], %[[V1]]
func.func @flatten(%x: tensor<2x3x4xf32>, %d: tensor<?x3x4xf32, #onnx.dims<"n", 3, 4>>) -> (tensor<6x4xf32>, tensor<?x12xf32, #onnx.dims<"n", 12>>) {
  %y = onnx.Flatten(%x) {axis = 2 : i64} : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %z = onnx.Flatten(%d) : (tensor<?x3x4xf32, #onnx.dims<"n", 3, 4>>) -> tensor<?x12xf32, #onnx.dims<"n", 12>>
  return %y, %z : tensor<6x4xf32>, tensor<?x12xf32, #onnx.dims<"n", 12>>
}

// -----

// Slices, each of which begins where the last one ended.
// CHECK-LABEL: @split
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Slice(%arg0, %[[C2]], %[[C3]], %[[C0]], %[[C1]])
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<5> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Slice(%arg0, %[[C4]], %[[C5]], %[[C0]], %[[C1]])
// CHECK: return %[[V0]], %[[V1]]
func.func @split(%x: tensor<5x2xf32>) -> (tensor<3x2xf32>, tensor<2x2xf32>) {
  %y:2 = onnx.Split(%x) {num_outputs = 2 : i64} : (tensor<5x2xf32>) -> (tensor<3x2xf32>, tensor<2x2xf32>)
  return %y#0, %y#1 : tensor<3x2xf32>, tensor<2x2xf32>
}

// -----

// Of sizes that are known at run time.
// CHECK-LABEL: @split_dynamic
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Slice(%arg1, %[[C3]], %[[C4]], %[[C5]], %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Add(%[[C2]], %[[V0]])
// CHECK: %[[V2:.*]] = onnx.Slice(%arg0, %[[C2]], %[[V1]], %[[C0]], %[[C1]])
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Slice(%arg1, %[[C6]], %[[C7]], %[[C8]], %[[C1]])
// CHECK: %[[V4:.*]] = onnx.Add(%[[V1]], %[[V3]])
// CHECK: %[[V5:.*]] = onnx.Slice(%arg0, %[[V1]], %[[V4]], %[[C0]], %[[C1]])
// CHECK: return %[[V2]], %[[V5]]
func.func @split_dynamic(%x: tensor<5x2xf32>, %sizes: tensor<2xi64>) -> (tensor<?x2xf32, #onnx.dims<"a", 2>>, tensor<?x2xf32, #onnx.dims<"b", 2>>) {
  %y:2 = onnx.Split(%x, %sizes) : (tensor<5x2xf32>, tensor<2xi64>) -> (tensor<?x2xf32, #onnx.dims<"a", 2>>, tensor<?x2xf32, #onnx.dims<"b", 2>>)
  return %y#0, %y#1 : tensor<?x2xf32, #onnx.dims<"a", 2>>, tensor<?x2xf32, #onnx.dims<"b", 2>>
}

// -----

// All operands are there, and axes count from the front.
// CHECK-LABEL: @slice
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Slice(%arg0, %arg1, %arg2, %[[C0]], %[[C1]])
// CHECK: return %[[V0]]
func.func @slice(%x: tensor<4x5xf32>, %s: tensor<1xi64>, %e: tensor<1xi64>) -> tensor<4x?xf32, #onnx.dims<4, "n">> {
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.Slice(%x, %s, %e, %axes) : (tensor<4x5xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x?xf32, #onnx.dims<4, "n">>
  return %y : tensor<4x?xf32, #onnx.dims<4, "n">>
}

// -----

// CHECK-LABEL: @transpose
// CHECK: %[[V0:.*]] = onnx.Transpose(%arg0) {perm = array<i64: 2, 1, 0>}
// CHECK: return %[[V0]]
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %y = onnx.Transpose(%x) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  return %y : tensor<4x3x2xf32>
}

// -----

// Which dimensions are squeezed is said, from the front and in order.
// CHECK-LABEL: @squeeze
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 2]> : tensor<2xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%arg0, %[[C0]])
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<[0, 2]> : tensor<2xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%arg1, %[[C1]])
// CHECK: return %[[V0]], %[[V1]]
func.func @squeeze(%x: tensor<1x3x1xf32>, %v: tensor<3xf32>) -> (tensor<3xf32>, tensor<1x3x1xf32>) {
  %axes = onnx.Constant() {value = dense<[-1, 0]> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Squeeze(%x) : (tensor<1x3x1xf32>) -> tensor<3xf32>
  %z = onnx.Unsqueeze(%v, %axes) : (tensor<3xf32>, tensor<2xi64>) -> tensor<1x3x1xf32>
  return %y, %z : tensor<3xf32>, tensor<1x3x1xf32>
}

// -----

// Axes that are known at run time only: the dimensions that stay are moved to the front of the shape.
// CHECK-LABEL: @runtime_axes
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<3> : tensor<i64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<i64>}
// CHECK: %[[V0:.*]] = onnx.Less(%arg1, %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Add(%arg1, %[[C0]])
// CHECK: %[[V2:.*]] = onnx.Where(%[[V0]], %[[V1]], %arg1)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<[0, 1, 2]> : tensor<3xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Unsqueeze(%[[C2]], %[[C3]])
// CHECK: %[[V4:.*]] = onnx.Equal(%[[V3]], %[[V2]])
// CHECK: %[[V5:.*]] = onnx.Cast(%[[V4]]) {to = 7 : i64}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V6:.*]] = onnx.ReduceMax(%[[V5]], %[[C4]]) {keepdims = 0 : i64}
// CHECK: %[[V7:.*]] = onnx.Shape(%arg0)
// CHECK: %[[V8:.*]] = onnx.Mul(%[[V6]], %[[C0]])
// CHECK: %[[V9:.*]] = onnx.Add(%[[C2]], %[[V8]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %{{.*}}, %[[V11:.*]] = onnx.TopK(%[[V9]], %[[C5]]) {axis = 0 : i64, largest = 0 : i64}
// CHECK: %[[V12:.*]] = onnx.Gather(%[[V7]], %[[V11]]) {axis = 0 : i64}
// CHECK: %[[V13:.*]] = onnx.Reshape(%arg0, %[[V12]])
// CHECK: return %[[V13]]
func.func @runtime_axes(%x: tensor<1x3x1xf32>, %axes: tensor<1xi64>) -> tensor<?x?xf32, #onnx.dims<"a", "b">> {
  %y = onnx.Squeeze(%x, %axes) : (tensor<1x3x1xf32>, tensor<1xi64>) -> tensor<?x?xf32, #onnx.dims<"a", "b">>
  return %y : tensor<?x?xf32, #onnx.dims<"a", "b">>
}

// -----

// Pads are for all dimensions.
// CHECK-LABEL: @pad
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<[0, 1, 0, 2]> : tensor<4xi64>}
// CHECK: %[[V0:.*]] = onnx.Pad(%arg0, %[[C0]]) {mode = "edge"}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Slice(%arg1, %[[C1]], %[[C2]], %[[C3]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Slice(%arg1, %[[C5]], %[[C6]], %[[C7]], %[[C8]])
// CHECK: %[[C9:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C10:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V3:.*]] = onnx.Concat(%[[C9]], %[[V1]], %[[C10]], %[[V2]]) {axis = 0 : i64}
// CHECK: %[[V4:.*]] = onnx.Pad(%arg0, %[[V3]]) {mode = "constant"}
// CHECK: return %[[V0]], %[[V4]]
func.func @pad(%x: tensor<2x3xf32>, %pads: tensor<2xi64>) -> (tensor<2x6xf32>, tensor<2x?xf32, #onnx.dims<2, "n">>) {
  %known = onnx.Constant() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %axes = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %y = onnx.Pad(%x, %known, _, %axes) {mode = "edge"} : (tensor<2x3xf32>, tensor<2xi64>, tensor<1xi64>) -> tensor<2x6xf32>
  %z = onnx.Pad(%x, %pads, _, %axes) : (tensor<2x3xf32>, tensor<2xi64>, tensor<1xi64>) -> tensor<2x?xf32, #onnx.dims<2, "n">>
  return %y, %z : tensor<2x6xf32>, tensor<2x?xf32, #onnx.dims<2, "n">>
}

// -----

// A dimension of 1 before the one that is repeated, expanded, and merged with it.
// CHECK-LABEL: @tile
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<3> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Mul(%[[C1]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Unsqueeze(%arg0, %[[C3]])
// CHECK: %[[V2:.*]] = onnx.Concat(%[[C0]], %[[C1]], %[[C2]]) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Expand(%[[V1]], %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Concat(%[[C0]], %[[V0]]) {axis = 0 : i64}
// A size of 0 is a dimension without elements, and copies no other.
// CHECK: %[[V5:.*]] = onnx.Reshape(%[[V3]], %[[V4]]) {allowzero = 1 : i64}
// CHECK: return %[[V5]], %arg0
func.func @tile(%x: tensor<2x3xf32>) -> (tensor<2x12xf32>, tensor<2x3xf32>) {
  %repeats = onnx.Constant() {value = dense<[1, 4]> : tensor<2xi64>} : () -> tensor<2xi64>
  %once = onnx.Constant() {value = dense<1> : tensor<2xi64>} : () -> tensor<2xi64>
  %y = onnx.Tile(%x, %repeats) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x12xf32>
  %z = onnx.Tile(%x, %once) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return %y, %z : tensor<2x12xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @constant_of_shape
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<7> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]] = onnx.Expand(%[[V0]], %arg0)
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<0.000000e+00> : tensor<f32>}
// CHECK: %[[V2:.*]] = onnx.Expand(%[[C2]], %arg0)
// CHECK: return %[[V1]], %[[V2]]
func.func @constant_of_shape(%shape: tensor<1xi64>) -> (tensor<?xi64, #onnx.dims<"n">>, tensor<?xf32, #onnx.dims<"n">>) {
  %y = onnx.ConstantOfShape(%shape) {value = dense<7> : tensor<1xi64>} : (tensor<1xi64>) -> tensor<?xi64, #onnx.dims<"n">>
  %z = onnx.ConstantOfShape(%shape) : (tensor<1xi64>) -> tensor<?xf32, #onnx.dims<"n">>
  return %y, %z : tensor<?xi64, #onnx.dims<"n">>, tensor<?xf32, #onnx.dims<"n">>
}

// -----

// Blocks come first among the channels (DCR), or behind each (CRD).
// CHECK-LABEL: @depth_to_space
// CHECK: %[[V0:.*]] = onnx.Mul(%{{.*}}, %{{.*}})
// CHECK: %[[V1:.*]] = onnx.Mul(%{{.*}}, %{{.*}})
// CHECK: %[[V2:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Reshape(%arg0, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Transpose(%[[V3]]) {perm = array<i64: 0, 3, 4, 1, 5, 2>}
// CHECK: %[[V5:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %[[V0]], %[[V1]]) {axis = 0 : i64}
// CHECK: %[[V6:.*]] = onnx.Reshape(%[[V4]], %[[V5]])
// CHECK: %[[V7:.*]] = onnx.Mul(%{{.*}}, %{{.*}})
// CHECK: %[[V8:.*]] = onnx.Mul(%{{.*}}, %{{.*}})
// CHECK: %[[V9:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {axis = 0 : i64}
// CHECK: %[[V10:.*]] = onnx.Reshape(%arg0, %[[V9]])
// CHECK: %[[V11:.*]] = onnx.Transpose(%[[V10]]) {perm = array<i64: 0, 1, 4, 2, 5, 3>}
// CHECK: %[[V12:.*]] = onnx.Concat(%{{.*}}, %{{.*}}, %[[V7]], %[[V8]]) {axis = 0 : i64}
// CHECK: %[[V13:.*]] = onnx.Reshape(%[[V11]], %[[V12]])
// CHECK: return %[[V6]], %[[V13]]
func.func @depth_to_space(%x: tensor<1x8x2x3xf32>) -> (tensor<1x2x4x6xf32>, tensor<1x2x4x6xf32>) {
  %y = onnx.DepthToSpace(%x) {blocksize = 2 : i64} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  %z = onnx.DepthToSpace(%x) {blocksize = 2 : i64, mode = "CRD"} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %y, %z : tensor<1x2x4x6xf32>, tensor<1x2x4x6xf32>
}

// -----

// CHECK-LABEL: @space_to_depth
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<4> : tensor<1xi64>}
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Div(%[[C1]], %[[C2]])
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<6> : tensor<1xi64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V1:.*]] = onnx.Div(%[[C3]], %[[C4]])
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[C7:.*]] = onnx.Constant() {value = dense<2> : tensor<1xi64>}
// CHECK: %[[V2:.*]] = onnx.Concat(%[[C0]], %[[C5]], %[[V0]], %[[C6]], %[[V1]], %[[C7]]) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Reshape(%arg0, %[[V2]])
// CHECK: %[[V4:.*]] = onnx.Transpose(%[[V3]]) {perm = array<i64: 0, 3, 5, 1, 2, 4>}
// CHECK: %[[C8:.*]] = onnx.Constant() {value = dense<8> : tensor<1xi64>}
// CHECK: %[[V5:.*]] = onnx.Concat(%[[C0]], %[[C8]], %[[V0]], %[[V1]]) {axis = 0 : i64}
// CHECK: %[[V6:.*]] = onnx.Reshape(%[[V4]], %[[V5]])
// CHECK: return %[[V6]]
func.func @space_to_depth(%x: tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32> {
  %y = onnx.SpaceToDepth(%x) {blocksize = 2 : i64} : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
  return %y : tensor<1x8x2x3xf32>
}

// -----

// Where nobody knows how many channels there are, the body that ONNX defines finds it out.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.Shape(%arg0)
// CHECK: %[[V1:.*]] = onnx.Slice(%[[V0]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[V2:.*]] = onnx.Slice(%[[V0]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[V3:.*]] = onnx.Slice(%[[V0]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[V4:.*]] = onnx.Slice(%[[V0]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[V5:.*]] = onnx.Mul(%[[V3]], %{{.*}})
// CHECK: %[[V6:.*]] = onnx.Mul(%[[V4]], %{{.*}})
// CHECK: %[[V7:.*]] = onnx.Div(%[[V2]], %{{.*}})
// CHECK: %[[V8:.*]] = onnx.Concat(%[[V1]], %{{.*}}, %{{.*}}, %[[V7]], %[[V3]], %[[V4]]) {axis = 0 : i64}
// CHECK: %[[V9:.*]] = onnx.Reshape(%arg0, %[[V8]]) {allowzero = 1 : i64}
// CHECK: %[[V10:.*]] = onnx.Transpose(%[[V9]]) {perm = array<i64: 0, 3, 4, 1, 5, 2>}
// CHECK: %[[V11:.*]] = onnx.Concat(%[[V1]], %[[V7]], %[[V5]], %[[V6]]) {axis = 0 : i64}
// CHECK: %[[V12:.*]] = onnx.Reshape(%[[V10]], %[[V11]]) {allowzero = 1 : i64}
// CHECK: return %[[V12]]
func.func @refused(%x: tensor<1x?x2x3xf32, #onnx.dims<1, "c", 2, 3>>) -> tensor<1x?x4x6xf32, #onnx.dims<1, "floordiv(c, 4)", 4, 6>> {
  %y = onnx.DepthToSpace(%x) {blocksize = 2 : i64} : (tensor<1x?x2x3xf32, #onnx.dims<1, "c", 2, 3>>) -> tensor<1x?x4x6xf32, #onnx.dims<1, "floordiv(c, 4)", 4, 6>>
  return %y : tensor<1x?x4x6xf32, #onnx.dims<1, "floordiv(c, 4)", 4, 6>>
}

// -----

// More axes than any tensor has dimensions.
// CHECK-LABEL: @refused_axes
// CHECK: onnx.Unsqueeze(%arg0, %arg1)
func.func @refused_axes(%x: tensor<2x3xf32>, %axes: tensor<2147483647xi64>) -> tensor<*xf32> {
  %y = onnx.Unsqueeze(%x, %axes) : (tensor<2x3xf32>, tensor<2147483647xi64>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}

// -----

// Of how many axes only the run knows: a slice of every dimension, whole where it is not named.
// CHECK-LABEL: @runtime_axes
// CHECK: %[[STARTS:.*]] = onnx.ScatterElements(%{{.*}}, %arg3, %arg1) {axis = 0 : i64}{{.*}} -> tensor<2xi64>
// CHECK: %[[ENDS:.*]] = onnx.ScatterElements(%{{.*}}, %arg3, %arg2) {axis = 0 : i64}{{.*}} -> tensor<2xi64>
// CHECK: onnx.Slice(%arg0, %[[STARTS]], %[[ENDS]]
func.func @runtime_axes(%x: tensor<4x6xf32>, %starts: tensor<?xi64, #onnx.dims<"n">>, %ends: tensor<?xi64, #onnx.dims<"n">>, %axes: tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32> {
  %y = onnx.Slice(%x, %starts, %ends, %axes) : (tensor<4x6xf32>, tensor<?xi64, #onnx.dims<"n">>, tensor<?xi64, #onnx.dims<"n">>, tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// CHECK-LABEL: @runtime_pads
// CHECK: %[[HALVES:.*]] = onnx.Reshape(%arg1
// CHECK-COUNT-2: onnx.ScatterElements
// CHECK: %[[PADS:.*]] = onnx.Concat({{.*}} -> tensor<4xi64>
// CHECK: onnx.Pad(%arg0, %[[PADS]])
func.func @runtime_pads(%x: tensor<4x6xf32>, %pads: tensor<?xi64, #onnx.dims<"m">>, %axes: tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32> {
  %y = onnx.Pad(%x, %pads, _, %axes) : (tensor<4x6xf32>, tensor<?xi64, #onnx.dims<"m">>, tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// The last entries of the shape with ones before it.
// CHECK-LABEL: @runtime_shape
// CHECK: %[[LAST:.*]] = onnx.Constant() {value = dense<[-2, -1]>
// CHECK: %[[SHAPE:.*]] = onnx.Gather(%{{.*}}, %[[LAST]])
// CHECK: onnx.Expand(%arg0, %[[SHAPE]])
func.func @runtime_shape(%x: tensor<1x6xf32>, %shape: tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32> {
  %y = onnx.Expand(%x, %shape) : (tensor<1x6xf32>, tensor<?xi64, #onnx.dims<"n">>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
