#include "dialects/ONNX/Reduction.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

namespace {

enum class Kind { Sum, Mean, Max, Min, Prod };

/// A reduction, whatever its operator. Accumulates in `computed`.
struct Reduction {
  Lowering &b;
  Kind kind;
  Value data, result; // original
  bool unsignedElements;
  Type computed;

  Value initial() {
    switch (kind) {
    case Kind::Max:
      return b.lowest(computed, unsignedElements);
    case Kind::Min:
      return b.highest(computed, unsignedElements);
    default:
      return b.constant(computed, kind == Kind::Prod ? 1 : 0);
    }
  }

  Value combine(Value element, Value accumulator) {
    switch (kind) {
    case Kind::Max:
      return b.scalarMax(element, accumulator, unsignedElements);
    case Kind::Min:
      return b.scalarMin(element, accumulator, unsignedElements);
    case Kind::Prod:
      return b.scalarMul(element, accumulator);
    default:
      return b.scalarAdd(element, accumulator);
    }
  }

  /// From accumulators to the result's elements; `count` elements went into each.
  Value finish(Value lowered, OpFoldResult count) {
    Type elementType = lowerType(getElementType(result));
    if (kind != Kind::Mean && computed == elementType)
      return lowered;
    Value divisor;
    if (auto known = getConstantIntValue(count))
      divisor = b.constant(computed, double(*known));
    else
      divisor = b.convert(arith::IndexCastOp::create(b, b.getI64Type(), b.asIndex(count)),
                          b.getI64Type(), computed);
    SmallVector<OpFoldResult> sizes = b.getLoweredSizes(lowered);
    return b.parallel(
        {{lowered, b.identityMap(sizes.size())}}, sizes, elementType, [&](ValueRange v) {
          return b.truncate(kind == Kind::Mean ? b.scalarDiv(v[0], divisor, unsignedElements)
                                               : v[0],
                            elementType);
        });
  }

  Value lowerKnownAxes(ArrayRef<int64_t> axes, bool keepDims) {
    SmallVector<OpFoldResult> sizes = b.getSizes(data);
    OpFoldResult count = b.getIndexAttr(1);
    for (int64_t axis : axes)
      count = b.mul(count, sizes[axis]);
    Value reduced = b.reduce(b[data], axes, initial(), [&](ValueRange v) {
      return SmallVector<Value>{combine(b.extend(v[0]), v[1])};
    })[0];
    reduced = finish(reduced, count);
    return keepDims ? b.unsqueeze(reduced, axes) : reduced;
  }

  /// Axes that only the run knows: for each dimension, a host value says whether it is reduced. Two
  /// loops stand for each dimension, of which one has a single step: a parallel one over the
  /// result's size and a reducing one over the rest. The element's index is their sum.
  Value lowerUnknownAxes(ArrayRef<Value> isReduced, bool keepDims) {
    int64_t rank = isReduced.size();
    SmallVector<OpFoldResult> sizes = b.getSizes(data), outer, inner;
    OpFoldResult count = b.getIndexAttr(1);
    SmallVector<AffineExpr> kept, reduced, position;
    for (int64_t i = 0; i < rank; ++i) {
      Value size = b.asIndex(sizes[i]), one = b.index(1);
      outer.push_back(b.select(isReduced[i], one, size));
      inner.push_back(b.select(isReduced[i], size, one));
      count = b.mul(count, inner.back());
      kept.push_back(b.getAffineDimExpr(i));
      reduced.push_back(b.getAffineDimExpr(rank + i));
      position.push_back(kept.back() + reduced.back());
    }
    auto map = [&](ArrayRef<AffineExpr> results) {
      return AffineMap::get(2 * rank, 0, results, b.getContext());
    };
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    loops.append(rank, utils::IteratorType::reduction);
    // The second input is there for its sizes.
    Value extent = b.empty(inner, computed);
    Value accumulated = b.generic(
        {{b[data], map(position)}, {extent, map(reduced)}}, {{b.fill(initial(), outer), map(kept)}},
        loops, [&](ValueRange v) { return SmallVector<Value>{combine(b.extend(v[0]), v[2])}; })[0];
    accumulated = finish(accumulated, count);
    if (keepDims)
      return accumulated;
    SmallVector<std::optional<SymbolicExpr>> unknown(rank);
    auto resultType = cast<RankedTensorType>(result.getType());
    SmallVector<OpFoldResult> keptSizes =
        b.getResultSizes(result, [&](int64_t dim) { return b.getKeptSize(dim, isReduced, sizes); });
    return b.reshape(accumulated, unknown, onnx::getDims(resultType), keptSizes);
  }
};

} // namespace

