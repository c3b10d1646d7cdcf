// RUN: azulejo-opt %s --azulejo-verify-plan --split-input-file --verify-diagnostics

llvm.func @k.count(!llvm.ptr) -> i64
llvm.func @k(!llvm.ptr, i64, i64, !llvm.ptr)
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func @peak_memory(%x: !plan.buffer) -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}

// -----

// expected-error @below {{Schedule promises a host program: @main with its signature, and @peak_memory}}
module {}

// -----

func.func @main(%n: index) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  // expected-error @below {{Schedule promises that every buffer has its place}}
  %a = plan.alloc %n
  return
}
func.func private @peak_memory(index) -> index

// -----

func.func @main(%n: index) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  // expected-error @below {{Schedule promises a host program without tensors, and 'tensor.empty' works on one}}
  %a = tensor.empty(%n) : tensor<?xf32>
  return
}
func.func private @peak_memory(index) -> index

// -----

llvm.func @k(!llvm.ptr, i64, i64, !llvm.ptr)
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  // expected-error @below {{every kernel is there as compiled code, and 'k.count' is not}}
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func private @peak_memory(!plan.buffer) -> index

// -----

// A kernel of GPUs.
gpu.module @sm_80 {
  llvm.func @k(!llvm.ptr, i64, i64, i64)
}
llvm.func @k.sm_80(!llvm.ptr, !llvm.ptr)
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func private @peak_memory(!plan.buffer) -> index

// -----

gpu.module @sm_80 {
  llvm.func @k(!llvm.ptr, i64, i64, i64)
}
gpu.module @sm_90a {
}
llvm.func @k.sm_80(!llvm.ptr, !llvm.ptr)
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  // expected-error @below {{every kernel is there as compiled code, and 'sm_90a::k' is not}}
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func private @peak_memory(!plan.buffer) -> index

// -----

gpu.module @sm_80 {
  llvm.func @k(!llvm.ptr, i64, i64, i64)
}
func.func @main(%x: !plan.buffer) attributes {plan.inputs = [], plan.outputs = [], plan.symbols = []} {
  // expected-error @below {{every kernel is there as compiled code, and 'k.sm_80' is not}}
  plan.launch @k outs(%x : !plan.buffer)
  return
}
func.func private @peak_memory(!plan.buffer) -> index
