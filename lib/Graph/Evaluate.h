//===- Evaluate.h - Nodes on constants --------------------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_EVALUATE_H
#define AZULEJO_LIB_GRAPH_EVALUATE_H

#include "lib/Graph/Constants.h"
#include "lib/Graph/Nodes.h"

namespace azulejo::graph {

/// The first result of a node whose operands are all constants, of which `type` (static) is the
/// result's; null where the operator or an operand is nothing that is evaluated here. Floats are
/// computed in double and rounded to the element type, which for one addition, multiplication,
/// division or square root of narrower floats is exact rounding.
mlir::TypedAttr evaluate(mlir::Operation *op, mlir::RankedTensorType type);

/// By kind: nothing where the operator is not of it.
std::optional<Elements> evaluateElementwise(mlir::Operation *op, mlir::RankedTensorType type);
std::optional<Elements> evaluateMovement(mlir::Operation *op, mlir::RankedTensorType type);
std::optional<Elements> evaluateReduction(mlir::Operation *op, mlir::RankedTensorType type);
std::optional<Elements> evaluateQuantized(mlir::Operation *op, mlir::RankedTensorType type);

/// Row-major strides.
llvm::SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_EVALUATE_H
