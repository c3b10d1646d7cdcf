#include "dialects/ONNX/Quantization.h"
#include "dialects/ONNX/Types.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

/// How the loops over `x` read its scale (or zero point): one for all, one for each index of
/// `axis`, or one for each `block` of indices. Blocks are read by index, since an affine map with a
/// division does not tile.
static Value readParameter(Lowering &b, Value parameter, int64_t axis, int64_t block) {
  SmallVector<Value> indices;
  for (int64_t i = 0, rank = cast<RankedTensorType>(parameter.getType()).getRank(); i < rank; ++i)
    indices.push_back(b.loopIndex(i));
  indices[axis] = arith::DivUIOp::create(b, indices[axis], b.index(block));
  return tensor::ExtractOp::create(b, parameter, indices);
}

/// `body` gets the elements of x, scale and zero point (null if there is none).
static Value mapQuantized(Lowering &b, Value x, Value scale, Value zeroPoint, int64_t axis,
                          int64_t block, Type elementType,
                          llvm::function_ref<Value(Value, Value, Value)> body) {
  auto type = cast<RankedTensorType>(x.getType());
  int64_t rank = type.getRank();
  axis = axis < 0 ? axis + rank : axis;
  SmallVector<OpFoldResult> sizes = b.getSizes(x);
  SmallVector<MappedValue> inputs{{b[x], b.identityMap(rank)}};
  auto parameterRank = cast<RankedTensorType>(scale.getType()).getRank();
  auto getNumElements = [](Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    return type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic;
  };
  bool blocked = block != 0 && parameterRank == rank && rank > 0 && getNumElements(scale) != 1;
  for (Value parameter : {scale, zeroPoint}) {
    if (!blocked || !parameter)
      continue;
    for (int64_t i = 0; i < rank; ++i) {
      OpFoldResult size = sizes[i];
      if (i == axis)
        size = b.ceilDiv(size, b.getIndexAttr(block));
      b.requireAtMost(size, b.getSize(parameter, i),
                      "{} blocks need a scale in dimension " + Twine(i) + ", and there are {}");
    }
  }
  if (!blocked) {
    for (Value parameter : {scale, zeroPoint}) {
      if (!parameter)
        continue;
      Value lowered = b[parameter];
      // One whose size only the run knows may have one element, too.
      if (auto own = cast<RankedTensorType>(lowered.getType());
          own.getRank() == 1 && axis < rank && own.isDynamicDim(0) &&
          !Lowering::sameSize(parameter, 0, x, axis))
        lowered = b.repeatOnes(lowered, b.getSizes(parameter), {sizes[axis]}, {0});
      // Where there is no such axis, a vector can have one element only.
      bool hasAxis = axis < rank;
      if (!hasAxis && cast<RankedTensorType>(lowered.getType()).getRank() == 1)
        b.requireEqual(b.getSize(parameter, 0), b.getIndexAttr(1),
                       "a scale or zero point has {} elements, and {} is needed");
      SmallVector<AffineExpr> position;
      // A parameter of one element is for all of x, whatever its rank.
      for (int64_t i = 0, own = cast<RankedTensorType>(parameter.getType()).getRank(); i < own; ++i)
        position.push_back(getNumElements(parameter) == 1 || !hasAxis ? b.getAffineConstantExpr(0)
                                                                      : b.getAffineDimExpr(axis));
      inputs.push_back({lowered, AffineMap::get(rank, 0, position, b.getContext())});
    }
  }
  return b.parallel(inputs, sizes, elementType, [&](ValueRange v) {
    Value scaleElement = blocked ? readParameter(b, b[scale], axis, block) : v[1];
    Value zero;
    if (zeroPoint)
      zero = blocked ? readParameter(b, b[zeroPoint], axis, block) : v[2];
    return body(v[0], scaleElement, zero);
  });
}

/// The type in which x / scale is rounded: `precision` if given, else the wider of both; integers
/// of 32 bits count as f64.
static Type getQuotientType(Lowering &b, QuantizeLinearOp op) {
  if (int64_t precision = op.getPrecision())
    return onnx::getElementType(b.getContext(), precision);
  Type x = getElementType(op.getX()), scale = getElementType(op.getYScale());
  if (isa<IntegerType>(x))
    return b.getF64Type();
  if (x == scale)
    return x;
  bool narrow = x.getIntOrFloatBitWidth() <= 32 && scale.getIntOrFloatBitWidth() <= 32;
  return narrow ? b.getF32Type() : b.getF64Type();
}

static Value lowerQuantizeLinear(QuantizeLinearOp op, Lowering &b) {
  Type from = getElementType(op.getX()), scaleType = getElementType(op.getYScale()),
       to = getElementType(op.getY());
  Type quotientType = getQuotientType(b, op), computed = b.computeType(quotientType);
  bool saturate = op.getSaturate() != 0;
  return mapQuantized(
      b, op.getX(), op.getYScale(), op.getYZeroPoint(), op.getAxis(), op.getBlockSize(),
      lowerType(to), [&](Value x, Value scale, Value zeroPoint) -> Value {
        // Rounded to the type it is computed in: what comes next rounds again.
        Value quotient = b.scalarDiv(
            b.convert(b.convert(x, from, quotientType), quotientType, computed),
            b.convert(b.convert(scale, scaleType, quotientType), quotientType, computed), false);
        quotient = b.convert(b.convert(quotient, computed, quotientType), quotientType, computed);
        if (isa<FloatType>(to)) {
          if (zeroPoint && to.getIntOrFloatBitWidth() < 8)
            quotient = b.scalarAdd(quotient, b.convert(zeroPoint, to, computed));
          return b.convert(quotient, computed, to, saturate);
        }
        Value rounded = math::RoundEvenOp::create(b, quotient);
        if (zeroPoint)
          rounded = b.scalarAdd(rounded, b.convert(zeroPoint, to, computed));
        // Within the integer's range before the conversion, which is undefined beyond it.
        unsigned width = to.getIntOrFloatBitWidth();
        bool unsignedElements = isUnsigned(to);
        double low = unsignedElements ? 0 : -std::ldexp(1.0, width - 1);
        double high = std::ldexp(1.0, unsignedElements ? width : width - 1) - 1;
        rounded = arith::MaxNumFOp::create(b, rounded, b.constant(computed, low));
        rounded = arith::MinNumFOp::create(b, rounded, b.constant(computed, high));
        return b.convert(rounded, computed, to);
      });
}

static Value lowerDequantizeLinear(DequantizeLinearOp op, Lowering &b) {
  Type from = getElementType(op.getX()), scaleType = getElementType(op.getXScale()),
       to = getElementType(op.getY());
  Type computed = b.getF32Type();
  return mapQuantized(b, op.getX(), op.getXScale(), op.getXZeroPoint(), op.getAxis(),
                      op.getBlockSize(), to, [&](Value x, Value scale, Value zeroPoint) -> Value {
                        Value value = b.convert(x, from, computed);
                        if (zeroPoint && isa<IntegerType>(from))
                          value = b.scalarSub(value, b.convert(zeroPoint, from, computed));
                        return b.convert(b.scalarMul(value, b.convert(scale, scaleType, computed)),
                                         computed, to);
                      });
}

void addQuantizationLowerings(LoweringTable &table) {
  table.add<DequantizeLinearOp>(lowerDequantizeLinear);
  table.add<QuantizeLinearOp>(lowerQuantizeLinear);
}

} // namespace azulejo::lower
