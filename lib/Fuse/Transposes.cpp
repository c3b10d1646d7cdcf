#include "lib/Fuse/Transposes.h"
#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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
    auto from = cast<RankedTensorType>(constant.getType()),
         to = cast<RankedTensorType>(op->getResult(0).getType());
    if (!from.getElementType().isIntOrFloat() || from.getElementTypeBitWidth() % 8 ||
        from.getNumElements() == 0)
      return failure();
    FailureOr<ArrayRef<char>> bytes = plan::getElementBytes(constant.getValue(), constant.getLoc());
    int64_t width = from.getElementTypeBitWidth() / 8;
    if (failed(bytes) || static_cast<int64_t>(bytes->size()) != from.getNumElements() * width)
      return failure();
    AsmResourceBlob blob =
        HeapAsmResourceBlob::allocate(bytes->size(), /*align=*/64, /*dataIsMutable=*/true);
    // Steps in the source, in elements, for each dimension of the target.
    SmallVector<int64_t> strides(from.getRank(), 1), steps;
    for (int64_t i = from.getRank() - 2; i >= 0; --i)
      strides[i] = strides[i + 1] * from.getDimSize(i + 1);
    for (int64_t source : *permutation)
      steps.push_back(strides[source]);
    char *target = blob.getMutableData().data();
    SmallVector<int64_t> index(to.getRank(), 0);
    for (int64_t n = 0, at = 0, count = to.getNumElements(); n < count; ++n, target += width) {
      std::memcpy(target, bytes->data() + at * width, width);
      for (int64_t d = to.getRank() - 1; d >= 0; --d) {
        at += steps[d];
        if (++index[d] < to.getDimSize(d))
          break;
        at -= steps[d] * to.getDimSize(d);
        index[d] = 0;
      }
    }
    auto value = DenseResourceElementsAttr::get(to, "transposed_weight", std::move(blob));
    rewriter.setInsertionPoint(constant);
    auto transposed = plan::ConstantOp::create(rewriter, constant.getLoc(), to,
                                               cast<TypedAttr>(Attribute(value)));
    rewriter.replaceOp(op, transposed.getResult());
    return success();
  }
};

} // namespace

void fuse::populateTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<TransposeIntoMatmul, TransposeConstant>(patterns.getContext(), /*benefit=*/3);
}
