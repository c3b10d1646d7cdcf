//===- Structured.h - How the threads of a block share out one operation on buffers -----------===//
#ifndef AZULEJO_LIB_GPU_STRUCTURED_H
#define AZULEJO_LIB_GPU_STRUCTURED_H

#include "dialects/Tile/Tile.h"
#include "lib/GPU/Threads.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace azulejo::gpu {

/// Each writes the code of one thread at the builder's insertion point and leaves the op in place.
/// No two threads write the same element; barriers stand within only where threads work at one
/// result together.
void distributeLinalg(mlir::ImplicitLocOpBuilder &b, const Team &team, mlir::linalg::LinalgOp op);
void distributeMatmul(mlir::ImplicitLocOpBuilder &b, const Team &team, tile::MatmulOp op);
void distributeIm2col(mlir::ImplicitLocOpBuilder &b, const Team &team, tile::Im2colOp op);
void distributeDepthwiseConv(mlir::ImplicitLocOpBuilder &b, const Team &team,
                             tile::DepthwiseConvOp op);

/// Whether there is such a function for the operation.
bool isStructured(mlir::Operation *op);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_STRUCTURED_H
