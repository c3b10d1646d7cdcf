#include "dialects/Tile/Tile.h"
#include "lib/CPU/ConvolutionLoops.h"
#include "lib/CPU/Passes.h"
#include "lib/CPU/WinogradLoops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_EXPANDSTRUCTUREDOPS
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;

namespace {

/// What it costs, in rough cycles a step, to have `loop` innermost: an operand that stays put is
/// free, one that moves by one element shares a vector load, and one that jumps pays for a cache
/// line.
int64_t costOfInnermost(linalg::LinalgOp op, unsigned loop) {
  int64_t cost = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || type.getRank() == 0)
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool moves =
        llvm::any_of(map.getResults(), [&](AffineExpr expr) { return expr.isFunctionOfDim(loop); });
    if (!moves)
      continue;
    bool isLast = map.getResults().back() == getAffineDimExpr(loop, op.getContext());
    bool jumps = llvm::any_of(map.getResults().drop_back(),
                              [&](AffineExpr expr) { return expr.isFunctionOfDim(loop); });
    auto [strides, offset] = type.getStridesAndOffset();
    int64_t each = isLast && !jumps && !strides.empty() && strides.back() == 1 ? 1 : 16;
    cost += op.isDpsInit(&operand) ? 2 * each : each;
  }
  // A short loop does not fill a vector.
  int64_t range = op.getStaticLoopRanges()[loop];
  if (!ShapedType::isDynamic(range) && range < 8)
    cost += 8 / std::max<int64_t>(1, range);
  return cost;
}

linalg::LinalgOp orderLoops(RewriterBase &rewriter, linalg::LinalgOp op) {
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  unsigned loops = op.getNumLoops();
  if (!generic || loops < 2)
    return op;
  unsigned best = loops - 1;
  int64_t bestCost = costOfInnermost(op, best);
  for (unsigned loop = loops - 1; loop-- > 0;)
    if (int64_t cost = costOfInnermost(op, loop); cost < bestCost) {
      best = loop;
      bestCost = cost;
    }
  if (best == loops - 1)
    return op;
  SmallVector<unsigned> order;
  for (unsigned loop = 0; loop < loops; ++loop)
    if (loop != best)
      order.push_back(loop);
  order.push_back(best);
  FailureOr<linalg::GenericOp> ordered = linalg::interchangeGenericOp(rewriter, generic, order);
  return succeeded(ordered) ? cast<linalg::LinalgOp>(ordered->getOperation()) : op;
}

/// Sums and products over a reduction loop may be formed in any order; every product may be fused
/// with a sum.
void allowReassociation(linalg::LinalgOp op) {
  bool reduces = op.getNumReductionLoops() > 0;
  for (Region &region : op->getRegions()) {
    region.walk([&](arith::ArithFastMathInterface fast) {
      if (!fast->getNumResults() || !isa<FloatType>(fast->getResult(0).getType()))
        return;
      arith::FastMathFlags flags = arith::FastMathFlags::contract;
      if (auto given = fast.getFastMathFlagsAttr())
        flags = flags | given.getValue();
      bool accumulates = reduces && llvm::any_of(fast->getOperands(), [&](Value operand) {
                           auto argument = dyn_cast<BlockArgument>(operand);
                           return argument && argument.getOwner() == op.getBlock() &&
                                  argument.getArgNumber() >= op.getNumDpsInputs();
                         });
      if (accumulates)
        flags = flags | arith::FastMathFlags::reassoc;
      fast->setAttr(fast.getFastMathAttrName(),
                    arith::FastMathFlagsAttr::get(op.getContext(), flags));
    });
  }
}

struct ExpandStructuredOps : cpu::impl::ExpandStructuredOpsBase<ExpandStructuredOps> {
  using ExpandStructuredOpsBase::ExpandStructuredOpsBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<linalg::LinalgOp, tile::Im2colOp, tile::DepthwiseConvOp, tile::WinogradInputOp,
              tile::WinogradOutputOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      if (auto im2col = dyn_cast<tile::Im2colOp>(op)) {
        cpu::expandIm2col(rewriter, im2col);
      } else if (auto depthwise = dyn_cast<tile::DepthwiseConvOp>(op)) {
        cpu::expandDepthwiseConv(rewriter, depthwise);
      } else if (auto input = dyn_cast<tile::WinogradInputOp>(op)) {
        cpu::expandWinogradInput(rewriter, input, vectorBytes);
      } else if (auto output = dyn_cast<tile::WinogradOutputOp>(op)) {
        cpu::expandWinogradOutput(rewriter, output, vectorBytes);
      } else {
        auto linalgOp = cast<linalg::LinalgOp>(op);
        if (!linalgOp.hasPureBufferSemantics() && linalgOp.getNumDpsInits() > 0 &&
            !isa<MemRefType>(linalgOp.getDpsInits()[0].getType())) {
          op->emitOpError("still works on tensors after bufferization");
          return signalPassFailure();
        }
        linalgOp = orderLoops(rewriter, linalgOp);
        allowReassociation(linalgOp);
        rewriter.setInsertionPoint(linalgOp);
        if (failed(linalg::linalgOpToLoops(rewriter, linalgOp))) {
          linalgOp->emitOpError("could not be written as loops");
          return signalPassFailure();
        }
        rewriter.eraseOp(linalgOp);
        continue;
      }
      rewriter.eraseOp(op);
    }
  }
};

} // namespace
