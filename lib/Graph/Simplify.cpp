//===- Simplify.cpp - azulejo-simplify --------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/NodeRewrite.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Simplifications.h"
#include "lib/Import/SchemaInference.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_SIMPLIFY
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

struct Simplify : impl::SimplifyBase<Simplify> {
  /// Puts the branch that is taken in the node's place.
  static LogicalResult inlineBranch(Operation *op) {
    auto condition = getConstantScalar(op->getOperand(0));
    if (!condition)
      return failure();
    Block &branch = onnx::getSubgraph(op, *condition != 0 ? "then_branch" : "else_branch")->front();
    Operation *yield = branch.getTerminator();
    SmallVector<Value> results(yield->getOperands());
    yield->erase();
    op->getBlock()->getOperations().splice(op->getIterator(), branch.getOperations());
    for (auto [from, to] : llvm::zip(op->getResults(), results))
      replaceValue(from, to);
    op->erase();
    return success();
  }

  static bool isDead(Operation *op) {
    if (!op->use_empty() || getOpType(op).empty())
      return false;
    return isMemoryEffectFree(op);
  }

  /// One walk; whether anything changed.
  bool sweep() {
    bool changed = false;
    SmallVector<Operation *> nodes;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!getOpType(op).empty())
        nodes.push_back(op);
    });
    // From the last to the first, so that a node that becomes dead takes what it alone used with
    // it; subgraphs before their node.
    for (Operation *op : llvm::reverse(nodes))
      if (isDead(op)) {
        op->erase();
        changed = true;
      }
    nodes.clear();
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!getOpType(op).empty() && getOpType(op) != "Constant")
        nodes.push_back(op);
    });
    for (Operation *op : nodes) {
      if (isNode(op, "If")) {
        // The nodes of the other branch are in the list, and gone.
        if (succeeded(inlineBranch(op)))
          return true;
        continue;
      }
      if (op->getNumRegions() || op->getNumResults() == 0 ||
          llvm::any_of(llvm::drop_begin(op->getResults()),
                       [](Value result) { return !result.use_empty(); }))
        continue;
      NodeRewrite rewrite(op);
      for (auto simplify :
           {simplifyArithmetic, simplifyMovement, simplifyConvolution, simplifyQuantized})
        if (Value value = simplify(op, rewrite.getBuilder())) {
          rewrite.replaceWith(value);
          op->erase();
          changed = true;
          break;
        }
    }
    return changed;
  }

  void runOnOperation() override {
    constexpr int maxSweeps = 64;
    for (int i = 0; i < maxSweeps && sweep(); ++i)
      ;
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
