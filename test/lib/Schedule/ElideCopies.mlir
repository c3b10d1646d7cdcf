// RUN: azulejo-opt %s --azulejo-elide-copies --canonicalize | FileCheck %s

// Nobody looks at the old contents afterwards.
// CHECK-LABEL: func.func @dies(
// CHECK:         %[[A:.*]] = plan.alloc
// CHECK-NEXT:    plan.launch @k outs(%[[A]] : !plan.buffer)
// CHECK-NEXT:    plan.launch @update outs(%[[A]] : !plan.buffer)
// CHECK-NEXT:    plan.return %[[A]]
func.func @dies(%n: index) {
  %a = plan.alloc %n
  plan.launch @k outs(%a : !plan.buffer)
  %b = plan.alloc %n
  plan.copy %a to %b, %n
  plan.launch @update outs(%b : !plan.buffer)
  plan.return %b : !plan.buffer as [tensor<4xf32>]
}

// An input is never written.
// CHECK-LABEL: func.func @input(
// CHECK:         plan.copy
func.func @input(%a: !plan.buffer, %n: index) {
  %b = plan.alloc %n
  plan.copy %a to %b, %n
  plan.launch @update outs(%b : !plan.buffer)
  plan.return %b : !plan.buffer as [tensor<4xf32>]
}

// The kernel itself reads the old contents through another operand, which no output may overlap.
// CHECK-LABEL: func.func @readByKernel(
// CHECK:         plan.copy
func.func @readByKernel(%n: index) {
  %a = plan.alloc %n
  %b = plan.alloc %n
  plan.copy %a to %b, %n
  plan.launch @update ins(%a : !plan.buffer) outs(%b : !plan.buffer)
  plan.return %b : !plan.buffer as [tensor<4xf32>]
}

// A part of it is read later.
// CHECK-LABEL: func.func @part(
// CHECK:         plan.copy
func.func @part(%n: index) {
  %c64 = arith.constant 64 : index
  %a = plan.alloc %n
  %p = plan.offset %a[%c64]
  %b = plan.alloc %n
  plan.copy %a to %b, %n
  plan.launch @update outs(%b : !plan.buffer)
  plan.launch @k ins(%p : !plan.buffer) outs(%b : !plan.buffer)
  plan.return %b : !plan.buffer as [tensor<4xf32>]
}

// Every iteration updates what the loop carries; the input is copied once, before it. The argument only passes through then, and goes.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer, %[[N:.*]]: index)
// CHECK:         %[[A:.*]] = plan.alloc %[[N]]
// CHECK-NEXT:    plan.copy %[[X]] to %[[A]], %[[N]]
// CHECK-NEXT:    scf.for
// CHECK-NEXT:      plan.launch @update outs(%[[A]] : !plan.buffer)
// CHECK-NEXT:    }
// CHECK-NEXT:    plan.return %[[A]]
func.func @loop(%x: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (!plan.buffer) {
    %b = plan.alloc %n
    plan.copy %a to %b, %n
    plan.launch @update outs(%b : !plan.buffer)
    scf.yield %b : !plan.buffer
  }
  plan.return %r : !plan.buffer as [tensor<4xf32>]
}

// What every iteration starts from is made once, before the loop: the next iteration needs it again.
// CHECK-LABEL: func.func @startsAnew(
// CHECK:         scf.for
// CHECK-NEXT:      %[[B:.*]] = plan.alloc
// CHECK-NEXT:      plan.copy %{{.*}} to %[[B]]
// CHECK-NEXT:      plan.launch @accumulate outs(%[[B]] : !plan.buffer)
func.func @startsAnew(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zeros = plan.alloc %n
  plan.launch @k outs(%zeros : !plan.buffer)
  scf.for %i = %c0 to %n step %c1 {
    %b = plan.alloc %n
    plan.copy %zeros to %b, %n
    plan.launch @accumulate outs(%b : !plan.buffer)
    plan.launch @use ins(%b : !plan.buffer)
  }
  return
}

// Here the old value is carried on, too: no update in place.
// CHECK-LABEL: func.func @loopKeepsOld(
// CHECK:         scf.for
// CHECK:           plan.alloc
// CHECK-NEXT:      plan.copy
func.func @loopKeepsOld(%x: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %old = %x) -> (!plan.buffer, !plan.buffer) {
    %b = plan.alloc %n
    plan.copy %a to %b, %n
    plan.launch @update outs(%b : !plan.buffer)
    scf.yield %b, %a : !plan.buffer, !plan.buffer
  }
  plan.return %r#0, %r#1 : !plan.buffer, !plan.buffer as [tensor<4xf32>, tensor<4xf32>]
}

// What is defined outside of the loop is needed in the next iteration, although no operation after the copy uses it.
// CHECK-LABEL: func.func @nextIteration(
// CHECK:         scf.for
// CHECK:           plan.copy
func.func @nextIteration(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = plan.alloc %n
  plan.launch @k outs(%a : !plan.buffer)
  scf.for %i = %c0 to %n step %c1 {
    %b = plan.alloc %n
    plan.copy %a to %b, %n
    plan.launch @update outs(%b : !plan.buffer)
  }
  plan.return %a : !plan.buffer as [tensor<4xf32>]
}
