//===- Passes.h - The passes of the Tiling stage ----------------------------------------------===//
#ifndef AZULEJO_LIB_TILING_PASSES_H
#define AZULEJO_LIB_TILING_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::tiling {

/// On a module that holds the kernels of one architecture of GPUs, and has its name ("sm_90a"):
/// what the code is for, as hardware::describeGpu takes it.
constexpr llvm::StringLiteral gpuAttribute = "azulejo.gpu";

#define GEN_PASS_DECL
#include "lib/Tiling/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Tiling/Passes.h.inc"

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_PASSES_H
