//===- Convert.cpp - A number of one type as a number of another ------------------------------===//
//
// Processors convert between integers, f32 and f64, and most between f16 or bf16 and f32.
// Everything below that is done here with integer arithmetic on the bits of an f32.
//
// Reading a small float: with its exponent and fraction moved to where f32 has them, the bits are
// those of the value times 2^(bias - 127), subnormals included; one multiplication puts that right.
//
// Writing one, rounding to nearest even: where the result is normal, adding half of the last kept
// bit (less one if that bit is even) to the f32's bits rounds, and carries into the exponent as it
// should. Where it is subnormal, adding the power of two whose last fraction bit weighs as much as
// the subnormals' last bit makes the processor's own addition round.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;

namespace azulejo::lower {

namespace {

/// Floats of at most 8 bits. `nan`: the code of a NaN (without a sign), or -1; `inf` likewise.
struct SmallFloat {
  int exponentBits, fractionBits, bias;
  int largest, inf, nan;
  bool negativeZeroIsNan;
};

std::optional<SmallFloat> getSmallFloat(Type type) {
  return TypeSwitch<Type, std::optional<SmallFloat>>(type)
      .Case<Float8E4M3FNType>([](Type) { return SmallFloat{4, 3, 7, 0x7e, -1, 0x7f, false}; })
      .Case<Float8E4M3FNUZType>([](Type) { return SmallFloat{4, 3, 8, 0x7f, -1, 0x80, true}; })
      .Case<Float8E5M2Type>([](Type) { return SmallFloat{5, 2, 15, 0x7b, 0x7c, 0x7e, false}; })
      .Case<Float8E5M2FNUZType>([](Type) { return SmallFloat{5, 2, 16, 0x7f, -1, 0x80, true}; })
      .Case<Float4E2M1FNType>([](Type) { return SmallFloat{2, 1, 1, 0x7, -1, -1, false}; })
      .Case<Float6E2M3FNType>([](Type) { return SmallFloat{2, 3, 1, 0x1f, -1, -1, false}; })
      .Case<Float6E3M2FNType>([](Type) { return SmallFloat{3, 2, 3, 0x1f, -1, -1, false}; })
      .Default([](Type) { return std::nullopt; });
}

/// i32 arithmetic in a body.
struct Bits {
  Lowering &b;
  Value constant(int64_t value) { return b.constantInt(b.getI32Type(), value); }
  Value shl(Value x, int n) { return arith::ShLIOp::create(b, x, constant(n)); }
  Value shr(Value x, int n) { return arith::ShRUIOp::create(b, x, constant(n)); }
  Value conjunction(Value x, int64_t mask) { return arith::AndIOp::create(b, x, constant(mask)); }
  Value disjunction(Value x, Value y) { return arith::OrIOp::create(b, x, y); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value add(Value x, int64_t y) { return add(x, constant(y)); }
  Value compare(arith::CmpIPredicate predicate, Value x, int64_t y) {
    return arith::CmpIOp::create(b, predicate, x, constant(y));
  }
  Value asFloat(Value x) { return arith::BitcastOp::create(b, b.getF32Type(), x); }
  Value asInt(Value x) { return arith::BitcastOp::create(b, b.getI32Type(), x); }
  /// The code of a narrow float as i32, and back.
  Value code(Value narrow) {
    Type type = b.getIntegerType(narrow.getType().getIntOrFloatBitWidth());
    return arith::ExtUIOp::create(b, b.getI32Type(), arith::BitcastOp::create(b, type, narrow));
  }
  Value fromCode(Value code, Type type) {
    Value narrow = arith::TruncIOp::create(b, b.getIntegerType(type.getIntOrFloatBitWidth()), code);
    return arith::BitcastOp::create(b, type, narrow);
  }
};

} // namespace

static Value decode(Lowering &b, Value scalar, const SmallFloat &format) {
  Bits bits{b};
  int width = 1 + format.exponentBits + format.fractionBits;
  Value code = bits.code(scalar);
  int64_t magnitudeMask = (1 << (width - 1)) - 1;
  Value magnitude = bits.conjunction(code, magnitudeMask);
  Value sign = bits.shl(bits.conjunction(code, int64_t(1) << (width - 1)), 32 - width);
  Value scale = b.constantFloat(
      b.getF32Type(), scalbn(APFloat(1.0), 127 - format.bias, APFloat::rmNearestTiesToEven));
  Value value =
      arith::MulFOp::create(b, bits.asFloat(bits.shl(magnitude, 23 - format.fractionBits)), scale);
  Value result = bits.asInt(value);
  if (format.inf >= 0) // then what is above is NaN
    result = b.select(
        bits.compare(arith::CmpIPredicate::uge, magnitude, format.inf),
        bits.disjunction(bits.shl(magnitude, 23 - format.fractionBits), bits.constant(0x7f800000)),
        result);
  else if (format.nan >= 0 && !format.negativeZeroIsNan)
    result = b.select(bits.compare(arith::CmpIPredicate::eq, magnitude, format.nan),
                      bits.constant(0x7fc00000), result);
  result = bits.disjunction(result, sign);
  if (format.negativeZeroIsNan)
    result = b.select(bits.compare(arith::CmpIPredicate::eq, code, format.nan),
                      bits.constant(0x7fc00000), result);
  return bits.asFloat(result);
}

static Value encode(Lowering &b, Value f32, Type type, const SmallFloat &format, bool saturate) {
  Bits bits{b};
  int width = 1 + format.exponentBits + format.fractionBits, dropped = 23 - format.fractionBits;
  Value all = bits.asInt(f32);
  Value magnitude = bits.conjunction(all, 0x7fffffff);
  Value sign = bits.conjunction(bits.shr(all, 32 - width), int64_t(1) << (width - 1));

  Value lastBit = bits.conjunction(bits.shr(magnitude, dropped), 1);
  Value rounded =
      bits.shr(bits.add(bits.add(magnitude, (1 << (dropped - 1)) - 1), lastBit), dropped);
  Value normal = bits.add(rounded, -(int64_t(127 - format.bias) << format.fractionBits));

  APFloat magic =
      scalbn(APFloat(1.0), 24 - format.bias - format.fractionBits, APFloat::rmNearestTiesToEven);
  Value magicFloat = b.constantFloat(b.getF32Type(), magic);
  Value sum = arith::AddFOp::create(b, bits.asFloat(magnitude), magicFloat);
  Value subnormal = arith::SubIOp::create(b, bits.asInt(sum), bits.asInt(magicFloat));

  int64_t smallestNormal = int64_t(127 + 1 - format.bias) << 23;
  Value code = b.select(bits.compare(arith::CmpIPredicate::ult, magnitude, smallestNormal),
                        subnormal, normal);
  // Compared before NaNs are told apart, whose code is larger still.
  int overflow = saturate || format.nan < 0 ? format.largest
                 : format.inf >= 0          ? format.inf
                                            : format.nan;
  Value overflows = bits.compare(arith::CmpIPredicate::sgt, code, format.largest);
  code = b.select(overflows, bits.constant(overflow), code);
  Value signedCode = bits.disjunction(code, sign);
  if (format.negativeZeroIsNan) {
    // Neither zero nor NaN has a sign.
    Value unsignedCode =
        arith::OrIOp::create(b, bits.compare(arith::CmpIPredicate::eq, code, 0),
                             bits.compare(arith::CmpIPredicate::eq, code, format.nan));
    signedCode = b.select(unsignedCode, code, signedCode);
  }
  // A format without NaN reads it as negative zero.
  Value isNan = bits.compare(arith::CmpIPredicate::ugt, magnitude, 0x7f800000);
  Value nan = format.nan < 0             ? bits.constant(int64_t(1) << (width - 1))
              : format.negativeZeroIsNan ? bits.constant(format.nan)
                                         : bits.disjunction(bits.constant(format.nan), sign);
  return bits.fromCode(b.select(isNan, nan, signedCode), type);
}

/// f8E8M0FNU is an exponent and nothing else: code c is 2^(c - 127), 255 is NaN.
static Value decodeExponent(Lowering &b, Value scalar) {
  Bits bits{b};
  Value code = bits.code(scalar);
  Value result = bits.shl(code, 23);
  result =
      b.select(bits.compare(arith::CmpIPredicate::eq, code, 0), bits.constant(0x00400000), result);
  return bits.asFloat(b.select(bits.compare(arith::CmpIPredicate::eq, code, 255),
                               bits.constant(0x7fc00000), result));
}

static Value encodeExponent(Lowering &b, Value f32, Type type, bool saturate, StringRef roundMode) {
  Bits bits{b};
  Value magnitude = bits.conjunction(bits.asInt(f32), 0x7fffffff);
  Value exponent = bits.shr(magnitude, 23);
  Value fraction = bits.conjunction(magnitude, 0x7fffff);
  Value roundUp;
  if (roundMode == "nearest") {
    // Ties go up, except at zero's exponent.
    Value above = bits.compare(arith::CmpIPredicate::ugt, fraction, 0x400000);
    Value tie = arith::AndIOp::create(b, bits.compare(arith::CmpIPredicate::eq, fraction, 0x400000),
                                      bits.compare(arith::CmpIPredicate::ugt, exponent, 0));
    roundUp = arith::OrIOp::create(b, above, tie);
  } else if (roundMode == "up") {
    roundUp = bits.compare(arith::CmpIPredicate::ugt, fraction, 0);
  } else {
    roundUp = b.constantInt(b.getI1Type(), 0);
  }
  int64_t last = saturate ? 0xfe : 0xff;
  Value mayRise = bits.compare(arith::CmpIPredicate::ult, exponent, last);
  Value rise =
      arith::ExtUIOp::create(b, b.getI32Type(), arith::AndIOp::create(b, roundUp, mayRise));
  return bits.fromCode(bits.add(exponent, rise), type);
}

/// f64 to f32 towards zero, with the last bit set if anything was lost: a second rounding to fewer
/// bits is then exact.
static Value roundToOdd(Lowering &b, Value f64) {
  Bits bits{b};
  Value nearest = arith::TruncFOp::create(b, b.getF32Type(), f64);
  Value again = arith::ExtFOp::create(b, b.getF64Type(), nearest);
  auto magnitude = [&](Value x) {
    Value mask = b.constantInt(b.getI64Type(), INT64_MAX);
    return arith::AndIOp::create(b, arith::BitcastOp::create(b, b.getI64Type(), x), mask);
  };
  // Magnitudes of ordered floats compare as integers do; a NaN stays one.
  Value before = magnitude(f64), after = magnitude(again);
  Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, f64, f64);
  Value inexact = arith::AndIOp::create(
      b, isNumber, arith::CmpIOp::create(b, arith::CmpIPredicate::ne, before, after));
  Value tooLarge = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, before, after);
  Value code = bits.asInt(nearest);
  Value truncated =
      bits.disjunction(b.select(tooLarge, bits.add(code, -1), code), bits.constant(1));
  return bits.asFloat(b.select(inexact, truncated, code));
}

