#include "lib/Schedule/Hoist.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace azulejo::schedule {

bool isDefinedBefore(Value value, Operation *op) {
  Operation *ancestor = value.getParentBlock()->findAncestorOpInBlock(*op);
  if (!ancestor)
    return false;
  Operation *definition = value.getDefiningOp();
  return !definition || (definition != ancestor && definition->isBeforeInBlock(ancestor));
}

/// Whether `op` may be computed although control flow does not reach it; what stands in `block` is
/// reached whenever that is.
static bool isMovable(Operation *op, Block *block) {
  return !op->getNumRegions() && isMemoryEffectFree(op) &&
         (isSpeculatable(op) || op->getBlock() == block);
}

static bool isKnownAtEntry(Value value, Block *entry, DenseSet<Operation *> &known) {
  Operation *definition = value.getDefiningOp();
  if (!definition)
    return value.getParentBlock() == entry;
  if (known.contains(definition))
    return true;
  if (!isMovable(definition, entry))
    return false;
  for (Value operand : definition->getOperands())
    if (!isKnownAtEntry(operand, entry, known))
      return false;
  known.insert(definition);
  return true;
}

bool isKnownAtEntry(Value value) {
  auto function = value.getParentRegion()->getParentOfType<FunctionOpInterface>();
  DenseSet<Operation *> known;
  return isKnownAtEntry(value, &function.getFunctionBody().front(), known);
}

/// Collects the operations to move, operands first.
static bool collect(Value value, Operation *before, llvm::SetVector<Operation *> &moved) {
  if (isDefinedBefore(value, before))
    return true;
  Operation *definition = value.getDefiningOp();
  if (!definition || definition == before || !isMovable(definition, before->getBlock()))
    return false;
  if (moved.contains(definition))
    return true;
  for (Value operand : definition->getOperands())
    if (!collect(operand, before, moved))
      return false;
  moved.insert(definition);
  return true;
}

bool canHoist(Value value, Operation *op) {
  llvm::SetVector<Operation *> moved;
  return collect(value, op, moved);
}

bool hoist(Value value, Operation *op) {
  llvm::SetVector<Operation *> moved;
  if (!collect(value, op, moved))
    return false;
  for (Operation *definition : moved)
    definition->moveBefore(op);
  return true;
}

} // namespace azulejo::schedule
