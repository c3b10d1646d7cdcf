//===- ShapeRules.h - Shapes of results where dimensions are symbols --------------------------===//
//
// ONNX's inference computes with numbers, and gives up on `2*seq`. These are its formulas over
// expressions, in Infer*.cpp by family. Where they need a value that is not known the dimension
// stays unknown, never the rank.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_SHAPERULES_H
#define AZULEJO_LIB_GRAPH_SHAPERULES_H

#include "lib/Graph/Inference.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::graph {

/// The dimensions of one result of a node: `index` is the formal one, of variadic results each
/// counts. Nothing where ONNX's inference says as much.
using ShapeRule = std::optional<Dims> (*)(mlir::Operation *op, unsigned index,
                                          IntegerValues &values);
/// By operator name.
using ShapeRules = llvm::StringMap<ShapeRule>;

void addElementwiseShapeRules(ShapeRules &rules);
void addConvolutionShapeRules(ShapeRules &rules);
void addMovementShapeRules(ShapeRules &rules);
void addContractionShapeRules(ShapeRules &rules);
void addReductionShapeRules(ShapeRules &rules);

/// Arithmetic on dimensions: with one that is not known the result is not known.
using Dim = std::optional<onnx::SymbolicExpr>;
Dim add(const Dim &a, const Dim &b);
Dim mul(const Dim &a, const Dim &b);
Dim product(llvm::ArrayRef<Dim> dims);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_SHAPERULES_H
