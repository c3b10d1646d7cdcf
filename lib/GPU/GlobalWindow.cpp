#include "lib/GPU/GlobalWindow.h"
#include "lib/GPU/Divisibility.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

/// Strides in elements and the offset, as constants where they are known.
static std::pair<SmallVector<OpFoldResult>, OpFoldResult> getStrides(ImplicitLocOpBuilder &b,
                                                                     Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  auto [staticStrides, staticOffset] = type.getStridesAndOffset();
  SmallVector<OpFoldResult> strides;
  if (type.getLayout().isIdentity()) {
    // From the sizes: a product that is a constant as far as they are.
    OpFoldResult product = b.getIndexAttr(1);
    strides.assign(type.getRank(), product);
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      strides[dim] = product;
      if (dim == 0)
        break;
      OpFoldResult size = type.isDynamicDim(dim)
                              ? OpFoldResult(memref::DimOp::create(b, memref, dim).getResult())
                              : OpFoldResult(b.getIndexAttr(type.getDimSize(dim)));
      auto a = getConstantIntValue(product), c = getConstantIntValue(size);
      if (a && c)
        product = b.getIndexAttr(*a * *c);
      else
        product = arith::MulIOp::create(b, getValueOrCreateConstantIndexOp(b, b.getLoc(), product),
                                        getValueOrCreateConstantIndexOp(b, b.getLoc(), size))
                      .getResult();
    }
    return {strides, b.getIndexAttr(0)};
  }
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  for (auto [dim, stride] : llvm::enumerate(staticStrides))
    strides.push_back(ShapedType::isDynamic(stride) ? OpFoldResult(metadata.getStrides()[dim])
                                                    : OpFoldResult(b.getIndexAttr(stride)));
  return {strides, ShapedType::isDynamic(staticOffset)
                       ? OpFoldResult(metadata.getOffset())
                       : OpFoldResult(b.getIndexAttr(staticOffset))};
}

/// What divides the stride of a dimension, as far as the type says.
static int64_t getStrideDivisor(MemRefType type, int64_t dim) {
  if (!type.getLayout().isIdentity()) {
    int64_t stride = type.getStridesAndOffset().first[dim];
    return ShapedType::isDynamic(stride) ? 1 : stride & -stride;
  }
  int64_t divisor = 1;
  for (int64_t size : type.getShape().drop_front(dim + 1))
    divisor *= ShapedType::isDynamic(size) || size == 0 ? 1 : size & -size;
  return divisor;
}

AccessWidth getAccessWidth(MemRefType memory, ValueRange indices, ArrayRef<int64_t> dims,
                           ArrayRef<OpFoldResult> valid, ArrayRef<int64_t> shape) {
  auto [strides, offset] = memory.getStridesAndOffset();
  AccessWidth width;
  for (auto [tileDim, dim] : llvm::enumerate(dims))
    if (strides[dim] == 1 && shape[tileDim] > 1)
      width.dim = tileDim;
  if (width.dim < 0)
    return width;
  int64_t bytes = TileDistributor::getElementBytes(memory.getElementType());
  int64_t divisor = 16 / bytes;
  if (ShapedType::isDynamic(offset))
    return width;
  while (divisor > 1 && offset % divisor)
    divisor /= 2;
  for (int64_t dim = 0; dim < memory.getRank(); ++dim) {
    int64_t known = getStrideDivisor(memory, dim);
    if (dim == dims[width.dim])
      known = getDivisor(indices[dim]);
    else if (!llvm::is_contained(dims, dim))
      known *= getDivisor(indices[dim]);
    divisor = std::min(divisor, known);
  }
  if (!valid.empty())
    divisor = std::min(divisor, getDivisor(valid[width.dim]));
  width.elements = std::max<int64_t>(1, divisor);
  return width;
}

GlobalWindow::GlobalWindow(TileDistributor &d, Value memref, ValueRange indices,
                           ArrayRef<int64_t> dims, ArrayRef<OpFoldResult> valid,
                           const LinearLayout &layout)
    : d(d) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  auto type = cast<MemRefType>(memref.getType());
  elementBytes = TileDistributor::getElementBytes(type.getElementType());
  auto [allStrides, offset] = getStrides(b, memref);
  for (int64_t dim : dims)
    strides.push_back(allStrides[dim]);
  width = getAccessWidth(type, indices, dims, valid, layout.getShape());

  auto toValue = [&](OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), value);
  };
  SmallVector<Value> own;
  for (unsigned dim = 0; dim < layout.getRank(); ++dim)
    own.push_back(d.getThreadCoordinate(layout, dim));
  Value linear = toValue(offset);
  for (auto [dim, index] : llvm::enumerate(indices)) {
    OpFoldResult stride = allStrides[dim];
    const auto *tileDim = llvm::find(dims, static_cast<int64_t>(dim));
    Value position = index;
    if (tileDim != dims.end())
      position = arith::AddIOp::create(b, position, own[tileDim - dims.begin()]);
    linear = arith::AddIOp::create(b, linear, arith::MulIOp::create(b, position, toValue(stride)));
  }
  Value bytes = arith::MulIOp::create(b, linear, arith::ConstantIndexOp::create(b, elementBytes));
  pointer =
      d.addBytes(d.getGlobalPointer(memref), arith::IndexCastOp::create(b, b.getI64Type(), bytes));

  rest.resize(layout.getRank());
  for (auto [dim, size] : llvm::enumerate(valid)) {
    std::optional<int64_t> constant = getConstantIntValue(size);
    if (!constant || *constant < layout.getShape()[dim])
      rest[dim] = arith::SubIOp::create(b, toValue(size), own[dim]);
  }
}

Value GlobalWindow::getPointer(ArrayRef<int64_t> coordinates) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  int64_t bytes = 0;
  Value result = pointer;
  for (auto [coordinate, stride] : llvm::zip(coordinates, strides)) {
    if (std::optional<int64_t> constant = getConstantIntValue(stride)) {
      bytes += coordinate * *constant * elementBytes;
    } else if (coordinate) {
      Value distance = arith::MulIOp::create(
          b, cast<Value>(stride), arith::ConstantIndexOp::create(b, coordinate * elementBytes));
      result = d.addBytes(result, arith::IndexCastOp::create(b, b.getI64Type(), distance));
    }
  }
  return bytes ? d.addBytes(result, d.makeI64(bytes)) : result;
}

Value GlobalWindow::getRest(int64_t dim, int64_t coordinate) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  if (!rest[dim] || coordinate == 0)
    return rest[dim];
  return arith::SubIOp::create(b, rest[dim], arith::ConstantIndexOp::create(b, coordinate));
}

Value GlobalWindow::isInside(ArrayRef<int64_t> coordinates, int64_t except) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Value result;
  for (auto [dim, coordinate] : llvm::enumerate(coordinates)) {
    if (!rest[dim] || static_cast<int64_t>(dim) == except)
      continue;
    Value inside = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, rest[dim],
                                         arith::ConstantIndexOp::create(b, coordinate));
    result = result ? arith::AndIOp::create(b, result, inside).getResult() : inside;
  }
  return result;
}

} // namespace azulejo::gpu
