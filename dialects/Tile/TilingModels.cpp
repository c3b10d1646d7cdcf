//===- TilingModels.cpp - How the structured operations are cut into tiles --------------------===//
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace azulejo::tile;
using utils::IteratorType;

using Folds = SmallVector<OpFoldResult>;

namespace {

/// Builds one tiled op: slices of its operands, then the op on them.
struct TileBuilder {
  OpBuilder &builder;
  Location loc;
  TilingResult result = {};

  Value slice(Value operand, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes) {
    Folds strides(offsets.size(), builder.getIndexAttr(1));
    auto op = tensor::ExtractSliceOp::create(builder, loc, operand, offsets, sizes, strides);
    result.generatedSlices.push_back(op);
    return op;
  }
  FailureOr<TilingResult> finish(Operation *op) {
    result.tiledOps.push_back(op);
    llvm::append_range(result.tiledValues, op->getResults());
    return std::move(result);
  }
};

} // namespace

static SmallVector<Range> domainOf(OpBuilder &builder, Folds sizes) {
  SmallVector<Range> domain;
  for (OpFoldResult size : sizes)
    domain.push_back(Range{builder.getIndexAttr(0), size, builder.getIndexAttr(1)});
  return domain;
}

static OpFoldResult dim(OpBuilder &builder, Location loc, Value value, int64_t index) {
  return tensor::getMixedSize(builder, loc, value, index);
}

static OpFoldResult fold(OpBuilder &builder, Location loc, AffineExpr expr,
                         ArrayRef<OpFoldResult> operands) {
  return affine::makeComposedFoldedAffineApply(builder, loc, expr, operands);
}

/// A fused producer: the tile of the iteration space that gives the wanted tile of the result.
template <typename OpTy>
static FailureOr<TilingResult> tileForResult(OpTy op, OpBuilder &builder, unsigned resultNumber,
                                             ArrayRef<OpFoldResult> offsets,
                                             ArrayRef<OpFoldResult> sizes) {
  Folds domainOffsets, domainSizes;
  if (failed(op.getIterationDomainTileFromResultTile(builder, resultNumber, offsets, sizes,
                                                     domainOffsets, domainSizes)))
    return failure();
  return op.getTiledImplementation(builder, domainOffsets, domainSizes);
}

//===------------------------------------------------------------------------------------------===//
// tile.matmul: batch..., M, N, K
//===------------------------------------------------------------------------------------------===//

SmallVector<IteratorType> MatmulOp::getLoopIteratorTypes() {
  SmallVector<IteratorType> types(getBatchRank() + 2, IteratorType::parallel);
  types.push_back(IteratorType::reduction);
  return types;
}

SmallVector<Range> MatmulOp::getIterationDomain(OpBuilder &builder) {
  Folds sizes = tensor::getMixedSizes(builder, getLoc(), getC());
  sizes.push_back(dim(builder, getLoc(), getA(), getKDimOfA()));
  return domainOf(builder, sizes);
}

FailureOr<TilingResult> MatmulOp::getTiledImplementation(OpBuilder &builder,
                                                         ArrayRef<OpFoldResult> offsets,
                                                         ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  int64_t batch = getBatchRank();
  // The part of (batch..., m, n, k) that an operand's own batch dimensions, then `dims`, stand for.
  auto project = [&](ArrayRef<OpFoldResult> values, int64_t ownBatch, ArrayRef<int64_t> dims) {
    Folds projected(values.slice(batch - ownBatch, ownBatch));
    for (int64_t d : dims)
      projected.push_back(values[batch + d]);
    return projected;
  };
  constexpr int64_t M = 0, N = 1, K = 2;
  SmallVector<int64_t, 2> aDims = {getTransposeA() ? K : M, getTransposeA() ? M : K};
  Value a = tile.slice(getA(), project(offsets, getBatchRankOfA(), aDims),
                       project(sizes, getBatchRankOfA(), aDims));
  Value b;
  if (getPackedB()) {
    // Tiles begin at a panel's first column.
    int64_t nr = getBType().getShape().back();
    AffineExpr n = builder.getAffineDimExpr(0);
    Folds bOffsets = project(offsets, getBatchRankOfB(), {N, K}),
          bSizes = project(sizes, getBatchRankOfB(), {N, K});
    OpFoldResult &offset = bOffsets[getBatchRankOfB()], &size = bSizes[getBatchRankOfB()];
    offset = fold(builder, getLoc(), n.floorDiv(nr), {offset});
    size = fold(builder, getLoc(), n.ceilDiv(nr), {size});
    bOffsets.push_back(builder.getIndexAttr(0));
    bSizes.push_back(builder.getIndexAttr(nr));
    b = tile.slice(getB(), bOffsets, bSizes);
  } else {
    SmallVector<int64_t, 2> bDims = {getTransposeB() ? N : K, getTransposeB() ? K : N};
    b = tile.slice(getB(), project(offsets, getBatchRankOfB(), bDims),
                   project(sizes, getBatchRankOfB(), bDims));
  }
  Value c = tile.slice(getC(), project(offsets, batch, {M, N}), project(sizes, batch, {M, N}));
  return tile.finish(MatmulOp::create(builder, getLoc(), a, b, c, getTransposeA(), getTransposeB(),
                                      getPackedB(), getOverwrite()));
}