static Value convertFloat(Lowering &b, Value scalar, Type from, Type to, bool saturate,
                          StringRef roundMode) {
  unsigned fromWidth = from.getIntOrFloatBitWidth(), toWidth = to.getIntOrFloatBitWidth();
  if (from == to)
    return scalar;
  if (fromWidth <= 8) {
    std::optional<SmallFloat> format = getSmallFloat(from);
    return convertFloat(b, format ? decode(b, scalar, *format) : decodeExponent(b, scalar),
                        b.getF32Type(), to, saturate, roundMode);
  }
  if (toWidth > fromWidth)
    return arith::ExtFOp::create(b, to, scalar);
  if (toWidth == 32)
    return arith::TruncFOp::create(b, to, scalar);
  if (fromWidth < 32)
    scalar = arith::ExtFOp::create(b, b.getF32Type(), scalar);
  else if (fromWidth > 32)
    scalar = roundToOdd(b, scalar);
  if (toWidth == 16)
    return arith::TruncFOp::create(b, to, scalar);
  if (std::optional<SmallFloat> format = getSmallFloat(to))
    return encode(b, scalar, to, *format, saturate);
  return encodeExponent(b, scalar, to, saturate, roundMode);
}

static Value convertInteger(Lowering &b, Value scalar, Type from, Type to) {
  unsigned fromWidth = from.getIntOrFloatBitWidth(), toWidth = to.getIntOrFloatBitWidth();
  if (fromWidth == toWidth)
    return scalar;
  if (fromWidth > toWidth)
    return arith::TruncIOp::create(b, lowerType(to), scalar);
  return isUnsigned(from) ? Value(arith::ExtUIOp::create(b, lowerType(to), scalar))
                          : Value(arith::ExtSIOp::create(b, lowerType(to), scalar));
}

