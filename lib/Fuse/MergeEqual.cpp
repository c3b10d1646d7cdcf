#include "lib/Fuse/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_MERGEEQUAL
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

/// What computes tensors for two nodes says so.
struct KeepLocations : RewriterBase::Listener {
  void notifyOperationReplaced(Operation *op, ValueRange replacement) override {
    Operation *kept = replacement.empty() ? nullptr : replacement[0].getDefiningOp();
    if (kept && kept->getLoc() != op->getLoc() && op->getNumOperands() &&
        isa<TensorType>(op->getResult(0).getType()))
      kept->setLoc(FusedLoc::get(op->getContext(), {kept->getLoc(), op->getLoc()}));
  }
};

struct MergeEqual : fuse::impl::MergeEqualBase<MergeEqual> {
  void runOnOperation() override {
    KeepLocations listener;
    IRRewriter rewriter(&getContext(), &listener);
    bool changed = false;
    eliminateCommonSubExpressions(rewriter, getAnalysis<DominanceInfo>(), getOperation(), &changed);
    if (!changed)
      markAllAnalysesPreserved();
  }
};

} // namespace
