#include "dialects/Plan/Plan.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace azulejo::lower {

#define GEN_PASS_DEF_OUTLINECONSTANTS
#include "lib/Lower/Passes.h.inc"

using namespace mlir;

bool fitsInCode(TypedAttr value) {
  constexpr int64_t largestInCode = 16;
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(value);
  return dense && (dense.isSplat() || dense.getNumElements() <= largestInCode);
}

namespace {
struct OutlineConstants : impl::OutlineConstantsBase<OutlineConstants> {
  void runOnOperation() override {
    getOperation().walk([](arith::ConstantOp op) {
      if (!isa<RankedTensorType>(op.getType()) || fitsInCode(op.getValue()))
        return;
      OpBuilder builder(op);
      Value outside = plan::ConstantOp::create(builder, op.getLoc(), op.getType(), op.getValue());
      op.replaceAllUsesWith(outside);
      op.erase();
    });
  }
};
} // namespace

} // namespace azulejo::lower
