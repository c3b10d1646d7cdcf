#include "lib/GPU/Accesses.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace azulejo::gpu {

static Value getBuffer(Value memref) {
  while (Operation *op = memref.getDefiningOp()) {
    auto view = dyn_cast<ViewLikeOpInterface>(op);
    if (!view)
      return isa<memref::AllocOp, memref::AllocaOp, memref::GetGlobalOp>(op) ? memref : Value();
    memref = view.getViewSource();
  }
  bool isOperand = isa<func::FuncOp>(cast<BlockArgument>(memref).getOwner()->getParentOp());
  return isOperand ? memref : Value();
}

void Accesses::add(const Accesses &other) {
  reads.insert(other.reads.begin(), other.reads.end());
  writes.insert(other.writes.begin(), other.writes.end());
}

static bool overlap(const DenseSet<Value> &a, const DenseSet<Value> &b) {
  if (a.empty() || b.empty())
    return false;
  return a.contains(Value()) || b.contains(Value()) ||
         llvm::any_of(a, [&](Value buffer) { return b.contains(buffer); });
}

bool Accesses::conflictWith(const Accesses &later) const {
  return overlap(writes, later.reads) || overlap(writes, later.writes) ||
         overlap(reads, later.writes);
}

Accesses getAccesses(Operation *op) {
  Accesses accesses;
  op->walk([&](Operation *nested) {
    auto interface = dyn_cast<MemoryEffectOpInterface>(nested);
    if (!interface) {
      // What is inside of it is walked over, too.
      if (nested->hasTrait<OpTrait::HasRecursiveMemoryEffects>() || isMemoryEffectFree(nested))
        return;
      accesses.reads.insert(Value());
      accesses.writes.insert(Value());
      return;
    }
    SmallVector<MemoryEffects::EffectInstance> effects;
    interface.getEffects(effects);
    for (const MemoryEffects::EffectInstance &effect : effects) {
      if (isa<MemoryEffects::Allocate, MemoryEffects::Free>(effect.getEffect()))
        continue;
      Value buffer = effect.getValue() ? getBuffer(effect.getValue()) : Value();
      bool isInside = buffer && op->isProperAncestor(buffer.getParentBlock()->getParentOp()) &&
                      buffer.getDefiningOp();
      if (isInside)
        continue;
      (isa<MemoryEffects::Read>(effect.getEffect()) ? accesses.reads : accesses.writes)
          .insert(buffer);
    }
  });
  return accesses;
}

} // namespace azulejo::gpu
