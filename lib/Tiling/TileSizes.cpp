#include "lib/Tiling/TileSizes.h"
#include "dialects/Tile/Tile.h"
#include "lib/Tiling/ContractionTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/TilingInterface.h"

using namespace mlir;

namespace azulejo::tiling {

namespace {

/// Points of the iteration space that one workgroup of elementwise or reduction work takes: some 10
/// to 50 microseconds.
constexpr int64_t kPointsPerWorkgroup = 16384;
/// The same for a thread block: some vectors of 128 bits for each of its threads.
constexpr int64_t kPointsPerBlock = 2048;
/// Of a block that transposes: rows of 128 bytes or more on both sides.
constexpr int64_t kTransposedSide = 64;
/// Rows and columns of a contraction's workgroup: the tile of C and its panels of B stay in the
/// second-level cache.
constexpr int64_t kContractionRows = 96, kContractionColumns = 128;
/// Queries of one that computes attention.
constexpr int64_t kQueriesPerWorkgroup = 64;
/// Multiply-adds below which a contraction is not split further.
constexpr int64_t kLeastContractionWork = 1 << 15;

class TileSizes {
public:
  TileSizes(OpBuilder &builder, const Group &group, ArrayRef<unsigned> loops)
      : builder(builder), loc(group.sink->getLoc()), loops(loops) {
    for (Range range : cast<TilingInterface>(group.sink).getIterationDomain(builder))
      ranges.push_back(range.size);
    sizes.assign(ranges.size(), builder.getIndexAttr(0));
  }

  int64_t staticSize(unsigned loop, int64_t otherwise) {
    return getConstantIntValue(ranges[loop]).value_or(otherwise);
  }

  /// Takes loops whole from the innermost outwards until a workgroup's points are used up, and
  /// splits the one where that is.
  void splitByPoints(int64_t points, int64_t pointsOfOtherLoops,
                     OpFoldResult dynamicPointsOfOtherLoops) {
    // What is left of the budget for the loops further out.
    OpFoldResult budget =
        divide(builder.getIndexAttr(std::max<int64_t>(1, points / pointsOfOtherLoops)),
               dynamicPointsOfOtherLoops);
    for (unsigned loop : llvm::reverse(loops)) {
      sizes[loop] = clamp(budget, ranges[loop]);
      budget = divide(budget, ranges[loop]);
    }
    // A workgroup of the whole space needs no loop.
    if (llvm::all_of(loops, [&](unsigned loop) {
          std::optional<int64_t> size = getConstantIntValue(sizes[loop]),
                                 range = getConstantIntValue(ranges[loop]);
          return size && range && *size >= *range;
        }))
      sizes.assign(sizes.size(), builder.getIndexAttr(0));
  }

  OpFoldResult multiply(OpFoldResult a, OpFoldResult b) {
    auto x = getConstantIntValue(a), y = getConstantIntValue(b);
    if (x && y)
      return builder.getIndexAttr(*x * *y);
    if (x && *x == 1)
      return b;
    if (y && *y == 1)
      return a;
    return arith::MulIOp::create(builder, loc, value(a), value(b)).getResult();
  }

  SmallVector<OpFoldResult> take() { return std::move(sizes); }

  OpBuilder &builder;
  Location loc;
  ArrayRef<unsigned> loops;
  SmallVector<OpFoldResult> ranges, sizes;

private:
  Value value(OpFoldResult fold) { return getValueOrCreateConstantIndexOp(builder, loc, fold); }