LogicalResult MatmulOp::getResultTilePosition(OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets,
                                              ArrayRef<OpFoldResult> sizes, Folds &resultOffsets,
                                              Folds &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end() - 1);
  resultSizes.assign(sizes.begin(), sizes.end() - 1);
  return success();
}

LogicalResult MatmulOp::getIterationDomainTileFromResultTile(
    OpBuilder &builder, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  domainOffsets.assign(offsets.begin(), offsets.end());
  domainSizes.assign(sizes.begin(), sizes.end());
  domainOffsets.push_back(builder.getIndexAttr(0));
  domainSizes.push_back(dim(builder, getLoc(), getA(), getKDimOfA()));
  return success();
}

FailureOr<TilingResult> MatmulOp::generateResultTileValue(OpBuilder &builder, unsigned resultNumber,
                                                          ArrayRef<OpFoldResult> offsets,
                                                          ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}

//===------------------------------------------------------------------------------------------===//
// tile.im2col: batch..., positions. Rows are never cut.
//===------------------------------------------------------------------------------------------===//

SmallVector<IteratorType> Im2colOp::getLoopIteratorTypes() {
  return SmallVector<IteratorType>(getBatchRank() + 1, IteratorType::parallel);
}

SmallVector<Range> Im2colOp::getIterationDomain(OpBuilder &builder) {
  Folds sizes = tensor::getMixedSizes(builder, getLoc(), getY());
  sizes.erase(sizes.begin() + getBatchRank());
  return domainOf(builder, sizes);
}

FailureOr<TilingResult> Im2colOp::getTiledImplementation(OpBuilder &builder,
                                                         ArrayRef<OpFoldResult> offsets,
                                                         ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  int64_t batch = getBatchRank();
  Folds xOffsets(offsets.take_front(batch)), xSizes(sizes.take_front(batch));
  for (int64_t i = batch; i < getXType().getRank(); ++i) {
    xOffsets.push_back(builder.getIndexAttr(0));
    xSizes.push_back(dim(builder, getLoc(), getX(), i));
  }
  Value x = tile.slice(getX(), xOffsets, xSizes);
  Folds yOffsets, ySizes;
  if (failed(getResultTilePosition(builder, 0, offsets, sizes, yOffsets, ySizes)))
    return failure();
  Value y = tile.slice(getY(), yOffsets, ySizes);
  OpFoldResult position = offsets.back();
  if (getPOffset()) {
    AffineExpr a, b;
    bindDims(builder.getContext(), a, b);
    position = fold(builder, getLoc(), a + b, {position, getPOffset()});
  }
  Value from = getValueOrCreateConstantIndexOp(builder, getLoc(), position);
  return tile.finish(Im2colOp::create(builder, getLoc(), x, y, from, getKernel(), getStrides(),
                                      getDilations(), getPads()));
}

LogicalResult Im2colOp::getResultTilePosition(OpBuilder &builder, unsigned,
                                              ArrayRef<OpFoldResult> offsets,
                                              ArrayRef<OpFoldResult> sizes, Folds &resultOffsets,
                                              Folds &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  resultOffsets.insert(resultOffsets.end() - 1, builder.getIndexAttr(0));
  resultSizes.insert(resultSizes.end() - 1, dim(builder, getLoc(), getY(), getBatchRank()));
  return success();
}

