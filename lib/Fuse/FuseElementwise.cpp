#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

/// More operands than this, and addresses no longer fit into registers; a longer body compiles
/// slowly for no gain.
constexpr unsigned kMostOperands = 16, kMostBodyOps = 160;

/// Takes many cycles a point: not worth repeating.
bool isDear(Operation &op) {
  return isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp, arith::RemSIOp,
             arith::RemUIOp, tensor::ExtractOp>(op) ||
         (op.getDialect() && isa<math::MathDialect>(op.getDialect()) &&
          !isa<math::AbsFOp, math::AbsIOp, math::FmaOp, math::CopySignOp>(op)) ||
         op.getNumRegions() > 0;
}

bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::LinalgOp>();
  auto consumer = dyn_cast<linalg::LinalgOp>(operand->getOwner());
  if (!producer || !consumer)
    return false;
  if (producer->getNumOperands() + consumer->getNumOperands() > kMostOperands)
    return false;
  auto bodyOf = [](linalg::LinalgOp op) -> Block & { return op->getRegion(0).front(); };
  size_t size = bodyOf(producer).getOperations().size();
  if (size + bodyOf(consumer).getOperations().size() > kMostBodyOps)
    return false;
  bool dear = llvm::any_of(bodyOf(producer), isDear);
  bool grows = consumer.getNumLoops() > producer.getNumLoops();
  if (dear && grows)
    return false;
  bool oneUser = llvm::all_equal(producer->getUsers());
  return oneUser || (!dear && size <= 6);
}

/// A reshape between a contraction and its elementwise users goes behind them, where they can be
/// joined.
bool shouldMoveReshape(OpOperand *operand) {
  if (auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>()) {
    auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
    Operation *source = expand.getSrc().getDefiningOp();
    return consumer && consumer.getNumReductionLoops() == 0 &&
           isa_and_nonnull<tile::MatmulOp, tile::DepthwiseConvOp, linalg::GenericOp>(source);
  }
  return false;
}

/// Upstream's pattern, but that the result carries the location of the producer, too.
struct FuseProducer : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::GenericOp op, PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      if (!linalg::areElementwiseOpsFusable(&operand) || !shouldFuse(&operand))
        continue;
      Operation *producer = operand.get().getDefiningOp();
      Location both = rewriter.getFusedLoc({producer->getLoc(), op.getLoc()});
      FailureOr<linalg::ElementwiseOpFusionResult> fused =
          linalg::fuseElementwiseOps(rewriter, &operand);
      if (failed(fused))
        return rewriter.notifyMatchFailure(op, "upstream does not fuse it");
      fused->fusedOp->setLoc(both);
      for (auto [from, to] : fused->replacements)
        rewriter.replaceUsesWithIf(
            from, to, [&](OpOperand &use) { return use.get().getDefiningOp() != producer; });
      rewriter.eraseOp(op);
      return success();
    }
    return failure();
  }
};

struct FuseElementwise : fuse::impl::FuseElementwiseBase<FuseElementwise> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<FuseProducer>(context);
    // What upstream populates beside fusion itself: fills, splats and outputs that are not read.
    // These give an output that is not read a tensor.empty of its own unless it has one. A pattern
    // that gave tensor.empty static dimensions here would put a cast between the two, and a new
    // tensor.empty would follow for ever; canonicalization does that after this pass.
    linalg::populateElementwiseOpsFusionPatterns(patterns, [](OpOperand *) { return false; });
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, shouldMoveReshape);
    linalg::populateInlineConstantOperandsPatterns(patterns);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CastOp::getCanonicalizationPatterns(patterns, context);
    tensor::populateReassociativeReshapeFoldingPatterns(patterns);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    context->getLoadedDialect<linalg::LinalgDialect>()->getCanonicalizationPatterns(patterns);
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace
