#include "dialects/ONNX/Generation.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace azulejo::lower {

/// What a kernel can hold as part of its code is an `arith.constant`; larger constants stay
/// outside, in the artifact.
static Value lowerConstantOp(onnx::ConstantOp op, Lowering &b) {
  constexpr int64_t largestInCode = 16;
  std::optional<TypedAttr> value = op.getValue();
  TypedAttr lowered = value ? lowerConstant(*value) : TypedAttr();
  if (!lowered)
    return b.refuse(op, "the constant is no tensor");
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(lowered);
  if (dense && (dense.isSplat() || dense.getNumElements() <= largestInCode))
    return arith::ConstantOp::create(b, lowered);
  return plan::ConstantOp::create(b, lowered.getType(), lowered);
}

void addGenerationLowerings(LoweringTable &table) { table.add<onnx::ConstantOp>(lowerConstantOp); }

} // namespace azulejo::lower