  /// max(1, a / b), where b may be 0.
  OpFoldResult divide(OpFoldResult a, OpFoldResult b) {
    auto x = getConstantIntValue(a), y = getConstantIntValue(b);
    if (x && y)
      return builder.getIndexAttr(std::max<int64_t>(1, *x / std::max<int64_t>(1, *y)));
    if (x && *x == 1)
      return a;
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    Value divisor = arith::MaxUIOp::create(builder, loc, value(b), one);
    return arith::MaxUIOp::create(builder, loc,
                                  arith::DivUIOp::create(builder, loc, value(a), divisor), one)
        .getResult();
  }
  /// At least 1 and at most the loop's range where both are known.
  OpFoldResult clamp(OpFoldResult size, OpFoldResult range) {
    auto x = getConstantIntValue(size), y = getConstantIntValue(range);
    if (x && y)
      return builder.getIndexAttr(std::max<int64_t>(1, std::min(*x, *y)));
    return size;
  }
};

} // namespace

/// The one contraction of a group, or null.
static Operation *contractionOf(const Group &group) {
  for (Operation *op : group.members)
    if (isContraction(op))
      return op;
  return nullptr;
}

/// `loops` are the sink's loops that move batch, rows and columns, in this order.
static void splitMatmul(TileSizes &sizes, tile::MatmulOp matmul, ArrayRef<unsigned> loops,
                        RegisterTile registerTile) {
  OpBuilder &builder = sizes.builder;
  int64_t k = matmul.getAType().getDimSize(matmul.getKDimOfA());
  if (ShapedType::isDynamic(k))
    k = 64;
  for (unsigned loop : loops)
    sizes.sizes[loop] = builder.getIndexAttr(1);
  unsigned n = loops.back(), m = loops[loops.size() - 2];
  int64_t rows = sizes.staticSize(m, kContractionRows),
          columns = sizes.staticSize(n, kContractionColumns);
  int64_t nr = matmul.getPackedB() ? matmul.getBType().getShape().back() : registerTile.columns;
  int64_t tileRows = std::min(rows, kContractionRows),
          tileColumns = std::min(columns, kContractionColumns);
  // Few rows (a vector times a matrix): what counts is to read B once, with many threads.
  if (rows <= registerTile.rows)
    tileColumns = std::min(
        columns, std::max<int64_t>(nr, nr * llvm::divideCeil(kLeastContractionWork * 4,
                                                             std::max<int64_t>(1, k * nr * rows))));
  // Two thirds more rows than the usual are not worth a second workgroup with few rows.
  if (rows > kContractionRows)
    tileRows =
        llvm::divideCeil(rows, llvm::divideCeil(rows, kContractionRows + kContractionRows / 2));
  if (tileColumns < columns)
    tileColumns = llvm::alignTo(tileColumns, nr);
  // Small matrices in a batch: several to a workgroup.
  int64_t work = std::max<int64_t>(1, tileRows * tileColumns * k);
  for (unsigned loop : llvm::reverse(loops.drop_back(2))) {
    int64_t range = sizes.staticSize(loop, 16),
            take = std::clamp<int64_t>(kLeastContractionWork / work, 1, range);
    sizes.sizes[loop] = builder.getIndexAttr(take);
    work *= take;
  }
  sizes.sizes[m] = builder.getIndexAttr(tileRows);
  sizes.sizes[n] = builder.getIndexAttr(tileColumns);
}

/// The sink's loops in the order of the contraction's: the sink may be a transpose.
static SmallVector<unsigned> orderLoops(ArrayRef<unsigned> loops, Operation *contraction,
                                        const MovedLoops &moved) {
  SmallVector<unsigned> ordered(loops);
  if (contraction) {
    ArrayRef<int64_t> ofContraction = moved.find(contraction)->second;
    llvm::sort(ordered,
               [&](unsigned a, unsigned b) { return ofContraction[a] < ofContraction[b]; });
  }
  return ordered;
}

/// Heads are written one by one (azulejo-decompose-attention), wherever the sink has them.
static void splitAttention(TileSizes &sizes, ArrayRef<int64_t> ofContraction, int64_t queries) {
  for (unsigned loop : sizes.loops)
    sizes.sizes[loop] = sizes.builder.getIndexAttr(
        ofContraction[loop] < 2 ? 1 : std::min<int64_t>(queries, sizes.staticSize(loop, queries)));
}

/// Cuts the sink's loops so that a workgroup has about `points` points, of whatever is computed.
static void splitOthers(TileSizes &sizes, const Group &group, Operation *contraction,
                        int64_t points) {
  // Points of the loops that are not cut, for each point of those that are: the most of any member,
  // a contraction's included.
  OpFoldResult dynamic = sizes.builder.getIndexAttr(1);
  int64_t fixed = 1;
  auto count = [&](ArrayRef<OpFoldResult> all, llvm::function_ref<bool(unsigned)> isCut) {
    for (auto [loop, range] : llvm::enumerate(all)) {
      if (isCut(loop))
        continue;
      if (std::optional<int64_t> size = getConstantIntValue(range))
        fixed *= std::max<int64_t>(1, *size);
      else
        dynamic = sizes.multiply(dynamic, range);
    }
  };
  count(sizes.ranges, [&](unsigned loop) { return llvm::is_contained(sizes.loops, loop); });
  if (auto depthwise = dyn_cast_or_null<tile::DepthwiseConvOp>(contraction)) {
    auto w = cast<ShapedType>(depthwise.getW().getType()),
         y = cast<ShapedType>(depthwise.getY().getType());
    for (int64_t taps : w.getShape().drop_front())
      fixed *= ShapedType::isDynamic(taps) ? 3 : taps;
    if (isa<tile::DepthwiseConvOp>(group.sink))
      fixed *= ShapedType::isDynamic(y.getDimSize(2)) ? 256 : y.getDimSize(2);
    fixed = std::max<int64_t>(1, fixed / 4);
  } else if (isa<tile::WinogradInputOp, tile::WinogradOutputOp>(group.sink)) {
    // An image, of static size.
    Value image = group.sink->getOperand(isa<tile::WinogradInputOp>(group.sink) ? 0 : 1);
    ArrayRef<int64_t> shape = cast<ShapedType>(image.getType()).getShape();
    fixed *= std::max<int64_t>(1, 2 * shape[2] * shape[3]);
  } else if (!isa<linalg::LinalgOp>(group.sink)) {
    fixed *= 64;
  }
  sizes.splitByPoints(points, fixed, dynamic);
}

/// The sink's loop along which an operand of a member lies in memory one element behind the other;
/// nothing where it does not change along `fastest`, which is the result's.
static std::optional<unsigned> getInnerLoop(OpOperand &operand, ArrayRef<int64_t> ofMember,
                                            unsigned fastest) {
  std::optional<AffineMap> map = getOperandMap(operand);
  if (!map || map->getNumResults() == 0 || ofMember[fastest] < 0 ||
      !map->isFunctionOfDim(ofMember[fastest]))
    return std::nullopt;
  auto inner = dyn_cast<AffineDimExpr>(map->getResults().back());
  const auto *found =
      inner ? llvm::find(ofMember, static_cast<int64_t>(inner.getPosition())) : ofMember.end();
  return found == ofMember.end() ? std::nullopt : std::optional<unsigned>(found - ofMember.begin());
}

/// Where memory is read along one loop and written along another, a thread block takes so much of
/// both that either has whole sectors. Whether there are such loops.
static bool splitTransposed(TileSizes &sizes, const Group &group, const MovedLoops &moved) {
  if (!isa<linalg::GenericOp>(group.sink))
    return false;
  std::optional<AffineMap> written = getResultMap(group.sink->getResult(0));
  if (!written || written->getNumResults() == 0)
    return false;
  auto last = dyn_cast<AffineDimExpr>(written->getResults().back());
  if (!last)
    return false;
  unsigned fastest = last.getPosition();
  std::optional<unsigned> other;
  for (Operation *member : group.members) {
    auto generic = dyn_cast<linalg::GenericOp>(member);
    if (!generic || generic.getNumReductionLoops())
      return false;
    for (OpOperand *input : generic.getDpsInputOperands())
      if (!group.members.contains(input->get().getDefiningOp()))
        if (auto loop = getInnerLoop(*input, moved.find(member)->second, fastest);
            loop && *loop != fastest)
          other = loop;
  }
  if (!other || !llvm::is_contained(sizes.loops, fastest) ||
      !llvm::is_contained(sizes.loops, *other))
    return false;
  constexpr int64_t any = std::numeric_limits<int64_t>::max();
  int64_t first = sizes.staticSize(fastest, any), second = sizes.staticSize(*other, any);
  // What one is short of a side the other may take.
  auto choose = [](int64_t size, int64_t across) {
    int64_t most = kTransposedSide * kTransposedSide / std::min(kTransposedSide, across);
    return std::min(size, static_cast<int64_t>(llvm::bit_floor(static_cast<uint64_t>(most))));
  };
  for (unsigned loop : sizes.loops)
    sizes.sizes[loop] = sizes.builder.getIndexAttr(1);
  sizes.sizes[fastest] = sizes.builder.getIndexAttr(choose(first, second));
  sizes.sizes[*other] = sizes.builder.getIndexAttr(choose(second, first));
  return true;
}

SmallVector<OpFoldResult> chooseTileSizes(OpBuilder &builder, const Group &group,
                                          ArrayRef<unsigned> loops, const MovedLoops &moved,
                                          RegisterTile registerTile) {
  TileSizes sizes(builder, group, loops);
  Operation *contraction = contractionOf(group);
  if (auto matmul = dyn_cast_or_null<tile::MatmulOp>(contraction)) {
    if (static_cast<int64_t>(loops.size()) == matmul.getBatchRank() + 2) {
      splitMatmul(sizes, matmul, orderLoops(loops, contraction, moved), registerTile);
      return sizes.take();
    }
    // Without all of its loops the columns may be cut anywhere, which the panels of a packed
    // operand do not allow.
    if (matmul.getPackedB())
      return sizes.take();
  }
  if (isa_and_nonnull<tile::AttentionOp>(contraction))
    splitAttention(sizes, moved.find(contraction)->second, kQueriesPerWorkgroup);
  else
    splitOthers(sizes, group, contraction, kPointsPerWorkgroup);
  return sizes.take();
}

SmallVector<OpFoldResult> chooseBlockSizes(OpBuilder &builder, const Group &group,
                                           ArrayRef<unsigned> loops, const MovedLoops &moved,
                                           const hardware::GpuDescription &gpu) {
  TileSizes sizes(builder, group, loops);
  Operation *contraction = contractionOf(group);
  auto matmul = dyn_cast_or_null<tile::MatmulOp>(contraction);
  if (matmul && static_cast<int64_t>(loops.size()) == matmul.getBatchRank() + 2) {
    SmallVector<unsigned> ordered = orderLoops(loops, contraction, moved);
    for (unsigned loop : ArrayRef(ordered).drop_back(2))
      sizes.sizes[loop] = builder.getIndexAttr(1);
    ContractionShape shape;
    shape.m = matmul.getCType().getShape().end()[-2];
    shape.n = matmul.getCType().getShape().back();
    shape.k = matmul.getAType().getDimSize(matmul.getKDimOfA());
    for (int64_t size : matmul.getCType().getShape().drop_back(2))
      shape.batch = ShapedType::isDynamic(size) || ShapedType::isDynamic(shape.batch)
                        ? ShapedType::kDynamic
                        : shape.batch * size;
    shape.a = matmul.getAType().getElementType();
    shape.b = matmul.getBType().getElementType();
    shape.c = matmul.getCType().getElementType();
    BlockTile tile = chooseBlockTile(gpu, shape);
    auto take = [&](unsigned loop, int64_t most) {
      sizes.sizes[loop] = builder.getIndexAttr(std::min(most, sizes.staticSize(loop, most)));
    };
    take(ordered[ordered.size() - 2], tile.m);
    take(ordered.back(), tile.n);
  } else if (auto attention = dyn_cast_or_null<tile::AttentionOp>(contraction)) {
    auto q = cast<ShapedType>(attention.getQ().getType());
    splitAttention(sizes, moved.find(contraction)->second,
                   chooseAttentionRows(gpu, q.getElementType(), q.getDimSize(2), q.getDimSize(3)));
  } else if (!splitTransposed(sizes, group, moved)) {
    splitOthers(sizes, group, contraction, kPointsPerBlock);
  }
  return sizes.take();
}

} // namespace azulejo::tiling
