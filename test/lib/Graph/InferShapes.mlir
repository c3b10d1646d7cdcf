// RUN: azulejo-opt %s --azulejo-infer-shapes --split-input-file --verify-diagnostics | FileCheck %s

// The relation between dimensions survives Shape, Slice, Concat and Reshape.
// CHECK-LABEL: @heads
// CHECK: onnx.Reshape(%{{.*}}, %{{.*}}) : ({{.*}}) -> tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>
// CHECK: onnx.Reshape(%{{.*}}, %{{.*}}) : ({{.*}}) -> tensor<?x768xf32, #onnx.dims<"batch*seq", 768>>
func.func @heads(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> (tensor<*xf32>, tensor<*xf32>) {
  %zero = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
  %two = onnx.Constant() {value = dense<2> : tensor<1xi64>} : () -> tensor<1xi64>
  %tail = onnx.Constant() {value = dense<[12, 64]> : tensor<2xi64>} : () -> tensor<2xi64>
  %flat = onnx.Constant() {value = dense<[-1, 768]> : tensor<2xi64>} : () -> tensor<2xi64>
  %shape = onnx.Shape(%x) : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) -> tensor<*xi64>
  %head = onnx.Slice(%shape, %zero, %two) : (tensor<*xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xi64>
  %target = onnx.Concat(%head, %tail) {axis = 0 : i64} : (tensor<*xi64>, tensor<2xi64>) -> tensor<*xi64>
  %y = onnx.Reshape(%x, %target) : (tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>, tensor<*xi64>) -> tensor<*xf32>
  %z = onnx.Reshape(%y, %flat) : (tensor<*xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %y, %z : tensor<*xf32>, tensor<*xf32>
}

// -----

// CHECK-LABEL: @arithmetic
// CHECK: onnx.Concat({{.*}}) -> tensor<?x4xf32, #onnx.dims<"n + 3", 4>>
// CHECK: onnx.Conv({{.*}}) -> tensor<1x8x?x?xf32, #onnx.dims<1, 8, "floordiv(h + 1, 2)", "w">>
func.func @arithmetic(%x: tensor<?x4xf32, #onnx.dims<"n", 4>>, %c: tensor<3x4xf32>, %i: tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>, %w: tensor<8x3x3x3xf32>) {
  %a = onnx.Concat(%x, %c) {axis = 0 : i64} : (tensor<?x4xf32, #onnx.dims<"n", 4>>, tensor<3x4xf32>) -> tensor<*xf32>
  %b = onnx.Conv(%i, %w) {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 1>} : (tensor<1x3x?x?xf32, #onnx.dims<1, 3, "h", "w">>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// A dimension that data decides has a symbol of its own.
// CHECK-LABEL: @data_dependent
// CHECK: onnx.NonZero(%arg0) : ({{.*}}) -> tensor<2x?xi64, #onnx.dims<2, "NonZero.1">>
// CHECK: onnx.Transpose({{.*}}) -> tensor<?x2xi64, #onnx.dims<"NonZero.1", 2>>
func.func @data_dependent(%x: tensor<3x4xf32>) -> tensor<*xi64> {
  %y = onnx.NonZero(%x) : (tensor<3x4xf32>) -> tensor<*xi64>
  %z = onnx.Transpose(%y) : (tensor<*xi64>) -> tensor<*xi64>
  return %z : tensor<*xi64>
}

// -----

// What a loop carries may grow; what a branch gives may differ from the other.
// CHECK-LABEL: @control
// CHECK: ^bb0(%{{.*}}: tensor<i64>, %{{.*}}: tensor<i1>, %{{.*}}: tensor<?x2xf32, #onnx.dims<"Loop.body0.0", 2>>)
// CHECK: onnx.Concat({{.*}}) -> tensor<?x2xf32, #onnx.dims<"Loop.body0.0 + 1", 2>>
// CHECK: -> tensor<?x2xf32, #onnx.dims<"Loop.0", 2>>
// CHECK: -> tensor<?x2xf32, #onnx.dims<"If.0", 2>>
func.func @control(%trips: tensor<i64>, %c: tensor<i1>, %x: tensor<1x2xf32>) {
  %y = onnx.Loop(%trips, _, %x) body {
  ^bb0(%i: tensor<i64>, %again: tensor<i1>, %carried: tensor<*xf32>):
    %next = onnx.Concat(%carried, %x) {axis = 0 : i64} : (tensor<*xf32>, tensor<1x2xf32>) -> tensor<*xf32>
    onnx.yield %again, %next : tensor<i1>, tensor<*xf32>
  } : (tensor<i64>, tensor<1x2xf32>) -> tensor<*xf32>
  %z = onnx.If(%c) else_branch {
    onnx.yield %x : tensor<1x2xf32>
  } then_branch {
    %two = onnx.Concat(%x, %x) {axis = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<*xf32>
    onnx.yield %two : tensor<*xf32>
  } : (tensor<i1>) -> tensor<*xf32>
  return
}

// -----

func.func @refused(%x: tensor<2x3xf32>, %axes: tensor<?xi64>) -> tensor<*xf32> {
  // expected-error@+1 {{Squeeze: the rank of its output cannot be inferred}}
  %y = onnx.Squeeze(%x, %axes) : (tensor<2x3xf32>, tensor<?xi64>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}
