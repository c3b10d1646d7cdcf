// RUN: azulejo-opt %s --azulejo-plan-memory --canonicalize --cse | FileCheck %s

// %a is dead when %c is made: two of 1024 bytes and one of 64 fit into 1024 + 1024.
// CHECK-LABEL: func.func @static(
// CHECK-DAG:     %[[C1024:.*]] = arith.constant 1024 : index
// CHECK-DAG:     %[[TOTAL:.*]] = arith.constant 2048 : index
// CHECK:         %[[ARENA:.*]] = plan.arena %[[TOTAL]]
// CHECK:         plan.launch @k outs(%[[ARENA]] : !plan.buffer)
// CHECK:         %[[B:.*]] = plan.offset %[[ARENA]][%[[C1024]]]
// CHECK:         plan.launch @k ins(%[[ARENA]] : !plan.buffer) outs(%[[B]] : !plan.buffer)
// CHECK:         plan.launch @k ins(%[[B]] : !plan.buffer) outs(%[[ARENA]] : !plan.buffer)
func.func @static(%x: !plan.buffer) {
  %c1000 = arith.constant 1000 : index
  %c40 = arith.constant 40 : index
  %a = plan.alloc %c1000
  plan.launch @k outs(%a : !plan.buffer)
  %b = plan.alloc %c1000
  plan.launch @k ins(%a : !plan.buffer) outs(%b : !plan.buffer)
  %c = plan.alloc %c40
  plan.launch @k ins(%b : !plan.buffer) outs(%c : !plan.buffer)
  plan.launch @k ins(%c : !plan.buffer) outs(%x : !plan.buffer)
  return
}

// Sizes that depend on a symbol: %a and %c share a slot, which is as large as the larger.
// CHECK-LABEL: func.func @symbolic(
// CHECK-SAME:    %{{.*}}: !plan.buffer, %[[N:.*]]: index)
// CHECK-DAG:     %[[N4:.*]] = arith.muli %[[N]], %c4
// CHECK-DAG:     %[[N8:.*]] = arith.muli %[[N]], %c8
// CHECK:         %[[MAX:.*]] = arith.maxsi
// CHECK:         %[[SLOT0:.*]] = arith.andi
// CHECK:         %[[SLOT1:.*]] = arith.andi
// CHECK:         %[[TOTAL:.*]] = arith.addi %[[SLOT0]], %[[SLOT1]]
// CHECK:         %[[ARENA:.*]] = plan.arena %[[TOTAL]]
// CHECK:         plan.launch @k outs(%[[ARENA]] : !plan.buffer)
// CHECK:         %[[B:.*]] = plan.offset %[[ARENA]][%[[SLOT0]]]
// CHECK:         plan.launch @k ins(%[[ARENA]] : !plan.buffer) outs(%[[B]] : !plan.buffer)
// CHECK:         plan.launch @k ins(%[[B]] : !plan.buffer) outs(%[[ARENA]] : !plan.buffer)
func.func @symbolic(%x: !plan.buffer, %n: index) {
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %n4 = arith.muli %n, %c4 : index
  %n8 = arith.muli %n, %c8 : index
  %a = plan.alloc %n8
  plan.launch @k outs(%a : !plan.buffer)
  %b = plan.alloc %n8
  plan.launch @k ins(%a : !plan.buffer) outs(%b : !plan.buffer)
  %c = plan.alloc %n4
  plan.launch @k ins(%b : !plan.buffer) outs(%c : !plan.buffer)
  plan.launch @k ins(%c : !plan.buffer) outs(%x : !plan.buffer)
  return
}

