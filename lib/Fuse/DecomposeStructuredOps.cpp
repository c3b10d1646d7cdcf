#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Passes.h"
#include "lib/Fuse/Transposes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_DECOMPOSESTRUCTUREDOPS
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

//===------------------------------------------------------------------------------------------===//
// Contractions
//===------------------------------------------------------------------------------------------===//

/// `c + a * b` over extended operands as tile.matmul extends them: floats, and integers by their
/// sign.
bool isMatmulBody(linalg::LinalgOp op) {
  Block &body = op->getRegion(0).front();
  auto yield = cast<linalg::YieldOp>(body.getTerminator());
  auto extended = [](Value value) {
    Operation *def = value.getDefiningOp();
    return isa_and_nonnull<arith::ExtFOp, arith::ExtSIOp>(def) ? def->getOperand(0) : value;
  };
  Operation *add = yield.getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add))
    return false;
  Value product = add->getOperand(0);
  if (product == body.getArgument(2))
    product = add->getOperand(1);
  else if (add->getOperand(1) != body.getArgument(2))
    return false;
  Operation *mul = product.getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(mul))
    return false;
  Value a = extended(mul->getOperand(0)), b = extended(mul->getOperand(1));
  return (a == body.getArgument(0) && b == body.getArgument(1)) ||
         (a == body.getArgument(1) && b == body.getArgument(0));
}

/// The dimensions that a projected permutation reads, in order, or nothing.
std::optional<SmallVector<unsigned>> dimsOf(AffineMap map) {
  SmallVector<unsigned> dims;
  for (AffineExpr expr : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim)
      return std::nullopt;
    dims.push_back(dim.getPosition());
  }
  return dims;
}

struct ContractionToMatmul : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
        op.getNumReductionLoops() != 1 || !isMatmulBody(op))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    auto first = dimsOf(maps[0]), second = dimsOf(maps[1]), c = dimsOf(maps[2]);
    if (!first || !second || !c || c->size() < 2)
      return failure();
    unsigned loops = op.getNumLoops(), m = (*c)[c->size() - 2], n = c->back();
    if (c->size() + 1 != loops)
      return failure();
    unsigned k = 0;
    while (llvm::is_contained(*c, k))
      ++k;
    Value a = op.getDpsInputs()[0], b = op.getDpsInputs()[1];
    if (!llvm::is_contained(*first, m)) {
      std::swap(first, second);
      std::swap(a, b);
    }
    ArrayRef<unsigned> batch = ArrayRef(*c).drop_back(2);
    // Which of the two orders of the last two dimensions the operand has, if it is one; the others
    // must be a suffix of C's batch.
    auto isTransposed = [&](ArrayRef<unsigned> dims, unsigned row,
                            unsigned column) -> std::optional<bool> {
      if (dims.size() < 2 || dims.size() - 2 > batch.size() ||
          dims.drop_back(2) != batch.take_back(dims.size() - 2))
        return std::nullopt;
      ArrayRef<unsigned> matrix = dims.take_back(2);
      if (matrix[0] == row && matrix[1] == column)
        return false;
      if (matrix[0] == column && matrix[1] == row)
        return true;
      return std::nullopt;
    };
    std::optional<bool> transposeA = isTransposed(*first, m, k),
                        transposeB = isTransposed(*second, k, n);
    if (!transposeA || !transposeB)
      return failure();
    rewriter.replaceOpWithNewOp<tile::MatmulOp>(op, a, b, op.getDpsInits()[0], *transposeA,
                                                *transposeB);
    return success();
  }
};

/// What is added to a zero-filled tensor need not read it.
template <typename OpTy> struct OverwriteZeros : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    OpOperand &init = op.getDpsInitsMutable()[0];
    auto fill = init.get().template getDefiningOp<linalg::FillOp>();
    if (!fill || op.getOverwrite())
      return failure();
    Value zero = fill.getInputs()[0];
    if (!matchPattern(zero, m_AnyZeroFloat()) && !matchPattern(zero, m_Zero()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      init.set(fill.getOutputs()[0]);
      op.setOverwrite(true);
    });
    return success();
  }
};

/// A bias that a contraction accumulates onto is better added afterwards: then it is read where it
/// is used, and not written out as large as the result first.
template <typename OpTy> struct AddInitAfterwards : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Value init = op.getDpsInitsMutable()[0].get();
    auto type = dyn_cast<RankedTensorType>(init.getType());
    auto broadcast = init.getDefiningOp<linalg::LinalgOp>();
    if (!type || !broadcast || isa<linalg::FillOp>(broadcast) ||
        broadcast.getNumReductionLoops() != 0 || broadcast.getNumDpsInits() != 1)
      return failure();
    Location loc = op.getLoc();
    Type element = type.getElementType();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(rewriter, loc, broadcast.getDpsInits()[0]);
    Value empty = tensor::EmptyOp::create(rewriter, loc, sizes, element);
    Value zero = arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(element));
    Value zeros =
        linalg::FillOp::create(rewriter, loc, ValueRange{zero}, ValueRange{empty}).getResult(0);
    auto product = cast<OpTy>(rewriter.clone(*op));
    product.getDpsInitsMutable()[0].set(zeros);
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
    rewriter.replaceOpWithNewOp<linalg::GenericOp>(
        op, type, ValueRange{product->getResult(0), init}, ValueRange{empty},
        ArrayRef<AffineMap>{identity, identity, identity}, iterators,
        [&](OpBuilder &builder, Location nested, ValueRange args) {
          Value sum = isa<FloatType>(element)
                          ? Value(arith::AddFOp::create(builder, nested, args[0], args[1]))
                          : Value(arith::AddIOp::create(builder, nested, args[0], args[1]));
          linalg::YieldOp::create(builder, nested, sum);
        });
    return success();
  }
};