template <typename OpTy, Kind kind> static Value lowerReduce(OpTy op, Lowering &b) {
  Value data = op.getData();
  auto type = cast<RankedTensorType>(data.getType());
  int64_t rank = type.getRank();
  bool keepDims = op.getKeepdims() != 0, nothingIfEmpty = op.getNoopWithEmptyAxes() != 0;
  Reduction reduction{b,
                      kind,
                      data,
                      op.getReduced(),
                      isUnsigned(data),
                      b.computeType(lowerType(type.getElementType()))};

  Value operand = op.getAxes();
  bool isEmpty = !operand || cast<RankedTensorType>(operand.getType()).getDimSize(0) == 0;
  if (isEmpty && nothingIfEmpty)
    return b[data];
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (!isEmpty) {
    auto known = b.getConstantInts(operand);
    if (!known)
      return reduction.lowerUnknownAxes(b.readAxes(b[operand], rank, !nothingIfEmpty), keepDims);
    axes.clear();
    for (int64_t axis : *known)
      axes.push_back(axis < 0 ? axis + rank : axis);
    llvm::sort(axes);
    axes.erase(llvm::unique(axes), axes.end());
  }
  return reduction.lowerKnownAxes(axes, keepDims);
}

//===------------------------------------------------------------------------------------------===//
// ArgMax and ArgMin
//===------------------------------------------------------------------------------------------===//

/// Carries the best element so far and its index along the axis. NaN is better than any number, as
/// it is for NumPy.
template <typename OpTy, bool greatest> static Value lowerArg(OpTy op, Lowering &b) {
  Value data = op.getData();
  auto type = cast<RankedTensorType>(data.getType());
  int64_t rank = type.getRank(), axis = int64_t(op.getAxis());
  axis = axis < 0 ? axis + rank : axis;
  bool unsignedElements = isUnsigned(data), last = op.getSelectLastIndex() != 0;
  Type elementType = lowerType(type.getElementType()), computed = b.computeType(elementType);
  Value worst =
      greatest ? b.lowest(computed, unsignedElements) : b.highest(computed, unsignedElements);
  SmallVector<Value> results =
      b.reduce(b[data], axis, {worst, b.constantInt(b.getI64Type(), 0)}, [&](ValueRange v) {
        Value element = b.extend(v[0]), best = v[1];
        Value x = greatest ? best : element, y = greatest ? element : best;
        Value better =
            last ? b.scalarLessEqual(x, y, unsignedElements) : b.scalarLess(x, y, unsignedElements);
        if (isa<FloatType>(computed)) {
          Value isNan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, element, element);
          Value bestIsNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, best, best);
          Value first = last ? isNan : Value(arith::AndIOp::create(b, isNan, bestIsNumber));
          better = arith::OrIOp::create(b, better, first);
        }
        // The reduced loop is the innermost.
        Value at = arith::IndexCastOp::create(b, b.getI64Type(), b.loopIndex(rank - 1));
        return SmallVector<Value>{b.select(better, element, best), b.select(better, at, v[2])};
      });
  return op.getKeepdims() ? b.unsqueeze(results[1], axis) : results[1];
}

void addReductionLowerings(LoweringTable &table) {
  table.add<ArgMaxOp>(lowerArg<ArgMaxOp, true>);
  table.add<ArgMinOp>(lowerArg<ArgMinOp, false>);
  table.add<ReduceMaxOp>(lowerReduce<ReduceMaxOp, Kind::Max>);
  table.add<ReduceMeanOp>(lowerReduce<ReduceMeanOp, Kind::Mean>);
  table.add<ReduceMinOp>(lowerReduce<ReduceMinOp, Kind::Min>);
  table.add<ReduceProdOp>(lowerReduce<ReduceProdOp, Kind::Prod>);
  table.add<ReduceSumOp>(lowerReduce<ReduceSumOp, Kind::Sum>);
}

} // namespace azulejo::lower
