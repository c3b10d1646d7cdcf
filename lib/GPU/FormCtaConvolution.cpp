//===- FormCtaConvolution.cpp - Windows of a convolution, gathered by the loads of a product
//---===//
//
// A convolution is a product of the filters with a matrix that holds at (c, k...), p what the tap k
// of channel c meets at output position p. That matrix is never made: the step over K reads from
// the image what of it it needs. An element's offset is a part that its row decides, plus one that
// its column decides, and so are its coordinates in the image, by which padding is told.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/TileProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace azulejo::gpu {

namespace {
/// Arithmetic on tiles of i32 of one shape, with numbers that are the same for all.
struct Tiles {
  TileProgram &program;
  ImplicitLocOpBuilder &b;
  SmallVector<int64_t> shape;

  Value number(OpFoldResult value) {
    if (auto known = getConstantIntValue(value))
      return program.splat(static_cast<double>(*known), b.getI32Type(), shape);
    return program.splat(
        arith::IndexCastOp::create(b, b.getI32Type(), program.asValue(value)).getResult(), shape);
  }
  Value number(int64_t value) { return number(OpFoldResult(b.getIndexAttr(value))); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value multiply(Value x, OpFoldResult y) {
    return getConstantIntValue(y) == 1 ? x : arith::MulIOp::create(b, x, number(y)).getResult();
  }
  Value multiply(Value x, int64_t y) { return multiply(x, OpFoldResult(b.getIndexAttr(y))); }
  std::pair<Value, Value> divide(Value x, OpFoldResult y) {
    if (getConstantIntValue(y) == 1)
      return {x, number(0)};
    Value divisor = number(y);
    return {arith::DivUIOp::create(b, x, divisor), arith::RemUIOp::create(b, x, divisor)};
  }
};
} // namespace

Value TileProgram::getIm2col(tile::Im2colOp op, ArrayRef<Span> region) {
  int64_t spatial = op.getSpatialRank(), batch = op.getBatchRank();
  for (const Span &span : region.drop_back(2))
    if (!span.isUnit())
      return refuse("several images are in one block");
  // The image's memory and where in it this one starts.
  Value x = op.getX();
  SmallVector<OpFoldResult> sizes, start;
  for (int64_t dim = 0; dim < batch + 1 + spatial; ++dim) {
    sizes.push_back(getSize(x, dim));
    start.push_back(dim < batch ? region[dim].offset : OpFoldResult(b.getIndexAttr(0)));
  }
  while (auto slice = x.getDefiningOp<tensor::ExtractSliceOp>()) {
    auto source = cast<RankedTensorType>(slice.getSource().getType());
    if (!slice.hasUnitStride() || source.getRank() != static_cast<int64_t>(start.size()))
      return refuse("an image is a part of something");
    for (auto [dim, offset] : llvm::enumerate(slice.getMixedOffsets())) {
      if (static_cast<int64_t>(dim) > batch && getConstantIntValue(offset) != 0)
        return refuse("an image is cut");
      start[dim] = add(start[dim], offset);
    }
    x = slice.getSource();
  }
  auto found = memory.find(x);
  if (found == memory.end())
    return refuse("an image is computed in the same kernel");

  SmallVector<OpFoldResult> strides(start.size(), b.getIndexAttr(1));
  for (int64_t dim = static_cast<int64_t>(start.size()) - 2; dim >= 0; --dim) {
    OpFoldResult inner = getSize(x, dim + 1);
    auto known = getConstantIntValue(inner), stride = getConstantIntValue(strides[dim + 1]);
    strides[dim] =
        known && stride
            ? OpFoldResult(b.getIndexAttr(*known * *stride))
            : arith::MulIOp::create(b, asValue(strides[dim + 1]), asValue(inner)).getResult();
  }
  OpFoldResult first = b.getIndexAttr(0);
  for (int64_t dim = 0; dim <= batch; ++dim)
    if (getConstantIntValue(start[dim]) != 0)
      first = add(first,
                  arith::MulIOp::create(b, asValue(start[dim]), asValue(strides[dim])).getResult());

  Span rows = region[region.size() - 2], columns = region.back();
  if (rows.isUnit() || columns.isUnit())
    return refuse("a product with one column of windows");
  // Rows: the channel and the tap.
  Tiles r{*this, b, {rows.extent}}, c{*this, b, {columns.extent}};
  Value rest = iota(r.shape, 0, rows.offset), rowOffset = r.number(0);
  SmallVector<Value> rowPlace(spatial), columnPlace(spatial);
  for (int64_t d = spatial - 1; d >= 0; --d) {
    auto [quotient, tap] = r.divide(rest, b.getIndexAttr(op.getKernel()[d]));
    rest = quotient;
    rowPlace[d] = r.multiply(tap, op.getDilations()[d]);
    rowOffset = r.add(rowOffset, r.multiply(rowPlace[d], strides[batch + 1 + d]));
  }
  rowOffset = r.add(rowOffset, r.multiply(rest, strides[batch]));

  // Columns: the output position.
  OpFoldResult position = columns.offset;
  if (op.getPOffset())
    position = add(position, OpFoldResult(op.getPOffset()));
  rest = iota(c.shape, 0, position);
  Value columnOffset = c.number(first);
  for (int64_t d = spatial - 1; d >= 0; --d) {
    Value place = rest;
    if (d > 0) {
      int64_t reach = op.getDilations()[d] * (op.getKernel()[d] - 1) + 1,
              pads = op.getPads()[d] + op.getPads()[spatial + d];
      OpFoldResult size = sizes[batch + 1 + d], windows;
      if (auto known = getConstantIntValue(size))
        windows = b.getIndexAttr((*known + pads - reach) / op.getStrides()[d] + 1);
      else
        windows = add(arith::DivSIOp::create(b, asValue(add(size, b.getIndexAttr(pads - reach))),
                                             asValue(b.getIndexAttr(op.getStrides()[d])))
                          .getResult(),
                      b.getIndexAttr(1));
      std::tie(rest, place) = c.divide(rest, windows);
    }
    place = c.multiply(place, op.getStrides()[d]);
    if (op.getPads()[d])
      place = c.add(place, c.number(-op.getPads()[d]));
    columnPlace[d] = place;
    columnOffset = c.add(columnOffset, c.multiply(place, strides[batch + 1 + d]));
  }

  SmallVector<int64_t> shape = {rows.extent, columns.extent};
  auto sum = [&](Value row, Value column) -> Value {
    return arith::AddIOp::create(b, broadcast(row, {0}, shape), broadcast(column, {1}, shape));
  };
  Value mask;
  auto also = [&](Value condition) {
    mask = mask ? arith::AndIOp::create(b, mask, condition).getResult() : condition;
  };
  Tiles both{*this, b, shape};
  for (int64_t d = 0; d < spatial; ++d) {
    bool padded = op.getPads()[d] || op.getPads()[spatial + d];
    // Below zero is far above the size, as an unsigned number.
    if (padded)
      also(arith::CmpIOp::create(b, arith::CmpIPredicate::ult, sum(rowPlace[d], columnPlace[d]),
                                 both.number(sizes[batch + 1 + d])));
  }
  if (!rows.isFull())
    also(isInside(shape, 0, rows.valid));
  if (!columns.isFull())
    also(isInside(shape, 1, columns.valid));
  auto type = RankedTensorType::get(shape, op.getXType().getElementType());
  return cta::GatherOp::create(b, type, found->second, sum(rowOffset, columnOffset), mask,
                               /*pad=*/Value(), b.getI64IntegerAttr(1));
}

} // namespace azulejo::gpu
