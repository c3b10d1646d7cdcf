#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Aliases.h"
#include "lib/Schedule/Hoist.h"
#include "lib/Schedule/Passes.h"

namespace azulejo {
#define GEN_PASS_DEF_ELIDECOPIES
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

/// A buffer that is nobody else's: no input, no weight.
static bool isOwned(Value root) { return root.getDefiningOp<plan::AllocOp>() != nullptr; }

/// Whether any value of `values` is needed after `copy`. The memory of values that are defined
/// outside of a loop around the copy is needed in the loop's next iterations, too, if it is needed
/// anywhere in the loop, if only by the copy itself.
static bool neededAfter(plan::CopyOp copy, const ValueSet &values, const Aliases &aliases) {
  for (Value value : values)
    for (OpOperand &use : value.getUses())
      if (aliases.lastNeeded(use, value.getParentBlock()) > aliases.start(copy))
        return true;
  return false;
}

/// Whether the destination of `copy` can be the source itself. `cut`, where given, is a loop
/// argument that is supposed to start out with memory of its own.
static bool canUpdateInPlace(plan::CopyOp copy, const Aliases &aliases,
                             const Aliases::LoopEntry *cut = nullptr) {
  ValueSet target;
  target.insert(copy.getTarget());
  // What holds the new contents. The next iteration's arguments are not among these: their memory
  // is this iteration's result.
  ValueSet updated = aliases.forward(target, copy);

  // What may share memory with the source.
  ValueSet origins = aliases.roots(copy.getSource(), cut);
  for (Value origin : origins)
    if (!(cut && origin == cut->argument) && !isOwned(origin))
      return false;
  ValueSet conflicts = aliases.forward(origins);
  conflicts.remove_if([&](Value value) { return updated.contains(value); });
  return !neededAfter(copy, conflicts, aliases);
}

namespace {
struct ElideCopiesPass : azulejo::impl::ElideCopiesBase<ElideCopiesPass> {
  void runOnOperation() override {
    SmallVector<plan::CopyOp> copies;
    getOperation().walk([&](plan::CopyOp copy) { copies.push_back(copy); });
    for (size_t i = 0; i < copies.size(); ++i)
      elide(copies[i], copies);
  }

  /// A copy that this puts before a loop is appended to `copies`: it may go away, too.
  void elide(plan::CopyOp copy, SmallVectorImpl<plan::CopyOp> &copies) {
    // Only a destination that nothing else is written to before: PlanBuffers makes one for each
    // initial value.
    auto alloc = copy.getTarget().getDefiningOp<plan::AllocOp>();
    if (!alloc || alloc->getNextNode() != copy)
      return;
    Aliases aliases(getOperation());
    if (!canUpdateInPlace(copy, aliases)) {
      std::optional<Aliases::LoopEntry> entry = aliases.loopEntry(copy.getSource());
      if (!entry || !canUpdateInPlace(copy, aliases, &*entry) ||
          !hoist(copy.getBytes(), entry->init->getOwner()))
        return;
      OpBuilder builder(entry->init->getOwner());
      Value initial = plan::AllocOp::create(builder, copy.getLoc(), copy.getBytes());
      copies.push_back(plan::CopyOp::create(builder, copy.getLoc(), entry->init->get(), initial,
                                            copy.getBytes()));
      entry->init->set(initial);
    }
    alloc.getResult().replaceAllUsesWith(copy.getSource());
    copy.erase();
    alloc.erase();
  }
};
} // namespace
