//===- PipelineTma.h - A product whose operands one warp group fetches for the others ---------===//
#ifndef AZULEJO_LIB_GPU_PIPELINETMA_H
#define AZULEJO_LIB_GPU_PIPELINETMA_H

#include "lib/Hardware/Gpu.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace azulejo::gpu {

/// Rewrites the loop of a product, and what stands behind it, into a producer that copies tiles by
/// the tensor memory accelerator and consumers that multiply them by wgmma. False, and nothing is
/// changed, where loop or GPU are not fit for it.
bool pipelineByTma(mlir::scf::ForOp loop, const hardware::GpuDescription &gpu);

/// Bytes of shared memory that what stands behind a product's loop may need at once, while other
/// threads still read the operands: to store its tile, or to meet another that was loaded.
int64_t getEpilogueBytes(mlir::scf::ForOp loop);

/// What computes `value`, a position, from the loop's induction variable, for another step: `map`
/// has the other variable, and takes what is cloned.
mlir::Value cloneForStep(mlir::OpBuilder &builder, mlir::scf::ForOp loop, mlir::Value value,
                         mlir::IRMapping &map);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_PIPELINETMA_H
