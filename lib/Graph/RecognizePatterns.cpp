//===- RecognizePatterns.cpp - azulejo-recognize-patterns -------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/NodeRewrite.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Recognizers.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_RECOGNIZEPATTERNS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {

Value stripScale(Value value, double &factor) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isAnyNode(op, {"Mul", "Div"}))
      break;
    auto right = getConstantScalar(op->getOperand(1));
    auto left = isNode(op, "Mul") ? getConstantScalar(op->getOperand(0)) : std::nullopt;
    Value rest = right ? op->getOperand(0) : left ? op->getOperand(1) : Value();
    if (!rest || !haveSameShape(rest, value))
      break;
    factor = isNode(op, "Mul") ? factor * (right ? *right : *left) : factor / *right;
    value = rest;
  }
  return value;
}

static void collectFactors(Value value, Product &product, unsigned maxFactors) {
  if (auto constant = getConstantScalar(value)) {
    product.factor *= *constant;
    return;
  }
  Operation *op = value.getDefiningOp();
  bool nested = product.values.size() < maxFactors;
  if (nested && isNode(op, "Mul")) {
    collectFactors(op->getOperand(0), product, maxFactors);
    collectFactors(op->getOperand(1), product, maxFactors);
  } else if (auto divisor = nested && isNode(op, "Div") ? getConstantScalar(op->getOperand(1))
                                                        : std::nullopt) {
    product.factor /= *divisor;
    collectFactors(op->getOperand(0), product, maxFactors);
  } else {
    product.values.push_back(value);
  }
}

Product getProduct(Value value, unsigned maxFactors) {
  Product product;
  collectFactors(value, product, maxFactors);
  return product;
}

Value getOtherOperand(Operation *op, double constant) {
  if (op->getNumOperands() != 2)
    return {};
  if (isConstantScalar(op->getOperand(1), constant))
    return op->getOperand(0);
  return isConstantScalar(op->getOperand(0), constant) ? op->getOperand(1) : Value();
}

namespace {

struct RecognizePatterns : impl::RecognizePatternsBase<RecognizePatterns> {
  void runOnOperation() override {
    // From the last node to the first, so that the longest pattern that ends in a node is seen
    // before its parts.
    SmallVector<Operation *> nodes;
    getOperation()->walk([&](Operation *op) {
      if (!getOpType(op).empty() && op->getNumResults() == 1 && op->getNumRegions() == 0)
        nodes.push_back(op);
    });
    for (Operation *op : llvm::reverse(nodes)) {
      if (op->use_empty())
        continue;
      NodeRewrite rewrite(op);
      for (auto recognize : {recognizeAttention, recognizeNormalization, recognizeGelu,
                             recognizeSwish, recognizeRotaryEmbedding})
        if (Value value = recognize(op, rewrite.getBuilder())) {
          rewrite.replaceWith(value);
          break;
        }
    }
    // What patterns were made of has no users now, unless somebody else reads it.
    for (Operation *op : llvm::reverse(nodes))
      if (op->use_empty() && isMemoryEffectFree(op))
        op->erase();
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
