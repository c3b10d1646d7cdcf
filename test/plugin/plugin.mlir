// A pass built out of tree, against an installed Azulejo, loads in azulejo-opt.
// RUN: rm -rf %t && cmake --install %build --prefix %t/installed > %t.log
// RUN: cmake -G Ninja -S %S -B %t/plugin -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=clang++-22 \
// RUN:   "-DCMAKE_PREFIX_PATH=%t/installed;%llvm" >> %t.log
// RUN: cmake --build %t/plugin >> %t.log
// RUN: %t/installed/bin/azulejo-opt %s --load-pass-plugin=%t/plugin/CountOperations.so \
// RUN:   --pass-pipeline='builtin.module(count-operations)' | FileCheck %s

// CHECK: module attributes {count.operations = {arith = 1 : i64, builtin = 1 : i64, func = 2 : i64}}
func.func @one() -> index {
  %one = arith.constant 1 : index
  return %one : index
}
