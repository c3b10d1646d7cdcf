#include "azulejo/Artifact/Format.h"
#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Aliases.h"
#include "lib/Schedule/Hoist.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace azulejo {
#define GEN_PASS_DEF_DECLAREPEAKMEMORY
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

/// Copies the arithmetic that computes `value` to where `builder` stands.
static Value cloneArithmetic(Value value, OpBuilder &builder, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    cloneArithmetic(operand, builder, mapping);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}

namespace {
struct DeclarePeakMemoryPass : azulejo::impl::DeclarePeakMemoryBase<DeclarePeakMemoryPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>(entryName);
    if (!main)
      return;
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfter(main);
    Location loc = main.getLoc();
    auto type = FunctionType::get(&getContext(), main.getArgumentTypes(), builder.getIndexType());
    auto function = func::FuncOp::create(builder, loc, peakMemoryName, type);
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto constant = [&](int64_t value) {
      return arith::ConstantIndexOp::create(builder, loc, value).getResult();
    };
    IRMapping mapping;
    mapping.map(main.getArguments(), function.getArguments());

    Value total = constant(0);
    main.walk([&](plan::ArenaOp arena) {
      total = arith::AddIOp::create(builder, loc, total,
                                    cloneArithmetic(arena.getBytes(), builder, mapping));
    });
    // Of the pool's buffers that flow into each other, no more live at once than there are values
    // that hold a reference.
    Aliases aliases(main);
    ValueSet seen;
    auto isUnbounded = [&](Operation *op, StringRef what) {
      module->setAttr(unboundedAttr, builder.getStringAttr(what + " of node '" + nodeName(op) +
                                                           "' is known only during the run"));
      return WalkResult::interrupt();
    };
    WalkResult result = main.walk([&](Operation *op) {
      if (isa<plan::CallOp>(op))
        return isUnbounded(op, "what the host holds");
      auto alloc = dyn_cast<plan::PoolAllocOp>(op);
      if (!alloc)
        return WalkResult::advance();
      if (!isKnownAtEntry(alloc.getBytes()))
        return isUnbounded(alloc, "the size of a buffer");
      if (seen.contains(alloc))
        return WalkResult::advance();
      ValueSet component = aliases.component(alloc);
      seen.insert_range(component);
      int64_t references = 0;
      Value most = constant(0);
      for (Value value : component) {
        references += holdsReference(value);
        auto other = value.getDefiningOp<plan::PoolAllocOp>();
        if (other && isKnownAtEntry(other.getBytes()))
          most = arith::MaxSIOp::create(builder, loc, most,
                                        cloneArithmetic(other.getBytes(), builder, mapping));
      }
      // The pool rounds a block up, and gives none of no bytes.
      Value rounded = arith::AddIOp::create(builder, loc, most, constant(AZM_BUFFER_ALIGNMENT));
      total = arith::AddIOp::create(
          builder, loc, total, arith::MulIOp::create(builder, loc, rounded, constant(references)));
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      total = constant(-1);
    func::ReturnOp::create(builder, loc, total);
  }
};
} // namespace
