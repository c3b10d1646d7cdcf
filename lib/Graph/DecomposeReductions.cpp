//===- DecomposeReductions.cpp - Composite reductions, softmax and its kin, axes spelled out --===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// The constant axes of a reduction, sorted and counted from the front; nothing when they are not
/// known.
std::optional<SmallVector<int64_t>> getAxes(Operation *op) {
  auto rank = getRank(getOperand(op, 0));
  if (!rank)
    return std::nullopt;
  SmallVector<int64_t> axes;
  if (Value operand = getOperand(op, 1)) {
    auto constants = getConstantInts(operand);
    if (!constants)
      return std::nullopt;
    axes = *constants;
  }
  if (axes.empty() && !getInt(op, "noop_with_empty_axes"))
    axes = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  for (int64_t &axis : axes)
    axis = normalizeAxis(axis, *rank);
  llvm::sort(axes);
  return axes;
}

/// A core reduction with its axes spelled out.
LogicalResult normalizeReduction(Operation *op, NodeBuilder &build) {
  auto axes = getAxes(op);
  auto given = getOperand(op, 1) ? getConstantInts(getOperand(op, 1)) : std::nullopt;
  if (!axes || (given && *given == *axes && !op->hasAttr("noop_with_empty_axes") && !axes->empty()))
    return failure();
  if (axes->empty() && getInt(op, "noop_with_empty_axes")) {
    replaceNode(op, op->getOperand(0));
    return success();
  }
  if (axes->empty() && given)
    return failure();
  replaceNode(op, reduce(build, getOpType(op), op->getOperand(0), *axes, getInt(op, "keepdims")));
  return success();
}

/// The same reduction of something else, with the node's axes, whatever they are.
Value reduceAs(Operation *op, NodeBuilder &build, StringRef opType, Value value) {
  SmallVector<Value> operands = {value};
  if (Value axes = getOperand(op, 1))
    operands.push_back(axes);
  return build.node(opType, operands,
                    {build.attr("keepdims", getInt(op, "keepdims")),
                     build.attr("noop_with_empty_axes", getInt(op, "noop_with_empty_axes"))});
}

bool isFloat(Operation *op) {
  return isa_and_nonnull<FloatType>(getElementType(op->getOperand(0)));
}

DecomposeRule composite(StringRef before, StringRef after, bool floatOnly = false) {
  return [=](Operation *op, NodeBuilder &build) -> LogicalResult {
    if (floatOnly && !isFloat(op))
      return failure();
    Value x = op->getOperand(0);
    if (before == "Square")
      x = build.node("Mul", {x, x});
    else if (!before.empty())
      x = build.node(before, {x});
    x = reduceAs(op, build, "ReduceSum", x);
    replaceNode(op, after.empty() ? x : build.node(after, {x}));
    return success();
  };
}

/// Shifted by the largest element, so that exp does not overflow; by nothing where that is
/// infinite.
LogicalResult decomposeLogSumExp(Operation *op, NodeBuilder &build) {
  auto axes = getAxes(op);
  if (!axes || !isFloat(op) || axes->empty())
    return failure();
  Value x = op->getOperand(0);
  Value largest = reduce(build, "ReduceMax", x, *axes, true);
  Value shift = build.node(
      "Where", {build.node("IsInf", {largest}), build.scalar(0, getElementType(x)), largest});
  Value sum =
      reduce(build, "ReduceSum", build.node("Exp", {build.node("Sub", {x, shift})}), *axes, true);
  Value result = build.node("Add", {build.node("Log", {sum}), shift});
  replaceNode(op,
              getInt(op, "keepdims") ? result : build.node("Squeeze", {result, build.ints(*axes)}));
  return success();
}

LogicalResult decomposeLogSoftmax(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank)
    return failure();
  if (*rank == 0) {
    replaceNode(op, build.node("Sub", {x, x}));
    return success();
  }
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank);
  Value shifted = build.node("Sub", {x, reduce(build, "ReduceMax", x, axis, true)});
  Value sum = reduce(build, "ReduceSum", build.node("Exp", {shifted}), axis, true);
  replaceNode(op, build.node("Sub", {shifted, build.node("Log", {sum})}));
  return success();
}

/// 1 at the first of the largest elements.
LogicalResult decomposeHardmax(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank || *rank == 0)
    return failure();
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank);
  Value largest = build.node("ArgMax", {x}, {build.attr("axis", axis), build.attr("keepdims", 1)});
  Value index = makeIota(build, getDimScalar(build, x, axis), *rank - 1 - axis);
  replaceNode(op, cast(build, build.node("Equal", {largest, index}), getElementType(x)));
  return success();
}

LogicalResult decomposeSize(Operation *op, NodeBuilder &build) {
  replaceNode(op, reduce(build, "ReduceProd", build.node("Shape", {op->getOperand(0)}), 0, false));
  return success();
}

} // namespace

void addReductionDecompositions(DecomposeRules &rules) {
  for (StringRef opType : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"})
    rules[opType] = normalizeReduction;
  rules["ReduceL1"] = composite("Abs", "");
  rules["ReduceL2"] = composite("Square", "Sqrt", /*floatOnly=*/true);
  rules["ReduceLogSum"] = composite("", "Log", /*floatOnly=*/true);
  rules["ReduceSumSquare"] = composite("Square", "");
  rules["ReduceLogSumExp"] = decomposeLogSumExp;
  rules["LogSoftmax"] = decomposeLogSoftmax;
  rules["Hardmax"] = decomposeHardmax;
  rules["Size"] = decomposeSize;
}

} // namespace azulejo::graph
