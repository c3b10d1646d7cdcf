// RUN: azulejo-opt %s --convert-scf-to-cf --azulejo-convert-plan-to-llvm --reconcile-unrealized-casts | FileCheck %s

// CHECK: module attributes
// CHECK-SAME: plan.checks = ["a", "b", "c", "d"]
// CHECK-SAME: plan.host_calls = [{function = "SequenceAt", inputs = [{shape = [], type = "seq(tensor(float))"}, {shape = [], type = "int64"}], node = "at", outputs = [{shape = [-1, 4], type = "float"}]}]
// CHECK-SAME: plan.kernels = [{name = "k", nodes = ["relu_1", "relu_2"]}]
// CHECK-SAME: plan.weights = [dense<1.000000e+00> : tensor<4xf32>]
// CHECK-SAME: {

llvm.func @k.count(!llvm.ptr) -> i64
llvm.func @k(!llvm.ptr, i64, i64, !llvm.ptr)

// CHECK-LABEL: llvm.func internal @azm.main(
// CHECK-SAME:    %[[CONTEXT:.*]]: !llvm.ptr, %[[X:.*]]: !llvm.ptr, %[[N:.*]]: i64)
// CHECK:         %[[SLOTS:.*]] = llvm.alloca %{{.*}} x i64
// CHECK:         llvm.store %[[X]], %{{.*}} : !llvm.ptr, !llvm.ptr
// CHECK:         llvm.store %[[N]], %{{.*}} : i64, !llvm.ptr
// CHECK:         llvm.bitcast %{{.*}} : f32 to i32
// CHECK:         llvm.zext %{{.*}} : i32 to i64
// CHECK:         %[[COUNT:.*]] = llvm.mlir.addressof @k.count
// CHECK:         %[[KERNEL:.*]] = llvm.mlir.addressof @k :
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %{{.*}}, %[[COUNT]], %[[KERNEL]], %[[SLOTS]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, i64, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> ()
// The second launch's checks come after those of the first.
// CHECK:         %[[FIRST:.*]] = llvm.mlir.constant(2 : i64) : i64
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %{{.*}}, %{{.*}}, %{{.*}}, %[[SLOTS]], %[[FIRST]])
// The host reads a flag, one byte wide:
// CHECK:         llvm.load %[[SLOTS]] : !llvm.ptr -> i8
// CHECK:         llvm.trunc %{{.*}} : i8 to i1
// CHECK:         llvm.cond_br
// Sizes stop at the largest number.
// CHECK:         "llvm.intr.smul.with.overflow"(%[[N]], %{{.*}})
// CHECK:         llvm.select
// CHECK:         llvm.intr.sadd.sat
// A call's outputs come behind its inputs.
// CHECK:         llvm.store %[[X]], %{{.*}} : !llvm.ptr, !llvm.ptr
// CHECK:         llvm.store %[[X]], %{{.*}} : !llvm.ptr, !llvm.ptr
// CHECK:         %[[TWO:.*]] = llvm.mlir.constant(16 : i64) : i64
// CHECK:         %[[OUTPUTS:.*]] = llvm.getelementptr %[[SLOTS]][%[[TWO]]]
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %{{.*}}, %[[SLOTS]], %[[OUTPUTS]]) : !llvm.ptr, (!llvm.ptr, i64, !llvm.ptr, !llvm.ptr) -> ()
// CHECK:         %[[VALUE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK:         llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %[[X]], %[[VALUE]])
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %{{.*}}, %[[VALUE]]) : !llvm.ptr, (!llvm.ptr, i64, !llvm.ptr) -> ()
// An assertion's values are passed where slots are.
// CHECK:         llvm.store %[[N]], %{{.*}} : i64, !llvm.ptr
// CHECK:         llvm.call %{{.*}}(%[[CONTEXT]], %{{.*}}, %[[SLOTS]], %{{.*}}) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> ()
// CHECK:         llvm.unreachable
func.func @main(%x: !plan.buffer, %n: index)
    attributes {plan.inputs = [{name = "x", type = "float", shape = ["n"]}], plan.outputs = [], plan.symbols = []} {
  %c0 = arith.constant 0 : index
  %c = arith.constant 1.0 : f32
  %w = plan.weight dense<1.0> : tensor<4xf32>
  %arena = plan.arena %n
  plan.launch @k ins(%x, %n, %w : !plan.buffer, index, !plan.buffer) outs(%arena : !plan.buffer) scalars(%c : f32) {checks = ["a", "b"]} loc("relu_1")
  plan.launch @k ins(%x, %n, %w : !plan.buffer, index, !plan.buffer) outs(%arena : !plan.buffer) scalars(%c : f32) {checks = ["c", "d"]} loc("relu_2")
  %flag = plan.read %arena[%c0] : i1
  plan.assert %flag, "the flag should be set, of {}" (%n)
  %square = arith.muli %n, %n : index
  %more = arith.addi %square, %n : index
  %y = plan.output 0[%more]
  plan.copy %arena to %y, %n
  %v:2 = plan.call "SequenceAt"(%x, %x : !plan.buffer, !plan.buffer) as [!plan.value, tensor<i64>, tensor<?x4xf32>] named ["seq(tensor(float))", "int64", "float"] -> !plan.buffer, index loc("at")
  plan.take %v#0 to %x
  plan.output_value 1, %v#0
  return
}

// CHECK-LABEL: llvm.func @azm_run(
// CHECK-SAME:    %[[C:.*]]: !llvm.ptr, %[[ARGUMENTS:.*]]: !llvm.ptr)
// CHECK:         llvm.call @azm.main(%[[C]], %{{.*}}, %{{.*}})
// CHECK-LABEL: llvm.func @azm_peak_memory(
// CHECK:         %[[P:.*]] = llvm.call @azm.peak_memory
// CHECK:         llvm.return %[[P]] : i64
func.func @peak_memory(%x: !plan.buffer, %n: index) -> index {
  return %n : index
}
