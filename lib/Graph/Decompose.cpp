//===- Decompose.cpp - azulejo-decompose ------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "dialects/ONNX/Types.h"
#include "lib/Graph/CoreOperators.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Passes.h"
#include "lib/Import/Functions.h"
#include "lib/Import/SchemaInference.h"
#include "llvm/ADT/SetVector.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_DECOMPOSE
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {

Value getDim(NodeBuilder &build, Value tensor, int64_t axis) {
  auto dims = getDims(tensor);
  if (dims && (*dims)[axis])
    if (auto constant = (*dims)[axis]->getConstant())
      return build.ints(*constant);
  return build.node("Shape", {tensor}, {build.attr("start", axis), build.attr("end", axis + 1)});
}

Value getDimScalar(NodeBuilder &build, Value tensor, int64_t axis) {
  return build.node("Squeeze", {getDim(build, tensor, axis), build.ints(0)});
}

Value getExtent(NodeBuilder &build, Value tensor, int64_t begin, int64_t end) {
  int64_t product = 1;
  auto dims = getDims(tensor);
  for (int64_t i = begin; i < end; ++i) {
    auto size = dims && (*dims)[i] ? (*dims)[i]->getConstant() : std::nullopt;
    if (!size)
      return reduce(
          build, "ReduceProd",
          build.node("Shape", {tensor}, {build.attr("start", begin), build.attr("end", end)}), 0,
          true);
    product *= *size;
  }
  return build.ints(product);
}

Value makeShape(NodeBuilder &build, ArrayRef<ShapePart> parts) {
  SmallVector<Value> pieces;
  SmallVector<int64_t> numbers;
  auto flush = [&] {
    if (!numbers.empty())
      pieces.push_back(build.ints(numbers));
    numbers.clear();
  };
  for (const ShapePart &part : parts) {
    if (!part.value) {
      numbers.push_back(part.number);
    } else {
      flush();
      pieces.push_back(part.value);
    }
  }
  if (pieces.empty())
    return build.ints(numbers);
  flush();
  return pieces.size() == 1 ? pieces.front()
                            : build.node("Concat", pieces, {build.attr("axis", 0)});
}

Value makeIota(NodeBuilder &build, Value count, int64_t trailing) {
  Value iota = build.node("Range", {build.scalarInt(0), count, build.scalarInt(1)});
  if (trailing == 0)
    return iota;
  return build.node("Unsqueeze",
                    {iota, build.ints(llvm::to_vector(llvm::seq<int64_t>(1, trailing + 1)))});
}

Value transpose(NodeBuilder &build, Value value, ArrayRef<int64_t> permutation) {
  return build.node("Transpose", {value}, {build.attr("perm", permutation)});
}

Value cast(NodeBuilder &build, Value value, Type elementType) {
  if (getElementType(value) == elementType)
    return value;
  return build.node("Cast", {value},
                    {build.attr("to", static_cast<int64_t>(onnx::getDataType(elementType)))});
}

LogicalResult expandFunction(Operation *op, NodeBuilder &build) {
  // A body that ONNX cannot build for these types is a missing one, not an error of the model's.
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); });
  auto values = expandFunctionOperator(build.builder, op);
  if (failed(values) || !*values)
    return failure();
  for (auto [result, value] : llvm::zip(op->getResults(), **values))
    if (value)
      replaceValue(result, value);
  op->erase();
  return success();
}

Value castLike(NodeBuilder &build, Operation *op) {
  Type to = getElementType(op->getOperand(1));
  SmallVector<NamedAttribute> attributes = {
      build.attr("to", static_cast<int64_t>(onnx::getDataType(to)))};
  for (StringRef name : {"saturate", "round_mode"})
    if (Attribute value = op->getAttr(name))
      attributes.push_back(build.attr(name, value));
  return build.node("Cast", {op->getOperand(0)}, attributes);
}

Value reduce(NodeBuilder &build, StringRef opType, Value value, ArrayRef<int64_t> axes,
             bool keepDims) {
  return build.node(opType, {value, build.ints(axes)}, {build.attr("keepdims", keepDims ? 1 : 0)});
}

Value alignWithAxis(NodeBuilder &build, Value vector, int64_t axis, int64_t rank) {
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis)
      axes.push_back(i);
  return axes.empty() ? vector : build.node("Unsqueeze", {vector, build.ints(axes)});
}

namespace {

/// Attributes that name a dimension are made to count from the front, in place.
void normalizeAxisAttribute(Operation *op) {
  static constexpr StringRef withAxis[] = {"Softmax",
                                           "LogSoftmax",
                                           "Hardmax",
                                           "Concat",
                                           "Gather",
                                           "GatherElements",
                                           "ScatterElements",
                                           "ArgMax",
                                           "ArgMin",
                                           "TopK",
                                           "LayerNormalization",
                                           "RMSNormalization",
                                           "QuantizeLinear",
                                           "DequantizeLinear",
                                           "Split",
                                           "Flatten",
                                           "LpNormalization",
                                           "Unique",
                                           "Compress"};
  if (!isAnyNode(op, withAxis) || (isAnyNode(op, {"Unique", "Compress"}) && !op->hasAttr("axis")))
    return;
  auto rank = getRank(op->getOperand(0));
  if (!rank)
    return;
  int64_t axis = getInt(op, "axis");
  // Of a scalar, or per tensor, there is no axis to speak of.
  int64_t normal = normalizeAxis(axis, *rank);
  if (normal >= 0)
    op->setAttr("axis", IntegerAttr::get(IntegerType::get(op->getContext(), 64), normal));
}

struct Decompose : impl::DecomposeBase<Decompose> {
  DecomposeRules rules;

  LogicalResult initialize(MLIRContext *) override {
    addElementwiseDecompositions(rules);
    addReductionDecompositions(rules);
    addNormalizationDecompositions(rules);
    addContractionDecompositions(rules);
    addConvolutionDecompositions(rules);
    addAttentionDecompositions(rules);
    addMovementDecompositions(rules);
    addIndexingDecompositions(rules);
    addGenerationDecompositions(rules);
    addControlDecompositions(rules);
    addLearningDecompositions(rules);
    addTrainingDecompositions(rules);
    addTableDecompositions(rules);
    addTreeDecompositions(rules);
    addSupportVectorDecompositions(rules);
    return success();
  }

  LogicalResult rewrite(Operation *op) {
    OpBuilder builder(op);
    NodeBuilder build(builder, op->getLoc());
    normalizeAxisAttribute(op);
    StringRef opType = getOpType(op);
    auto rule = rules.find(opType);
    if (rule != rules.end() && succeeded(rule->second(op, build)))
      return success();
    return isCoreOperator(opType) ? failure() : expandFunction(op, build);
  }

  void runOnOperation() override {
    // What a rule makes may itself be rewritten; function bodies nest a few levels deep.
    constexpr int maxRounds = 1000;
    for (int round = 0; round < maxRounds; ++round) {
      bool changed = false;
      SmallVector<Operation *> nodes;
      getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (!getOpType(op).empty())
          nodes.push_back(op);
      });
      for (Operation *op : nodes) {
        if (op->use_empty() && isMemoryEffectFree(op) && op->getNumRegions() == 0) {
          op->erase();
          changed = true;
          continue;
        }
        bool hasRegions = op->getNumRegions() != 0;
        if (failed(rewrite(op)))
          continue;
        changed = true;
        // The nodes of its subgraphs may be gone, and are in the list.
        if (hasRegions)
          break;
      }
      if (!changed)
        break;
    }
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
