#include "lib/CPU/ConvolutionLoops.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace azulejo::cpu {
namespace {

/// Index arithmetic that folds constants.
struct Indices {
  ImplicitLocOpBuilder &b;

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(b, value); }
  Value apply(AffineExpr expr, ValueRange operands) {
    SmallVector<OpFoldResult> folds(operands.begin(), operands.end());
    OpFoldResult result = affine::makeComposedFoldedAffineApply(b, b.getLoc(), expr, folds);
    if (auto attr = dyn_cast<Attribute>(result))
      return constant(cast<IntegerAttr>(attr).getInt());
    return cast<Value>(result);
  }
  Value min(Value x, Value y) { return arith::MinSIOp::create(b, x, y); }
  Value max(Value x, Value y) { return arith::MaxSIOp::create(b, x, y); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubIOp::create(b, x, y); }
  Value dim(Value memref, int64_t i) { return b.createOrFold<memref::DimOp>(memref, i); }
  AffineExpr d(unsigned i) { return b.getAffineDimExpr(i); }

  /// Loops over [0, sizes...) and calls `body` with the counters inside.
  void loops(ArrayRef<Value> sizes, llvm::function_ref<void(ValueRange)> body) {
    Value zero = constant(0), one = constant(1);
    OpBuilder::InsertionGuard guard(b);
    SmallVector<Value> counters;
    for (Value size : sizes) {
      auto loop = scf::ForOp::create(b, zero, size, one);
      counters.push_back(loop.getInductionVar());
      b.setInsertionPointToStart(loop.getBody());
    }
    body(counters);
  }
  void loop(Value from, Value to, llvm::function_ref<void(Value)> body) {
    Value one = constant(1);
    OpBuilder::InsertionGuard guard(b);
    auto loop = scf::ForOp::create(b, from, to, one);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }
};

/// The outputs of one row that read inside of the image: those j with 0 <= j * stride + shift <
/// size, within [0, count).
std::pair<Value, Value> validRange(Indices &i, Value shift, Value size, int64_t stride,
                                   Value count) {
  AffineExpr s = i.d(0), n = i.d(1);
  Value zero = i.constant(0);
  // ceil(-shift / stride), and ceil((size - shift) / stride).
  Value begin = i.min(i.max(i.apply((-s).ceilDiv(stride), {shift}), zero), count);
  Value end = i.max(i.min(i.apply((n - s).ceilDiv(stride), {shift, size}), count), begin);
  return {begin, end};
}

} // namespace

