#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;

namespace azulejo::lower {

//===------------------------------------------------------------------------------------------===//
// Constants
//===------------------------------------------------------------------------------------------===//

Value Lowering::constantInt(Type type, int64_t value) {
  unsigned width = isa<IndexType>(type) ? 64 : type.getIntOrFloatBitWidth();
  return arith::ConstantOp::create(*this,
                                   getIntegerAttr(type, APInt(64, value).sextOrTrunc(width)));
}

Value Lowering::constantFloat(Type type, APFloat value) {
  bool losesInfo;
  value.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return arith::ConstantOp::create(*this, FloatAttr::get(type, value));
}

Value Lowering::constant(Type type, double value) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Attribute real = getFloatAttr(complex.getElementType(), value);
    return complex::ConstantOp::create(
        *this, complex, getArrayAttr({real, getFloatAttr(complex.getElementType(), 0.0)}));
  }
  if (isa<FloatType>(type))
    return constantFloat(type, APFloat(value));
  return constantInt(type, int64_t(value));
}

Value Lowering::lowest(Type type, bool isUnsigned) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    bool hasInf = APFloat::semanticsHasInf(semantics);
    return constantFloat(type, hasInf ? APFloat::getInf(semantics, true)
                                      : APFloat::getLargest(semantics, true));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  APInt value = isUnsigned ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
  return arith::ConstantOp::create(*this, getIntegerAttr(type, value));
}

Value Lowering::highest(Type type, bool isUnsigned) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    bool hasInf = APFloat::semanticsHasInf(semantics);
    return constantFloat(type,
                         hasInf ? APFloat::getInf(semantics) : APFloat::getLargest(semantics));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  APInt value = isUnsigned ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
  return arith::ConstantOp::create(*this, getIntegerAttr(type, value));
}

//===------------------------------------------------------------------------------------------===//
// Types
//===------------------------------------------------------------------------------------------===//

Type Lowering::computeType(Type elementType) {
  return isa<FloatType>(elementType) && elementType.getIntOrFloatBitWidth() < 32 ? getF32Type()
                                                                                 : elementType;
}

Value Lowering::extend(Value scalar) {
  Type type = scalar.getType();
  return computeType(type) == type ? scalar : convert(scalar, type, getF32Type());
}

Value Lowering::truncate(Value scalar, Type elementType) {
  return scalar.getType() == elementType ? scalar : convert(scalar, scalar.getType(), elementType);
}

Value Lowering::toIndex(Value scalar, bool isUnsigned) {
  if (scalar.getType().isIndex())
    return scalar;
  if (isUnsigned)
    return createOrFold<arith::IndexCastUIOp>(getIndexType(), scalar);
  return createOrFold<arith::IndexCastOp>(getIndexType(), scalar);
}

//===------------------------------------------------------------------------------------------===//
// Arithmetic
//===------------------------------------------------------------------------------------------===//

template <typename FloatOp, typename IntOp, typename ComplexOp>
static Value binary(Lowering &b, Value x, Value y) {
  Type type = x.getType();
  if (isa<ComplexType>(type))
    return ComplexOp::create(b, x, y);
  if (isa<FloatType>(type))
    return FloatOp::create(b, x, y);
  return IntOp::create(b, x, y);
}

Value Lowering::scalarAdd(Value x, Value y) {
  return binary<arith::AddFOp, arith::AddIOp, complex::AddOp>(*this, x, y);
}
Value Lowering::scalarSub(Value x, Value y) {
  return binary<arith::SubFOp, arith::SubIOp, complex::SubOp>(*this, x, y);
}
Value Lowering::scalarMul(Value x, Value y) {
  return binary<arith::MulFOp, arith::MulIOp, complex::MulOp>(*this, x, y);
}

Value Lowering::scalarDiv(Value x, Value y, bool isUnsigned) {
  Type type = x.getType();
  if (isa<ComplexType>(type))
    return complex::DivOp::create(*this, x, y);
  if (isa<FloatType>(type))
    return arith::DivFOp::create(*this, x, y);
  // The processor traps on a zero divisor and on lowest / -1.
  Value zero = constantInt(type, 0), one = constantInt(type, 1);
  Value isZero = scalarEqual(y, zero);
  if (isUnsigned) {
    Value quotient = arith::DivUIOp::create(*this, x, select(isZero, one, y));
    return select(isZero, zero, quotient);
  }
  Value isMinusOne = scalarEqual(y, constantInt(type, -1));
  Value unsafe = arith::OrIOp::create(*this, isZero, isMinusOne);
  Value quotient = arith::DivSIOp::create(*this, x, select(unsafe, one, y));
  Value negated = arith::SubIOp::create(*this, zero, x);
  return select(isZero, zero, select(isMinusOne, negated, quotient));
}

Value Lowering::scalarMin(Value x, Value y, bool isUnsigned) {
  // NaN wins; which zero does is nobody's business, and processors are quicker without an answer.
  if (isa<FloatType>(x.getType()))
    return arith::MinimumFOp::create(*this, x, y, arith::FastMathFlags::nsz);
  return isUnsigned ? Value(arith::MinUIOp::create(*this, x, y))
                    : Value(arith::MinSIOp::create(*this, x, y));
}

Value Lowering::scalarMax(Value x, Value y, bool isUnsigned) {
  if (isa<FloatType>(x.getType()))
    return arith::MaximumFOp::create(*this, x, y, arith::FastMathFlags::nsz);
  return isUnsigned ? Value(arith::MaxUIOp::create(*this, x, y))
                    : Value(arith::MaxSIOp::create(*this, x, y));
}

Value Lowering::scalarLess(Value x, Value y, bool isUnsigned) {
  if (isa<FloatType>(x.getType()))
    return arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, x, y);
  return arith::CmpIOp::create(
      *this, isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt, x, y);
}

Value Lowering::scalarLessEqual(Value x, Value y, bool isUnsigned) {
  if (isa<FloatType>(x.getType()))
    return arith::CmpFOp::create(*this, arith::CmpFPredicate::OLE, x, y);
  return arith::CmpIOp::create(
      *this, isUnsigned ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle, x, y);
}

Value Lowering::scalarEqual(Value x, Value y) {
  if (isa<ComplexType>(x.getType()))
    return complex::EqualOp::create(*this, x, y);
  if (isa<FloatType>(x.getType()))
    return arith::CmpFOp::create(*this, arith::CmpFPredicate::OEQ, x, y);
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, x, y);
}

Value Lowering::select(Value condition, Value x, Value y) {
  return createOrFold<arith::SelectOp>(condition, x, y);
}

Value Lowering::clampIndex(Value value, Value low, Value high) {
  return arith::MinSIOp::create(*this, arith::MaxSIOp::create(*this, value, low), high);
}

} // namespace azulejo::lower