LogicalResult Im2colOp::getIterationDomainTileFromResultTile(
    OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  if (!isConstantIntValue(offsets[getBatchRank()], 0))
    return failure();
  domainOffsets.assign(offsets.begin(), offsets.end());
  domainSizes.assign(sizes.begin(), sizes.end());
  domainOffsets.erase(domainOffsets.end() - 2);
  domainSizes.erase(domainSizes.end() - 2);
  return success();
}

FailureOr<TilingResult> Im2colOp::generateResultTileValue(OpBuilder &builder, unsigned resultNumber,
                                                          ArrayRef<OpFoldResult> offsets,
                                                          ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}

//===------------------------------------------------------------------------------------------===//
// tile.depthwise_conv: batch, channels. Positions are never cut.
//===------------------------------------------------------------------------------------------===//

SmallVector<IteratorType> DepthwiseConvOp::getLoopIteratorTypes() {
  return SmallVector<IteratorType>(2, IteratorType::parallel);
}

SmallVector<Range> DepthwiseConvOp::getIterationDomain(OpBuilder &builder) {
  return domainOf(builder, {dim(builder, getLoc(), getY(), 0), dim(builder, getLoc(), getY(), 1)});
}

FailureOr<TilingResult> DepthwiseConvOp::getTiledImplementation(OpBuilder &builder,
                                                                ArrayRef<OpFoldResult> offsets,
                                                                ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  auto whole = [&](Value operand, ArrayRef<OpFoldResult> leadingOffsets,
                   ArrayRef<OpFoldResult> leadingSizes) {
    Folds o(leadingOffsets), s(leadingSizes);
    for (int64_t i = o.size(), rank = cast<ShapedType>(operand.getType()).getRank(); i < rank;
         ++i) {
      o.push_back(builder.getIndexAttr(0));
      s.push_back(dim(builder, getLoc(), operand, i));
    }
    return tile.slice(operand, o, s);
  };
  Value x = whole(getX(), offsets, sizes),
        w = whole(getW(), offsets.drop_front(), sizes.drop_front()),
        y = whole(getY(), offsets, sizes);
  auto op =
      DepthwiseConvOp::create(builder, getLoc(), x, w, y, getStrides(), getDilations(), getPads());
  op.setOverwrite(getOverwrite());
  return tile.finish(op);
}

LogicalResult DepthwiseConvOp::getResultTilePosition(OpBuilder &builder, unsigned,
                                                     ArrayRef<OpFoldResult> offsets,
                                                     ArrayRef<OpFoldResult> sizes,
                                                     Folds &resultOffsets, Folds &resultSizes) {
  resultOffsets.assign({offsets[0], offsets[1], builder.getIndexAttr(0)});
  resultSizes.assign({sizes[0], sizes[1], dim(builder, getLoc(), getY(), 2)});
  return success();
}

LogicalResult DepthwiseConvOp::getIterationDomainTileFromResultTile(
    OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  if (!isConstantIntValue(offsets[2], 0))
    return failure();
  domainOffsets.assign({offsets[0], offsets[1]});
  domainSizes.assign({sizes[0], sizes[1]});
  return success();
}

FailureOr<TilingResult> DepthwiseConvOp::generateResultTileValue(OpBuilder &builder,
                                                                 unsigned resultNumber,
                                                                 ArrayRef<OpFoldResult> offsets,
                                                                 ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}

//===------------------------------------------------------------------------------------------===//
// tile.winograd_input, tile.winograd_output: batch, channels.
//===------------------------------------------------------------------------------------------===//

/// Where the channels are in V or Z; in images they are dimension 1.
static constexpr unsigned kTransformedChannels = 2;

/// Where the part of some images and channels is in an operand whose channels are dimension
/// `channels`.
static void getChannelsPosition(OpBuilder &builder, Location loc, Value operand, unsigned channels,
                                ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
                                Folds &partOffsets, Folds &partSizes) {
  partOffsets.assign(4, builder.getIndexAttr(0));
  partSizes = tensor::getMixedSizes(builder, loc, operand);
  partOffsets[0] = offsets[0];
  partSizes[0] = sizes[0];
  partOffsets[channels] = offsets[1];
  partSizes[channels] = sizes[1];
}

static Value sliceChannels(TileBuilder &tile, Value operand, unsigned channels,
                           ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes) {
  Folds partOffsets, partSizes;
  getChannelsPosition(tile.builder, tile.loc, operand, channels, offsets, sizes, partOffsets,
                      partSizes);
  return tile.slice(operand, partOffsets, partSizes);
}

