//===- Derivatives.h - The derivatives of core operators --------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_DERIVATIVES_H
#define AZULEJO_LIB_GRAPH_DERIVATIVES_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// Of a node `op` with one result, whose gradient is `gradient`: the gradient of operand `index`,
/// of the operand's shape. Null where nothing is known of this operator, and where shapes must be
/// known and are not.
mlir::Value differentiate(mlir::Operation *op, mlir::Value gradient, unsigned index,
                          NodeBuilder &build);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_DERIVATIVES_H
