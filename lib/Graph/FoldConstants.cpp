//===- FoldConstants.cpp - azulejo-fold-constants ---------------------------------------------===//
#include "lib/Graph/Evaluate.h"
#include "lib/Graph/Inference.h"
#include "lib/Graph/Passes.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

int64_t getBytes(Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  if (!ranked || !ranked.hasStaticShape() || !ranked.getElementType().isIntOrFloat())
    return 0;
  return ranked.getNumElements() * llvm::divideCeil(ranked.getElementTypeBitWidth(), 8);
}

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;

  /// Whether the result is worth its place. Rearranging a weight costs no more than the weight did.
  bool isAllowed(Operation *op, RankedTensorType type) {
    int64_t bytes = getBytes(type), operands = 0;
    for (Value operand : op->getOperands())
      operands += getBytes(operand.getType());
    return bytes <= maxBytes || (bytes <= operands && bytes <= maxWeightBytes);
  }

  TypedAttr fold(Operation *op, IntegerValues &values) {
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || !type.hasStaticShape())
      return {};
    type = RankedTensorType::get(type.getShape(), type.getElementType());
    // Of nothing there is nothing to compute.
    if (type.getNumElements() == 0 && type.getElementType().isIntOrFloat() &&
        !isAnyNode(op, {"NonZero", "Unique"}))
      return DenseElementsAttr::getFromRawBuffer(type, ArrayRef<char>());
    if (isa<IntegerType>(type.getElementType()))
      if (auto known = values.getConstants(op->getResult(0));
          known && static_cast<int64_t>(known->size()) == type.getNumElements()) {
        Elements elements(type);
        elements.ints.assign(known->begin(), known->end());
        return writeElements(elements);
      }
    if (op->getNumOperands() == 0 || !llvm::all_of(op->getOperands(), [](Value operand) {
          return getConstant(operand) != nullptr;
        }))
      return {};
    bool splat = isAnyNode(op, {"Expand", "ConstantOfShape", "Reshape", "Squeeze", "Unsqueeze"});
    if (!splat && !isAllowed(op, type))
      return {};
    if (splat && isNode(op, "Expand") && getNumElements(op->getOperand(0)) != 1 &&
        !isAllowed(op, type))
      return {};
    return evaluate(op, type);
  }

  void runOnOperation() override {
    // Forward, so that a chain folds in one go. Values are kept from node to node: a folded one
    // keeps its elements, under its new name.
    IntegerValues values;
    SmallVector<Operation *> nodes;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!getOpType(op).empty() && getOpType(op) != "Constant" && op->getNumRegions() == 0 &&
          op->getNumResults() == 1 && isMemoryEffectFree(op))
        nodes.push_back(op);
    });
    SmallVector<Operation *> dead;
    for (Operation *op : nodes) {
      TypedAttr value = fold(op, values);
      if (!value)
        continue;
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(NodeBuilder(builder, op->getLoc()).constant(value));
      dead.push_back(op);
    }
    // Last, since `values` knows nodes by their address.
    for (Operation *op : llvm::reverse(dead))
      op->erase();
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