void expandIm2col(RewriterBase &rewriter, tile::Im2colOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  Indices i{b};
  Value x = op.getX(), y = op.getY();
  int64_t batch = op.getBatchRank(), spatial = op.getSpatialRank();
  ArrayRef<int64_t> kernel = op.getKernel(), strides = op.getStrides(),
                    dilations = op.getDilations(), pads = op.getPads();
  Value from = op.getPOffset() ? op.getPOffset() : i.constant(0);
  Value zeroElement =
      arith::ConstantOp::create(b, b.getZeroAttr(cast<ShapedType>(x.getType()).getElementType()));

  // Sizes of the image and of the output along each spatial dimension.
  SmallVector<Value> image, output;
  for (int64_t s = 0; s < spatial; ++s) {
    image.push_back(i.dim(x, batch + 1 + s));
    int64_t fixed = pads[s] + pads[s + spatial] - dilations[s] * (kernel[s] - 1) - 1;
    output.push_back(i.apply((i.d(0) + fixed).floorDiv(strides[s]) + 1, {image.back()}));
  }
  int64_t last = spatial - 1;
  Value width = output[last], positions = i.dim(y, batch + 1);

  SmallVector<Value> sizes;
  for (int64_t n = 0; n <= batch; ++n)
    sizes.push_back(i.dim(x, n));
  for (int64_t taps : kernel)
    sizes.push_back(i.constant(taps));
  i.loops(sizes, [&](ValueRange counters) {
    ValueRange channels = counters.take_front(batch + 1), taps = counters.drop_front(batch + 1);
    // The row of the matrix: (c, k...) in row-major order.
    Value row = channels.back();
    for (int64_t s = 0; s < spatial; ++s)
      row = i.apply(i.d(0) * kernel[s] + i.d(1), {row, taps[s]});
    SmallVector<Value> yIndex(channels.drop_back());
    yIndex.push_back(row);
    yIndex.push_back(Value());

    // Positions come in runs along the last spatial dimension: the first and the last run may be
    // parts of an image row.
    Value firstRun = arith::DivUIOp::create(b, from, i.max(width, i.constant(1)));
    Value end = i.add(from, positions);
    Value runs = i.sub(arith::CeilDivUIOp::create(b, end, i.max(width, i.constant(1))), firstRun);
    i.loop(i.constant(0), runs, [&](Value r) {
      Value run = i.add(firstRun, r);
      Value start = arith::MulIOp::create(b, run, width);
      // This run's positions, relative to the tile, and its first output column.
      Value begin = i.max(start, from), stop = i.min(i.add(start, width), end);
      Value column = i.sub(begin, start), count = i.sub(stop, begin), target = i.sub(begin, from);
      // Where the other spatial dimensions read, and whether that is inside.
      SmallVector<Value> xIndex(channels);
      xIndex.resize(batch + 1 + spatial);
      Value rest = run, inside;
      for (int64_t s = last - 1; s >= 0; --s) {
        Value coordinate = rest;
        if (s > 0) {
          coordinate = arith::RemUIOp::create(b, rest, output[s]);
          rest = arith::DivUIOp::create(b, rest, output[s]);
        }
        Value at =
            i.apply(i.d(0) * strides[s] + i.d(1) * dilations[s] - pads[s], {coordinate, taps[s]});
        Value low = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, at, i.constant(0));
        Value high = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, at, image[s]);
        Value both = arith::AndIOp::create(b, low, high);
        inside = inside ? Value(arith::AndIOp::create(b, inside, both)) : both;
        xIndex[batch + 1 + s] = at;
      }
      Value shift = i.apply(i.d(0) * strides[last] + i.d(1) * dilations[last] - pads[last],
                            {column, taps[last]});
      auto [validBegin, validEnd] = validRange(i, shift, image[last], strides[last], count);
      if (inside) {
        // Outside of the image everything is padding.
        validBegin = arith::SelectOp::create(b, inside, validBegin, count);
        validEnd = arith::SelectOp::create(b, inside, validEnd, count);
      }
      auto fill = [&](Value lower, Value upper) {
        i.loop(lower, upper, [&](Value j) {
          SmallVector<Value> index = yIndex;
          index.back() = i.add(target, j);
          memref::StoreOp::create(b, zeroElement, y, index);
        });
      };
      fill(i.constant(0), validBegin);
      i.loop(validBegin, validEnd, [&](Value j) {
        SmallVector<Value> source = xIndex, index = yIndex;
        source.back() = i.apply(i.d(0) * strides[last] + i.d(1), {j, shift});
        index.back() = i.add(target, j);
        memref::StoreOp::create(b, memref::LoadOp::create(b, x, source), y, index);
      });
      fill(validEnd, count);
    });
  });
}

