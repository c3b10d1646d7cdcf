#include "lib/GPU/LayoutChoice.h"
#include "dialects/Cta/TileLayouts.h"
#include "lib/GPU/GlobalWindow.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

bool isElementwiseOnTiles(Operation *op) {
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         !isa<arith::ConstantOp>(op) && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         isTileType(op->getResult(0).getType());
}

/// Whether a use that `isWanted` is reached through elementwise operations.
static bool reaches(Value value, function_ref<bool(OpOperand &)> isWanted) {
  SmallVector<Value> work{value};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!work.empty())
    for (OpOperand &use : work.pop_back_val().getUses()) {
      if (isWanted(use))
        return true;
      if ((isElementwiseOnTiles(use.getOwner()) || isa<ConvertLayoutOp>(use.getOwner())) &&
          seen.insert(use.getOwner()).second)
        work.push_back(use.getOwner()->getResult(0));
    }
  return false;
}

bool feedsRows(Value value) {
  return reaches(value, [](OpOperand &use) {
    if (auto reduce = dyn_cast<ReduceOp>(use.getOwner()))
      return reduce.getAxis() == 1;
    return isa<DotOp, WgmmaOp>(use.getOwner()) && use.getOperandNumber() == 0;
  });
}

bool feedsProduct(Value value) {
  return reaches(value, [](OpOperand &use) { return isa<DotOp, WgmmaOp>(use.getOwner()); });
}

bool comesFromProduct(Value value) {
  SmallVector<Value> work{value};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!work.empty()) {
    Operation *op = work.pop_back_val().getDefiningOp();
    if (isa_and_nonnull<DotOp, WgmmaOp, WgmmaWaitOp>(op))
      return true;
    if (op && isElementwiseOnTiles(op) && seen.insert(op).second)
      llvm::append_range(work, op->getOperands());
  }
  return false;
}

int64_t getWarps(Operation *op) {
  for (Operation *parent = op->getParentOp(); parent; parent = parent->getParentOp()) {
    if (auto roles = dyn_cast<RolesOp>(parent))
      for (auto [number, region] : llvm::enumerate(roles.getBodies()))
        if (region.findAncestorOpInRegion(*op))
          return roles.getWarps()[number];
    if (auto warps = parent->getAttrOfType<IntegerAttr>(CtaDialect::getWarpsAttrName()))
      return warps.getInt();
  }
  return 1;
}

bool hasTensorCore(DotOp op) {
  Type a = cast<RankedTensorType>(op.getA().getType()).getElementType(),
       c = cast<RankedTensorType>(op.getC().getType()).getElementType();
  if (a.isF16())
    return c.isF16() || c.isF32();
  if (a.isBF16() || a.isF32())
    return c.isF32() && (a.isBF16() || op.getTf32());
  if (a.isF64())
    return c.isF64();
  return a.isSignlessInteger(8) && c.isSignlessInteger(32);
}

/// What grid of warps reads least of A and B.
static WarpGrid chooseGrid(int64_t rows, int64_t columns, MmaShape mma, unsigned warpBits,
                           bool wantsRows) {
  auto fits = [&](unsigned bits, int64_t size, int64_t least) {
    return (size & -size) >= least << bits;
  };
  if (wantsRows && fits(warpBits, rows, mma.m))
    return {warpBits, 0};
  WarpGrid best{0, warpBits};
  int64_t bestCost = -1;
  for (unsigned bits = 0; bits <= warpBits; ++bits) {
    if (!fits(bits, rows, mma.m) || !fits(warpBits - bits, columns, mma.n))
      continue;
    int64_t cost = (rows >> bits) + (columns >> (warpBits - bits));
    if (bestCost < 0 || cost < bestCost) {
      best = {bits, warpBits - bits};
      bestCost = cost;
    }
  }
  return best;
}

DotLayouts chooseDotLayouts(DotOp op, unsigned warpBits) {
  auto a = cast<RankedTensorType>(op.getA().getType()),
       b = cast<RankedTensorType>(op.getB().getType()),
       c = cast<RankedTensorType>(op.getC().getType());
  int64_t rows = c.getDimSize(0), columns = c.getDimSize(1), k = a.getDimSize(1);
  if (hasTensorCore(op)) {
    unsigned bits = a.getElementTypeBitWidth();
    MmaShape mma = getMmaShape(bits);
    if (rows % mma.m == 0 && columns % mma.n == 0 && k % mma.k == 0) {
      WarpGrid grid = chooseGrid(rows, columns, mma, warpBits, feedsRows(op.getResult()));
      return {getLeftOperandLayout(a.getShape(), bits, grid),
              getRightOperandLayout(b.getShape(), bits, grid),
              getAccumulatorLayout(c.getShape(), bits, grid)};
    }
  }
  LayoutBuilder builder(c.getShape());
  builder.add(LinearLayout::Register, 1, 2).add(LinearLayout::Register, 0, 2);
  unsigned across = std::min(3u, builder.getLeft(1));
  unsigned down = std::min(laneBits - across, builder.getLeft(0));
  builder.add(LinearLayout::Lane, 1, across).add(LinearLayout::Lane, 0, down);
  builder.add(LinearLayout::Lane, 1, laneBits - across - down);
  unsigned warpRows = std::min(warpBits, builder.getLeft(0));
  builder.add(LinearLayout::Warp, 0, warpRows).add(LinearLayout::Warp, 1, warpBits - warpRows);
  LinearLayout layout = builder.finish(warpBits);
  return {layout.dropDimension(1).insertDimension(1, k),
          layout.dropDimension(0).insertDimension(0, k), layout};
}

/// Blocked along `first` and then the other dimensions from the last, with no more elements in a
/// row than leave something for every thread.
static LinearLayout makeBlocked(ArrayRef<int64_t> shape, int64_t first, int64_t width,
                                unsigned warpBits) {
  SmallVector<int64_t> order;
  if (first >= 0)
    order.push_back(first);
  int64_t elements = 1;
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 1; dim >= 0; --dim) {
    elements *= shape[dim];
    if (dim != first)
      order.push_back(dim);
  }
  while (width > 1 && width << (laneBits + warpBits) > elements)
    width /= 2;
  return getBlockedLayout(shape, order, width, warpBits);
}

LinearLayout chooseLoadLayout(LoadOp op, unsigned warpBits) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(op.getType()).getShape();
  AccessWidth width = getAccessWidth(cast<MemRefType>(op.getSource().getType()), op.getIndices(),
                                     op.getDims(), op.getMixedValid(), shape);
  return makeBlocked(shape, width.dim, width.elements, warpBits);
}

LinearLayout chooseStoreLayout(StoreOp op, unsigned warpBits) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(op.getTile().getType()).getShape();
  AccessWidth width = getAccessWidth(cast<MemRefType>(op.getTarget().getType()), op.getIndices(),
                                     op.getDims(), op.getMixedValid(), shape);
  return makeBlocked(shape, width.dim, width.elements, warpBits);
}

LinearLayout chooseGatherLayout(ArrayRef<int64_t> shape, Type element, int64_t contiguity,
                                unsigned warpBits) {
  return makeBlocked(shape, static_cast<int64_t>(shape.size()) - 1,
                     std::min<int64_t>(contiguity, 16 / TileDistributor::getElementBytes(element)),
                     warpBits);
}

LinearLayout chooseDefaultLayout(RankedTensorType type, unsigned warpBits) {
  return makeBlocked(type.getShape(), type.getRank() - 1,
                     16 / TileDistributor::getElementBytes(type.getElementType()), warpBits);
}

} // namespace azulejo::gpu
