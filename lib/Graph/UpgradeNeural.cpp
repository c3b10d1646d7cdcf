//===- UpgradeNeural.cpp - Older normalisations, pooling, resampling, recurrence and control --===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"

using namespace mlir;

namespace azulejo::graph {

/// With `spatial` = 0 there are statistics for each position, not only for each channel: the
/// parameters have all dimensions of X but the first.
static void normalizePositions(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), scale = getOperand(op, 1), b = getOperand(op, 2),
        mean = getOperand(op, 3), variance = getOperand(op, 4);
  Value epsilon = build.scalar(getFloat(op, "epsilon"), getElementType(variance));
  Value deviation = build.node("Sqrt", {build.node("Add", {variance, epsilon})});
  Value normalized = build.node("Div", {build.node("Sub", {x, mean}), deviation});
  Value y = build.node("Add", {build.node("Mul", {normalized, scale}), b});
  replaceValue(getResult(op, 0), y);
  op->erase();
}

/// Inference is what every version without `training_mode` does when it has one output.
static LogicalResult upgradeBatchNormalization(Operation *op, int version, NodeBuilder &build) {
  for (unsigned i = 1; i < 5; ++i)
    if (Value result = getResult(op, i); result && !result.use_empty())
      return op->emitError() << onnx::describeNode(op) << ": training outputs of version "
                             << version << " are not supported";
  if (op->hasAttr("spatial") && getInt(op, "spatial") == 0)
    return normalizePositions(op, build), success();
  Value result = getResult(op, 0);
  Operation *created = createNode(build.builder, build.loc, "onnx.BatchNormalization",
                                  getFormalOperandValues(op), result.getType(),
                                  {build.attr("epsilon", getFloat(op, "epsilon")),
                                   build.attr("momentum", getFloat(op, "momentum"))});
  result.replaceAllUsesWith(created->getResult(0));
  op->erase();
  return success();
}

/// Random zeros are training; an imported graph is for inference.
static LogicalResult upgradeDropout(Operation *op, int version, NodeBuilder &build) {
  Value ratio = build.constant(getScalarAttr(getFloat(op, "ratio"), build.builder.getF32Type()));
  Value mask = getResult(op, 1);
  if (mask && mask.use_empty())
    mask = {};
  if (version < 10 && mask && !getElementType(mask).isInteger(1)) {
    // The mask had the data's type.
    Value kept = build.node("Shape", {getOperand(op, 0)});
    kept = build.node(
        "ConstantOfShape", {kept},
        {build.attr("value", DenseElementsAttr(
                                 getScalarAttr(1, getElementType(mask))
                                     .reshape(RankedTensorType::get({1}, getElementType(mask)))))});
    replaceValue(mask, kept);
    mask = {};
  }
  SmallVector<Type> types = {getResult(op, 0).getType()};
  if (mask)
    types.push_back(mask.getType());
  Operation *created =
      createNode(build.builder, build.loc, "onnx.Dropout", {getOperand(op, 0), ratio}, types, {});
  getResult(op, 0).replaceAllUsesWith(created->getResult(0));
  if (mask)
    mask.replaceAllUsesWith(created->getResult(1));
  op->erase();
  return success();
}

/// A deprecated name, and one more of its spellings: nearest or linear, and `asymmetric`
/// coordinates.
static LogicalResult upgradeResize(Operation *op, int version, NodeBuilder &build) {
  bool upsample = getOpType(op) == "Upsample";
  if (!upsample && version >= 11)
    return upgradeTo(op, build, getFormalOperandValues(op));
  Value scales = upsample && version < 9 ? Value() : getOperand(op, 1);
  if (!scales && version >= 7) {
    scales = build.floats(op->getAttrOfType<DenseF32ArrayAttr>("scales").asArrayRef());
  } else if (!scales) {
    scales = build.floats({1, 1, getFloat(op, "height_scale"), getFloat(op, "width_scale")});
  }
  StringRef mode = getString(op, "mode");
  SmallVector<NamedAttribute> added = {build.attr("mode", mode == "bilinear" ? "linear" : mode),
                                       build.attr("coordinate_transformation_mode", "asymmetric"),
                                       build.attr("nearest_mode", "floor")};
  return upgradeTo(op, build, {getOperand(op, 0), Value(), scales},
                   {"scales", "height_scale", "width_scale"}, added, "Resize");
}

/// `p` was a float.
static LogicalResult upgradeLpPool(Operation *op, int, NodeBuilder &build) {
  return upgradeTo(op, build, getFormalOperandValues(op), {},
                   {build.attr("p", static_cast<int64_t>(getFloat(op, "p")))});
}

/// `direction` had a misspelt default, and an attribute asked for an output.
static LogicalResult upgradeRecurrent(Operation *op, int, NodeBuilder &build) {
  StringRef direction = getString(op, "direction");
  return upgradeTo(op, build, getFormalOperandValues(op), {"output_sequence"},
                   {build.attr("direction", direction == "foward" ? "forward" : direction)});
}

static LogicalResult upgradeGridSample(Operation *op, int, NodeBuilder &build) {
  StringRef mode = getString(op, "mode");
  return upgradeTo(op, build, getFormalOperandValues(op), {},
                   {build.attr("mode", mode == "bilinear"  ? "linear"
                                       : mode == "bicubic" ? "cubic"
                                                           : mode)});
}

