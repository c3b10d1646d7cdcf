#include "lib/GPU/TileProgram.h"
#include "dialects/Cta/Cta.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;

namespace azulejo::gpu {

//===------------------------------------------------------------------------------------------===//
// Numbers
//===------------------------------------------------------------------------------------------===//

Value TileProgram::asValue(OpFoldResult value) {
  return getValueOrCreateConstantIndexOp(b, b.getLoc(), value);
}

OpFoldResult TileProgram::add(OpFoldResult x, OpFoldResult y) {
  auto left = getConstantIntValue(x), right = getConstantIntValue(y);
  if (left && right)
    return b.getIndexAttr(*left + *right);
  if (left == 0)
    return y;
  if (right == 0)
    return x;
  return arith::AddIOp::create(b, asValue(x), asValue(y)).getResult();
}

OpFoldResult TileProgram::subtract(OpFoldResult x, OpFoldResult y) {
  auto left = getConstantIntValue(x), right = getConstantIntValue(y);
  if (left && right)
    return b.getIndexAttr(*left - *right);
  if (right == 0)
    return x;
  return arith::SubIOp::create(b, asValue(x), asValue(y)).getResult();
}

OpFoldResult TileProgram::getSize(Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return b.getIndexAttr(type.getDimSize(dim));
  if (auto found = memory.find(tensor); found != memory.end())
    return memref::DimOp::create(b, found->second, dim).getResult();
  Operation *op = tensor.getDefiningOp();
  if (auto slice = dyn_cast_or_null<tensor::ExtractSliceOp>(op)) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    int64_t kept = -1;
    for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped[i] && ++kept == dim)
        return size;
  }
  if (auto empty = dyn_cast_or_null<tensor::EmptyOp>(op))
    return empty.getMixedSizes()[dim];
  if (auto destination = dyn_cast_or_null<DestinationStyleOpInterface>(op))
    return getSize(destination.getTiedOpOperand(cast<OpResult>(tensor))->get(), dim);
  return tensor::DimOp::create(b, tensor, dim).getResult();
}

std::optional<int64_t> TileProgram::getBound(Value tensor, int64_t dim) {
  OpFoldResult size = getSize(tensor, dim);
  if (auto constant = getConstantIntValue(size))
    return constant;
  auto bound = ValueBoundsConstraintSet::computeConstantBound(
      presburger::BoundType::UB, cast<Value>(size), /*stopCondition=*/nullptr, /*closedUB=*/true);
  if (failed(bound)) {
    refuse("a dimension of a tile has no bound");
    return std::nullopt;
  }
  return *bound;
}

int64_t TileProgram::padExtent(int64_t bound) {
  // At most an eighth of a tile is padding, and its greatest power of two is large enough to be
  // dealt out to threads.
  int64_t power = llvm::PowerOf2Ceil(std::max<int64_t>(1, bound));
  return power <= 64 ? power : llvm::alignTo(bound, power / 8);
}

//===------------------------------------------------------------------------------------------===//
// Tiles
//===------------------------------------------------------------------------------------------===//

Value TileProgram::splat(Value scalar, ArrayRef<int64_t> shape) {
  return cta::SplatOp::create(b, RankedTensorType::get(shape, scalar.getType()), scalar);
}

Value TileProgram::splat(double value, Type elementType, ArrayRef<int64_t> shape) {
  TypedAttr attribute = isa<FloatType>(elementType)
                            ? TypedAttr(b.getFloatAttr(elementType, value))
                            : b.getIntegerAttr(elementType, static_cast<int64_t>(value));
  return splat(arith::ConstantOp::create(b, attribute), shape);
}

Value TileProgram::iota(ArrayRef<int64_t> shape, int64_t dim, OpFoldResult offset) {
  Type type = b.getI32Type();
  Value coordinates = cta::IotaOp::create(b, RankedTensorType::get(shape, type), dim);
  if (getConstantIntValue(offset) == 0)
    return coordinates;
  Value start = arith::IndexCastOp::create(b, type, asValue(offset));
  return arith::AddIOp::create(b, coordinates, splat(start, shape));
}

Value TileProgram::isInside(ArrayRef<int64_t> shape, int64_t dim, OpFoldResult valid) {
  Value end = arith::IndexCastOp::create(b, b.getI32Type(), asValue(valid));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, iota(shape, dim, b.getIndexAttr(0)),
                               splat(end, shape));
}

