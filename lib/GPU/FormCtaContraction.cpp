//===- FormCtaContraction.cpp - tile.matmul by tensor cores or fused multiply-adds ------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/TileProgram.h"
#include "lib/Tiling/ContractionTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace azulejo::gpu {

/// A matrix of `rows` and `columns` that is stored as it is or transposed.
Value TileProgram::getMatrix(Value tensor, ArrayRef<Span> batch, Span rows, Span columns,
                             bool transposed) {
  int64_t own = cast<RankedTensorType>(tensor.getType()).getRank() - 2;
  Spans region(batch.take_back(own));
  region.push_back(transposed ? columns : rows);
  region.push_back(transposed ? rows : columns);
  Value tile = get(tensor, region);
  if (!tile || !transposed)
    return tile;
  auto type = RankedTensorType::get({rows.extent, columns.extent}, getElementTypeOrSelf(tile));
  return cta::TransposeOp::create(b, type, tile, ArrayRef<int64_t>{1, 0});
}

/// Whether what is read beyond the tensor's end is zero: it comes from memory.
static bool isLoaded(Value tensor) {
  while (auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>())
    tensor = slice.getSource();
  Operation *op = tensor.getDefiningOp();
  return !isa_and_nonnull<linalg::LinalgOp, tile::MatmulOp, tile::AttentionOp>(op);
}

static Value extendTo(ImplicitLocOpBuilder &b, Value tile, Type element) {
  auto type = cast<RankedTensorType>(tile.getType());
  if (type.getElementType() == element)
    return tile;
  auto to = RankedTensorType::get(type.getShape(), element);
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(b, to, tile);
  return arith::ExtSIOp::create(b, to, tile);
}

Value TileProgram::getMatmul(tile::MatmulOp op, ArrayRef<Span> region) {
  if (op.getPackedB())
    return refuse("its weights are packed for a CPU");
  ArrayRef<Span> batch = region.drop_back(2);
  Span rows = region[region.size() - 2], columns = region.back();
  if (llvm::any_of(batch, [](const Span &span) { return !span.isUnit(); }))
    return refuse("several matrices of a batch are in one block");
  if (rows.extent < 16 || columns.extent < 16 || !llvm::isPowerOf2_64(rows.extent) ||
      !llvm::isPowerOf2_64(columns.extent))
    return refuse("a tile of a product is no multiple of 16");

  Type element = op.getCType().getElementType(), left = op.getAType().getElementType(),
       right = op.getBType().getElementType();
  OpFoldResult depth = getSize(op.getA(), op.getKDimOfA());
  tiling::ContractionShape shape;
  shape.m = rows.extent;
  shape.n = columns.extent;
  shape.k = getConstantIntValue(depth).value_or(ShapedType::kDynamic);
  shape.a = left;
  shape.b = right;
  shape.c = element;
  shape.allowTF32 = allowTF32;
  StringRef type = tiling::getTensorCoreType(gpu, shape);
  tiling::BlockSteps steps = tiling::chooseBlockSteps(gpu, shape, {rows.extent, columns.extent});
  warps = std::max(warps, steps.warps);
  contraction = true;

  SmallVector<int64_t> tileShape = {rows.extent, columns.extent};
  Value start = op.getOverwrite() ? splat(0, element, tileShape) : get(op.getC(), region);
  if (!start)
    return start;
  Value zero = arith::ConstantIndexOp::create(b, 0), end = asValue(depth),
        step = arith::ConstantIndexOp::create(b, steps.k);
  auto loop = scf::ForOp::create(b, zero, end, step, ValueRange{start});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  auto known = getConstantIntValue(depth);
  OpFoldResult left_over = known && *known % steps.k == 0 ? OpFoldResult(b.getIndexAttr(steps.k))
                                                          : subtract(depth, loop.getInductionVar());
  Span inner{loop.getInductionVar(), steps.k, left_over};
  Value a = getMatrix(op.getA(), batch, rows, inner, op.getTransposeA());
  Value c = a ? getMatrix(op.getB(), batch, inner, columns, op.getTransposeB()) : a;
  if (!c)
    return c;
  // A product of what is not there must be zero.
  auto cut = [&](Value tile, int64_t dim, Value tensor) -> Value {
    if (inner.isFull() || isLoaded(tensor))
      return tile;
    auto tileType = cast<RankedTensorType>(tile.getType());
    return arith::SelectOp::create(b, isInside(tileType.getShape(), dim, inner.valid), tile,
                                   splat(0, tileType.getElementType(), tileType.getShape()));
  };
  a = cut(a, 1, op.getA());
  c = cut(c, 0, op.getB());
  if (type.empty()) {
    a = extendTo(b, a, element);
    c = extendTo(b, c, element);
  }
  Value sum = cta::DotOp::create(b, a, c, loop.getRegionIterArg(0), type == "tf32");
  scf::YieldOp::create(b, ValueRange{sum});
  return loop.getResult(0);
}

} // namespace azulejo::gpu
