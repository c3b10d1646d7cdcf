#include "dialects/ONNX/Arithmetic.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

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
  bool isUnsignedDiv = isUnsigned(op.getA());
  return b.elementwise(op.getC(), {op.getA(), op.getB()},
                       [&](ValueRange x) { return b.scalarDiv(x[0], x[1], isUnsignedDiv); });
}

void addArithmeticLowerings(LoweringTable &table) {
  table.add<AddOp>(lowerAdd);
  table.add<SubOp>(lowerSub);
  table.add<MulOp>(lowerMul);
  table.add<DivOp>(lowerDiv);
}

} // namespace azulejo::lower
