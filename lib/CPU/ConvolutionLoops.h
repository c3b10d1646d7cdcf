//===- ConvolutionLoops.h - Loops for the pieces of convolutions ------------------------------===//
#ifndef AZULEJO_LIB_CPU_CONVOLUTIONLOOPS_H
#define AZULEJO_LIB_CPU_CONVOLUTIONLOOPS_H

#include "dialects/Tile/Tile.h"
#include "mlir/IR/PatternMatch.h"

namespace azulejo::cpu {

/// Writes the loops before the op, which works on buffers, and leaves the op in place.
void expandIm2col(mlir::RewriterBase &rewriter, tile::Im2colOp op);
void expandDepthwiseConv(mlir::RewriterBase &rewriter, tile::DepthwiseConvOp op);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_CONVOLUTIONLOOPS_H
