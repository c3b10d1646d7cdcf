#include "dialects/ONNX/Trigonometry.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

template <typename OpTy, typename MathOp> static Value lowerUnary(OpTy op, Lowering &b) {
  return b.elementwise(op->getResult(0), op->getOperand(0),
                       [&](ValueRange x) -> Value { return MathOp::create(b, x[0]); });
}

void addTrigonometryLowerings(LoweringTable &table) {
  table.add<AcosOp>(lowerUnary<AcosOp, math::AcosOp>);
  table.add<AcoshOp>(lowerUnary<AcoshOp, math::AcoshOp>);
  table.add<AsinOp>(lowerUnary<AsinOp, math::AsinOp>);
  table.add<AsinhOp>(lowerUnary<AsinhOp, math::AsinhOp>);
  table.add<AtanOp>(lowerUnary<AtanOp, math::AtanOp>);
  table.add<AtanhOp>(lowerUnary<AtanhOp, math::AtanhOp>);
  table.add<CosOp>(lowerUnary<CosOp, math::CosOp>);
  table.add<CoshOp>(lowerUnary<CoshOp, math::CoshOp>);
  table.add<SinOp>(lowerUnary<SinOp, math::SinOp>);
  table.add<SinhOp>(lowerUnary<SinhOp, math::SinhOp>);
  table.add<TanOp>(lowerUnary<TanOp, math::TanOp>);
  table.add<TanhOp>(lowerUnary<TanhOp, math::TanhOp>);
}

} // namespace azulejo::lower
