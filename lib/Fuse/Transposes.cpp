#include "lib/Fuse/Transposes.h"
#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace azulejo;

namespace {

/// If `op` does nothing but reorder dimensions: for each dimension of the result, the one of the
/// input that it is.
std::optional<SmallVector<int64_t>> getPermutation(Operation *op) {
  auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op);
  if (!linalgOp || linalgOp.getNumDpsInputs() != 1 || linalgOp.getNumDpsInits() != 1 ||
      linalgOp.getNumReductionLoops() != 0 || !linalgOp.hasPureTensorSemantics())
    return std::nullopt;
  auto yield = cast<linalg::YieldOp>(linalgOp.getBlock()->getTerminator());
  AffineMap in = linalgOp.getIndexingMapsArray()[0], out = linalgOp.getIndexingMapsArray()[1];
  if (yield.getOperand(0) != linalgOp.getBlock()->getArgument(0) || !in.isPermutation() ||
      !out.isPermutation())
    return std::nullopt;
  SmallVector<int64_t> permutation;
  for (AffineExpr expr : out.getResults())
    permutation.push_back(*in.getResultPosition(expr));
  return permutation;
}

bool swapsMatrices(ArrayRef<int64_t> permutation) {
  int64_t rank = permutation.size();
  if (rank < 2 || permutation[rank - 1] != rank - 2 || permutation[rank - 2] != rank - 1)
    return false;
  return llvm::equal(permutation.drop_back(2), llvm::seq<int64_t>(0, rank - 2));
}

struct TransposeIntoMatmul : OpRewritePattern<tile::MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tile::MatmulOp op, PatternRewriter &rewriter) const override {
    bool changed = false;
    auto look = [&](OpOperand &operand, bool isA) {
      Operation *transpose = operand.get().getDefiningOp();
      std::optional<SmallVector<int64_t>> permutation = getPermutation(transpose);
      if (!permutation || !swapsMatrices(*permutation))
        return;
      rewriter.modifyOpInPlace(op, [&] {
        operand.set(transpose->getOperand(0));
        op->setLoc(rewriter.getFusedLoc({transpose->getLoc(), op.getLoc()}));
        if (isA)
          op.setTransposeA(!op.getTransposeA());
        else
          op.setTransposeB(!op.getTransposeB());
      });
      changed = true;
    };
    look(op.getAMutable(), true);
    if (!op.getPackedB())
      look(op.getBMutable(), false);
    return success(changed);
  }
};

struct TransposeConstant : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override {
    std::optional<SmallVector<int64_t>> permutation = getPermutation(op);
    if (!permutation)
      return failure();
    auto constant = op.getDpsInputs()[0].getDefiningOp<plan::ConstantOp>();
    if (!constant)
      return failure();
    // A matmul takes the weight as it is, and packs it.
    if (swapsMatrices(*permutation) && llvm::any_of(op->getUsers(), llvm::IsaPred<tile::MatmulOp>))
      return failure();
    if (!plan::isDerivable(constant.getValue()))
      return failure();
    TypedAttr value = plan::transpose(constant.getValue(), *permutation);
    rewriter.setInsertionPoint(constant);
    auto transposed = plan::ConstantOp::create(rewriter, constant.getLoc(), value.getType(), value);
    rewriter.replaceOp(op, transposed.getResult());
    return success();
  }
};

} // namespace

void fuse::populateTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<TransposeIntoMatmul, TransposeConstant>(patterns.getContext(), /*benefit=*/3);
}
