//===- DecomposeLearning.cpp - Operators of ai.onnx.ml that are arithmetic on tensors ---------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

LogicalResult decomposeBinarizer(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  Value above = build.node("Less", {build.scalar(getFloat(op, "threshold"), getElementType(x)), x});
  replaceNode(op, cast(build, above, getElementType(op->getResult(0))));
  return success();
}

/// Columns picked from the last dimension; a vector counts as a row.
LogicalResult decomposeArrayFeatureExtractor(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank || *rank < 1)
    return failure();
  Value indices = build.node("Reshape", {op->getOperand(1), build.ints(-1)});
  Value picked = build.node("Gather", {x, indices}, {build.attr("axis", *rank - 1)});
  replaceNode(op, *rank == 1 ? build.node("Unsqueeze", {picked, build.ints(0)}) : picked);
  return success();
}

LogicalResult decomposeScaler(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto offset = op->getAttrOfType<DenseF32ArrayAttr>("offset"),
       scale = op->getAttrOfType<DenseF32ArrayAttr>("scale");
  if (offset)
    x = build.node("Sub", {x, build.floats(offset.asArrayRef())});
  if (scale)
    x = build.node("Mul", {x, build.floats(scale.asArrayRef())});
  replaceNode(op, x);
  return success();
}

LogicalResult decomposeFeatureVectorizer(Operation *op, NodeBuilder &build) {
  SmallVector<Value> parts;
  for (Value operand : op->getOperands()) {
    auto rank = getRank(operand);
    if (!rank || *rank > 2 || *rank < 1)
      return failure();
    Value part = cast(build, operand, build.builder.getF32Type());
    parts.push_back(*rank == 1 ? build.node("Unsqueeze", {part, build.ints(0)}) : part);
  }
  replaceNode(op, build.node("Concat", parts, {build.attr("axis", 1)}));
  return success();
}

LogicalResult decomposeNormalizer(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto rank = getRank(x);
  if (!rank || *rank < 1)
    return failure();
  StringRef norm = getString(op, "norm");
  int64_t axis = *rank - 1;
  Value divisor;
  if (norm == "MAX")
    divisor = reduce(build, "ReduceMax", build.node("Abs", {x}), axis, true);
  else if (norm == "L1")
    divisor = reduce(build, "ReduceSum", build.node("Abs", {x}), axis, true);
  else
    divisor =
        build.node("Sqrt", {reduce(build, "ReduceSum", build.node("Mul", {x, x}), axis, true)});
  replaceNode(op, build.node("Div", {x, divisor}));
  return success();
}

} // namespace

void addLearningDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.Binarizer"] = decomposeBinarizer;
  rules["ai_onnx_ml.ArrayFeatureExtractor"] = decomposeArrayFeatureExtractor;
  rules["ai_onnx_ml.Scaler"] = decomposeScaler;
  rules["ai_onnx_ml.FeatureVectorizer"] = decomposeFeatureVectorizer;
  rules["ai_onnx_ml.Normalizer"] = decomposeNormalizer;
}

} // namespace azulejo::graph
