// RUN: azulejo-opt %s --canonicalize | FileCheck %s

// The start of a buffer is the buffer.
// CHECK-LABEL: func.func @offsetZero(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer)
// CHECK-NEXT:    return %[[X]]
func.func @offsetZero(%x: !plan.buffer) -> !plan.buffer {
  %c0 = arith.constant 0 : index
  %y = plan.offset %x[%c0]
  return %y : !plan.buffer
}

// An allocation that nobody uses goes away.
// CHECK-LABEL: func.func @unused(
// CHECK-NEXT:    return
func.func @unused(%n: index) {
  %a = plan.alloc %n
  return
}

// What is known to hold is not asked.
// CHECK-LABEL: @assert
// CHECK-NEXT: plan.assert %{{.*}}, "may hold"
// CHECK-NEXT: return
func.func @assert(%p: i1) {
  %true = arith.constant true
  plan.assert %true, "holds"
  plan.assert %p, "may hold"
  return
}