// Multiples of one symbol: %d and %e lie side by side where %a lay, at offsets that scale with it.
// CHECK-LABEL: func.func @scaled(
// CHECK-SAME:    %{{.*}}: !plan.buffer, %[[N:.*]]: index)
// CHECK-DAG:     %[[N2048:.*]] = arith.muli %[[N]], %c2048
// CHECK-DAG:     %[[N4096:.*]] = arith.muli %[[N]], %c4096
// CHECK-DAG:     %[[N6144:.*]] = arith.muli %[[N]], %c6144
// CHECK:         %[[ARENA:.*]] = plan.arena %[[N6144]]
// CHECK:         plan.launch @k outs(%[[ARENA]] : !plan.buffer)
// CHECK:         %[[B:.*]] = plan.offset %[[ARENA]][%[[N4096]]]
// CHECK:         plan.launch @k ins(%[[ARENA]] : !plan.buffer) outs(%[[B]] : !plan.buffer)
// CHECK:         plan.launch @k ins(%[[B]] : !plan.buffer) outs(%[[ARENA]] : !plan.buffer)
// CHECK:         %[[E:.*]] = plan.offset %[[ARENA]][%[[N2048]]]
// CHECK:         plan.launch @k ins(%[[B]] : !plan.buffer) outs(%[[E]] : !plan.buffer)
func.func @scaled(%x: !plan.buffer, %n: index) {
  %c2000 = arith.constant 2000 : index
  %c4096 = arith.constant 4096 : index
  %n2000 = arith.muli %n, %c2000 : index
  %n4096 = arith.muli %n, %c4096 : index
  %a = plan.alloc %n4096
  plan.launch @k outs(%a : !plan.buffer)
  %b = plan.alloc %n2000
  plan.launch @k ins(%a : !plan.buffer) outs(%b : !plan.buffer)
  %d = plan.alloc %n2000
  plan.launch @k ins(%b : !plan.buffer) outs(%d : !plan.buffer)
  %e = plan.alloc %n2000
  plan.launch @k ins(%b : !plan.buffer) outs(%e : !plan.buffer)
  plan.launch @k ins(%d, %e : !plan.buffer, !plan.buffer) outs(%x : !plan.buffer)
  return
}

// %a is used in every iteration, so %b may not share its memory; one iteration's %b and the next's may.
// CHECK-LABEL: func.func @loop(
// CHECK:         plan.arena %c128
// CHECK:         scf.for
// CHECK:           plan.offset %{{.*}}[%c64
func.func @loop(%x: !plan.buffer, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %a = plan.alloc %c64
  scf.for %i = %c0 to %n step %c1 {
    plan.launch @k ins(%a : !plan.buffer) outs(%x : !plan.buffer)
    %b = plan.alloc %c64
    plan.launch @k outs(%b : !plan.buffer)
    plan.launch @k ins(%b : !plan.buffer) outs(%x : !plan.buffer)
  }
  return
}

// Carried from one iteration to the next, or of a size that depends on data: not in the arena. Nor is an if's result handed
// out before its last use.
// CHECK-LABEL: func.func @notInArena(
// CHECK-DAG:     plan.arena %c128
// CHECK:         scf.for
// CHECK:           plan.alloc
// CHECK:         %[[M:.*]] = plan.read
// CHECK:         plan.alloc %[[M]]
func.func @notInArena(%x: !plan.buffer, %n: index, %p: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (!plan.buffer) {
    %b = plan.alloc %c64
    plan.launch @k ins(%a : !plan.buffer) outs(%b : !plan.buffer)
    scf.yield %b : !plan.buffer
  }
  %m = plan.read %r[%c0] : index
  %d = plan.alloc %m
  plan.launch @k ins(%d : !plan.buffer) outs(%x : !plan.buffer)
  %s = scf.if %p -> (!plan.buffer) {
    %e = plan.alloc %c64
    plan.launch @k outs(%e : !plan.buffer)
    scf.yield %e : !plan.buffer
  } else {
    scf.yield %x : !plan.buffer
  }
  %f = plan.alloc %c64
  plan.launch @k ins(%s : !plan.buffer) outs(%f : !plan.buffer)
  plan.launch @k ins(%f : !plan.buffer) outs(%x : !plan.buffer)
  return
}
