#include "dialects/ONNX/Activation.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

/// 1 / (1 + exp(-x)): for large negative x the exponential is infinite and the result zero, as it
/// should be.
static Value sigmoid(Lowering &b, Value x) {
  Value one = b.constant(x.getType(), 1);
  return b.scalarDiv(one, b.scalarAdd(one, math::ExpOp::create(b, arith::NegFOp::create(b, x))),
                     false);
}

static Value lowerSigmoid(SigmoidOp op, Lowering &b) {
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) { return sigmoid(b, x[0]); });
}

static Value lowerSwish(SwishOp op, Lowering &b) {
  double alpha = op.getAlpha().convertToDouble();
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) {
    Value scaled = alpha == 1.0 ? x[0] : b.scalarMul(x[0], b.constant(x[0].getType(), alpha));
    return b.scalarMul(x[0], sigmoid(b, scaled));
  });
}

static Value lowerGelu(GeluOp op, Lowering &b) {
  bool exact = op.getApproximate() != "tanh";
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) {
    auto constant = [&](double value) { return b.constant(x[0].getType(), value); };
    Value inner;
    if (exact) {
      inner = math::ErfOp::create(b, b.scalarMul(x[0], constant(0.70710678118654752)));
    } else {
      Value cube = b.scalarMul(b.scalarMul(x[0], x[0]), x[0]);
      Value sum = b.scalarAdd(x[0], b.scalarMul(constant(0.044715), cube));
      inner = math::TanhOp::create(b, b.scalarMul(constant(0.79788456080286536), sum));
    }
    return b.scalarMul(b.scalarMul(constant(0.5), x[0]), b.scalarAdd(constant(1), inner));
  });
}

/// exp(x - max) / sum(exp(x - max)) over one axis; sums in f32 or wider.
static Value lowerSoftmax(SoftmaxOp op, Lowering &b) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  int64_t rank = type.getRank(),
          axis = int64_t(op.getAxis()) < 0 ? op.getAxis() + rank : op.getAxis();
  Type elementType = type.getElementType(), computed = b.computeType(elementType);
  if (rank == 0)
    return b.fill(1.0, {}, elementType);
  SmallVector<OpFoldResult> sizes = b.getSizes(op.getInput());
  AffineMap whole = b.identityMap(rank), row = b.dropDims(rank, axis);

  Value x = b[op.getInput()];
  if (computed != elementType)
    x = b.parallel({{x, whole}}, sizes, computed, [&](ValueRange x) { return b.extend(x[0]); });
  // A NaN makes its row NaN through the sum, so the greatest element may be that of the others.
  Value greatest = b.reduce(x, axis, b.lowest(computed, false), [&](ValueRange v) {
    return SmallVector<Value>{arith::MaxNumFOp::create(b, v[0], v[1])};
  })[0];
  Value exponential =
      b.parallel({{x, whole}, {greatest, row}}, sizes, computed, [&](ValueRange v) -> Value {
        return math::ExpOp::create(b, b.scalarSub(v[0], v[1]));
      });
  Value sum = b.reduce(exponential, axis, b.constant(computed, 0), [&](ValueRange v) {
    return SmallVector<Value>{b.scalarAdd(v[0], v[1])};
  })[0];
  return b.parallel({{exponential, whole}, {sum, row}}, sizes, elementType, [&](ValueRange v) {
    return b.truncate(b.scalarDiv(v[0], v[1], false), elementType);
  });
}

void addActivationLowerings(LoweringTable &table) {
  table.add<GeluOp>(lowerGelu);
  table.add<SigmoidOp>(lowerSigmoid);
  table.add<SoftmaxOp>(lowerSoftmax);
  table.add<SwishOp>(lowerSwish);
}

} // namespace azulejo::lower
