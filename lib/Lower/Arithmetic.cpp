#include "dialects/ONNX/Arithmetic.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

static bool isFloat(Value x) { return isa<FloatType>(x.getType()); }

//===------------------------------------------------------------------------------------------===//
// One operand
//===------------------------------------------------------------------------------------------===//

/// Operators that are one math operation on floats.
template <typename OpTy, typename MathOp> static Value lowerFloatUnary(OpTy op, Lowering &b) {
  return b.elementwise(op->getResult(0), op->getOperand(0),
                       [&](ValueRange x) -> Value { return MathOp::create(b, x[0]); });
}

static Value lowerAbs(AbsOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getX());
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) -> Value {
    if (isFloat(x[0]))
      return math::AbsFOp::create(b, x[0]);
    return unsignedElements ? x[0] : Value(math::AbsIOp::create(b, x[0]));
  });
}

static Value lowerNeg(NegOp op, Lowering &b) {
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) -> Value {
    if (isFloat(x[0]))
      return arith::NegFOp::create(b, x[0]);
    return b.scalarSub(b.constant(x[0].getType(), 0), x[0]);
  });
}

static Value lowerSign(SignOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getInput());
  return b.elementwise(op.getOutput(), op.getInput(), [&](ValueRange x) -> Value {
    Type type = x[0].getType();
    Value zero = b.constant(type, 0), one = b.constant(type, 1);
    Value isPositive = b.scalarLess(zero, x[0], unsignedElements);
    if (unsignedElements)
      return b.select(isPositive, one, zero);
    // Neither is true of zero, and of NaN, whose sign is NaN.
    Value isNegative = b.scalarLess(x[0], zero, false);
    return b.select(isPositive, one, b.select(isNegative, b.constant(type, -1), x[0]));
  });
}

//===------------------------------------------------------------------------------------------===//
// Two operands
//===------------------------------------------------------------------------------------------===//

static Value lowerAdd(AddOp op, Lowering &b) {
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarAdd(x[0], x[1]); });
}

static Value lowerSub(SubOp op, Lowering &b) {
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarSub(x[0], x[1]); });
}

static Value lowerMul(MulOp op, Lowering &b) {
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarMul(x[0], x[1]); });
}

static Value lowerDiv(DivOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getA());
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarDiv(x[0], x[1], unsignedElements); });
}

static Value lowerMax(MaxOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getMax());
  return b.elementwise(op.getMax(), op.getOperands(), [&](ValueRange x) {
    Value result = x[0];
    for (Value next : x.drop_front())
      result = b.scalarMax(result, next, unsignedElements);
    return result;
  });
}

static Value lowerMin(MinOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getMin());
  return b.elementwise(op.getMin(), op.getOperands(), [&](ValueRange x) {
    Value result = x[0];
    for (Value next : x.drop_front())
      result = b.scalarMin(result, next, unsignedElements);
    return result;
  });
}

/// The remainder with the sign of x, without the library's fmod: exact as long as the quotient has
/// no more bits than a double's fraction.
static Value floatRemainder(Lowering &b, Value x, Value y) {
  Type type = x.getType();
  Value wideX = b.convert(x, type, b.getF64Type()), wideY = b.convert(y, type, b.getF64Type());
  Value quotient = math::TruncOp::create(b, arith::DivFOp::create(b, wideX, wideY));
  Value remainder = math::FmaOp::create(b, arith::NegFOp::create(b, quotient), wideY, wideX);
  Value absX = math::AbsFOp::create(b, wideX), absY = math::AbsFOp::create(b, wideY);
  return b.convert(b.select(b.scalarLess(absX, absY, false), wideX, remainder), b.getF64Type(),
                   type);
}

/// The remainder with the sign of x (truncated division); zero where the divisor is zero.
static Value integerRemainder(Lowering &b, Value x, Value y, bool unsignedElements) {
  Type type = x.getType();
  Value zero = b.constantInt(type, 0), one = b.constantInt(type, 1);
  Value unsafe = b.scalarEqual(y, zero);
  if (unsignedElements)
    return arith::RemUIOp::create(b, x, b.select(unsafe, one, y));
  // Nothing remains of a division by -1 either, and lowest / -1 traps.
  unsafe = arith::OrIOp::create(b, unsafe, b.scalarEqual(y, b.constantInt(type, -1)));
  return arith::RemSIOp::create(b, x, b.select(unsafe, one, y));
}

