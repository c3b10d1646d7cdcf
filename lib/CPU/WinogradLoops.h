//===- WinogradLoops.h - Loops for the transforms of Winograd's convolution -------------------===//
#ifndef AZULEJO_LIB_CPU_WINOGRADLOOPS_H
#define AZULEJO_LIB_CPU_WINOGRADLOOPS_H

#include "dialects/Tile/Tile.h"
#include "mlir/IR/PatternMatch.h"

namespace azulejo::cpu {

/// Writes the loops before the op, which works on buffers, and leaves the op in place. Vectors have
/// at most `vectorBytes` bytes.
void expandWinogradInput(mlir::RewriterBase &rewriter, tile::WinogradInputOp op,
                         int64_t vectorBytes);
void expandWinogradOutput(mlir::RewriterBase &rewriter, tile::WinogradOutputOp op,
                          int64_t vectorBytes);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_WINOGRADLOOPS_H
