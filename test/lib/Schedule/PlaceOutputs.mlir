// RUN: azulejo-opt %s --azulejo-place-outputs --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.*]]: !plan.buffer, %[[N:.*]]: index)
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK:         %[[M:.*]] = arith.muli %[[N]], %[[C2]]
// CHECK:         %[[A:.*]] = plan.output 0[%[[M]], %[[C4]]]
// CHECK:         plan.launch @k ins(%[[X]] : !plan.buffer) outs(%[[A]] : !plan.buffer)
// The same buffer again, and an input:
// CHECK:         %[[B:.*]] = plan.output 1[%[[M]]]
// CHECK:         plan.copy %[[A]] to %[[B]]
// CHECK:         %[[C:.*]] = plan.output 2[%[[N]]]
// CHECK:         plan.copy %[[X]] to %[[C]]
// CHECK:         return
func.func @main(%x: !plan.buffer, %n: index) {
  %c2 = arith.constant 2 : index
  %a = plan.alloc %n
  plan.launch @k ins(%x : !plan.buffer) outs(%a : !plan.buffer)
  %m = arith.muli %n, %c2 : index
  plan.return %a, %m, %a, %m, %x, %n : !plan.buffer, index, !plan.buffer, index, !plan.buffer, index
    as [tensor<?x4xf32>, tensor<?xf32>, tensor<?xi8>]
}

// What is no tensor is handed over as it is.
// CHECK-LABEL: func.func @value(
// CHECK-SAME:    %[[S:.*]]: !plan.buffer
// CHECK:         plan.output_value 0, %[[S]]
// CHECK-NEXT:    return
func.func @value(%s: !plan.buffer) {
  plan.return %s : !plan.buffer as [!plan.value]
}
