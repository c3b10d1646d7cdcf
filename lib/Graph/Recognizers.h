//===- Recognizers.h - Patterns of azulejo-recognize-patterns ---------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_RECOGNIZERS_H
#define AZULEJO_LIB_GRAPH_RECOGNIZERS_H

#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// Each looks at a node as the last one of its pattern, and returns the value that replaces its
/// result; null where it is not.
mlir::Value recognizeGelu(mlir::Operation *op, NodeBuilder &build);
mlir::Value recognizeSwish(mlir::Operation *op, NodeBuilder &build);
mlir::Value recognizeNormalization(mlir::Operation *op, NodeBuilder &build);
mlir::Value recognizeAttention(mlir::Operation *op, NodeBuilder &build);
mlir::Value recognizeRotaryEmbedding(mlir::Operation *op, NodeBuilder &build);

/// The factors of a product written as Mul nodes (and Div by a constant), however they are nested:
/// values, and one number for all constants.
struct Product {
  double factor = 1;
  llvm::SmallVector<mlir::Value> values;
};
Product getProduct(mlir::Value value, unsigned maxFactors = 6);

/// The other operand of a commutative node, one operand of which is this constant; null if there is
/// none.
mlir::Value getOtherOperand(mlir::Operation *op, double constant);

/// `value` less all Mul and Div by constants, whose product goes into `factor`.
mlir::Value stripScale(mlir::Value value, double &factor);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_RECOGNIZERS_H
