//===- UpgradeArithmetic.cpp - Older elementwise operators and reductions ---------------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"
#include "onnx/defs/schema.h"

using namespace mlir;

namespace azulejo::graph {

/// Before version 7 the second operand was broadcast only where `broadcast` said so, aligned with
/// the first at `axis`. Numpy's rule gives the same once the second operand has a 1 for each
/// dimension of the first behind it.
static LogicalResult upgradeBroadcast(Operation *op, int, NodeBuilder &build) {
  SmallVector<Value> operands = getFormalOperandValues(op);
  if (auto axis = op->getAttrOfType<IntegerAttr>("axis"); axis && getInt(op, "broadcast")) {
    auto rankA = getRank(operands[0]), rankB = getRank(operands[1]);
    if (!rankA || !rankB)
      return op->emitError() << onnx::describeNode(op)
                             << ": attribute 'axis' needs operands of known rank";
    SmallVector<int64_t> added;
    for (int64_t i = normalizeAxis(axis.getInt(), *rankA) + *rankB; i < *rankA; ++i)
      added.push_back(i - normalizeAxis(axis.getInt(), *rankA));
    if (!added.empty())
      operands[1] = build.node("Unsqueeze", {operands[1], build.ints(added)});
  }
  return upgradeTo(op, build, operands, {"axis", "broadcast"});
}

/// The bounds were attributes, always there.
static LogicalResult upgradeClip(Operation *op, int version, NodeBuilder &build) {
  Type elementType = getElementType(getOperand(op, 0));
  // Version 1 has no default bounds, version 6 the largest numbers.
  auto bound = [&](StringRef name) {
    return version >= 6 || op->hasAttr(name) ? build.scalar(getFloat(op, name), elementType)
                                             : Value();
  };
  return upgradeTo(op, build, {getOperand(op, 0), bound("min"), bound("max")}, {"min", "max"});
}

/// `axes` became an operand.
static LogicalResult upgradeReduction(Operation *op, int, NodeBuilder &build) {
  auto axes = getInts(op, "axes");
  return upgradeTo(op, build, {getOperand(op, 0), axes ? build.ints(*axes) : Value()}, {"axes"});
}

/// `to` was a type's name.
static LogicalResult upgradeCast(Operation *op, int version, NodeBuilder &build) {
  if (version >= 6)
    return upgradeTo(op, build, getFormalOperandValues(op));
  int64_t to = onnx::getDataType(getElementType(op->getResult(0)));
  return upgradeTo(op, build, getFormalOperandValues(op), {"to"}, {build.attr("to", to)});
}

/// A slope was one number, or one a channel.
static LogicalResult upgradePRelu(Operation *op, int, NodeBuilder &build) {
  Value slope = getOperand(op, 1);
  auto rank = getRank(getOperand(op, 0)), slopeRank = getRank(slope);
  if (rank && slopeRank && *slopeRank == 1 && *rank > 2 && getNumElements(slope) != 1)
    slope = build.node("Unsqueeze",
                       {slope, build.ints(llvm::to_vector(llvm::seq<int64_t>(1, *rank - 1)))});
  return upgradeTo(op, build, {getOperand(op, 0), slope});
}

/// Flattened to two dimensions at `axis`, and took the second of them whole.
static LogicalResult upgradeSoftmax(Operation *op, int, NodeBuilder &build) {
  Value data = getOperand(op, 0);
  int64_t axis = getInt(op, "axis");
  auto rank = getRank(data);
  if (rank && normalizeAxis(axis, *rank) == *rank - 1)
    return upgradeTo(op, build, data, {"axis"}, {build.attr("axis", normalizeAxis(axis, *rank))});
  Value shape = build.node("Shape", {data});
  Value flat = build.node("Flatten", {data}, {build.attr("axis", axis)});
  Value result = build.node(getOpType(op), {flat}, {build.attr("axis", 1)});
  if (op->getAttr("axis") && getOpType(op) == "Hardmax")
    result.setType(flat.getType());
  replaceNode(op, build.reshape(result, shape));
  return success();
}

/// The broadcast of C that an attribute had to ask for is now the rule.
static LogicalResult upgradeGemm(Operation *op, int, NodeBuilder &build) {
  return upgradeTo(op, build, getFormalOperandValues(op), {"broadcast"});
}

static LogicalResult upgradeTopK(Operation *op, int version, NodeBuilder &build) {
  if (version >= 10)
    return upgradeTo(op, build, getFormalOperandValues(op));
  return upgradeTo(op, build, {getOperand(op, 0), build.ints(getInt(op, "k"))}, {"k"});
}

/// `axis` became an operand, with another default.
static LogicalResult upgradeDFT(Operation *op, int, NodeBuilder &build) {
  return upgradeTo(op, build,
                   {getOperand(op, 0), getOperand(op, 1), build.scalarInt(getInt(op, "axis"))},
                   {"axis"});
}

void addArithmeticUpgrades(UpgradeRules &rules) {
  rules.add({"Add", "Sub", "Mul", "Div", "And", "Or", "Xor", "Equal", "Greater", "Less", "Pow"}, 7,
            upgradeBroadcast);
  rules.add({"PRelu"}, 7, upgradePRelu);
  rules.add({"Gemm"}, 7, upgradeGemm);
  rules.add({"Clip"}, 11, upgradeClip);
  rules.add({"ReduceSum"}, 13, upgradeReduction);
  rules.add({"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
             "ReduceMin", "ReduceProd", "ReduceSumSquare"},
            18, upgradeReduction);
  rules.add({"Cast"}, 6, upgradeCast);
  rules.add({"Softmax", "LogSoftmax", "Hardmax"}, 13, upgradeSoftmax);
  rules.add({"TopK"}, 11, upgradeTopK);
  rules.add({"DFT"}, 20, upgradeDFT);
}

} // namespace azulejo::graph
