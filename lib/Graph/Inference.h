//===- Inference.h - Types of nodes and the integers that shapes are made of ------------------===//
//
// Two analyses that need each other. Types: what ONNX's own inference says of a node, refined by
// rules of ours where it gives up because a dimension is a symbol. Values: small integer tensors
// (what Shape gives, Gather and Concat rearrange, and Reshape consumes) as vectors of symbolic
// expressions, so that the relation between a Reshape's result and the graph's inputs is not lost.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_INFERENCE_H
#define AZULEJO_LIB_GRAPH_INFERENCE_H

#include "lib/Graph/Nodes.h"
#include "llvm/ADT/DenseMap.h"

namespace azulejo::graph {

/// Elements; nothing for one that is not known.
using Integers = llvm::SmallVector<std::optional<onnx::SymbolicExpr>>;

/// The symbolic value analysis. Results are kept for the lifetime of the object, during which the
/// graph must not change other than in types that become more precise.
class IntegerValues {
public:
  /// The elements of an integer or boolean tensor of rank 0 or 1 (of constants, any rank),
  /// row-major; nothing when not even their number is known, or when they are too many to be a
  /// shape.
  std::optional<Integers> get(mlir::Value value);
  /// The same, for tensors of one element.
  std::optional<onnx::SymbolicExpr> getScalar(mlir::Value value);
  /// Only when all elements are numbers.
  std::optional<llvm::SmallVector<int64_t>> getConstants(mlir::Value value);

private:
  std::optional<Integers> compute(mlir::Operation *op, mlir::Value value);
  llvm::DenseMap<mlir::Value, std::optional<Integers>> known;
  unsigned depth = 0;
};

/// Sets the types of the node's results from its operands' types and values. An unknown dimension
/// stays unknown. Fails, without a message, when not even the element types are found.
llvm::LogicalResult inferResultTypes(mlir::Operation *op, IntegerValues &values);
llvm::LogicalResult inferResultTypes(mlir::Operation *op);

/// Rules of ours: the dimensions of result `index` (a formal one, variadic ones counted apart).
/// Nothing where ONNX's inference says as much.
std::optional<Dims> inferDims(mlir::Operation *op, unsigned index, IntegerValues &values);

/// The shape that two (or more) shapes broadcast to.
std::optional<Dims> broadcastDims(const Dims &a, const Dims &b);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_INFERENCE_H
