// RUN: azulejo-opt %s --azulejo-decompose --split-input-file | FileCheck %s

// A scan is a loop that gathers its inputs' slices.
// CHECK-LABEL: @scan
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<5> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]]:2 = onnx.Loop(%[[V0]], _, %arg0) body {
// CHECK: ^bb0(%arg2: {{.*}}, %arg3: {{.*}}, %arg4: {{.*}})
// CHECK: %[[V2:.*]] = onnx.Gather(%arg1, %arg2) {axis = 0 : i64}
// CHECK: %[[V3:.*]] = onnx.Add(%arg4, %[[V2]])
// CHECK: onnx.yield %arg3, %[[V3]], %[[V3]]
// CHECK: return %[[V1]]#0, %[[V1]]#1
func.func @scan(%s: tensor<2xf32>, %x: tensor<5x2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>) {
  %y:2 = onnx.Scan(%s, %x) {num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum, %sum : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<5x2xf32>) -> (tensor<2xf32>, tensor<5x2xf32>)
  return %y#0, %y#1 : tensor<2xf32>, tensor<5x2xf32>
}

// -----

// Backwards through the second dimension, and what is stacked turned round and moved behind.
// CHECK-LABEL: @scan_backwards
// CHECK: %[[C0:.*]] = onnx.Constant() {value = dense<5> : tensor<1xi64>}
// CHECK: %[[C1:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[V0:.*]] = onnx.Squeeze(%[[C0]], %[[C1]])
// CHECK: %[[V1:.*]]:2 = onnx.Loop(%[[V0]], _, %arg0) body {
// CHECK: ^bb0(%arg2: {{.*}}, %arg3: {{.*}}, %arg4: {{.*}})
// CHECK: %[[C2:.*]] = onnx.Constant() {value = dense<1> : tensor<i64>}
// CHECK: %[[V2:.*]] = onnx.Sub(%[[V0]], %[[C2]])
// CHECK: %[[V3:.*]] = onnx.Sub(%[[V2]], %arg2)
// CHECK: %[[V4:.*]] = onnx.Gather(%arg1, %[[V3]]) {axis = 1 : i64}
// CHECK: %[[V5:.*]] = onnx.Add(%arg4, %[[V4]])
// CHECK: onnx.yield %arg3, %[[V5]], %[[V5]]
// CHECK: %[[C3:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[C4:.*]] = onnx.Constant() {value = dense<-9223372036854775808> : tensor<1xi64>}
// CHECK: %[[C5:.*]] = onnx.Constant() {value = dense<0> : tensor<1xi64>}
// CHECK: %[[C6:.*]] = onnx.Constant() {value = dense<-1> : tensor<1xi64>}
// CHECK: %[[V6:.*]] = onnx.Slice(%[[V1]]#1, %[[C3]], %[[C4]], %[[C5]], %[[C6]])
// CHECK: %[[V7:.*]] = onnx.Transpose(%[[V6]]) {perm = array<i64: 1, 0>}
// CHECK: return %[[V1]]#0, %[[V7]]
func.func @scan_backwards(%s: tensor<2xf32>, %x: tensor<2x5xf32>) -> (tensor<2xf32>, tensor<2x5xf32>) {
  %y:2 = onnx.Scan(%s, %x) {num_scan_inputs = 1 : i64, scan_input_axes = array<i64: 1>, scan_input_directions = array<i64: 1>, scan_output_axes = array<i64: 1>, scan_output_directions = array<i64: 1>} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum, %sum : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<2x5xf32>) -> (tensor<2xf32>, tensor<2x5xf32>)
  return %y#0, %y#1 : tensor<2xf32>, tensor<2x5xf32>
}

// -----

