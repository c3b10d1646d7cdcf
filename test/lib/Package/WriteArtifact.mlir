// An artifact is an ELF file that standard tools read; its weights and metadata are in no segment.
// RUN: azulejo-opt %S/../../runtime/Inputs/relu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.azm cpu=x86-64-v3" -o /dev/null
// RUN: readelf -SlW %t.azm | FileCheck %s --check-prefix=ELF
// ELF: .azm.weights {{ *}}PROGBITS {{ *}}0000000000000000 {{[0-9a-f]+}}000 000010 00 {{ *}}0
// ELF: .azm.meta {{ *}}PROGBITS {{ *}}0000000000000000
// ELF: Section to Segment mapping
// ELF-NOT: .azm

// It exports its two entry points, and needs nothing.
// RUN: llvm-nm -D %t.azm | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS: T azm_peak_memory
// SYMBOLS-NEXT: T azm_run
// SYMBOLS-NOT: {{.}}

// RUN: azulejo-run %t.azm --print-metadata | FileCheck %s --check-prefix=META
// META: "format": 4
// META: "inputs":
// META: "name": "x"
// META: "n",
// META-NEXT: 4
// META: "type": "float"
// META: "kernels":
// META: "name": "k0"
// META: "first",
// META-NEXT: "second"
// META: "features":
// META: "avx2"
// META-NOT: "avx512f"
// META: "hash": "{{[0-9a-f]+}}"
// META: "weights_size": 16

// The same input gives the same bytes, whatever the path.
// RUN: mkdir -p %t.dir
// RUN: azulejo-opt %S/../../runtime/Inputs/relu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.dir/other.azm cpu=x86-64-v3" -o /dev/null
// RUN: cmp %t.azm %t.dir/other.azm

// Nothing is left behind where the artifact cannot be written.
// RUN: not azulejo-opt %S/../../runtime/Inputs/relu.mlir --azulejo-schedule --azulejo-write-artifact="path=%t.missing/m.azm" -o /dev/null 2>&1 | FileCheck %s --check-prefix=PATH
// PATH: error: cannot write '{{.*}}m.azm': No such file or directory

// Code that would need a library is refused.
// RUN: not azulejo-opt %s --azulejo-write-artifact="path=%t.bad.azm" -o /dev/null 2>&1 | FileCheck %s --check-prefix=UNDEFINED
// RUN: not ls %t.bad.azm
// UNDEFINED: error: the compiled code calls functions that an artifact cannot have: sinf
module @undefined attributes {plan.inputs = [], plan.outputs = [], plan.symbols = [], plan.kernels = [], plan.weights = []} {
  llvm.func @sinf(f32) -> f32
  llvm.func @azm_run(%context: !llvm.ptr, %arguments: !llvm.ptr) {
    %x = llvm.load %arguments : !llvm.ptr -> f32
    %y = llvm.call @sinf(%x) : (f32) -> f32
    llvm.store %y, %arguments : f32, !llvm.ptr
    llvm.return
  }
}