/// The images and channels of a tile of a result that is not cut anywhere else.
static LogicalResult getChannelsOf(unsigned channels, ArrayRef<OpFoldResult> offsets,
                                   ArrayRef<OpFoldResult> sizes,
                                   SmallVectorImpl<OpFoldResult> &domainOffsets,
                                   SmallVectorImpl<OpFoldResult> &domainSizes) {
  for (unsigned i = 1; i < 4; ++i)
    if (i != channels && !isConstantIntValue(offsets[i], 0))
      return failure();
  domainOffsets.assign({offsets[0], offsets[channels]});
  domainSizes.assign({sizes[0], sizes[channels]});
  return success();
}

SmallVector<IteratorType> WinogradInputOp::getLoopIteratorTypes() {
  return SmallVector<IteratorType>(2, IteratorType::parallel);
}

SmallVector<Range> WinogradInputOp::getIterationDomain(OpBuilder &builder) {
  return domainOf(builder, {dim(builder, getLoc(), getV(), 0),
                            dim(builder, getLoc(), getV(), kTransformedChannels)});
}

FailureOr<TilingResult> WinogradInputOp::getTiledImplementation(OpBuilder &builder,
                                                                ArrayRef<OpFoldResult> offsets,
                                                                ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  Value x = sliceChannels(tile, getX(), 1, offsets, sizes),
        v = sliceChannels(tile, getV(), kTransformedChannels, offsets, sizes);
  return tile.finish(WinogradInputOp::create(builder, getLoc(), x, v, getOutputs(), getPads()));
}

LogicalResult WinogradInputOp::getResultTilePosition(OpBuilder &builder, unsigned,
                                                     ArrayRef<OpFoldResult> offsets,
                                                     ArrayRef<OpFoldResult> sizes,
                                                     Folds &resultOffsets, Folds &resultSizes) {
  getChannelsPosition(builder, getLoc(), getV(), kTransformedChannels, offsets, sizes,
                      resultOffsets, resultSizes);
  return success();
}

LogicalResult WinogradInputOp::getIterationDomainTileFromResultTile(
    OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  return getChannelsOf(kTransformedChannels, offsets, sizes, domainOffsets, domainSizes);
}

FailureOr<TilingResult> WinogradInputOp::generateResultTileValue(OpBuilder &builder,
                                                                 unsigned resultNumber,
                                                                 ArrayRef<OpFoldResult> offsets,
                                                                 ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}

SmallVector<IteratorType> WinogradOutputOp::getLoopIteratorTypes() {
  return SmallVector<IteratorType>(2, IteratorType::parallel);
}

SmallVector<Range> WinogradOutputOp::getIterationDomain(OpBuilder &builder) {
  return domainOf(builder, {dim(builder, getLoc(), getY(), 0), dim(builder, getLoc(), getY(), 1)});
}

FailureOr<TilingResult> WinogradOutputOp::getTiledImplementation(OpBuilder &builder,
                                                                 ArrayRef<OpFoldResult> offsets,
                                                                 ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  Value z = sliceChannels(tile, getZ(), kTransformedChannels, offsets, sizes),
        y = sliceChannels(tile, getY(), 1, offsets, sizes);
  return tile.finish(WinogradOutputOp::create(builder, getLoc(), z, y, getOutputs()));
}

LogicalResult WinogradOutputOp::getResultTilePosition(OpBuilder &builder, unsigned,
                                                      ArrayRef<OpFoldResult> offsets,
                                                      ArrayRef<OpFoldResult> sizes,
                                                      Folds &resultOffsets, Folds &resultSizes) {
  getChannelsPosition(builder, getLoc(), getY(), 1, offsets, sizes, resultOffsets, resultSizes);
  return success();
}

LogicalResult WinogradOutputOp::getIterationDomainTileFromResultTile(
    OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  return getChannelsOf(1, offsets, sizes, domainOffsets, domainSizes);
}

FailureOr<TilingResult> WinogradOutputOp::generateResultTileValue(OpBuilder &builder,
                                                                  unsigned resultNumber,
                                                                  ArrayRef<OpFoldResult> offsets,
                                                                  ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}

//===------------------------------------------------------------------------------------------===//
// tile.attention: batch, heads, queries. A tile reads all keys.
//===------------------------------------------------------------------------------------------===//