void expandDepthwiseConv(RewriterBase &rewriter, tile::DepthwiseConvOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  Indices i{b};
  Value x = op.getX(), w = op.getW(), y = op.getY();
  Type element = cast<ShapedType>(y.getType()).getElementType();
  int64_t spatial = op.getXType().getRank() - 2, last = spatial - 1;
  ArrayRef<int64_t> strides = op.getStrides(), dilations = op.getDilations(), pads = op.getPads();
  Value zero = i.constant(0);

  SmallVector<Value> image, output, taps;
  for (int64_t s = 0; s < spatial; ++s) {
    image.push_back(i.dim(x, 2 + s));
    taps.push_back(i.dim(w, 1 + s));
    output.push_back(
        i.apply((i.d(0) + pads[s] + pads[s + spatial] - (i.d(1) - 1) * dilations[s] - 1)
                        .floorDiv(strides[s]) +
                    1,
                {image.back(), taps.back()}));
  }
  SmallVector<Value> outer{i.dim(y, 0), i.dim(y, 1)};
  outer.append(output.begin(), output.end() - 1);
  i.loops(outer, [&](ValueRange counters) {
    Value n = counters[0], c = counters[1];
    ValueRange rows = counters.drop_front(2);
    Value start = zero;
    for (int64_t s = 0; s < last; ++s)
      start = i.add(arith::MulIOp::create(b, start, output[s]), rows[s]);
    start = arith::MulIOp::create(b, start, output[last]);
    if (op.getOverwrite()) {
      Value none = arith::ConstantOp::create(b, b.getZeroAttr(element));
      i.loop(zero, output[last], [&](Value j) {
        memref::StoreOp::create(b, none, y, ValueRange{n, c, i.add(start, j)});
      });
    }
    // One output row gathers the image rows that its taps reach. Along a row, outputs whose taps
    // all lie inside take them at once; those near the ends take each tap where it is inside.
    // Products are formed and summed in the output's element type.
    auto extended = [&](Value value) -> Value {
      if (value.getType() == element)
        return value;
      if (isa<FloatType>(element))
        return arith::ExtFOp::create(b, element, value);
      return arith::ExtSIOp::create(b, element, value);
    };
    auto madd = [&](Value sum, Value a, Value weight) -> Value {
      if (!isa<FloatType>(element))
        return arith::AddIOp::create(b, sum, arith::MulIOp::create(b, a, weight));
      auto contract = arith::FastMathFlags::contract;
      return arith::AddFOp::create(b, sum, arith::MulFOp::create(b, a, weight, contract), contract);
    };
    int64_t width = cast<MemRefType>(w.getType()).getShape().back();
    i.loops(ArrayRef(taps).drop_back(), [&](ValueRange tap) {
      SmallVector<Value> xIndex{n, c}, wIndex{c};
      Value inside;
      for (int64_t s = 0; s < last; ++s) {
        Value at =
            i.apply(i.d(0) * strides[s] + i.d(1) * dilations[s] - pads[s], {rows[s], tap[s]});
        Value both = arith::AndIOp::create(
            b, arith::CmpIOp::create(b, arith::CmpIPredicate::sge, at, zero),
            arith::CmpIOp::create(b, arith::CmpIPredicate::slt, at, image[s]));
        inside = inside ? Value(arith::AndIOp::create(b, inside, both)) : both;
        xIndex.push_back(at);
      }
      wIndex.append(tap.begin(), tap.end());
      auto weightAt = [&](Value t) -> Value {
        SmallVector<Value> index = wIndex;
        index.push_back(t);
        return extended(memref::LoadOp::create(b, w, index));
      };
      auto shiftOf = [&](Value t) { return i.apply(i.d(0) * dilations[last] - pads[last], {t}); };
      // Adds `tapsAt` of this image row to the outputs [from, to).
      auto run = [&](Value from, Value to, ArrayRef<Value> weights, ArrayRef<Value> shifts) {
        i.loop(from, to, [&](Value j) {
          SmallVector<Value> target{n, c, i.add(start, j)};
          Value sum = memref::LoadOp::create(b, y, target);
          for (auto [weight, shift] : llvm::zip(weights, shifts)) {
            SmallVector<Value> source = xIndex;
            source.push_back(i.apply(i.d(0) * strides[last] + i.d(1), {j, shift}));
            sum = madd(sum, extended(memref::LoadOp::create(b, x, source)), weight);
          }
          memref::StoreOp::create(b, sum, y, target);
        });
      };
      auto emptyIfOutside = [&](Value begin, Value end) -> Value {
        return inside ? Value(arith::SelectOp::create(b, inside, end, begin)) : end;
      };
      if (ShapedType::isDynamic(width) || width > 11) {
        i.loop(zero, taps[last], [&](Value t) {
          Value shift = shiftOf(t);
          auto [begin, end] = validRange(i, shift, image[last], strides[last], output[last]);
          run(begin, emptyIfOutside(begin, end), weightAt(t), shift);
        });
        return;
      }
      SmallVector<Value> weights, shifts, begins, ends;
      for (int64_t t = 0; t < width; ++t) {
        weights.push_back(weightAt(i.constant(t)));
        shifts.push_back(shiftOf(i.constant(t)));
        auto [begin, end] = validRange(i, shifts.back(), image[last], strides[last], output[last]);
        begins.push_back(begin);
        ends.push_back(emptyIfOutside(begin, end));
      }
      // The first tap begins latest, and the last one ends earliest.
      Value begin = begins.front(), end = i.max(ends.back(), begin);
      run(begin, emptyIfOutside(begin, end), weights, shifts);
      for (int64_t t = 0; t < width; ++t) {
        run(begins[t], i.min(ends[t], begin), weights[t], shifts[t]);
        run(i.max(begins[t], end), ends[t], weights[t], shifts[t]);
      }
    });
  });
}

} // namespace azulejo::cpu