// One element of a sequence at a time, each result inserted into a sequence that the loop carries.
// CHECK-LABEL: @sequence_map
// CHECK: %[[V0:.*]] = onnx.SequenceEmpty() {dtype = 1 : i64}
// CHECK: %[[V1:.*]] = onnx.SequenceLength(%arg0)
// CHECK: %[[V2:.*]] = onnx.Loop(%[[V1]], _, %[[V0]]) body {
// CHECK: ^bb0(%arg2: {{.*}}, %arg3: {{.*}}, %arg4: {{.*}})
// CHECK: %[[V3:.*]] = onnx.SequenceAt(%arg0, %arg2)
// CHECK: %[[V4:.*]] = onnx.Add(%[[V3]], %arg1)
// CHECK: %[[V5:.*]] = onnx.SequenceInsert(%arg4, %[[V4]])
// CHECK: onnx.yield %arg3, %[[V5]]
// CHECK: return %[[V2]]
func.func @sequence_map(%s: !plan.sequence<tensor<2xf32>>, %x: tensor<2xf32>) -> !plan.sequence<tensor<2xf32>> {
  %y = onnx.SequenceMap(%s, %x) body {
  ^bb0(%element: tensor<2xf32>, %other: tensor<2xf32>):
    %sum = onnx.Add(%element, %other) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum : tensor<2xf32>
  } : (!plan.sequence<tensor<2xf32>>, tensor<2xf32>) -> !plan.sequence<tensor<2xf32>>
  return %y : !plan.sequence<tensor<2xf32>>
}

// -----

// A scan whose operand's rank is not known stays.
// CHECK-LABEL: @refused
// CHECK: %[[V0:.*]] = onnx.Scan(%arg0, %arg1) {num_scan_inputs = 1 : i64} body {
// CHECK: ^bb0(%arg2: {{.*}}, %arg3: {{.*}})
// CHECK: %[[V1:.*]] = onnx.Add(%arg2, %arg3)
// CHECK: onnx.yield %[[V1]]
// CHECK: return %[[V0]]
func.func @refused(%s: tensor<2xf32>, %x: tensor<*xf32>) -> tensor<2xf32> {
  %y = onnx.Scan(%s, %x) {num_scan_inputs = 1 : i64} body {
  ^bb0(%state: tensor<2xf32>, %slice: tensor<2xf32>):
    %sum = onnx.Add(%state, %slice) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %sum : tensor<2xf32>
  } : (tensor<2xf32>, tensor<*xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// A number as a scalar or as a vector of one: where it is only broadcast, nobody sees the difference.
// CHECK-LABEL: @branches
// CHECK: %[[R:.*]] = onnx.If(%arg0) else_branch {
// CHECK:   %[[S:.*]] = onnx.Constant() {value = dense<1> : tensor<1xi64>}
// CHECK:   %[[V:.*]] = onnx.Reshape(%arg1, %[[S]])
// CHECK:   onnx.yield %[[V]] : tensor<1xf32>
// CHECK: } : (tensor<i1>) -> tensor<1xf32>
// CHECK: onnx.Mul(%arg3, %[[R]])
func.func @branches(%c: tensor<i1>, %a: tensor<f32>, %b: tensor<1xf32>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %r = onnx.If(%c) else_branch {
    onnx.yield %a : tensor<f32>
  } then_branch {
    onnx.yield %b : tensor<1xf32>
  } : (tensor<i1>) -> tensor<*xf32>
  %y = onnx.Mul(%x, %r) : (tensor<3xf32>, tensor<*xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// Whoever gets the result itself sees its rank.
// CHECK-LABEL: @seen
// CHECK: } : (tensor<i1>) -> tensor<*xf32>
func.func @seen(%c: tensor<i1>, %a: tensor<f32>, %b: tensor<1xf32>) -> tensor<*xf32> {
  %r = onnx.If(%c) else_branch {
    onnx.yield %a : tensor<f32>
  } then_branch {
    onnx.yield %b : tensor<1xf32>
  } : (tensor<i1>) -> tensor<*xf32>
  return %r : tensor<*xf32>
}