Value Lowering::convert(Value scalar, Type from, Type to, bool saturate, StringRef roundMode) {
  if (from == to)
    return scalar;
  if (auto complex = dyn_cast<ComplexType>(to)) {
    Type part = complex.getElementType();
    if (auto source = dyn_cast<ComplexType>(from)) {
      Value real = convert(complex::ReOp::create(*this, scalar), source.getElementType(), part);
      Value imaginary =
          convert(complex::ImOp::create(*this, scalar), source.getElementType(), part);
      return complex::CreateOp::create(*this, to, real, imaginary);
    }
    return complex::CreateOp::create(*this, to, convert(scalar, from, part), constant(part, 0));
  }
  if (auto complex = dyn_cast<ComplexType>(from))
    return convert(complex::ReOp::create(*this, scalar), complex.getElementType(), to, saturate,
                   roundMode);

  if (to.isInteger(1)) {
    if (isa<FloatType>(from)) {
      Value wide = extend(scalar);
      return arith::CmpFOp::create(*this, arith::CmpFPredicate::UNE, wide,
                                   constant(wide.getType(), 0));
    }
    return arith::CmpIOp::create(*this, arith::CmpIPredicate::ne, scalar,
                                 constantInt(scalar.getType(), 0));
  }
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return convertFloat(*this, scalar, from, to, saturate, roundMode);
  if (isa<FloatType>(to)) {
    Type target = to.getIntOrFloatBitWidth() < 32 ? Type(getF32Type()) : to;
    Value value = isUnsigned(from) ? Value(arith::UIToFPOp::create(*this, target, scalar))
                                   : Value(arith::SIToFPOp::create(*this, target, scalar));
    return convertFloat(*this, value, target, to, saturate, roundMode);
  }
  if (isa<FloatType>(from)) {
    // Towards zero. What does not fit is undefined in ONNX; here it wraps from the next wider
    // integer that the processor converts to.
    Value wide = extend(scalar);
    unsigned width = to.getIntOrFloatBitWidth();
    if (isUnsigned(to) && width == 64)
      return arith::FPToUIOp::create(*this, getI64Type(), wide);
    bool needsWide = width == 64 || (isUnsigned(to) && width == 32);
    Value integer = arith::FPToSIOp::create(*this, needsWide ? getI64Type() : getI32Type(), wide);
    return convertInteger(*this, integer, integer.getType(), to);
  }
  return convertInteger(*this, scalar, from, to);
}

} // namespace azulejo::lower
