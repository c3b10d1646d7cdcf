#include "dialects/Cta/Cta.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace azulejo::cta {

/// That `result` is `tile` in another shape, and has a layout if and only if `tile` has one.
static LogicalResult verifyLike(Operation *op, RankedTensorType tile, RankedTensorType result,
                                ArrayRef<int64_t> shape) {
  if (result.getElementType() != tile.getElementType())
    return op->emitOpError() << "gives elements of " << result.getElementType() << " for those of "
                             << tile.getElementType();
  if (result.getShape() != shape) {
    InFlightDiagnostic diagnostic = op->emitOpError("must give a tile of shape [");
    llvm::interleaveComma(shape, diagnostic);
    return diagnostic << "], not " << result;
  }
  if (!result.getEncoding() != !tile.getEncoding())
    return op->emitOpError("needs layouts for all tiles or for none");
  return success();
}

LogicalResult SplatOp::verify() {
  if (getValue().getType() != cast<RankedTensorType>(getType()).getElementType())
    return emitOpError() << "makes " << getType() << " of " << getValue().getType();
  return success();
}

LogicalResult IotaOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.getElementType().isSignlessInteger() && !type.getElementType().isIndex())
    return emitOpError("counts in integers");
  if (getDim() >= static_cast<uint64_t>(type.getRank()))
    return emitOpError() << "counts along dimension " << getDim() << " of " << type;
  return success();
}

LogicalResult ExtractOp::verify() {
  if (cast<RankedTensorType>(getTile().getType()).getRank() != 0)
    return emitOpError() << "takes a tile of rank 0, not " << getTile().getType();
  return success();
}

LogicalResult ExtractOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getTile().getType());
  if (!type)
    return failure();
  results.push_back(type.getElementType());
  return success();
}

LogicalResult BroadcastOp::verify() {
  auto from = cast<RankedTensorType>(getTile().getType()), to = cast<RankedTensorType>(getType());
  ArrayRef<int64_t> along = getAlong();
  if (!llvm::is_sorted(along, std::less_equal<int64_t>()) ||
      from.getRank() + static_cast<int64_t>(along.size()) != to.getRank() ||
      llvm::any_of(along, [&](int64_t dim) { return dim < 0 || dim >= to.getRank(); }))
    return emitOpError("must list in rising order the dimensions that the result has more");
  SmallVector<int64_t> shape;
  for (int64_t dim = 0, next = 0; dim < to.getRank(); ++dim)
    shape.push_back(llvm::is_contained(along, dim) ? to.getDimSize(dim) : from.getDimSize(next++));
  return verifyLike(*this, from, to, shape);
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getAlong().empty() && getTile().getType() == getType() ? getTile() : Value();
}

void TransposeOp::build(OpBuilder &builder, OperationState &state, Value tile,
                        ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(tile.getType());
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(type.getDimSize(dim));
  Attribute encoding;
  if (type.getEncoding())
    encoding = LayoutAttr::get(builder.getContext(), getLayout(type).transpose(permutation));
  build(builder, state, RankedTensorType::get(shape, type.getElementType(), encoding), tile,
        permutation);
}

LogicalResult TransposeOp::verify() {
  auto from = cast<RankedTensorType>(getTile().getType()), to = cast<RankedTensorType>(getType());
  SmallVector<int64_t> sorted(getPermutation()), shape;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.getRank())))
    return emitOpError() << "needs a permutation of " << from.getRank() << " dimensions";
  for (int64_t dim : getPermutation())
    shape.push_back(from.getDimSize(dim));
  if (failed(verifyLike(*this, from, to, shape)))
    return failure();
  if (from.getEncoding() && getLayout(from).transpose(getPermutation()) != getLayout(to))
    return emitOpError("must give the operand's layout, transposed");
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())))
    return getTile();
  if (auto inner = getTile().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> both;
    for (int64_t dim : getPermutation())
      both.push_back(inner.getPermutation()[dim]);
    getTileMutable().assign(inner.getTile());
    setPermutation(both);
    return getResult();
  }
  return {};
}

