//===- FoldConstants.cpp - azulejo-fold-constants ---------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Evaluate.h"
#include "lib/Graph/Inference.h"
#include "lib/Graph/Passes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A model may declare sizes whose product is no number: then the most that there is.
int64_t getBytes(Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  if (!ranked || !ranked.hasStaticShape() || !ranked.getElementType().isIntOrFloat())
    return 0;
  int64_t bytes = llvm::divideCeil(ranked.getElementTypeBitWidth(), 8);
  for (int64_t size : ranked.getShape())
    if (llvm::MulOverflow(bytes, size, bytes))
      return std::numeric_limits<int64_t>::max();
  return bytes;
}

/// Bytes that a constant takes; one number, however many times, takes none.
int64_t getStoredBytes(Value constant) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(getConstant(constant));
  return dense && dense.isSplat() ? 0 : getBytes(constant.getType());
}

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;

  /// Whether it is a convolution's weight, which has to be whole for its transform or its packing:
  /// converting it in every run would take as long as the convolution.
  static bool isConvolutionWeight(Value value) {
    return !value.use_empty() && llvm::all_of(value.getUses(), [](OpOperand &use) {
      return isAnyNode(use.getOwner(), {"Conv", "ConvTranspose"}) && use.getOperandNumber() == 1;
    });
  }

  /// Whether the result is worth its place. Rearranging a weight costs no more than the weight did.
  bool isAllowed(Operation *op, RankedTensorType type) {
    if (isConvolutionWeight(op->getResult(0)))
      return true;
    int64_t bytes = getBytes(type), operands = 0;
    for (Value operand : op->getOperands())
      operands += getStoredBytes(operand);
    return bytes <= maxBytes || bytes <= operands;
  }

  TypedAttr fold(Operation *op, IntegerValues &values) {
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || !type.hasStaticShape())
      return {};
    if (getBytes(type) == std::numeric_limits<int64_t>::max())
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

  /// The name of a resource that this run made, and no earlier one.
  void noteCreated(Operation *op, TypedAttr value) {
    auto resource = dyn_cast<DenseResourceElementsAttr>(value);
    if (resource && llvm::none_of(op->getOperands(), [&](Value operand) {
          auto other = dyn_cast_or_null<DenseResourceElementsAttr>(getConstant(operand));
          return other && other.getRawHandle() == resource.getRawHandle();
        }))
      created.insert(resource.getRawHandle().getKey());
  }

  /// What a chain of nodes folded into on its way is of no use to anybody: MLIR would keep it as
  /// long as the context.
  void freeIntermediates(ArrayRef<Operation *> made) {
    SmallVector<DenseResourceElementsHandle> candidates;
    for (Operation *constant : made) {
      auto value = dyn_cast<DenseResourceElementsAttr>(constant->getAttr("value"));
      if (value && constant->use_empty())
        candidates.push_back(value.getRawHandle());
      if (constant->use_empty())
        constant->erase();
    }
    llvm::StringSet<> alive;
    if (!candidates.empty())
      getOperation()->walk([&](Operation *op) {
        op->getAttrDictionary().walk(
            [&](DenseResourceElementsAttr value) { alive.insert(value.getRawHandle().getKey()); });
      });
    for (DenseResourceElementsHandle &handle : candidates)
      if (created.contains(handle.getKey()) && !alive.contains(handle.getKey()))
        handle.getResource()->setBlob(
            UnmanagedAsmResourceBlob::allocateInferAlign(ArrayRef<char>()));
  }

  /// What a Gradient node differentiates by depends on nothing else, but it is no constant: else
  /// the nodes in between would be folded or simplified, and nothing would depend on it any more.
  /// Each has a number of its own, so that equal ones are not merged.
  void keepVariables() {
    int64_t count = 0;
    getOperation()->walk([&](Operation *op) { count += op->hasAttr(variableName); });
    getOperation()->walk([&](Operation *op) {
      if (!isNode(op, "ai_onnx_preview_training.Gradient"))
        return;
      Builder builder(op->getContext());
      for (Value operand : op->getOperands())
        if (getConstant(operand))
          operand.getDefiningOp()->setAttr(variableName, builder.getI64IntegerAttr(count++));
    });
  }

  void runOnOperation() override {
    // Forward, so that a chain folds in one go. Values are kept from node to node: a folded one
    // keeps its elements, under its new name.
    keepVariables();
    IntegerValues values;
    created.clear();
    SmallVector<Operation *> nodes;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!getOpType(op).empty() && getOpType(op) != "Constant" && op->getNumRegions() == 0 &&
          op->getNumResults() == 1 && isMemoryEffectFree(op))
        nodes.push_back(op);
    });
    SmallVector<Operation *> dead, made;
    for (Operation *op : nodes) {
      TypedAttr value = fold(op, values);
      if (!value)
        continue;
      OpBuilder builder(op);
      noteCreated(op, value);
      Value constant = NodeBuilder(builder, op->getLoc()).constant(value);
      op->getResult(0).replaceAllUsesWith(constant);
      made.push_back(constant.getDefiningOp());
      dead.push_back(op);
    }
    // Last, since `values` knows nodes by their address.
    for (Operation *op : llvm::reverse(dead))
      op->erase();
    freeIntermediates(made);
    keepVariables();
    updateSignature(getOperation());
  }

private:
  llvm::StringSet<> created;
};

} // namespace
} // namespace azulejo::graph
