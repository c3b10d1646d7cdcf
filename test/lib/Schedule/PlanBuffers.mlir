// RUN: azulejo-opt %s --azulejo-plan-buffers --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// Dimensions that a symbol names are its argument; each launch has a destination of its own, though one tensor.empty serves both.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer, %{{.*}}: index, %[[N:.*]]: index)
// CHECK-SAME:    plan.inputs = [{name = "x", shape = ["n", 4], type = "float"}]
// CHECK-SAME:    plan.outputs = [{name = "y", shape = ["n", 4], type = "float"}]
// CHECK-SAME:    plan.symbols = ["n"]
// CHECK:         %[[C16:.*]] = arith.constant 16 : index
// CHECK:         %[[BYTES:.*]] = arith.muli %[[N]], %[[C16]] : index
// CHECK:         %[[A:.*]] = plan.alloc %[[BYTES]]
// CHECK:         plan.launch @k ins(%[[X]], %[[N]] : !plan.buffer, index) outs(%[[A]], %[[N]] : !plan.buffer, index)
// CHECK:         %[[B:.*]] = plan.alloc %[[BYTES]]
// CHECK:         plan.launch @k ins(%[[A]], %[[N]] : !plan.buffer, index) outs(%[[B]], %[[N]] : !plan.buffer, index)
// CHECK:         plan.return %[[B]], %[[N]] : !plan.buffer, index as [tensor<?x4xf32>]
func.func private @k(memref<?x4xf32>, memref<?x4xf32>) attributes {tile.kernel}
func.func @main(%x: tensor<?x4xf32> {azulejo.name = "x", azulejo.type = "float", azulejo.shape = ["n", 4]},
                %n: index {azulejo.symbol = "n"})
    -> (tensor<?x4xf32> {azulejo.name = "y", azulejo.type = "float", azulejo.shape = ["n", 4]}) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x4xf32>
  %e = tensor.empty(%d) : tensor<?x4xf32>
  %h = tile.launch @k ins(%x : tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> (tensor<?x4xf32>)
  %y = tile.launch @k ins(%h : tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> (tensor<?x4xf32>)
  return %y : tensor<?x4xf32>
}

// -----

// Changes of shape leave nothing behind.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer, %{{.*}}: index, %{{.*}}: index, %[[B:.*]]: index, %[[S:.*]]: index)
// CHECK-NEXT:    %[[BS:.*]] = arith.muli %[[B]], %[[S]]
// CHECK-NEXT:    plan.return %[[X]], %[[BS]], %[[X]], %[[B]], %[[S]] : {{.*}} as [tensor<?x8xf32>, tensor<?x?x2x4xf32>]
func.func @main(%x: tensor<?x?x8xf32> {azulejo.name = "x", azulejo.type = "float", azulejo.shape = ["b", "s", 8]},
                %b: index {azulejo.symbol = "b"}, %s: index {azulejo.symbol = "s"}) -> (tensor<?x8xf32>, tensor<?x?x2x4xf32>) {
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<?x?x8xf32> into tensor<?x8xf32>
  %heads = tensor.expand_shape %x [[0], [1], [2, 3]] output_shape [%b, %s, 2, 4] : tensor<?x?x8xf32> into tensor<?x?x2x4xf32>
  return %flat, %heads : tensor<?x8xf32>, tensor<?x?x2x4xf32>
}

// -----

// What the host reads, a part of a tensor, an initial value that is updated, a weight.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer, %[[I:.*]]: !plan.buffer)
// CHECK-DAG:     %[[C8:.*]] = arith.constant 8 : index
// CHECK-DAG:     %[[C64:.*]] = arith.constant 64 : index
// CHECK:         %[[COUNT:.*]] = plan.read %[[I]][%[[C8]]] : i64
// CHECK:         %[[N:.*]] = arith.index_cast %[[COUNT]]
// CHECK:         %[[ROW:.*]] = plan.offset %[[X]][%[[C64]]]
// CHECK:         %[[W:.*]] = plan.weight dense<1.000000e+00> : tensor<16xf32>
// CHECK:         %[[D:.*]] = plan.alloc %[[C64]]
// CHECK-NEXT:    plan.copy %[[ROW]] to %[[D]], %[[C64]]
// CHECK-NEXT:    plan.launch @update ins(%[[W]] : !plan.buffer) outs(%[[D]] : !plan.buffer) scalars(%[[N]] : index)
func.func private @update(memref<16xf32>, memref<16xf32>, index) attributes {tile.kernel}
func.func @main(%x: tensor<4x16xf32>, %i: tensor<2xi64>) -> tensor<16xf32> {
  %c1 = arith.constant 1 : index
  %count = tensor.extract %i[%c1] : tensor<2xi64>
  %n = arith.index_cast %count : i64 to index
  %row = tensor.extract_slice %x[1, 0] [1, 16] [1, 1] : tensor<4x16xf32> to tensor<16xf32>
  %w = arith.constant dense<1.0> : tensor<16xf32>
  %y = tile.launch @update ins(%w : tensor<16xf32>) outs(%row : tensor<16xf32>) scalars(%n : index) -> (tensor<16xf32>)
  return %y : tensor<16xf32>
}

// -----

// A tensor that grows around a loop: its dimension is carried beside it.
// CHECK-LABEL: func.func @main(
// CHECK:         %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[D:.*]] = %{{.*}}) -> (!plan.buffer, index) {
// CHECK:           %[[B:.*]] = plan.alloc
// CHECK:           plan.launch @grow ins(%[[A]], %[[D]] : !plan.buffer, index) outs(%[[B]], %[[E:.*]] : !plan.buffer, index)
// CHECK:           scf.yield %[[B]], %[[E]] : !plan.buffer, index
// CHECK:         plan.return %[[R]]#0, %[[R]]#1 : !plan.buffer, index as [tensor<?xf32>]
func.func private @grow(memref<?xf32>, memref<?xf32>) attributes {tile.kernel}
func.func @main(%x: tensor<?xf32> {azulejo.shape = ["n"]}, %n: index {azulejo.symbol = "n"}) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<?xf32>) {
    %d = tensor.dim %a, %c0 : tensor<?xf32>
    %m = arith.addi %d, %c1 : index
    %e = tensor.empty(%m) : tensor<?xf32>
    %b = tile.launch @grow ins(%a : tensor<?xf32>) outs(%e : tensor<?xf32>) -> (tensor<?xf32>)
    scf.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @unknown {{node 'pad_1': 'tensor.pad' works on tensors outside of a kernel}}
  %p = tensor.pad %x low[1] high[0] {
  ^bb0(%i: index):
    %z = arith.constant 0.0 : f32
    tensor.yield %z : f32
  } : tensor<4xf32> to tensor<5xf32> loc("pad_1")
  %y = tensor.extract_slice %p[0] [4] [1] : tensor<5xf32> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// A call of the host's: a tensor comes as a value, whose elements go to a buffer at once.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[S:.*]]: !plan.buffer, %[[I:.*]]: !plan.buffer)
// CHECK-SAME:    plan.inputs = [{name = "input_0", shape = [], type = "seq(tensor(float))"}, {name = "input_1", shape = [], type = "int64"}]
// CHECK:         %[[V:.*]]:2 = plan.call "SequenceAt"(%[[S]], %[[I]] : !plan.buffer, !plan.buffer) as [!plan.value, tensor<i64>, tensor<?x4xf32>] named ["seq(tensor(float))", "int64", "float"] -> !plan.buffer, index
// CHECK:         %[[BYTES:.*]] = arith.muli %[[V]]#1, %{{.*}}
// CHECK:         %[[T:.*]] = plan.alloc %[[BYTES]]
// CHECK:         plan.take %[[V]]#0 to %[[T]]
// CHECK:         plan.return %[[T]], %[[V]]#1, %[[S]] : !plan.buffer, index, !plan.buffer as [tensor<?x4xf32>, !plan.value]
func.func @main(%s: !plan.value {azulejo.type = "seq(tensor(float))", azulejo.shape = []}, %i: tensor<i64>) -> (tensor<?x4xf32>, !plan.value) {
  %t = plan.apply "SequenceAt"(%s, %i) {input_names = ["seq(tensor(float))", "int64"], result_names = ["float"]} : (!plan.value, tensor<i64>) -> tensor<?x4xf32>
  return %t, %s : tensor<?x4xf32>, !plan.value
}

// -----

// expected-error @below {{an input of type 'tensor<4x!plan.string>' cannot be scheduled}}
func.func @main(%x: tensor<4x!plan.string>) -> tensor<4x!plan.string> {
  return %x : tensor<4x!plan.string>
}

// -----

// expected-error @below {{the module has no function @main}}
module {}