SmallVector<IteratorType> AttentionOp::getLoopIteratorTypes() {
  return SmallVector<IteratorType>(3, IteratorType::parallel);
}

SmallVector<Range> AttentionOp::getIterationDomain(OpBuilder &builder) {
  return domainOf(builder, {dim(builder, getLoc(), getY(), 0), dim(builder, getLoc(), getY(), 1),
                            dim(builder, getLoc(), getY(), 2)});
}

FailureOr<TilingResult> AttentionOp::getTiledImplementation(OpBuilder &builder,
                                                            ArrayRef<OpFoldResult> offsets,
                                                            ArrayRef<OpFoldResult> sizes) {
  TileBuilder tile{builder, getLoc()};
  OpFoldResult zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
  // A tile of heads is one head, or begins at a multiple of the heads that share a key head and
  // holds such a multiple.
  int64_t sharing = cast<ShapedType>(getQ().getType()).getDimSize(1) /
                    cast<ShapedType>(getK().getType()).getDimSize(1);
  AffineExpr d = builder.getAffineDimExpr(0);
  OpFoldResult kvHead = fold(builder, getLoc(), d.floorDiv(sharing), {offsets[1]});
  OpFoldResult kvHeads = fold(builder, getLoc(), d.ceilDiv(sharing), {sizes[1]});
  auto keysAndValues = [&](Value operand) {
    return tile.slice(operand, {offsets[0], kvHead, zero, zero},
                      {sizes[0], kvHeads, dim(builder, getLoc(), operand, 2),
                       dim(builder, getLoc(), operand, 3)});
  };
  auto queries = [&](Value operand) {
    return tile.slice(operand, {offsets[0], offsets[1], offsets[2], zero},
                      {sizes[0], sizes[1], sizes[2], dim(builder, getLoc(), operand, 3)});
  };
  Value q = queries(getQ()), k = keysAndValues(getK()), v = keysAndValues(getV()), mask;
  if (getMask()) {
    Folds maskOffsets, maskSizes;
    for (int64_t i = 0; i < 4; ++i) {
      bool broadcast = cast<ShapedType>(getMask().getType()).getDimSize(i) == 1;
      maskOffsets.push_back(broadcast || i == 3 ? zero : offsets[i]);
      maskSizes.push_back(broadcast ? one
                          : i == 3  ? dim(builder, getLoc(), getMask(), 3)
                                    : sizes[i]);
    }
    mask = tile.slice(getMask(), maskOffsets, maskSizes);
  }
  Value y = queries(getY()), causalOffset;
  if (getCausal()) {
    OpFoldResult first = offsets[2];
    if (getCausalOffset()) {
      AffineExpr a, b;
      bindDims(builder.getContext(), a, b);
      first = fold(builder, getLoc(), a + b, {first, getCausalOffset()});
    }
    causalOffset = getValueOrCreateConstantIndexOp(builder, getLoc(), first);
  }
  return tile.finish(AttentionOp::create(
      builder, getLoc(), q, k, v, mask, y, getScale().convertToDouble(),
      getSoftcap().convertToDouble(), getCausal(), causalOffset, getZeroMaskedRows()));
}

LogicalResult AttentionOp::getResultTilePosition(OpBuilder &builder, unsigned,
                                                 ArrayRef<OpFoldResult> offsets,
                                                 ArrayRef<OpFoldResult> sizes, Folds &resultOffsets,
                                                 Folds &resultSizes) {
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  resultOffsets.push_back(builder.getIndexAttr(0));
  resultSizes.push_back(dim(builder, getLoc(), getY(), 3));
  return success();
}

LogicalResult AttentionOp::getIterationDomainTileFromResultTile(
    OpBuilder &, unsigned, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
    SmallVectorImpl<OpFoldResult> &domainOffsets, SmallVectorImpl<OpFoldResult> &domainSizes) {
  if (!isConstantIntValue(offsets[3], 0))
    return failure();
  domainOffsets.assign(offsets.begin(), offsets.end() - 1);
  domainSizes.assign(sizes.begin(), sizes.end() - 1);
  return success();
}

FailureOr<TilingResult> AttentionOp::generateResultTileValue(OpBuilder &builder,
                                                             unsigned resultNumber,
                                                             ArrayRef<OpFoldResult> offsets,
                                                             ArrayRef<OpFoldResult> sizes) {
  return tileForResult(*this, builder, resultNumber, offsets, sizes);
}
