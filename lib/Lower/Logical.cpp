#include "dialects/ONNX/Logical.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

/// Operators on two integers (or booleans) that are one arith operation.
template <typename OpTy, typename ArithOp> static Value lowerBinary(OpTy op, Lowering &b) {
  return b.elementwise(op->getResult(0), op->getOperands(),
                       [&](ValueRange x) -> Value { return ArithOp::create(b, x[0], x[1]); });
}

/// Not and BitwiseNot: a boolean has one bit.
template <typename OpTy> static Value lowerNot(OpTy op, Lowering &b) {
  return b.elementwise(op->getResult(0), op->getOperand(0), [&](ValueRange x) -> Value {
    return arith::XOrIOp::create(b, x[0], b.constantInt(x[0].getType(), -1));
  });
}

static Value lowerBitShift(BitShiftOp op, Lowering &b) {
  bool left = op.getDirection() == "LEFT", signedElements = !isUnsigned(op.getX());
  return b.elementwise(op.getZ(), {op.getX(), op.getY()}, [&](ValueRange x) -> Value {
    // LLVM leaves undefined what is shifted by the width or more. All bits are gone then, but for
    // the sign.
    Type type = x[0].getType();
    int64_t width = type.getIntOrFloatBitWidth();
    Value zero = b.constantInt(type, 0);
    Value inRange = b.scalarLess(x[1], b.constantInt(type, width), true);
    if (!left && signedElements)
      return arith::ShRSIOp::create(b, x[0],
                                    b.select(inRange, x[1], b.constantInt(type, width - 1)));
    Value amount = b.select(inRange, x[1], zero);
    Value shifted = left ? Value(arith::ShLIOp::create(b, x[0], amount))
                         : Value(arith::ShRUIOp::create(b, x[0], amount));
    return b.select(inRange, shifted, zero);
  });
}

static Value lowerEqual(EqualOp op, Lowering &b) {
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarEqual(x[0], x[1]); });
}

static Value lowerLess(LessOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getA());
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarLess(x[0], x[1], unsignedElements); });
}

static Value lowerLessOrEqual(LessOrEqualOp op, Lowering &b) {
  bool unsignedElements = isUnsigned(op.getA());
  return b.elementwise(op.getC(), {op.getA(), op.getB()}, [&](ValueRange x) {
    return b.scalarLessEqual(x[0], x[1], unsignedElements);
  });
}

static Value lowerIsNaN(IsNaNOp op, Lowering &b) {
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) -> Value {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x[0], x[0]);
  });
}

static Value lowerIsInf(IsInfOp op, Lowering &b) {
  bool positive = op.getDetectPositive() != 0, negative = op.getDetectNegative() != 0;
  return b.elementwise(op.getY(), op.getX(), [&](ValueRange x) -> Value {
    auto type = cast<FloatType>(x[0].getType());
    Value result = b.constantInt(b.getI1Type(), 0);
    for (bool sign : {false, true})
      if (sign ? negative : positive) {
        Value inf = b.constantFloat(type, APFloat::getInf(type.getFloatSemantics(), sign));
        result = b.createOrFold<arith::OrIOp>(result, b.scalarEqual(x[0], inf));
      }
    return result;
  });
}

static Value lowerWhere(WhereOp op, Lowering &b) {
  return b.elementwise(
      op.getOutput(), {op.getCondition(), op.getX(), op.getY()},
      [&](ValueRange x) { return b.select(x[0], x[1], x[2]); }, Lowering::Floats::AsIs);
}

void addLogicalLowerings(LoweringTable &table) {
  table.add<AndOp>(lowerBinary<AndOp, arith::AndIOp>);
  table.add<BitShiftOp>(lowerBitShift);
  table.add<BitwiseAndOp>(lowerBinary<BitwiseAndOp, arith::AndIOp>);
  table.add<BitwiseNotOp>(lowerNot<BitwiseNotOp>);
  table.add<BitwiseOrOp>(lowerBinary<BitwiseOrOp, arith::OrIOp>);
  table.add<BitwiseXorOp>(lowerBinary<BitwiseXorOp, arith::XOrIOp>);
  table.add<EqualOp>(lowerEqual);
  table.add<IsInfOp>(lowerIsInf);
  table.add<IsNaNOp>(lowerIsNaN);
  table.add<LessOp>(lowerLess);
  table.add<LessOrEqualOp>(lowerLessOrEqual);
  table.add<NotOp>(lowerNot<NotOp>);
  table.add<OrOp>(lowerBinary<OrOp, arith::OrIOp>);
  table.add<WhereOp>(lowerWhere);
  table.add<XorOp>(lowerBinary<XorOp, arith::XOrIOp>);
}

} // namespace azulejo::lower
