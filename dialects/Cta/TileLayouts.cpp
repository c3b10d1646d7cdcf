#include "dialects/Cta/TileLayouts.h"
#include "llvm/Support/MathExtras.h"

namespace azulejo::cta {

LinearLayout getBlockedLayout(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> order,
                              int64_t vector, unsigned warpBits) {
  LayoutBuilder builder(shape);
  if (!order.empty())
    builder.add(LinearLayout::Register, order[0], llvm::Log2_64(vector));
  unsigned lanes = laneBits, warps = warpBits;
  auto deal = [&](LinearLayout::Input input, unsigned &left) {
    for (int64_t dim : order) {
      unsigned count = std::min(left, builder.getLeft(dim));
      builder.add(input, dim, count);
      left -= count;
    }
  };
  deal(LinearLayout::Lane, lanes);
  deal(LinearLayout::Warp, warps);
  return builder.finish(warpBits);
}

MmaShape getMmaShape(unsigned elementBits) {
  if (elementBits == 64)
    return {8, 8, 4, 1};
  int64_t packed = 32 / elementBits;
  return {16, 8, 8 * packed, packed};
}

/// Gives warps the next bits of a dimension; those for which nothing is left repeat.
static void addWarps(LayoutBuilder &builder, unsigned dim, unsigned count) {
  unsigned some = std::min(count, builder.getLeft(dim));
  builder.add(LinearLayout::Warp, dim, some).repeat(LinearLayout::Warp, count - some);
}

LinearLayout getAccumulatorLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                  WarpGrid warps) {
  LayoutBuilder builder(shape);
  builder.add(LinearLayout::Register, 1, 1).add(LinearLayout::Lane, 1, 2);
  builder.add(LinearLayout::Lane, 0, 3);
  if (getMmaShape(elementBits).m == 16)
    builder.add(LinearLayout::Register, 0, 1);
  addWarps(builder, 0, warps.rows);
  addWarps(builder, 1, warps.columns);
  return builder.finish(warps.getBits());
}

LinearLayout getLeftOperandLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                  WarpGrid warps) {
  MmaShape mma = getMmaShape(elementBits);
  LayoutBuilder builder(shape);
  builder.add(LinearLayout::Register, 1, llvm::Log2_64(mma.packed));
  builder.add(LinearLayout::Lane, 1, 2).add(LinearLayout::Lane, 0, 3);
  if (mma.m == 16)
    builder.add(LinearLayout::Register, 0, 1).add(LinearLayout::Register, 1, 1);
  addWarps(builder, 0, warps.rows);
  return builder.finish(warps.getBits());
}

LinearLayout getRightOperandLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                   WarpGrid warps) {
  MmaShape mma = getMmaShape(elementBits);
  LayoutBuilder builder(shape);
  builder.add(LinearLayout::Register, 0, llvm::Log2_64(mma.packed));
  builder.add(LinearLayout::Lane, 0, 2).add(LinearLayout::Lane, 1, 3);
  if (mma.m == 16)
    builder.add(LinearLayout::Register, 0, 1);
  builder.repeat(LinearLayout::Warp, warps.rows);
  addWarps(builder, 1, warps.columns);
  return builder.finish(warps.getBits());
}

} // namespace azulejo::cta
