// RUN: azulejo-opt %s --azulejo-declare-peak-memory --canonicalize --split-input-file | FileCheck %s

// The arena, and of the pool two blocks: the loop's argument or its result, and the new value.
// CHECK-LABEL: func.func @peak_memory(
// CHECK-SAME:    %{{.*}}: !plan.buffer, %[[N:.*]]: index) -> index
// CHECK:         %[[N4:.*]] = arith.muli %[[N]], %c4
// CHECK:         arith.maxsi %[[N4]], %c0
// CHECK:         arith.muli %{{.*}}, %c3
// CHECK:         %[[TOTAL:.*]] = arith.addi
// CHECK:         return %[[TOTAL]]
func.func @main(%x: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %n4 = arith.muli %n, %c4 : index
  %arena = plan.arena %n4
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (!plan.buffer) {
    %b = plan.pool_alloc %n4
    scf.yield %b : !plan.buffer
  }
  return
}

// -----

// CHECK:         module attributes {plan.unbounded = "the size of a buffer of node 'nonzero' is known only during the run"}
// CHECK:         func.func @peak_memory
// CHECK:         %[[NONE:.*]] = arith.constant -1 : index
// CHECK:         return %[[NONE]]
func.func @main(%x: !plan.buffer) {
  %c0 = arith.constant 0 : index
  %n = plan.read %x[%c0] : index
  %a = plan.pool_alloc %n loc("nonzero")
  return
}

// -----

// CHECK:         module attributes {plan.unbounded = "what the host holds of node 'at' is known only during the run"}
func.func @main(%x: !plan.buffer) {
  %s = plan.call "SequenceConstruct"(%x : !plan.buffer) as [tensor<4xf32>, !plan.value] named ["float", "seq(tensor(float))"] -> !plan.buffer loc("at")
  return
}