static Value lowerMod(ModOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getA()), signOfDividend = op.getFmod() != 0;
  return b.elementwise(op.getC(), {op.getA(), op.getB()}, [&](ValueRange x) -> Value {
    Value remainder = isFloat(x[0]) ? floatRemainder(b, x[0], x[1])
                                    : integerRemainder(b, x[0], x[1], unsignedElements);
    if (signOfDividend || unsignedElements)
      return remainder;
    Value zero = b.constant(x[0].getType(), 0);
    Value signsDiffer = arith::XOrIOp::create(b, b.scalarLess(remainder, zero, false),
                                              b.scalarLess(x[1], zero, false));
    Value isZero = b.scalarEqual(remainder, zero);
    Value asItIs = arith::OrIOp::create(
        b, isZero, arith::XOrIOp::create(b, signsDiffer, b.constantInt(b.getI1Type(), 1)));
    return b.select(asItIs, remainder, b.scalarAdd(remainder, x[1]));
  });
}

//===------------------------------------------------------------------------------------------===//
// Pow
//===------------------------------------------------------------------------------------------===//

/// base to the power of an integer, by squaring. Exponents beyond 63 keep their parity: the powers
/// of 0, 1 and -1 are right, others have overflowed.
static Value integerPower(Lowering &b, Value base, Value exponent) {
  Type type = base.getType(), exponentType = exponent.getType();
  Value zero = b.constantInt(exponentType, 0), one = b.constantInt(exponentType, 1);
  Value isNegative = b.scalarLess(exponent, zero, false);
  Value count = b.select(isNegative, b.scalarSub(zero, exponent), exponent);
  Value parity = arith::AndIOp::create(b, count, one);
  Value bounded = b.scalarAdd(b.constantInt(exponentType, 62), parity);
  count = b.select(b.scalarLess(b.constantInt(exponentType, 63), count, true), bounded, count);
  Value result = b.constant(type, 1), square = base;
  for (int bit = 0; bit < 6; ++bit) {
    Value mask = b.constantInt(exponentType, int64_t(1) << bit);
    Value isSet = arith::CmpIOp::create(b, arith::CmpIPredicate::ne,
                                        arith::AndIOp::create(b, count, mask), zero);
    result = b.select(isSet, b.scalarMul(result, square), result);
    if (bit < 5)
      square = b.scalarMul(square, square);
  }
  return b.select(isNegative, b.scalarDiv(b.constant(type, 1), result, false), result);
}

/// exp(y log |x|), with the sign that an integer exponent gives; NaN for a negative base and
/// another exponent.
static Value floatPower(Lowering &b, Value x, Value y) {
  Type type = x.getType();
  Value zero = b.constant(type, 0), one = b.constant(type, 1);
  Value magnitude =
      math::ExpOp::create(b, b.scalarMul(y, math::LogOp::create(b, math::AbsFOp::create(b, x))));
  Value isInteger = b.scalarEqual(math::FloorOp::create(b, y), y);
  Value half = b.scalarMul(y, b.constant(type, 0.5));
  Value isEven = b.scalarEqual(math::FloorOp::create(b, half), half);
  Value negated = arith::NegFOp::create(b, magnitude);
  Value nan = b.constantFloat(type, APFloat::getNaN(cast<FloatType>(type).getFloatSemantics()));
  Value ofNegative = b.select(isInteger, b.select(isEven, magnitude, negated), nan);
  Value result = b.select(b.scalarLess(x, zero, false), ofNegative, magnitude);
  Value isOne = arith::OrIOp::create(b, b.scalarEqual(y, zero), b.scalarEqual(x, one));
  return b.select(isOne, one, result);
}

