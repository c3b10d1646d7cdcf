//===- Simplifications.h - Rules of azulejo-simplify ------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H
#define AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// What the node's first result, its only one in use, can be replaced by; null where there is
/// nothing better. New nodes are made before the node.
mlir::Value simplifyArithmetic(mlir::Operation *op, NodeBuilder &build);
mlir::Value simplifyMovement(mlir::Operation *op, NodeBuilder &build);
/// A product with a quantised weight, whose scales multiply the product instead.
mlir::Value simplifyQuantized(mlir::Operation *op, NodeBuilder &build);
/// Multiplications and additions of constants that go into a convolution's weights.
mlir::Value simplifyConvolution(mlir::Operation *op, NodeBuilder &build);

/// x times a weight of integers with one scale for all of it or one a column.
mlir::Value multiplyQuantized(mlir::Value x, mlir::Value integers, mlir::Value scales,
                              NodeBuilder &build);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H
