#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Aliases.h"
#include "lib/Schedule/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo {
#define GEN_PASS_DEF_PLANPOOL
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

/// The last operation of the value's block that uses it, or what is derived from it without a
/// reference of its own; null for none.
static Operation *lastUser(Value value, const Aliases &aliases) {
  Block *block = value.getParentBlock();
  ValueSet derived;
  derived.insert(value);
  for (size_t i = 0; i < derived.size(); ++i)
    for (Operation *user : derived[i].getUsers())
      for (Value result : user->getResults())
        if (isBuffer(result) && !holdsReference(result) && isMemoryEffectFree(user))
          derived.insert(result);
  Operation *last = nullptr;
  for (Value current : derived)
    for (Operation *user : current.getUsers())
      if (Operation *ancestor = block->findAncestorOpInBlock(*user))
        if (!last || last->isBeforeInBlock(ancestor))
          last = ancestor;
  return last;
}

namespace {
struct PlanPoolPass : azulejo::impl::PlanPoolBase<PlanPoolPass> {
  void runOnOperation() override {
    SmallVector<plan::AllocOp> allocs;
    SmallVector<Value> buffers;
    getOperation().walk([&](Operation *op) {
      if (auto alloc = dyn_cast<plan::AllocOp>(op))
        allocs.push_back(alloc);
      else if (isa<plan::CallOp>(op))
        llvm::append_range(buffers, llvm::make_filter_range(op->getResults(), isBuffer));
    });
    if (allocs.empty() && buffers.empty())
      return;
    for (plan::AllocOp alloc : allocs) {
      OpBuilder builder(alloc);
      Value buffer = plan::PoolAllocOp::create(builder, alloc.getLoc(), alloc.getBytes());
      alloc.getResult().replaceAllUsesWith(buffer);
      alloc.erase();
      buffers.push_back(buffer);
    }
    // Everything that may hold a buffer of the pool or a value of the host's.
    Aliases aliases(getOperation());
    ValueSet managed;
    for (Value buffer : buffers)
      if (!managed.contains(buffer))
        managed.insert_range(aliases.component(buffer));
    retainHandedOn(managed);
    for (Value value : managed)
      if (holdsReference(value))
        release(value, aliases);
  }

  /// An operand that becomes a loop's argument or the result of a loop or branch is retained for
  /// it.
  void retainHandedOn(const ValueSet &managed) {
    auto retain = [&](Operation *op, ValueRange operands) {
      OpBuilder builder(op);
      for (Value operand : operands)
        if (isBuffer(operand) && managed.contains(operand))
          plan::RetainOp::create(builder, op->getLoc(), operand);
    };
    getOperation().walk([&](Operation *op) {
      if (auto loop = dyn_cast<scf::ForOp>(op))
        retain(op, loop.getInits());
      else if (auto loop = dyn_cast<scf::WhileOp>(op))
        retain(op, loop.getInits());
      else if (auto condition = dyn_cast<scf::ConditionOp>(op))
        retain(op, condition.getArgs());
      else if (isa<scf::YieldOp>(op))
        retain(op, op->getOperands());
    });
  }

  void release(Value value, const Aliases &aliases) {
    Operation *last = lastUser(value, aliases);
    OpBuilder builder(value.getContext());
    if (!last)
      builder.setInsertionPointAfterValue(value);
    else if (last->hasTrait<OpTrait::IsTerminator>())
      builder.setInsertionPoint(last); // after the retain that stands there
    else
      builder.setInsertionPointAfter(last);
    plan::ReleaseOp::create(builder, value.getLoc(), value);
  }
};
} // namespace
