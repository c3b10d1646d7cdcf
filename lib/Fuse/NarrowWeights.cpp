#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_NARROWWEIGHTS
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

/// The constant that `value` is a conversion of, element by element, and nothing else; null where
/// it is none.
Value getConverted(Value value) {
  auto generic = value.getDefiningOp<linalg::GenericOp>();
  if (!generic || generic.getNumDpsInputs() != 1 || generic.getNumDpsInits() != 1 ||
      generic.getNumReductionLoops() != 0 ||
      !llvm::all_of(generic.getIndexingMapsArray(), [](AffineMap map) { return map.isIdentity(); }))
    return {};
  Value source = generic.getDpsInputs().front();
  Operation *yield = generic.getBody()->getTerminator();
  Operation *conversion = yield->getOperand(0).getDefiningOp();
  bool isConversion = isa_and_nonnull<arith::SIToFPOp, arith::ExtFOp>(conversion) &&
                      conversion->getOperand(0) == generic.getBody()->getArgument(0);
  return isConversion && source.getDefiningOp<plan::ConstantOp>() ? source : Value();
}

struct NarrowWeight : OpRewritePattern<tile::MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tile::MatmulOp op, PatternRewriter &rewriter) const override {
    Value weight = getConverted(op.getB());
    if (!weight || !op.getCType().getElementType().isF32())
      return failure();
    Type stored = cast<RankedTensorType>(weight.getType()).getElementType();
    if (!stored.isInteger(8) && !stored.isF16() && !stored.isBF16())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getBMutable().set(weight); });
    return success();
  }
};

struct NarrowWeights : fuse::impl::NarrowWeightsBase<NarrowWeights> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<NarrowWeight>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