/// The power for the exponents that models spell out; null for others.
static Value constantPower(Lowering &b, Value x, double exponent) {
  Value one = b.constant(x.getType(), 1);
  if (exponent == 0.5)
    return math::SqrtOp::create(b, x);
  if (exponent == -0.5)
    return b.scalarDiv(one, math::SqrtOp::create(b, x), false);
  if (std::floor(exponent) != exponent || std::abs(exponent) > 16)
    return {};
  Value result, square = x;
  for (int bits = int(std::abs(exponent)); bits; bits >>= 1) {
    if (bits & 1)
      result = result ? b.scalarMul(result, square) : square;
    if (bits > 1)
      square = b.scalarMul(square, square);
  }
  if (!result)
    return one;
  return exponent < 0 ? b.scalarDiv(one, result, false) : result;
}

/// The exponent when it is the same known number everywhere.
static std::optional<double> getConstantExponent(Lowering &b, Value exponent) {
  SmallVector<double> values;
  if (auto floats = b.getConstantFloats(exponent))
    values = *floats;
  else if (auto ints = b.getConstantInts(exponent))
    values.assign(ints->begin(), ints->end());
  if (values.empty() || !llvm::all_equal(values))
    return {};
  return values[0];
}

static Value lowerPow(PowOp op, Lowering &b) {
  Type base = getElementType(op.getX()), exponent = getElementType(op.getY());
  std::optional<double> known =
      isa<FloatType>(base) ? getConstantExponent(b, op.getY()) : std::nullopt;
  return b.elementwise(op.getZ(), {op.getX(), op.getY()}, [&](ValueRange x) -> Value {
    if (known)
      if (Value result = constantPower(b, x[0], *known))
        return result;
    if (isa<FloatType>(base)) {
      // Computed in the wider of the two, if the exponent is a float.
      Type type = x[0].getType();
      bool wide = x[1].getType().isF64();
      Type computed = wide ? b.getF64Type() : type;
      Type exponentType = isa<FloatType>(exponent) ? x[1].getType() : exponent;
      Value result =
          floatPower(b, b.convert(x[0], type, computed), b.convert(x[1], exponentType, computed));
      return b.convert(result, computed, type);
    }
    if (!isa<FloatType>(exponent))
      return integerPower(b, x[0], b.convert(x[1], exponent, b.getI64Type()));
    // An integer to the power of a float, truncated: powers with whole exponents must come out
    // exact.
    Type f64 = b.getF64Type(), i64 = b.getI64Type();
    Value wideBase = b.convert(x[0], base, f64),
          wideExponent = b.convert(x[1], x[1].getType(), f64);
    Value whole = math::TruncOp::create(b, wideExponent);
    Value exact = integerPower(b, wideBase, b.convert(whole, f64, i64));
    Value isWhole = b.scalarEqual(whole, wideExponent);
    return b.convert(b.select(isWhole, exact, floatPower(b, wideBase, wideExponent)), f64, base);
  });
}

void addArithmeticLowerings(LoweringTable &table) {
  table.add<AbsOp>(lowerAbs);
  table.add<AddOp>(lowerAdd);
  table.add<CeilOp>(lowerFloatUnary<CeilOp, math::CeilOp>);
  table.add<DivOp>(lowerDiv);
  table.add<ErfOp>(lowerFloatUnary<ErfOp, math::ErfOp>);
  table.add<ExpOp>(lowerFloatUnary<ExpOp, math::ExpOp>);
  table.add<FloorOp>(lowerFloatUnary<FloorOp, math::FloorOp>);
  table.add<LogOp>(lowerFloatUnary<LogOp, math::LogOp>);
  table.add<MaxOp>(lowerMax);
  table.add<MinOp>(lowerMin);
  table.add<ModOp>(lowerMod);
  table.add<MulOp>(lowerMul);
  table.add<NegOp>(lowerNeg);
  table.add<PowOp>(lowerPow);
  table.add<RoundOp>(lowerFloatUnary<RoundOp, math::RoundEvenOp>);
  table.add<SignOp>(lowerSign);
  table.add<SqrtOp>(lowerFloatUnary<SqrtOp, math::SqrtOp>);
  table.add<SubOp>(lowerSub);
}

} // namespace azulejo::lower
