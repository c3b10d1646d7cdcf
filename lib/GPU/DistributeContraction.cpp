#include "lib/GPU/Structured.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace azulejo::gpu {

static Value extend(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (isa<FloatType>(type))
    return arith::ExtFOp::create(b, type, value);
  return arith::ExtSIOp::create(b, type, value);
}

/// sum + x * y; products may be fused with the sum.
static Value multiplyAdd(ImplicitLocOpBuilder &b, Value sum, Value x, Value y) {
  if (!isa<FloatType>(sum.getType()))
    return arith::AddIOp::create(b, sum, arith::MulIOp::create(b, x, y));
  auto contract = arith::FastMathFlags::contract;
  return arith::AddFOp::create(b, sum, arith::MulFOp::create(b, x, y, contract), contract);
}

/// What sums for elements of `type` are formed in: narrow floats are rounded once.
static Type getSumType(Type type) {
  auto floating = dyn_cast<FloatType>(type);
  return floating && floating.getWidth() < 32 ? Type(Float32Type::get(type.getContext())) : type;
}

static Value toElement(ImplicitLocOpBuilder &b, Value sum, Type element) {
  return sum.getType() == element ? sum : Value(arith::TruncFOp::create(b, element, sum));
}

static SmallVector<Value> getSizes(ImplicitLocOpBuilder &b, Value memref) {
  SmallVector<Value> sizes;
  for (int64_t d = 0; d < cast<MemRefType>(memref.getType()).getRank(); ++d)
    sizes.push_back(b.createOrFold<memref::DimOp>(memref, d));
  return sizes;
}

static Value zeroOf(ImplicitLocOpBuilder &b, Type type) {
  return arith::ConstantOp::create(b, b.getZeroAttr(type));
}

/// Rows of C that a thread computes: each element of B that it reads serves all of them.
constexpr int64_t kRowsPerThread = 4;

void distributeMatmul(ImplicitLocOpBuilder &b, const Team &team, tile::MatmulOp op) {
  Type element = op.getCType().getElementType(), sumType = getSumType(element);
  SmallVector<Value> sizes = getSizes(b, op.getC()), points = sizes;
  Value depth = b.createOrFold<memref::DimOp>(op.getA(), op.getKDimOfA());
  int64_t m = op.getCType().getShape().end()[-2];
  int64_t count = ShapedType::isDynamic(m) ? kRowsPerThread : std::min(m, kRowsPerThread);
  AffineExpr x = b.getAffineDimExpr(0);
  Value &rowPoints = points[points.size() - 2];
  rowPoints = apply(b, x.ceilDiv(count), rowPoints);
  Value lastRow = apply(b, x - 1, sizes[sizes.size() - 2]);
  forEachPoint(b, team, multiply(b, points), [&](Value point) {
    SmallVector<Value> c = delinearize(b, point, points);
    Value column = c.back(), first = c[c.size() - 2];
    ArrayRef<Value> batch = ArrayRef(c).drop_back(2);
    auto indexOf = [&](int64_t batchRank, Value row, Value column) {
      SmallVector<Value> index(batch.take_back(batchRank));
      index.append({row, column});
      return index;
    };
    auto load = [&](Value matrix, ArrayRef<Value> index) {
      return extend(b, memref::LoadOp::create(b, matrix, index), sumType);
    };
    // Behind the last row stands the last row again, computed and stored twice alike.
    SmallVector<Value> rows, sums;
    for (int64_t i = 0; i < count; ++i) {
      rows.push_back(b.createOrFold<arith::MinUIOp>(apply(b, x * count + i, first), lastRow));
      sums.push_back(op.getOverwrite()
                         ? zeroOf(b, sumType)
                         : load(op.getC(), indexOf(op.getBatchRank(), rows.back(), column)));
    }
    sums = loop(b, constantIndex(b, 0), depth, constantIndex(b, 1), sums,
                [&](Value k, ValueRange carried) {
                  int64_t rankOfA = op.getBatchRankOfA(), rankOfB = op.getBatchRankOfB();
                  Value right = load(op.getB(), op.getTransposeB() ? indexOf(rankOfB, column, k)
                                                                   : indexOf(rankOfB, k, column));
                  SmallVector<Value> next;
                  for (auto [row, sum] : llvm::zip(rows, carried)) {
                    Value left = load(op.getA(), op.getTransposeA() ? indexOf(rankOfA, k, row)
                                                                    : indexOf(rankOfA, row, k));
                    next.push_back(multiplyAdd(b, sum, left, right));
                  }
                  return next;
                });
    for (auto [row, sum] : llvm::zip(rows, sums))
      memref::StoreOp::create(b, toElement(b, sum, element), op.getC(),
                              indexOf(op.getBatchRank(), row, column));
  });
}

namespace {

/// Where the taps of a convolution's window meet the image.
struct Window {
  ArrayRef<int64_t> strides, dilations, pads;

  /// The number of output positions along spatial dimension `s`.
  Value getOutputs(ImplicitLocOpBuilder &b, int64_t s, Value image, Value taps) const {
    AffineExpr size = b.getAffineDimExpr(0), kernel = b.getAffineDimExpr(1);
    int64_t spatial = strides.size();
    return apply(b,
                 (size + pads[s] + pads[s + spatial] - (kernel - 1) * dilations[s] - 1)
                         .floorDiv(strides[s]) +
                     1,
                 {image, taps});
  }

