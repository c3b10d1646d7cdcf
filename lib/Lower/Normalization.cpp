#include "dialects/ONNX/Normalization.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

namespace {
/// What layer and RMS normalisation share: rows of a tensor, the dimensions from `axis` on, with
/// sums and means over each.
struct Rows {
  Lowering &b;
  Type computed;
  int64_t rank;
  SmallVector<int64_t> axes;
  SmallVector<OpFoldResult> sizes, outer;
  AffineMap whole, row;
  Value count; // elements of a row, as `computed`

  Rows(Lowering &b, Value original, int64_t axis) : b(b) {
    auto type = cast<RankedTensorType>(original.getType());
    rank = type.getRank();
    computed = b.computeType(type.getElementType());
    axes = llvm::to_vector(llvm::seq<int64_t>(axis < 0 ? axis + rank : axis, rank));
    sizes = b.getSizes(original);
    outer.assign(sizes.begin(), sizes.begin() + axes.front());
    whole = b.identityMap(rank);
    row = b.dropDims(rank, axes);
    OpFoldResult size = b.product(ArrayRef<OpFoldResult>(sizes).drop_front(axes.front()));
    if (auto known = getConstantIntValue(size))
      count = b.constant(computed, double(*known));
    else
      count = b.convert(arith::IndexCastOp::create(b, b.getI64Type(), b.asIndex(size)),
                        b.getI64Type(), computed);
  }

  Value extend(Value lowered) {
    if (getElementType(lowered) == computed)
      return lowered;
    return b.parallel({{lowered, whole}}, sizes, computed,
                      [&](ValueRange v) { return b.extend(v[0]); });
  }

  Value sum(Value lowered) {
    return b.reduce(lowered, axes, b.constant(computed, 0),
                    [&](ValueRange v) { return SmallVector<Value>{b.scalarAdd(v[0], v[1])}; })[0];
  }

  Value sumOfSquares(Value lowered) {
    return b.reduce(lowered, axes, b.constant(computed, 0), [&](ValueRange v) {
      return SmallVector<Value>{b.scalarAdd(b.scalarMul(v[0], v[0]), v[1])};
    })[0];
  }

  Value mean(Value sums) {
    AffineMap identity = b.identityMap(outer.size());
    return b.parallel({{sums, identity}}, outer, computed,
                      [&](ValueRange v) { return b.scalarDiv(v[0], count, false); });
  }

  /// A number for each row, with the row's dimensions as ones.
  Value asResult(Value numbers, Value original) {
    Type elementType = getElementType(original);
    Value converted = numbers;
    if (elementType != computed)
      converted = b.parallel({{numbers, b.identityMap(outer.size())}}, outer, elementType,
                             [&](ValueRange v) { return b.convert(v[0], computed, elementType); });
    return b.unsqueeze(converted, axes);
  }

  /// 1 / sqrt(sum / count + epsilon) of each row.
  Value inverseRoot(Value sums, double epsilon) {
    AffineMap identity = b.identityMap(outer.size());
    return b.parallel({{sums, identity}}, outer, computed, [&](ValueRange v) {
      Value mean = b.scalarAdd(b.scalarDiv(v[0], count, false), b.constant(computed, epsilon));
      return b.scalarDiv(b.constant(computed, 1), math::SqrtOp::create(b, mean), false);
    });
  }
};
} // namespace

static LogicalResult lowerLayerNormalization(LayerNormalizationOp op, Lowering &b) {
  Rows rows(b, op.getX(), op.getAxis());
  Value x = rows.extend(b[op.getX()]);
  Value mean = rows.mean(rows.sum(x));
  Value centred = b.parallel({{x, rows.whole}, {mean, rows.row}}, rows.sizes, rows.computed,
                             [&](ValueRange v) { return b.scalarSub(v[0], v[1]); });
  Value scale = rows.inverseRoot(rows.sumOfSquares(centred), op.getEpsilon().convertToDouble());

  SmallVector<Value> operands{op.getX(), op.getScale()};
  SmallVector<MappedValue> inputs{{centred, rows.whole}, {scale, rows.row}};
  inputs.push_back(b.broadcast(op.getScale(), op.getY(), rows.sizes, {operands}));
  if (op.getB()) {
    operands.push_back(op.getB());
    inputs.push_back(b.broadcast(op.getB(), op.getY(), rows.sizes, {operands}));
  }
  Type elementType = getElementType(op.getY());
  b.map(op.getY(), b.parallel(inputs, rows.sizes, elementType, [&](ValueRange v) {
    Value result = b.scalarMul(b.scalarMul(v[0], v[1]), b.extend(v[2]));
    if (op.getB())
      result = b.scalarAdd(result, b.extend(v[3]));
    return b.truncate(result, elementType);
  }));
  if (op.getMean())
    b.map(op.getMean(), rows.asResult(mean, op.getMean()));
  if (op.getInvStdDev())
    b.map(op.getInvStdDev(), rows.asResult(scale, op.getInvStdDev()));
  return success();
}

static Value lowerRMSNormalization(RMSNormalizationOp op, Lowering &b) {
  Rows rows(b, op.getX(), op.getAxis());
  Value x = rows.extend(b[op.getX()]);
  Value scale = rows.inverseRoot(rows.sumOfSquares(x), op.getEpsilon().convertToDouble());
  SmallVector<Value> operands{op.getX(), op.getScale()};
  SmallVector<MappedValue> inputs{{x, rows.whole}, {scale, rows.row}};
  inputs.push_back(b.broadcast(op.getScale(), op.getY(), rows.sizes, {operands}));
  Type elementType = getElementType(op.getY());
  return b.parallel(inputs, rows.sizes, elementType, [&](ValueRange v) {
    return b.truncate(b.scalarMul(b.scalarMul(v[0], v[1]), b.extend(v[2])), elementType);
  });
}

void addNormalizationLowerings(LoweringTable &table) {
  table.add<LayerNormalizationOp>(lowerLayerNormalization);
  table.add<RMSNormalizationOp>(lowerRMSNormalization);
}

} // namespace azulejo::lower
