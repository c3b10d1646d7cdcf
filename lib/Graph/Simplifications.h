//===- Simplifications.h - Rules of azulejo-simplify ------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H
#define AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// What the node's first result, its only one in use, can be replaced by; null where there is
/// nothing better. New nodes are made before the node.
mlir::Value simplifyArithmetic(mlir::Operation *op, NodeBuilder &build);
mlir::Value simplifyMovement(mlir::Operation *op, NodeBuilder &build);
/// Multiplications and additions of constants that go into a convolution's weights.
mlir::Value simplifyConvolution(mlir::Operation *op, NodeBuilder &build);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_SIMPLIFICATIONS_H