  /// The image's coordinate that `tap` meets at output `position`, and whether it is inside.
  std::pair<Value, Value> locate(ImplicitLocOpBuilder &b, int64_t s, Value position, Value tap,
                                 Value image) const {
    AffineExpr p = b.getAffineDimExpr(0), t = b.getAffineDimExpr(1);
    Value at = apply(b, p * strides[s] + t * dilations[s] - pads[s], {position, tap});
    // As unsigned numbers, those before the image lie behind it.
    return {at, arith::CmpIOp::create(b, arith::CmpIPredicate::ult, at, image)};
  }
};

/// The element of `memref` at `index` if `inside`, or zero: nothing is read outside.
Value loadIfInside(ImplicitLocOpBuilder &b, Value memref, ValueRange index, Value inside) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto branch = scf::IfOp::create(b, TypeRange(element), inside, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, ValueRange{memref::LoadOp::create(b, memref, index)});
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, ValueRange{zeroOf(b, element)});
  return branch.getResult(0);
}

Value both(ImplicitLocOpBuilder &b, Value x, Value y) {
  return x ? Value(arith::AndIOp::create(b, x, y)) : y;
}

} // namespace

void distributeIm2col(ImplicitLocOpBuilder &b, const Team &team, tile::Im2colOp op) {
  int64_t batch = op.getBatchRank(), spatial = op.getSpatialRank();
  Window window{op.getStrides(), op.getDilations(), op.getPads()};
  SmallVector<Value> sizes = getSizes(b, op.getY()), image = getSizes(b, op.getX()), taps, outputs;
  Value channels = image[batch];
  image.erase(image.begin(), image.begin() + batch + 1);
  for (int64_t s = 0; s < spatial; ++s) {
    taps.push_back(constantIndex(b, op.getKernel()[s]));
    outputs.push_back(window.getOutputs(b, s, image[s], taps.back()));
  }
  forEachPoint(b, team, multiply(b, sizes), [&](Value point) {
    SmallVector<Value> y = delinearize(b, point, sizes);
    Value position = y.back(), row = y[batch];
    if (Value offset = op.getPOffset())
      position = arith::AddIOp::create(b, position, offset);
    // (c, k...) and the output's position, in row-major order.
    SmallVector<Value> rowSizes{channels};
    rowSizes.append(taps);
    SmallVector<Value> tap = delinearize(b, row, rowSizes), at = delinearize(b, position, outputs);
    SmallVector<Value> x(ArrayRef(y).take_front(batch));
    x.push_back(tap.front());
    Value inside;
    for (int64_t s = 0; s < spatial; ++s) {
      auto [coordinate, isInside] = window.locate(b, s, at[s], tap[1 + s], image[s]);
      x.push_back(coordinate);
      inside = both(b, inside, isInside);
    }
    memref::StoreOp::create(b, loadIfInside(b, op.getX(), x, inside), op.getY(), y);
  });
}

void distributeDepthwiseConv(ImplicitLocOpBuilder &b, const Team &team, tile::DepthwiseConvOp op) {
  int64_t spatial = op.getXType().getRank() - 2;
  Window window{op.getStrides(), op.getDilations(), op.getPads()};
  Type element = cast<MemRefType>(op.getY().getType()).getElementType(),
       sumType = getSumType(element);
  SmallVector<Value> sizes = getSizes(b, op.getY()), image = getSizes(b, op.getX()),
                     taps = getSizes(b, op.getW()), outputs;
  image.erase(image.begin(), image.begin() + 2);
  taps.erase(taps.begin());
  for (int64_t s = 0; s < spatial; ++s)
    outputs.push_back(window.getOutputs(b, s, image[s], taps[s]));
  forEachPoint(b, team, multiply(b, sizes), [&](Value point) {
    SmallVector<Value> y = delinearize(b, point, sizes), at = delinearize(b, y[2], outputs);
    Value sum = op.getOverwrite() ? zeroOf(b, sumType)
                                  : extend(b, memref::LoadOp::create(b, op.getY(), y), sumType);
    sum = loop(b, constantIndex(b, 0), multiply(b, taps), constantIndex(b, 1), sum,
               [&](Value number, ValueRange carried) -> SmallVector<Value> {
                 SmallVector<Value> tap = delinearize(b, number, taps), x{y[0], y[1]}, w{y[1]};
                 Value inside;
                 for (int64_t s = 0; s < spatial; ++s) {
                   auto [coordinate, isInside] = window.locate(b, s, at[s], tap[s], image[s]);
                   x.push_back(coordinate);
                   w.push_back(tap[s]);
                   inside = both(b, inside, isInside);
                 }
                 Value pixel = extend(b, loadIfInside(b, op.getX(), x, inside), sumType),
                       weight = extend(b, memref::LoadOp::create(b, op.getW(), w), sumType);
                 return {multiplyAdd(b, carried[0], pixel, weight)};
               })[0];
    memref::StoreOp::create(b, toElement(b, sum, element), op.getY(), y);
  });
}

} // namespace azulejo::gpu