/// Until there was a choice, a region's border was not shifted by half a pixel.
static LogicalResult upgradeRoiAlign(Operation *op, int, NodeBuilder &build) {
  return upgradeTo(op, build, getFormalOperandValues(op), {},
                   {build.attr("coordinate_transformation_mode", "output_half_pixel")});
}

/// A scale and a bias were one a group.
static LogicalResult upgradeGroupNormalization(Operation *op, int, NodeBuilder &build) {
  int64_t groups = getInt(op, "num_groups");
  auto dims = getDims(getOperand(op, 0));
  auto channels = dims && dims->size() > 1 && (*dims)[1] ? (*dims)[1]->getConstant() : std::nullopt;
  if (!channels || groups <= 0 || *channels % groups != 0)
    return op->emitError()
           << onnx::describeNode(op)
           << ": version 18 needs a known number of channels, a multiple of num_groups";
  auto spread = [&](Value perGroup) {
    Value column = build.node("Unsqueeze", {perGroup, build.ints(1)});
    Value wide = build.node("Expand", {column, build.ints({groups, *channels / groups})});
    return build.node("Reshape", {wide, build.ints(*channels)});
  };
  return upgradeTo(op, build,
                   {getOperand(op, 0), spread(getOperand(op, 1)), spread(getOperand(op, 2))});
}

/// Version 8 had a batch of sequences, perhaps each with a length of its own, behind which results
/// are not defined: a loop over the batch around what Scan is now.
static LogicalResult upgradeScan(Operation *op, int, NodeBuilder &build) {
  SmallVector<Value> operands = getFormalOperandValues(op);
  int64_t scanned = getInt(op, "num_scan_inputs"),
          states = static_cast<int64_t>(operands.size()) - 1 - scanned;
  if (scanned < 1 || states < 0 || !getRank(operands.back()))
    return op->emitError() << onnx::describeNode(op) << ": there are no sequences of a known rank";
  Value lengths = operands.front(), batch = getDimScalar(build, operands.back(), 0);
  Operation *loop = makeLoop(build, batch, {}, llvm::to_vector(op->getResultTypes()));
  Block &body = loop->getRegion(0).front();
  OpBuilder builder = OpBuilder::atBlockEnd(&body);
  NodeBuilder inner(builder, build.loc);
  auto pick = [&](Value from) {
    return inner.node("Gather", {from, body.getArgument(0)}, {inner.attr("axis", 0)});
  };
  Value zero = inner.ints(0), length;
  if (lengths)
    length = inner.node("Unsqueeze", {pick(cast(inner, lengths, builder.getI64Type())), zero});
  SmallVector<Value> inputs;
  for (auto [i, operand] : llvm::enumerate(llvm::drop_begin(operands))) {
    Value own = pick(operand);
    bool isCut = length && static_cast<int64_t>(i) >= states;
    inputs.push_back(isCut ? inner.node("Slice", {own, zero, length, zero}) : own);
  }
  SmallVector<NamedAttribute> attributes = {inner.attr("num_scan_inputs", scanned)};
  if (auto directions = getInts(op, "directions"))
    attributes.push_back(inner.attr("scan_input_directions", ArrayRef<int64_t>(*directions)));
  SmallVector<Type> types;
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    types.push_back(static_cast<int64_t>(i) < states
                        ? inputs[i].getType()
                        : Type(UnrankedTensorType::get(getElementType(result))));
  Operation *scan = createNode(builder, build.loc, "onnx.Scan", inputs, types, attributes);
  scan->getRegion(0).takeBody(*onnx::getSubgraph(op, "body"));
  SmallVector<Value> results = {body.getArgument(1)};
  for (auto [i, result] : llvm::enumerate(scan->getResults())) {
    Value own = result;
    if (length && static_cast<int64_t>(i) >= states) {
      Value missing = inner.node("Sub", {getDim(inner, operands.back(), 1), length});
      Value pads = inner.node("Concat", {zero, missing}, {inner.attr("axis", 0)});
      own = inner.node("Pad", {own, pads, Value(), zero});
    }
    results.push_back(own);
  }
  onnx::YieldOp::create(builder, build.loc, results);
  op->replaceAllUsesWith(loop);
  op->erase();
  return success();
}

void addNeuralUpgrades(UpgradeRules &rules) {
  rules.add({"BatchNormalization"}, 14, upgradeBatchNormalization);
  rules.add({"Dropout"}, 12, upgradeDropout);
  rules.add({"Resize"}, 11, upgradeResize);
  rules.add({"Upsample"}, INT_MAX, upgradeResize);
  rules.add({"LpPool", "GlobalLpPool"}, 2, upgradeLpPool);
  rules.add({"LSTM", "GRU", "RNN"}, 7, upgradeRecurrent);
  rules.add({"GridSample"}, 20, upgradeGridSample);
  rules.add({"RoiAlign"}, 16, upgradeRoiAlign);
  rules.add({"GroupNormalization"}, 21, upgradeGroupNormalization);
  rules.add({"Scan"}, 9, upgradeScan);
}

} // namespace azulejo::graph