//===------------------------------------------------------------------------------------------===//
// Convolutions
//===------------------------------------------------------------------------------------------===//

struct DecomposeConv : OpRewritePattern<tile::ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  static SmallVector<ReassociationIndices> keepThenJoin(int64_t kept, int64_t rank) {
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < kept; ++i)
      groups.push_back({i});
    groups.push_back(llvm::to_vector(llvm::seq<int64_t>(kept, rank)));
    return groups;
  }

  LogicalResult matchAndRewrite(tile::ConvOp op, PatternRewriter &rewriter) const override {
    auto xType = dyn_cast<RankedTensorType>(op.getX().getType()),
         wType = cast<RankedTensorType>(op.getW().getType());
    if (!xType)
      return failure();
    Location loc = op.getLoc();
    int64_t rank = xType.getRank(), spatial = rank - 2, group = op.getGroup();
    int64_t outputs = wType.getDimSize(0), channels = wType.getDimSize(1);
    ArrayRef<int64_t> kernel = wType.getShape().drop_front(2);
    if (ShapedType::isDynamicShape(kernel))
      return rewriter.notifyMatchFailure(op, "needs a static filter");
    auto isOne = [](int64_t v) { return v == 1; };
    bool pointwise = llvm::all_of(kernel, isOne) && llvm::all_of(op.getStrides(), isOne) &&
                     llvm::all_of(op.getPads(), [](int64_t v) { return v == 0; });
    bool depthwise = channels == 1 && outputs == group && group > 1;

    // Y with one dimension of positions, and back at the end.
    auto joined = keepThenJoin(2, rank);
    SmallVector<OpFoldResult> ySizes = tensor::getMixedSizes(rewriter, loc, op.getY());
    auto yType = cast<RankedTensorType>(op.getY().getType());
    Value y = collapse(rewriter, loc, op.getY(), joined);
    Value result;
    if (depthwise && !pointwise) {
      Value w = collapseTo(rewriter, loc, op.getW(), spatial + 1, {0, 1});
      auto newOp = tile::DepthwiseConvOp::create(rewriter, loc, op.getX(), w, y, op.getStrides(),
                                                 op.getDilations(), op.getPads());
      result = newOp.getResult(0);
    } else {
      // Groups become one more batch dimension.
      Value x = op.getX(), w = collapse(rewriter, loc, op.getW(), keepThenJoin(1, rank));
      int64_t rows = channels;
      for (int64_t taps : kernel)
        rows *= taps;
      SmallVector<ReassociationIndices> splitY;
      if (group > 1) {
        x = splitDim(rewriter, loc, x, 1, group);
        w = splitDim(rewriter, loc, w, 0, group);
        y = splitDim(rewriter, loc, y, 1, group);
      }
      int64_t batch = group > 1 ? 2 : 1;
      Value columns;
      if (pointwise) {
        columns = collapse(rewriter, loc, x, keepThenJoin(batch + 1, batch + 1 + spatial));
      } else {
        SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, loc, y);
        sizes[batch] = rewriter.getIndexAttr(rows);
        Value empty = tensor::EmptyOp::create(rewriter, loc, sizes, xType.getElementType());
        columns = tile::Im2colOp::create(rewriter, loc, x, empty, Value(), kernel, op.getStrides(),
                                         op.getDilations(), op.getPads())
                      .getResult(0);
      }
      result = tile::MatmulOp::create(rewriter, loc, w, columns, y).getResult(0);
      if (group > 1)
        result = collapse(rewriter, loc, result, {{0}, {1, 2}, {3}});
    }
    if (spatial > 1)
      result = tensor::ExpandShapeOp::create(rewriter, loc, yType, result, joined, ySizes);
    rewriter.replaceOp(op, result);
    return success();
  }

  static Value collapse(OpBuilder &builder, Location loc, Value value,
                        ArrayRef<ReassociationIndices> groups) {
    if (static_cast<int64_t>(groups.size()) == cast<RankedTensorType>(value.getType()).getRank())
      return value;
    // A collapsed init is better an init again than a view of one.
    if (auto empty = value.getDefiningOp<tensor::EmptyOp>())
      if (Value small = collapseInit(builder, loc, empty, groups))
        return small;
    if (auto fill = value.getDefiningOp<linalg::FillOp>())
      if (auto empty = fill.getOutputs()[0].getDefiningOp<tensor::EmptyOp>())
        if (Value small = collapseInit(builder, loc, empty, groups))
          return linalg::FillOp::create(builder, loc, fill.getInputs(), ValueRange{small})
              .getResult(0);
    return tensor::CollapseShapeOp::create(builder, loc, value, groups);
  }
  static Value collapseInit(OpBuilder &builder, Location loc, tensor::EmptyOp empty,
                            ArrayRef<ReassociationIndices> groups) {
    SmallVector<OpFoldResult> sizes;
    AffineExpr a, b;
    bindSymbols(builder.getContext(), a, b);
    for (const ReassociationIndices &group : groups) {
      OpFoldResult size = empty.getMixedSizes()[group[0]];
      for (int64_t i : ArrayRef(group).drop_front())
        size = affine::makeComposedFoldedAffineApply(builder, loc, a * b,
                                                     {size, empty.getMixedSizes()[i]});
      sizes.push_back(size);
    }
    return tensor::EmptyOp::create(builder, loc, sizes, empty.getType().getElementType());
  }
  /// Joins dimensions `joined` of a value that ends up with `rank` dimensions.
  static Value collapseTo(OpBuilder &builder, Location loc, Value value, int64_t rank,
                          ReassociationIndices joined) {
    SmallVector<ReassociationIndices> groups{joined};
    for (int64_t i = joined.size(); static_cast<int64_t>(groups.size()) < rank; ++i)
      groups.push_back({i});
    return collapse(builder, loc, value, groups);
  }
  /// Splits dimension `dim` into `outer` and the rest.
  static Value splitDim(OpBuilder &builder, Location loc, Value value, int64_t dim, int64_t outer) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, value);
    SmallVector<int64_t> shape(type.getShape());
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (i < dim)
        groups.push_back({i});
      else if (i == dim)
        groups.push_back({i, i + 1});
      else
        groups.push_back({i + 1});
    }
    AffineExpr d = builder.getAffineDimExpr(0);
    sizes.insert(sizes.begin() + dim + 1, affine::makeComposedFoldedAffineApply(
                                              builder, loc, d.floorDiv(outer), {sizes[dim]}));
    sizes[dim] = builder.getIndexAttr(outer);
    if (!ShapedType::isDynamic(shape[dim]))
      shape.insert(shape.begin() + dim + 1, shape[dim] / outer);
    else
      shape.insert(shape.begin() + dim + 1, ShapedType::kDynamic);
    shape[dim] = outer;
    auto emptyOfSizes = [&]() -> Value {
      return tensor::EmptyOp::create(builder, loc, sizes, type.getElementType());
    };
    if (value.getDefiningOp<tensor::EmptyOp>())
      return emptyOfSizes();
    if (auto fill = value.getDefiningOp<linalg::FillOp>())
      return linalg::FillOp::create(builder, loc, fill.getInputs(), ValueRange{emptyOfSizes()})
          .getResult(0);
    return tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get(shape, type.getElementType()), value, groups, sizes);
  }
};