Value TileProgram::broadcast(Value tile, ArrayRef<int64_t> dims, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(tile.getType());
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  llvm::sort(permutation, [&](int64_t x, int64_t y) { return dims[x] < dims[y]; });
  if (!llvm::is_sorted(permutation)) {
    SmallVector<int64_t> permuted;
    for (int64_t i : permutation)
      permuted.push_back(type.getDimSize(i));
    type = RankedTensorType::get(permuted, type.getElementType());
    tile = cta::TransposeOp::create(b, type, tile, permutation);
  }
  SmallVector<int64_t> along;
  for (int64_t i = 0, rank = shape.size(); i < rank; ++i)
    if (!llvm::is_contained(dims, i))
      along.push_back(i);
  if (along.empty())
    return tile;
  return cta::BroadcastOp::create(b, RankedTensorType::get(shape, type.getElementType()), tile,
                                  along);
}

Value TileProgram::reduce(Value tile, int64_t axis,
                          llvm::function_ref<Value(OpBuilder &, Location, Value, Value)> combine) {
  return cta::ReduceOp::create(b, ValueRange{tile}, axis,
                               [&](OpBuilder &nested, Location loc, ValueRange x, ValueRange y) {
                                 cta::YieldOp::create(nested, loc,
                                                      ValueRange{combine(nested, loc, x[0], y[0])});
                               })
      .getResult(0);
}

//===------------------------------------------------------------------------------------------===//
// Memory
//===------------------------------------------------------------------------------------------===//

namespace {
/// A region as the dialect's moves take it.
struct Window {
  SmallVector<Value> indices;
  SmallVector<int64_t> dims, shape;
  SmallVector<OpFoldResult> valid;
};
} // namespace

static Window getWindow(TileProgram &program, OpBuilder &builder, ArrayRef<Span> region) {
  Window window;
  bool full = true;
  for (auto [dim, span] : llvm::enumerate(region)) {
    window.indices.push_back(program.asValue(span.offset));
    if (span.isUnit())
      continue;
    window.dims.push_back(dim);
    window.shape.push_back(span.extent);
    window.valid.push_back(span.isFull() ? OpFoldResult(builder.getIndexAttr(span.extent))
                                         : span.valid);
    full &= span.isFull();
  }
  if (full)
    window.valid.clear();
  return window;
}

Value TileProgram::load(Value memref, ArrayRef<Span> region) {
  Window window = getWindow(*this, b, region);
  auto type =
      RankedTensorType::get(window.shape, cast<MemRefType>(memref.getType()).getElementType());
  return cta::LoadOp::create(b, type, memref, window.indices, window.dims, window.valid);
}

void TileProgram::store(Value tile, Value memref, ArrayRef<Span> region) {
  Window window = getWindow(*this, b, region);
  cta::StoreOp::create(b, tile, memref, window.indices, window.dims, window.valid);
}

/// A region of a slice is one of what it is a slice of.
Value TileProgram::getSlice(tensor::ExtractSliceOp slice, ArrayRef<Span> region) {
  if (!slice.hasUnitStride())
    return refuse("a slice with steps is read");
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  Spans whole;
  unsigned next = 0;
  for (auto [i, offset] : llvm::enumerate(slice.getMixedOffsets())) {
    if (dropped[i]) {
      whole.push_back({offset, 1, b.getIndexAttr(1)});
      continue;
    }
    const Span &span = region[next++];
    whole.push_back({add(offset, span.offset), span.extent, span.valid});
  }
  return get(slice.getSource(), whole);
}

