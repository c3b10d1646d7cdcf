// An artifact for GPUs holds each architecture's kernels as PTX and as machine code, in no segment.
// RUN: env AZULEJO_PTXAS=%S/Inputs/fake_ptxas azulejo-opt %S/../../runtime/Inputs/relu_gpu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.azm cpu=x86-64-v3" -o /dev/null
// RUN: readelf -SlW %t.azm | FileCheck %s --check-prefix=ELF
// ELF: .azm.cuda {{ *}}PROGBITS {{ *}}0000000000000000
// ELF: Section to Segment mapping
// ELF-NOT: .azm

// Its code exports what says how to launch each kernel.
// RUN: llvm-nm -D %t.azm | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS: T azm_peak_memory
// SYMBOLS-NEXT: T azm_run
// SYMBOLS-NEXT: T k0.sm_80
// SYMBOLS-NEXT: T k0.sm_90a
// SYMBOLS-NOT: {{.}}

// What ptxas says of the kernels is there to be seen.
// RUN: azulejo inspect %t.azm | FileCheck %s --check-prefix=INSPECT
// INSPECT:      target {{.*}}"device":"cuda"
// INSPECT:      cuda      sm_80: PTX {{[0-9.]+}} KiB, machine code 0.0 KiB
// INSPECT-NEXT:   registers  shared  spilled   stack  kernel
// INSPECT-NEXT:          12    2048       12      16  k0
// INSPECT-NEXT: cuda      sm_90a: PTX
// RUN: azulejo inspect --json %t.azm | FileCheck %s --check-prefix=META
// META: "slots": 6

// The same input gives the same bytes.
// RUN: env AZULEJO_PTXAS=%S/Inputs/fake_ptxas azulejo-opt %S/../../runtime/Inputs/relu_gpu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.again.azm cpu=x86-64-v3" -o /dev/null
// RUN: cmp %t.azm %t.again.azm

// The PTX is for the architecture, has nothing of the machine it was made on, and is what runs.
// RUN: strings %t.azm | FileCheck %s --check-prefix=PTX
// PTX:     .version 8.0
// PTX:     .target sm_80
// PTX-NOT: .file
// PTX:     .visible .entry k0(
// PTX:     .target sm_90a
// RUN: azulejo-run %t.azm --device=cudasim:sm_90a --input=1x4xf32=1,-2,3,-4 | FileCheck %s --check-prefix=RESULT
// RESULT: 1x4xf32=[4 5 10 9]

// Without ptxas there is a note, and no machine code.
// RUN: env AZULEJO_PTXAS=%t.missing azulejo-opt %S/../../runtime/Inputs/relu_gpu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.ptx.azm" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NOTE
// NOTE: note: there is no ptxas
// RUN: azulejo inspect --json %t.ptx.azm | FileCheck %s --check-prefix=NONE
// NONE-NOT: cubin

// What ptxas refuses is no artifact.
// RUN: not env FAKE_PTXAS_ERROR="line 7: bad" AZULEJO_PTXAS=%S/Inputs/fake_ptxas azulejo-opt %S/../../runtime/Inputs/relu_gpu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.bad.azm" -o /dev/null 2>&1 | FileCheck %s --check-prefix=REFUSED
// REFUSED: error: ptxas refuses the kernels for sm_{{80|90a}}: line 7: bad
// RUN: not ls %t.bad.azm

// A kernel that no GPU has is an error.
// RUN: not azulejo-opt %s --azulejo-write-artifact="path=%t.none.azm" -o /dev/null 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: kernel 'k1' is launched, and no GPU has it
module @missing attributes {plan.inputs = [], plan.outputs = [], plan.symbols = [], plan.kernels = [{name = "k1", nodes = []}], plan.weights = []} {
  gpu.module @sm_80 {
    llvm.func @k0(%slots: !llvm.ptr, %fault: !llvm.ptr, %first: i64, %workspace: !llvm.ptr) attributes {nvvm.kernel} {
      llvm.return
    }
  }
  llvm.func @azm_run(%context: !llvm.ptr, %arguments: !llvm.ptr) {
    llvm.return
  }
}
