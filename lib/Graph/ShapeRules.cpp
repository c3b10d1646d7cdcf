//===- ShapeRules.cpp - The rules of all families, and what they share ------------------------===//
#include "lib/Graph/ShapeRules.h"

using namespace mlir;

namespace azulejo::graph {

Dim add(const Dim &a, const Dim &b) { return a && b ? Dim(*a + *b) : std::nullopt; }

Dim mul(const Dim &a, const Dim &b) { return a && b ? Dim(*a * *b) : std::nullopt; }

Dim product(ArrayRef<Dim> dims) {
  Dim result = onnx::SymbolicExpr(1);
  for (const Dim &dim : dims)
    result = mul(result, dim);
  return result;
}

std::optional<Dims> inferDims(Operation *op, unsigned index, IntegerValues &values) {
  static const ShapeRules rules = [] {
    ShapeRules rules;
    addElementwiseShapeRules(rules);
    addConvolutionShapeRules(rules);
    addMovementShapeRules(rules);
    addContractionShapeRules(rules);
    addReductionShapeRules(rules);
    return rules;
  }();
  auto rule = rules.find(getOpType(op));
  return rule == rules.end() ? std::nullopt : rule->second(op, index, values);
}

} // namespace azulejo::graph