MemRefType TileProgram::getMemoryOfRows(Value tensor) {
  if (auto found = memory.find(tensor); found != memory.end())
    return cast<MemRefType>(found->second.getType());
  if (auto cast = tensor.getDefiningOp<tensor::CastOp>())
    return getMemoryOfRows(cast.getSource());
  auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>();
  if (!slice || !slice.hasUnitStride() || slice.getDroppedDims().any())
    return {};
  Value source = slice.getSource();
  int64_t rank = slice.getSourceType().getRank();
  for (int64_t dim = rank - 2; dim < rank; ++dim) {
    OpFoldResult size = slice.getMixedSizes()[dim];
    auto dimOp = llvm::dyn_cast_if_present<Value>(size)
                     ? cast<Value>(size).getDefiningOp<tensor::DimOp>()
                     : tensor::DimOp();
    bool isWhole = dimOp ? dimOp.getSource() == source && dimOp.getConstantIndex() == dim
                         : getConstantIntValue(size) == slice.getSourceType().getDimSize(dim);
    if (!isWhole || getConstantIntValue(slice.getMixedOffsets()[dim]) != 0)
      return {};
  }
  return getMemoryOfRows(source);
}

//===------------------------------------------------------------------------------------------===//
// By kind of operation
//===------------------------------------------------------------------------------------------===//

static SmallVector<int64_t> getShape(ArrayRef<Span> region) {
  SmallVector<int64_t> shape;
  for (const Span &span : region)
    if (!span.isUnit())
      shape.push_back(span.extent);
  return shape;
}

static bool isSame(ArrayRef<Span> a, ArrayRef<Span> b) {
  return llvm::equal(a, b, [](const Span &x, const Span &y) {
    return x.extent == y.extent && isEqualConstantIntOrValue(x.offset, y.offset) &&
           isEqualConstantIntOrValue(x.valid, y.valid);
  });
}

Value TileProgram::get(Value tensor, ArrayRef<Span> region) {
  if (!isElement(getElementTypeOrSelf(tensor.getType())))
    return refuse("its elements are no whole bytes");
  if (auto found = memory.find(tensor); found != memory.end())
    return load(found->second, region);
  Operation *op = tensor.getDefiningOp();
  if (!op)
    return refuse("a tensor is carried by a loop");
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return getSlice(slice, region);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return get(cast.getSource(), region);
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return splat(fill.value(), getShape(region));
  if (isa<tensor::EmptyOp>(op))
    return splat(0, cast<RankedTensorType>(tensor.getType()).getElementType(), getShape(region));

  auto known = made.find(tensor);
  if (known != made.end() && isSame(known->second.first, region) &&
      known->second.second.getParentBlock()->getParentOp()->isAncestor(
          b.getInsertionBlock()->getParentOp()))
    return known->second.second;
  unsigned result = cast<OpResult>(tensor).getResultNumber();
  Value tile;
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    tile = getGeneric(generic, result, region);
  else if (auto matmul = dyn_cast<tile::MatmulOp>(op))
    tile = getMatmul(matmul, region);
  else if (auto attention = dyn_cast<tile::AttentionOp>(op))
    tile = getAttention(attention, region);
  else if (auto im2col = dyn_cast<tile::Im2colOp>(op))
    tile = getIm2col(im2col, region);
  else
    return refuse("there is no tile form of " + op->getName().getStringRef());
  if (tile)
    made[tensor] = {Spans(region), tile};
  return tile;
}

bool TileProgram::isElement(Type type) {
  return isa<IndexType>(type) || type.isInteger(1) ||
         (type.isIntOrFloat() && type.getIntOrFloatBitWidth() % 8 == 0);
}

std::optional<SmallVector<int64_t>> TileProgram::getExtents(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Operation *op = memory.contains(tensor) ? nullptr : tensor.getDefiningOp();
  if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op)) {
    auto loops = getLoopExtents(generic);
    if (!loops)
      return std::nullopt;
    SmallVector<int64_t> extents;
    for (AffineExpr expr :
         generic.getIndexingMapMatchingResult(cast<OpResult>(tensor)).getResults())
      extents.push_back(isa<AffineDimExpr>(expr) ? (*loops)[cast<AffineDimExpr>(expr).getPosition()]
                                                 : 1);
    return extents;
  }
  SmallVector<int64_t> extents;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    auto bound = getBound(tensor, dim);
    if (!bound)
      return std::nullopt;
    extents.push_back(padExtent(*bound));
  }
  // Tensor cores have a least tile, and a power of two.
  if (isa_and_nonnull<tile::MatmulOp, tile::AttentionOp>(op))
    for (int64_t &extent : MutableArrayRef(extents).take_back(2))
      extent = std::max<int64_t>(16, llvm::PowerOf2Ceil(extent));
  return extents;
}

} // namespace azulejo::gpu