void ReduceOp::build(OpBuilder &builder, OperationState &state, ValueRange tiles, int64_t axis,
                     function_ref<void(OpBuilder &, Location, ValueRange, ValueRange)> combine) {
  state.addOperands(tiles);
  state.getOrAddProperties<Properties>().axis = builder.getI64IntegerAttr(axis);
  SmallVector<Type> elements;
  for (Value tile : tiles) {
    auto type = cast<RankedTensorType>(tile.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape.erase(shape.begin() + axis);
    Attribute encoding;
    if (type.getEncoding())
      encoding = LayoutAttr::get(builder.getContext(), getLayout(type).dropDimension(axis));
    state.addTypes(RankedTensorType::get(shape, type.getElementType(), encoding));
    elements.push_back(type.getElementType());
  }
  SmallVector<Type> arguments(elements);
  arguments.append(elements);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(state.addRegion(), {}, arguments,
                                    SmallVector<Location>(arguments.size(), state.location));
  combine(builder, state.location, body->getArguments().take_front(tiles.size()),
          body->getArguments().drop_front(tiles.size()));
}

LogicalResult ReduceOp::verify() {
  if (getTiles().empty() || getNumResults() != getTiles().size())
    return emitOpError("needs a result for each of at least one tile");
  SmallVector<Type> elements;
  auto first = cast<RankedTensorType>(getTiles().front().getType());
  for (auto [tile, result] : llvm::zip(getTiles(), getResults())) {
    auto type = cast<RankedTensorType>(tile.getType());
    if (getAxis() >= static_cast<uint64_t>(type.getRank()))
      return emitOpError() << "reduces along dimension " << getAxis() << " of " << type;
    if (type.getShape() != first.getShape() || type.getEncoding() != first.getEncoding())
      return emitOpError("needs tiles of one shape and layout");
    SmallVector<int64_t> shape(type.getShape());
    shape.erase(shape.begin() + getAxis());
    if (failed(verifyLike(*this, type, cast<RankedTensorType>(result.getType()), shape)))
      return failure();
    if (type.getEncoding() &&
        getLayout(type).dropDimension(getAxis()) != getLayout(result.getType()))
      return emitOpError("must give the operand's layout without the dimension reduced");
    elements.push_back(type.getElementType());
  }
  SmallVector<Type> arguments(elements);
  arguments.append(elements);
  if (!llvm::equal(getBody().getArgumentTypes(), arguments))
    return emitOpError("combines two elements of each tile: its body takes their types, twice");
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield || !llvm::equal(yield.getValues().getTypes(), elements))
    return emitOpError("must yield one element for each tile");
  return success();
}

LogicalResult ConvertLayoutOp::verify() {
  auto from = cast<RankedTensorType>(getTile().getType()), to = cast<RankedTensorType>(getType());
  if (!from.getEncoding() || !to.getEncoding())
    return emitOpError("is between layouts, and a tile has none");
  if (getLayout(from).getWarpBits() != getLayout(to).getWarpBits())
    return emitOpError("is between layouts of the same number of warps");
  return verifyLike(*this, from, to, from.getShape());
}

OpFoldResult ConvertLayoutOp::fold(FoldAdaptor) {
  return getTile().getType() == getType() ? getTile() : Value();
}

namespace {

/// Converts once instead of twice, and not at all what is the same in every layout.
struct SimplifyConversion : OpRewritePattern<ConvertLayoutOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvertLayoutOp op, PatternRewriter &rewriter) const override {
    Operation *source = op.getTile().getDefiningOp();
    if (auto inner = dyn_cast_or_null<ConvertLayoutOp>(source)) {
      rewriter.modifyOpInPlace(op, [&] { op.getTileMutable().assign(inner.getTile()); });
      return success();
    }
    if (auto splat = dyn_cast_or_null<SplatOp>(source)) {
      rewriter.replaceOpWithNewOp<SplatOp>(op, op.getType(), splat.getValue());
      return success();
    }
    if (auto iota = dyn_cast_or_null<IotaOp>(source)) {
      rewriter.replaceOpWithNewOp<IotaOp>(op, op.getType(), iota.getDim());
      return success();
    }
    return failure();
  }
};

} // namespace

void ConvertLayoutOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                  MLIRContext *context) {
  patterns.add<SimplifyConversion>(context);
}

} // namespace azulejo::cta
