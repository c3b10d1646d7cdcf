// RUN: azulejo-opt %s --azulejo-verify-gpu-kernels --split-input-file --verify-diagnostics

llvm.func @k.sm_90a(%slots: !llvm.ptr, %grid: !llvm.ptr) {
  llvm.return
}
gpu.module @sm_90a {
  llvm.func @k() attributes {nvvm.kernel} {
    nvvm.barrier0
    llvm.return
  }
}

// -----

gpu.module @sm_90a {
  // expected-error @below {{The GPU stage promises a host function that says how to launch each kernel, and 'k.sm_90a' is not there}}
  llvm.func @k() attributes {nvvm.kernel} {
    llvm.return
  }
}

// -----

gpu.module @sm_90a {
  llvm.func @f(%x: i32) -> i32 {
    // expected-error @below {{The GPU stage promises LLVM's dialects only, and 'arith.addi' is of another}}
    %0 = arith.addi %x, %x : i32
    llvm.return %0 : i32
  }
}

// -----

// expected-error @below {{The GPU stage promises that kernels stand in their architectures' modules}}
func.func private @k(memref<4xf32>) attributes {tile.kernel}
