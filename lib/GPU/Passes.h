//===- Passes.h - The passes of the GPU stage -------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_PASSES_H
#define AZULEJO_LIB_GPU_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::gpu {

#define GEN_PASS_DECL
#include "lib/GPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/GPU/Passes.h.inc"

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_PASSES_H
