//===- PipelineTma.h - Products whose operands one warp group fetches for the others ----------===//
#ifndef AZULEJO_LIB_GPU_PIPELINETMA_H
#define AZULEJO_LIB_GPU_PIPELINETMA_H

#include "lib/Hardware/Gpu.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::gpu {

/// Rewrites the loop of a product, and what stands behind it, into a producer that copies tiles by
/// the tensor memory accelerator and consumers that multiply them by wgmma. Where the loop is not
/// fit for it nothing is changed, and the result says why; else it is empty. For GPUs with wgmma.
llvm::StringRef pipelineByTma(mlir::scf::ForOp loop, const hardware::GpuDescription &gpu);

/// The same for the two products of attention.
llvm::StringRef pipelineAttentionByTma(mlir::scf::ForOp loop, const hardware::GpuDescription &gpu);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_PIPELINETMA_H
