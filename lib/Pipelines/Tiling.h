//===- Tiling.h - From kernels to workgroups --------------------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_TILING_H
#define AZULEJO_LIB_PIPELINES_TILING_H

#include "lib/Hardware/Cpu.h"

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Every tile.kernel becomes a function whose body is one loop over workgroups, launched from
/// @main.
void buildTilingPipeline(mlir::OpPassManager &pm, const hardware::CpuDescription &cpu);

/// The same for GPUs: what is launched is declared, and each of `targets` ("sm_90a",
/// "h100") has a module with the functions, whose workgroups are thread blocks.
void buildGpuTilingPipeline(mlir::OpPassManager &pm, llvm::ArrayRef<std::string> targets);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_TILING_H
