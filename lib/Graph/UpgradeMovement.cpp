//===- UpgradeMovement.cpp - Older operators that move elements, and constants ----------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"

using namespace mlir;

namespace azulejo::graph {

/// `axes` became an operand.
static LogicalResult upgradeAxes(Operation *op, int, NodeBuilder &build) {
  auto axes = getInts(op, "axes");
  return upgradeTo(op, build, {getOperand(op, 0), axes ? build.ints(*axes) : Value()}, {"axes"});
}

static LogicalResult upgradeSlice(Operation *op, int, NodeBuilder &build) {
  auto starts = getInts(op, "starts"), ends = getInts(op, "ends"), axes = getInts(op, "axes");
  return upgradeTo(op, build,
                   {getOperand(op, 0), build.ints(*starts), build.ints(*ends),
                    axes ? build.ints(*axes) : Value()},
                   {"starts", "ends", "axes"});
}

/// Sizes were an attribute, in version 1 an attribute or an operand; equal parts go without saying
/// until version 18.
static LogicalResult upgradeSplit(Operation *op, int version, NodeBuilder &build) {
  Value sizes = version == 1 || version >= 13 ? getOperand(op, 1) : Value();
  if (auto split = getInts(op, "split"))
    sizes = build.ints(*split);
  SmallVector<NamedAttribute> added;
  if (!sizes)
    added.push_back(build.attr("num_outputs", static_cast<int64_t>(op->getNumResults())));
  if (!op->hasAttr("axis"))
    added.push_back(build.attr("axis", 0));
  return upgradeTo(op, build, {getOperand(op, 0), sizes}, {"split"}, added);
}

/// Pads and the value were attributes.
static LogicalResult upgradePad(Operation *op, int version, NodeBuilder &build) {
  auto pads = getInts(op, version == 1 ? "paddings" : "pads");
  Value data = getOperand(op, 0);
  return upgradeTo(
      op, build,
      {data, build.ints(*pads), build.scalar(getFloat(op, "value"), getElementType(data))},
      {"pads", "paddings", "value"});
}

static LogicalResult upgradeReshape(Operation *op, int, NodeBuilder &build) {
  auto shape = getInts(op, "shape");
  return upgradeTo(op, build,
                   {getOperand(op, 0), build.ints(shape.value_or(SmallVector<int64_t>()))},
                   {"shape"});
}

/// Repeated one axis.
static LogicalResult upgradeTile(Operation *op, int, NodeBuilder &build) {
  auto rank = getRank(getOperand(op, 0));
  auto axis = getConstantScalar(getOperand(op, 2)), tiles = getConstantScalar(getOperand(op, 1));
  if (!rank || !axis || !tiles || *axis < 0 || *axis >= *rank)
    return op->emitError() << onnx::describeNode(op)
                           << ": version 1 needs constant 'tiles' and 'axis'";
  SmallVector<int64_t> repeats(*rank, 1);
  repeats[static_cast<int64_t>(*axis)] = static_cast<int64_t>(*tiles);
  return upgradeTo(op, build, {getOperand(op, 0), build.ints(repeats)});
}

static LogicalResult upgradeConcat(Operation *op, int, NodeBuilder &build) {
  int64_t axis = op->hasAttr("axis") ? getInt(op, "axis") : 1;
  return upgradeTo(op, build, getFormalOperandValues(op), {}, {build.attr("axis", axis)});
}

static LogicalResult upgradeScatter(Operation *op, int, NodeBuilder &build) {
  return upgradeTo(op, build, getFormalOperandValues(op), {}, {}, "ScatterElements");
}

/// The newest Constant has `value` in its other spellings too; one spelling is enough.
static LogicalResult upgradeConstant(Operation *op, int version, NodeBuilder &build) {
  TypedAttr value;
  Builder &builder = build.builder;
  auto tensor = [&](Type elementType, std::optional<int64_t> size) {
    return size ? RankedTensorType::get({*size}, elementType)
                : RankedTensorType::get({}, elementType);
  };
  if (auto given = op->getAttrOfType<TypedAttr>("value"))
    value = given;
  else if (auto number = op->getAttrOfType<FloatAttr>("value_float"))
    value = DenseElementsAttr::get(tensor(builder.getF32Type(), std::nullopt), number.getValue());
  else if (auto integer = op->getAttrOfType<IntegerAttr>("value_int"))
    value = DenseElementsAttr::get(tensor(builder.getI64Type(), std::nullopt), integer.getValue());
  else if (auto numbers = op->getAttrOfType<DenseF32ArrayAttr>("value_floats"))
    value =
        DenseElementsAttr::get(tensor(builder.getF32Type(), numbers.size()), numbers.asArrayRef());
  else if (auto integers = op->getAttrOfType<DenseI64ArrayAttr>("value_ints"))
    value = DenseElementsAttr::get(tensor(builder.getI64Type(), integers.size()),
                                   integers.asArrayRef());
  else if (auto string = op->getAttrOfType<StringAttr>("value_string"))
    value = DenseStringElementsAttr::get(
        tensor(plan::StringType::get(builder.getContext()), std::nullopt), string.getValue());
  else if (auto strings = op->getAttrOfType<ArrayAttr>("value_strings"))
    value = DenseStringElementsAttr::get(
        tensor(plan::StringType::get(builder.getContext()), strings.size()),
        llvm::map_to_vector(strings.getAsValueRange<StringAttr>(),
                            [](StringRef text) { return text; }));
  // A sparse constant stays as it is until it has a dense reader.
  if (!value || (value == op->getAttr("value") && isNode(op, "Constant")))
    return success();
  replaceNode(op, build.constant(value));
  return success();
}

void addMovementUpgrades(UpgradeRules &rules) {
  rules.add({"Squeeze", "Unsqueeze"}, 13, upgradeAxes);
  rules.add({"Slice"}, 10, upgradeSlice);
  rules.add({"Split"}, 18, upgradeSplit);
  rules.add({"Pad"}, 11, upgradePad);
  rules.add({"Reshape"}, 5, upgradeReshape);
  rules.add({"Tile"}, 6, upgradeTile);
  rules.add({"Concat"}, 4, upgradeConcat);
  rules.add({"Scatter"}, INT_MAX, upgradeScatter);
  rules.add({"Constant"}, INT_MAX, upgradeConstant);
}

} // namespace azulejo::graph
