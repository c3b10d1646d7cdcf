//===- Decompositions.h - Rules from all operators to the core --------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_DECOMPOSITIONS_H
#define AZULEJO_LIB_GRAPH_DECOMPOSITIONS_H

#include "lib/Graph/Nodes.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::graph {

/// Rewrites one node, of any operator in its newest version, into nodes that are nearer to the
/// core, or a core operator's node into the form that docs/CoreOperators.md promises. Success: the
/// node is replaced and erased. Failure: the rule does not apply, and nothing has changed.
using DecomposeRule = std::function<llvm::LogicalResult(mlir::Operation *op, NodeBuilder &build)>;

using DecomposeRules = llvm::StringMap<DecomposeRule>;

void addElementwiseDecompositions(DecomposeRules &rules);
void addReductionDecompositions(DecomposeRules &rules);
void addNormalizationDecompositions(DecomposeRules &rules);
void addContractionDecompositions(DecomposeRules &rules);
void addConvolutionDecompositions(DecomposeRules &rules);
void addAttentionDecompositions(DecomposeRules &rules);
void addMovementDecompositions(DecomposeRules &rules);
void addIndexingDecompositions(DecomposeRules &rules);
void addGenerationDecompositions(DecomposeRules &rules);
void addControlDecompositions(DecomposeRules &rules);
void addLearningDecompositions(DecomposeRules &rules);
void addTrainingDecompositions(DecomposeRules &rules);
void addTableDecompositions(DecomposeRules &rules);
void addTreeDecompositions(DecomposeRules &rules);
void addSupportVectorDecompositions(DecomposeRules &rules);

//===------------------------------------------------------------------------------------------===//
// What several families need
//===------------------------------------------------------------------------------------------===//

/// Puts the body that ONNX gives the operator in the node's place, where there is one.
llvm::LogicalResult expandFunction(mlir::Operation *op, NodeBuilder &build);

/// The size of one dimension, as a tensor<1xi64> (or, from getDimScalar, a tensor<i64>): a constant
/// where it is known.
mlir::Value getDim(NodeBuilder &build, mlir::Value tensor, int64_t axis);
mlir::Value getDimScalar(NodeBuilder &build, mlir::Value tensor, int64_t axis);

/// A shape from its parts, each a number or a tensor<Nxi64>: one constant where all are numbers.
struct ShapePart {
  mlir::Value value;
  int64_t number = 0;
  ShapePart(mlir::Value value) : value(value) {}
  ShapePart(int64_t number) : number(number) {}
};
mlir::Value makeShape(NodeBuilder &build, llvm::ArrayRef<ShapePart> parts);
/// The product of a tensor's sizes from `begin` to `end`, as a tensor<1xi64>.
mlir::Value getExtent(NodeBuilder &build, mlir::Value tensor, int64_t begin, int64_t end);

/// 0, 1, …, as a tensor<?xi64> with `trailing` dimensions of 1 behind it.
mlir::Value makeIota(NodeBuilder &build, mlir::Value count, int64_t trailing = 0);

mlir::Value constantStrings(NodeBuilder &build, llvm::ArrayRef<llvm::StringRef> texts,
                            llvm::ArrayRef<int64_t> shape);
mlir::Value transpose(NodeBuilder &build, mlir::Value value, llvm::ArrayRef<int64_t> permutation);
mlir::Value cast(NodeBuilder &build, mlir::Value value, mlir::Type elementType);
/// The Cast that a CastLike is.
mlir::Value castLike(NodeBuilder &build, mlir::Operation *op);
mlir::Value reduce(NodeBuilder &build, llvm::StringRef opType, mlir::Value value,
                   llvm::ArrayRef<int64_t> axes, bool keepDims);

/// One dimension with all others 1 becomes one that lines up with dimension `axis` of a tensor of
/// this rank.
mlir::Value alignWithAxis(NodeBuilder &build, mlir::Value vector, int64_t axis, int64_t rank);

/// A Loop with an empty body that has its arguments: iteration, condition, and what is carried.
mlir::Operation *makeLoop(NodeBuilder &build, mlir::Value trips,
                          llvm::ArrayRef<mlir::Value> carried,
                          llvm::ArrayRef<mlir::Type> resultTypes);

/// What ai.onnx.ml does to rows of scores in the end, by its name; null for what there is none of.
mlir::Value transformScores(NodeBuilder &build, mlir::Value scores, llvm::StringRef transform);

/// The names of a classifier's classes, as one constant; nothing where the node has none.
struct ClassLabels {
  mlir::Value values;
  int64_t count;
};
std::optional<ClassLabels> readClassLabels(mlir::Operation *op, NodeBuilder &build,
                                           llvm::StringRef intsName);
/// The label of the best class of each row in place of the first result, the scores in place of the
/// second.
void replaceClassifier(mlir::Operation *op, NodeBuilder &build, const ClassLabels &labels,
                       mlir::Value best, mlir::Value scores);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_DECOMPOSITIONS_H