//===------------------------------------------------------------------------------------------===//
// Others
//===------------------------------------------------------------------------------------------===//

/// A loop that runs no time leaves the init as it is: a sum over no element, a tensor without any.
struct SkipEmptyLoops : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !llvm::is_contained(op.getStaticLoopRanges(), 0))
      return failure();
    rewriter.replaceOp(op, SmallVector<Value>(op.getDpsInits()));
    return success();
  }
};

struct DecomposeSoftmax : OpRewritePattern<linalg::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(linalg::SoftmaxOp op, PatternRewriter &rewriter) const override {
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return failure();
    rewriter.replaceOp(op, *results);
    return success();
  }
};

/// Fills stay named: they mark inits. Everything else that has a body is easier to fuse as a
/// generic.
struct Generalize : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(linalg::LinalgOp op, PatternRewriter &rewriter) const override {
    if (isa<linalg::FillOp>(op))
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};

struct DecomposeStructuredOps : fuse::impl::DecomposeStructuredOpsBase<DecomposeStructuredOps> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    // Matmuls before transposes, which want to know who reads them, and biases before convolutions
    // lose their shape.
    RewritePatternSet contractions(context);
    contractions.add<SkipEmptyLoops>(context, /*benefit=*/3);
    contractions.add<ContractionToMatmul, AddInitAfterwards<tile::MatmulOp>,
                     AddInitAfterwards<tile::ConvOp>>(context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(contractions))))
      return signalPassFailure();
    RewritePatternSet patterns(context);
    patterns.add<SkipEmptyLoops>(context, /*benefit=*/3);
    patterns.add<ContractionToMatmul, OverwriteZeros<tile::MatmulOp>,
                 OverwriteZeros<tile::DepthwiseConvOp>, DecomposeConv, DecomposeSoftmax>(
        context, /*benefit=*/2);
    patterns.add<Generalize>(context);
    fuse::populateTransposePatterns(patterns);
    linalg::populateDecomposePadPatterns(patterns);
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::EmptyOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    WalkResult result = getOperation()->walk([](tile::ConvOp op) {
      op.emitOpError("with a filter of dynamic size cannot be decomposed");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
