// What is in LLVM's dialect becomes an object, and nothing else does.
// RUN: azulejo-opt %s --azulejo-emit-object="cpu=x86-64-v3 output=%t.o" | FileCheck %s
// RUN: llvm-nm %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: not azulejo-opt %s --azulejo-emit-object="cpu=pentagram output=%t.none.o" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not azulejo-opt %s --azulejo-emit-object="output=%t.o/inside" 2>&1 | FileCheck %s --check-prefix=UNWRITABLE

// CHECK: func.func @main
// CHECK: llvm.func @k.count
// SYMBOLS-NOT: main
// SYMBOLS: T k.count
// UNKNOWN: unknown CPU 'pentagram'
// UNWRITABLE: cannot write

func.func @main() {
  return
}
llvm.func @k.count(%slots: !llvm.ptr) -> i64 {
  %0 = llvm.mlir.constant(4 : i64) : i64
  llvm.return %0 : i64
}
