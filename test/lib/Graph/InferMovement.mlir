// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file --verify-diagnostics | FileCheck %s

// What stands on both sides of a Reshape cancels out.
// CHECK-LABEL: @reshape
// CHECK: onnx.Reshape({{.*}} -> tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>
// CHECK: onnx.Reshape({{.*}} -> tensor<?x64xf32, #onnx.dims<"12*batch*seq", 64>>
func.func @reshape(%x: tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>) {
  %zero = onnx.Constant() {value = dense<[0, 0, -1]> : tensor<3xi64>} : () -> tensor<3xi64>
  %flat = onnx.Constant() {value = dense<[-1, 64]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = onnx.Reshape(%x, %zero) : (tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>, tensor<3xi64>) -> tensor<*xf32>
  %1 = onnx.Reshape(%x, %flat) : (tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// From the second on, all but the last, and every other one backwards.
// CHECK-LABEL: @slice
// CHECK: onnx.Slice({{.*}} -> tensor<?xf32, #onnx.dims<"max(-min(1, n) + n, 0)">>
// CHECK: onnx.Slice({{.*}} -> tensor<?xf32, #onnx.dims<"max(0, n - 1)">>
// CHECK: onnx.Slice({{.*}} -> tensor<?xf32, #onnx.dims<"floordiv(n + 1, 2)">>
func.func @slice(%x: tensor<?xf32, #onnx.dims<"n">>) {
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %one = onnx.Constant() {value = dense<1> : tensor<1xi64>} : () -> tensor<1xi64>
  %last = onnx.Constant() {value = dense<-1> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<-2> : tensor<1xi64>} : () -> tensor<1xi64>
  %end = onnx.Constant() {value = dense<9223372036854775807> : tensor<1xi64>} : () -> tensor<1xi64>
  %begin = onnx.Constant() {value = dense<-9223372036854775808> : tensor<1xi64>} : () -> tensor<1xi64>
  %0 = onnx.Slice(%x, %one, %end) : (tensor<?xf32, #onnx.dims<"n">>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
  %1 = onnx.Slice(%x, %zero, %last) : (tensor<?xf32, #onnx.dims<"n">>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
  %2 = onnx.Slice(%x, %last, %begin, %zero, %two) : (tensor<?xf32, #onnx.dims<"n">>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// CHECK-LABEL: @joined
// CHECK: onnx.Concat({{.*}} -> tensor<?x4xf32, #onnx.dims<"n + 3", 4>>
// CHECK: onnx.Pad({{.*}} -> tensor<?x4xf32, #onnx.dims<"n + 3", 4>>
// CHECK: onnx.Tile({{.*}} -> tensor<?x12xf32, #onnx.dims<"2*n", 12>>
// CHECK: onnx.Flatten({{.*}} -> tensor<1x?xf32, #onnx.dims<1, "4*n + 12">>
// CHECK: onnx.Split({{.*}} -> (tensor<?x4xf32, #onnx.dims<"floordiv(n + 1, 2)", 4>>, tensor<?x4xf32, #onnx.dims<"-floordiv(n + 1, 2) + n", 4>>)
func.func @joined(%x: tensor<?x4xf32, #onnx.dims<"n", 4>>, %c: tensor<3x4xf32>) {
  %pads = onnx.Constant() {value = dense<[1, 0, 2, 0]> : tensor<4xi64>} : () -> tensor<4xi64>
  %repeats = onnx.Constant() {value = dense<[2, 3]> : tensor<2xi64>} : () -> tensor<2xi64>
  %0 = onnx.Concat(%x, %c) {axis = 0 : i64} : (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<3x4xf32>) -> tensor<*xf32>
  %1 = onnx.Pad(%x, %pads) : (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<4xi64>) -> tensor<*xf32>
  %2 = onnx.Tile(%x, %repeats) : (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<2xi64>) -> tensor<*xf32>
  %3 = onnx.Flatten(%0) {axis = 0 : i64} : (tensor<*xf32>) -> tensor<*xf32>
  %4:2 = onnx.Split(%x) {num_outputs = 2 : i64} : (tensor<?x4xf32, #onnx.dims<"n", 4>>) -> (tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// CHECK-LABEL: @shapes
// CHECK: onnx.Shape({{.*}} -> tensor<2xi64>
// CHECK: onnx.ConstantOfShape({{.*}} -> tensor<?x?xf32, #onnx.dims<"h", "w">>
// CHECK: onnx.DepthToSpace({{.*}} -> tensor<1x1x?x?xf32, #onnx.dims<1, 1, "2*h", "2*w">>
// CHECK: onnx.SpaceToDepth({{.*}} -> tensor<1x16x?x?xf32, #onnx.dims<1, 16, "floordiv(h, 2)", "floordiv(w, 2)">>
func.func @shapes(%x: tensor<1x4x?x?xf32, #onnx.dims<1, 4, "h", "w">>) {
  %last = onnx.Constant() {value = dense<[1, 2, 3]> : tensor<3xi64>} : () -> tensor<3xi64>
  %shape = onnx.Shape(%x) {start = 2 : i64} : (tensor<1x4x?x?xf32, #onnx.dims<1, 4, "h", "w">>) -> tensor<*xi64>
  %0 = onnx.ConstantOfShape(%shape) : (tensor<*xi64>) -> tensor<*xf32>
  %1 = onnx.DepthToSpace(%x) {blocksize = 2 : i64} : (tensor<1x4x?x?xf32, #onnx.dims<1, 4, "h", "w">>) -> tensor<*xf32>
  %2 = onnx.SpaceToDepth(%x) {blocksize = 2 : i64} : (tensor<1x4x?x?xf32, #onnx.dims<1, 4, "h", "w">>) -> tensor<*xf32>
  return
}

// -----

// Axes that are known at run time only say how many dimensions there are.
// CHECK-LABEL: @runtime_axes
// CHECK: onnx.Unsqueeze({{.*}} -> tensor<?x?x?x?xf32, #onnx.dims<"Unsqueeze.0", "Unsqueeze.1", "Unsqueeze.2", "Unsqueeze.3">>
func.func @runtime_axes(%x: tensor<2x3xf32>, %axes: tensor<2xi64>) {
  %0 = onnx.Unsqueeze(%x, %axes) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// What is made of a map is a row.
// CHECK-LABEL: @maps
// CHECK: onnx.ai_onnx_ml.CastMap({{.*}} -> tensor<1x?xf32, #onnx.dims<1, "ai_onnx_ml.CastMap.1">>
// CHECK: onnx.ai_onnx_ml.CastMap({{.*}} -> tensor<1x5xf32>
// CHECK: onnx.ai_onnx_ml.DictVectorizer({{.*}} -> tensor<1x2xf32>
func.func @maps(%x: !plan.map<i64, tensor<f32>>) {
  %0 = onnx.ai_onnx_ml.CastMap(%x) : (!plan.map<i64, tensor<f32>>) -> tensor<*xf32>
  %1 = onnx.ai_onnx_ml.CastMap(%x) {map_form = "SPARSE", max_map = 5 : i64} : (!plan.map<i64, tensor<f32>>) -> tensor<*xf32>
  %2 = onnx.ai_onnx_ml.DictVectorizer(%x) {int64_vocabulary = array<i64: 4, 7>} : (!plan.map<i64, tensor<f32>>) -> tensor<*xf32>
  return
}

// -----

func.func @refused(%x: tensor<2x3xf32>, %axes: tensor<2147483647xi64>) {
  // expected-error@+1 {{Unsqueeze: the rank of its output cannot be inferred}}
  %0 = onnx.Unsqueeze(%x, %axes) : (tensor<2x3xf32>, tensor<2147483647xi64>) -> tensor<*xf32>
  return
}
