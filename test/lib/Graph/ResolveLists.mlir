// RUN: azulejo-opt %s --azulejo-resolve-lists | FileCheck %s

// CHECK-LABEL: func.func @sequence
// CHECK-NOT:     Sequence
// CHECK:         return %arg1
func.func @sequence(%a: tensor<2xf32>, %b: tensor<3xf32>, %c: tensor<4xf32>) -> tensor<3xf32> {
  %zero = onnx.Constant() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %last = onnx.Constant() {value = dense<-1> : tensor<i64>} : () -> tensor<i64>
  %e = onnx.SequenceEmpty() {dtype = 1 : i64} : () -> !plan.sequence<tensor<*xf32>>
  %s = onnx.SequenceInsert(%e, %a) : (!plan.sequence<tensor<*xf32>>, tensor<2xf32>) -> !plan.sequence<tensor<*xf32>>
  %t = onnx.SequenceInsert(%s, %b) : (!plan.sequence<tensor<*xf32>>, tensor<3xf32>) -> !plan.sequence<tensor<*xf32>>
  %u = onnx.SequenceInsert(%t, %c, %zero) : (!plan.sequence<tensor<*xf32>>, tensor<4xf32>, tensor<i64>) -> !plan.sequence<tensor<*xf32>>
  %v = onnx.SequenceErase(%u, %zero) : (!plan.sequence<tensor<*xf32>>, tensor<i64>) -> !plan.sequence<tensor<*xf32>>
  %y = onnx.SequenceAt(%v, %last) : (!plan.sequence<tensor<*xf32>>, tensor<i64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @split
// CHECK:         %[[S:.*]] = onnx.Slice(%arg0, {{.*}}) : {{.*}} -> tensor<1x3xf32>
// CHECK:         onnx.Squeeze(%[[S]], {{.*}}) : {{.*}} -> tensor<3xf32>
// CHECK:         %[[N:.*]] = onnx.Constant() {value = dense<2> : tensor<i64>} : () -> tensor<i64>
// CHECK:         return %[[N]]
func.func @split(%x: tensor<2x3xf32>) -> tensor<i64> {
  %s = onnx.SplitToSequence(%x) {keepdims = 0 : i64} : (tensor<2x3xf32>) -> !plan.sequence<tensor<3xf32>>
  %n = onnx.SequenceLength(%s) : (!plan.sequence<tensor<3xf32>>) -> tensor<i64>
  return %n : tensor<i64>
}

// The last part has what is left.
// CHECK-LABEL: func.func @chunks
// CHECK:         %[[A:.*]] = onnx.Slice(%arg0, {{.*}}) : {{.*}} -> tensor<2x3xf32>
// CHECK:         %[[B:.*]] = onnx.Slice(%arg0, {{.*}}) : {{.*}} -> tensor<1x3xf32>
// CHECK:         onnx.Concat(%[[A]], %[[B]]) {axis = 0 : i64}
func.func @chunks(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %two = onnx.Constant() {value = dense<2> : tensor<i64>} : () -> tensor<i64>
  %s = onnx.SplitToSequence(%x, %two) : (tensor<3x3xf32>, tensor<i64>) -> !plan.sequence<tensor<?x3xf32>>
  %y = onnx.ConcatFromSequence(%s) {axis = -2 : i64} : (!plan.sequence<tensor<?x3xf32>>) -> tensor<3x3xf32>
  return %y : tensor<3x3xf32>
}

// CHECK-LABEL: func.func @stack
// CHECK:         %[[A:.*]] = onnx.Unsqueeze(%arg0
// CHECK:         %[[B:.*]] = onnx.Unsqueeze(%arg1
// CHECK:         onnx.Concat(%[[A]], %[[B]]) {axis = 1 : i64} : {{.*}} -> tensor<2x2xf32>
func.func @stack(%a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x2xf32> {
  %s = onnx.SequenceConstruct(%a, %b) : (tensor<2xf32>, tensor<2xf32>) -> !plan.sequence<tensor<2xf32>>
  %y = onnx.ConcatFromSequence(%s) {axis = -1 : i64, new_axis = 1 : i64} : (!plan.sequence<tensor<2xf32>>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// CHECK-LABEL: func.func @optional
// CHECK:         %[[T:.*]] = onnx.Constant() {value = dense<true> : tensor<i1>} : () -> tensor<i1>
// CHECK:         return %[[T]], %arg0
func.func @optional(%x: tensor<2xf32>) -> (tensor<i1>, tensor<2xf32>) {
  %o = onnx.Optional(%x) : (tensor<2xf32>) -> !plan.optional<tensor<2xf32>>
  %h = onnx.OptionalHasElement(%o) : (!plan.optional<tensor<2xf32>>) -> tensor<i1>
  %y = onnx.OptionalGetElement(%o) : (!plan.optional<tensor<2xf32>>) -> tensor<2xf32>
  return %h, %y : tensor<i1>, tensor<2xf32>
}

// CHECK-LABEL: func.func @absent
// CHECK:         onnx.Constant() {value = dense<false> : tensor<i1>} : () -> tensor<i1>
func.func @absent() -> tensor<i1> {
  %h = onnx.OptionalHasElement() : () -> tensor<i1>
  return %h : tensor<i1>
}

// What only the run knows stays: a position, what a model gets, a position that is wrong.
// CHECK-LABEL: func.func @unknown
// CHECK:         onnx.SequenceConstruct
// CHECK:         onnx.SequenceAt(%{{.*}}, %arg2)
// CHECK:         onnx.OptionalHasElement(%arg3)
func.func @unknown(%a: tensor<2xf32>, %b: tensor<2xf32>, %i: tensor<i64>, %o: !plan.optional<tensor<2xf32>>) -> (tensor<2xf32>, tensor<i1>) {
  %s = onnx.SequenceConstruct(%a, %b) : (tensor<2xf32>, tensor<2xf32>) -> !plan.sequence<tensor<2xf32>>
  %y = onnx.SequenceAt(%s, %i) : (!plan.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  %h = onnx.OptionalHasElement(%o) : (!plan.optional<tensor<2xf32>>) -> tensor<i1>
  return %y, %h : tensor<2xf32>, tensor<i1>
}

// CHECK-LABEL: func.func @outside
// CHECK:         onnx.SequenceAt
func.func @outside(%a: tensor<2xf32>) -> tensor<2xf32> {
  %two = onnx.Constant() {value = dense<2> : tensor<i64>} : () -> tensor<i64>
  %s = onnx.SequenceConstruct(%a) : (tensor<2xf32>) -> !plan.sequence<tensor<2xf32>>
  %y = onnx.SequenceAt(%s, %two) : (!plan.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
