//===- Passes.h - The passes of the CPU stage -------------------------------------------------===//
#ifndef AZULEJO_LIB_CPU_PASSES_H
#define AZULEJO_LIB_CPU_PASSES_H

#include "lib/Hardware/Cpu.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::cpu {

#define GEN_PASS_DECL
#include "lib/CPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/CPU/Passes.h.inc"

/// Everything from a kernel's tensors to LLVM's dialect, for a module that holds kernels only.
void buildKernelPipeline(mlir::OpPassManager &pm, const hardware::CpuDescription &cpu);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_PASSES_H
