//===- CPU.h - From workgroups to machine code ------------------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_CPU_H
#define AZULEJO_LIB_PIPELINES_CPU_H

#include "llvm/ADT/StringRef.h"

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Every kernel function becomes `@k` and `@k.count` in LLVM's dialect, for `cpu` (as
/// hardware::describeCpu takes it). The object itself is made by cpu::emitObject, once the host
/// code is there too.
void buildCpuPipeline(mlir::OpPassManager &pm, llvm::StringRef cpu);

/// Makes the stages Fuse, Tiling, CPU and GPU known by their flags: azulejo-fuse-pipeline and so
/// on.
void registerKernelPipelines();

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_CPU_H
