#include "lib/Graph/NodeRewrite.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace azulejo::graph {

/// Whether a node does something with numbers, rather than with shapes.
static bool computes(Operation *op) {
  if (isAnyNode(op,
                {"Constant", "Shape", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"}))
    return false;
  Value result = op->getResult(0);
  auto rank = getRank(result);
  return !rank || *rank > 1 || !getElementType(result).isInteger(64);
}

void NodeRewrite::replaceWith(Value value) {
  replaceValue(op->getResult(0), value);
  if (made.empty()) {
    // A node that changes nothing is done by whoever made what it was given.
    Operation *maker = value.getDefiningOp();
    if (maker && computes(op) && !isNode(maker, "Constant"))
      maker->setLoc(FusedLoc::get(op->getContext(), {maker->getLoc(), op->getLoc()}));
    return;
  }
  // What has no other use than by `op`, and by what has no other use.
  llvm::SetVector<Operation *> gone;
  gone.insert(op);
  for (size_t i = 0; i < gone.size(); ++i)
    for (Value operand : gone[i]->getOperands()) {
      Operation *def = operand.getDefiningOp();
      if (def && !getOpType(def).empty() && def->getNumRegions() == 0 && isMemoryEffectFree(def) &&
          llvm::all_of(def->getUsers(), [&](Operation *user) { return gone.contains(user); }))
        gone.insert(def);
    }
  SmallVector<Location> locations;
  for (Operation *node : llvm::reverse(gone))
    if (node == op || computes(node))
      locations.push_back(node->getLoc());
  Location all = FusedLoc::get(op->getContext(), locations);
  for (Operation *node : made)
    if (!isNode(node, "Constant"))
      node->setLoc(all);
}

} // namespace azulejo::graph
