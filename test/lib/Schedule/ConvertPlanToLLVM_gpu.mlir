// Kernels of GPUs are launched without functions, and what says how to launch them is exported.
// RUN: azulejo-opt %s --azulejo-convert-plan-to-llvm --reconcile-unrealized-casts | FileCheck %s

gpu.module @sm_80 {
  llvm.func @k(!llvm.ptr, i64, i64, i64)
}
// CHECK: llvm.func @k.sm_80(
// CHECK-NOT: hidden
// CHECK: {
llvm.func @k.sm_80(%slots: !llvm.ptr, %grid: !llvm.ptr) {
  llvm.return
}

// CHECK: llvm.func hidden @helper.of_the_host
llvm.func @helper.of_the_host() {
  llvm.return
}

// CHECK-LABEL: @azm.main
// CHECK: %[[COUNT:.*]] = llvm.mlir.zero : !llvm.ptr
// CHECK: %[[KERNEL:.*]] = llvm.mlir.zero : !llvm.ptr
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %[[COUNT]], %[[KERNEL]], %{{.*}}, %{{.*}})
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func @peak_memory(%x: !plan.buffer) -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}
