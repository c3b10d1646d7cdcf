//===- SimplifyConvolution.cpp - Constants that a convolution's weights can take --------------===//
//
// Conv(x, W, b) * c is Conv(x, W * c, b * c), and Conv(x, W, b) + c is Conv(x, W, b + c), where c
// is one number a channel: this is also how a batch normalisation disappears. Only for a
// convolution that nobody else reads.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Simplifications.h"

using namespace mlir;

namespace azulejo::graph {

/// Whether folding will make a constant of it.
static bool isConstant(Value value, int depth = 0) {
  constexpr int maxDepth = 6;
  if (getConstant(value))
    return true;
  Operation *op = value.getDefiningOp();
  return depth < maxDepth && op &&
         isAnyNode(op, {"Mul", "Add", "Sub", "Reshape", "Unsqueeze", "Expand"}) &&
         llvm::all_of(
             op->getOperands(), [&](Value operand) { return isConstant(operand, depth + 1); });
}

/// The constant as a vector of one number a channel (or one number), given that it is broadcast to
/// (batch, channels, …).
static Value getPerChannel(Value constant, int64_t channels, int64_t rank, NodeBuilder &build) {
  auto type = dyn_cast<RankedTensorType>(constant.getType());
  if (!isConstant(constant) || !type || !type.hasStaticShape() || type.getRank() > rank)
    return {};
  if (type.getNumElements() != 1 && type.getNumElements() != channels)
    return {};
  for (int64_t i = 0; i < type.getRank(); ++i) {
    bool isChannel = i + rank - type.getRank() == 1;
    if (type.getDimSize(i) != 1 && !isChannel)
      return {};
  }
  return build.node("Reshape", {constant, build.ints(-1)});
}

Value simplifyConvolution(Operation *op, NodeBuilder &build) {
  if (!isAnyNode(op, {"Mul", "Add", "Sub"}))
    return {};
  Value left = op->getOperand(0), right = op->getOperand(1);
  Operation *conv = getDefining(left, "Conv");
  Value constant = right;
  if (!conv && !isNode(op, "Sub")) {
    conv = getDefining(right, "Conv");
    constant = left;
  }
  if (!conv || !conv->getResult(0).hasOneUse() ||
      !haveSameShape(conv->getResult(0), op->getResult(0)))
    return {};
  auto weight = dyn_cast<RankedTensorType>(conv->getOperand(1).getType());
  Value bias = getOperand(conv, 2);
  if (!weight || !weight.hasStaticShape() || !isConstant(conv->getOperand(1)) ||
      (bias && !isConstant(bias)))
    return {};
  int64_t channels = weight.getDimSize(0), rank = weight.getRank();
  Value perChannel = getPerChannel(constant, channels, rank, build);
  if (!perChannel)
    return {};
  SmallVector<Value> operands = {conv->getOperand(0), conv->getOperand(1)};
  if (isNode(op, "Mul")) {
    Value column = build.node(
        "Unsqueeze", {perChannel, build.ints(llvm::to_vector(llvm::seq<int64_t>(1, rank)))});
    operands[1] = build.node("Mul", {operands[1], column});
    if (bias)
      operands.push_back(build.node("Mul", {bias, perChannel}));
  } else {
    if (!bias)
      bias = build.node("Expand", {build.scalar(0, weight.getElementType()), build.ints(channels)});
    operands.push_back(build.node(getOpType(op), {bias, perChannel}));
  }
  SmallVector<NamedAttribute> attributes;
  for (StringRef name : {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"})
    if (Attribute value = conv->getAttr(name))
      attributes.push_back(build.attr(name, value));
  return build.node("Conv", operands, attributes);
}

} // namespace azulejo::graph
