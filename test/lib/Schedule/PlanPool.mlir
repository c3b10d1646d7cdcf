// RUN: azulejo-opt %s --azulejo-plan-pool | FileCheck %s

// CHECK-LABEL: func.func @straight(
// CHECK:         %[[A:.*]] = plan.pool_alloc
// CHECK-NEXT:    %[[P:.*]] = plan.offset %[[A]]
// CHECK-NEXT:    plan.launch @k ins(%[[P]] : !plan.buffer)
// CHECK-NEXT:    plan.release %[[A]]
// CHECK-NEXT:    plan.launch @other
func.func @straight(%x: !plan.buffer, %n: index) {
  %a = plan.alloc %n
  %p = plan.offset %a[%n]
  plan.launch @k ins(%p : !plan.buffer) outs(%x : !plan.buffer)
  plan.launch @other outs(%x : !plan.buffer)
  return
}

// CHECK-LABEL: func.func @loop(
// CHECK-SAME:    %[[X:[^:]*]]: !plan.buffer
// CHECK:         plan.retain %[[X]]
// CHECK-NEXT:    %[[R:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %[[X]])
// CHECK-NEXT:      %[[B:.*]] = plan.pool_alloc
// CHECK-NEXT:      plan.launch @k ins(%[[A]] : !plan.buffer) outs(%[[B]] : !plan.buffer)
// CHECK-NEXT:      plan.release %[[A]]
// CHECK-NEXT:      plan.retain %[[B]]
// CHECK-NEXT:      plan.release %[[B]]
// CHECK-NEXT:      scf.yield %[[B]]
// CHECK:         plan.launch @k ins(%[[R]] : !plan.buffer)
// CHECK-NEXT:    plan.release %[[R]]
func.func @loop(%x: !plan.buffer, %y: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (!plan.buffer) {
    %b = plan.alloc %i
    plan.launch @k ins(%a : !plan.buffer) outs(%b : !plan.buffer)
    scf.yield %b : !plan.buffer
  }
  plan.launch @k ins(%r : !plan.buffer) outs(%y : !plan.buffer)
  return
}

// CHECK-LABEL: func.func @while(
// CHECK-SAME:    %[[X:[^:]*]]: !plan.buffer
// CHECK:         plan.retain %[[X]]
// CHECK-NEXT:    %[[R:.*]] = scf.while (%[[A:.*]] = %[[X]])
// CHECK:           %[[MORE:.*]] = plan.read %[[A]]
// CHECK-NEXT:      plan.retain %[[A]]
// CHECK-NEXT:      plan.release %[[A]]
// CHECK-NEXT:      scf.condition(%[[MORE]]) %[[A]]
// CHECK:         ^bb0(%[[B:.*]]: !plan.buffer):
// CHECK:           %[[C:.*]] = plan.pool_alloc
// CHECK-NEXT:      plan.launch @k ins(%[[B]] : !plan.buffer) outs(%[[C]] : !plan.buffer)
// CHECK-NEXT:      plan.release %[[B]]
// CHECK-NEXT:      plan.retain %[[C]]
// CHECK-NEXT:      plan.release %[[C]]
// CHECK-NEXT:      scf.yield %[[C]]
// CHECK:         plan.release %[[R]]
func.func @while(%x: !plan.buffer, %y: !plan.buffer, %n: index) {
  %r = scf.while (%a = %x) : (!plan.buffer) -> !plan.buffer {
    %more = plan.read %a[%n] : i1
    scf.condition(%more) %a : !plan.buffer
  } do {
  ^bb0(%b: !plan.buffer):
    %c = plan.alloc %n
    plan.launch @k ins(%b : !plan.buffer) outs(%c : !plan.buffer)
    scf.yield %c : !plan.buffer
  }
  plan.launch @k ins(%r : !plan.buffer) outs(%y : !plan.buffer)
  return
}

// A branch's value may be the pool's or not: the runtime knows.
// CHECK-LABEL: func.func @branch(
// CHECK:         %[[S:.*]] = scf.if
// CHECK:           %[[E:.*]] = plan.pool_alloc
// CHECK-NEXT:      plan.retain %[[E]]
// CHECK-NEXT:      plan.release %[[E]]
// CHECK-NEXT:      scf.yield %[[E]]
// CHECK:         else
// CHECK-NEXT:      plan.retain %[[X:.*]]
// CHECK-NEXT:      scf.yield %[[X]]
// CHECK:         plan.launch @k ins(%[[S]] : !plan.buffer)
// CHECK-NEXT:    plan.release %[[S]]
func.func @branch(%x: !plan.buffer, %y: !plan.buffer, %n: index, %p: i1) {
  %s = scf.if %p -> (!plan.buffer) {
    %e = plan.alloc %n
    scf.yield %e : !plan.buffer
  } else {
    scf.yield %x : !plan.buffer
  }
  plan.launch @k ins(%s : !plan.buffer) outs(%y : !plan.buffer)
  return
}

// A value of the host's counts references as a buffer of the pool does.
// CHECK-LABEL: func.func @list(
// CHECK-SAME:    %[[S:[^:]*]]: !plan.buffer
// CHECK:         plan.retain %[[S]]
// CHECK-NEXT:    %[[R:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %[[S]])
// CHECK-NEXT:      %[[B:.*]] = plan.call "SequenceInsert"(%[[A]],
// CHECK-NEXT:      plan.release %[[A]]
// CHECK-NEXT:      plan.retain %[[B]]
// CHECK-NEXT:      plan.release %[[B]]
// CHECK-NEXT:      scf.yield %[[B]]
// CHECK:         plan.output_value 0, %[[R]]
// CHECK-NEXT:    plan.release %[[R]]
func.func @list(%s: !plan.buffer, %x: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %s) -> (!plan.buffer) {
    %b = plan.call "SequenceInsert"(%a, %x : !plan.buffer, !plan.buffer) as [!plan.value, tensor<f32>, !plan.value] named ["seq(tensor(float))", "float", "seq(tensor(float))"] -> !plan.buffer
    scf.yield %b : !plan.buffer
  }
  plan.output_value 0, %r
  return
}
