//===- Passes.h - The passes of the GPU stage -------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_PASSES_H
#define AZULEJO_LIB_GPU_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::gpu {

/// On a kernel function that azulejo-distribute-to-threads has written for one thread: how many
/// threads a block has.
constexpr llvm::StringLiteral threadsAttribute = "azulejo.threads";
/// On a kernel of matrix products, for which registers are worth more than further blocks.
constexpr llvm::StringLiteral productsAttribute = "azulejo.products";

/// On a kernel that is no tile program, and on one whose products go by other instructions than
/// wgmma on a GPU that has it: why.
constexpr llvm::StringLiteral noTilesAttribute = "gpu.no_tiles", noWgmmaAttribute = "gpu.no_wgmma";

/// On an allocation of which every thread has its own, rather than the block one.
constexpr llvm::StringLiteral perThreadAttribute = "azulejo.per_thread";

/// On the function that says how to launch a kernel, until it leaves the architecture's module.
constexpr llvm::StringLiteral hostAttribute = "azulejo.host";

#define GEN_PASS_DECL
#include "lib/GPU/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/GPU/Passes.h.inc"

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_PASSES_H
