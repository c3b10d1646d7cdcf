//===- Checks.cpp - What the host checks before kernels touch memory --------------------------===//
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace azulejo::lower {

void Lowering::require(Value condition, const Twine &message, ArrayRef<OpFoldResult> values) {
  if (isConstantIntValue(condition, 1))
    return;
  SmallVector<Value> shown;
  for (OpFoldResult value : values)
    shown.push_back(asIndex(value));
  plan::AssertOp::create(*this, condition, tile::describeNode(getLoc()) + message.str(), shown);
}

void Lowering::requireEqual(OpFoldResult a, OpFoldResult b, const Twine &message) {
  if (isEqualConstantIntOrValue(a, b))
    return;
  require(createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, asIndex(a), asIndex(b)), message,
          {a, b});
}

void Lowering::requireAtMost(OpFoldResult a, OpFoldResult b, const Twine &message) {
  if (isEqualConstantIntOrValue(a, b))
    return;
  require(createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sle, asIndex(a), asIndex(b)), message,
          {a, b});
}

void Lowering::requireElements(Value original, ArrayRef<int64_t> dims, StringRef name) {
  auto expressions = onnx::getDims(cast<RankedTensorType>(original.getType()));
  for (int64_t dim : dims)
    if (!expressions[dim] || expressions[dim]->getLowerBound().value_or(0) < 1)
      requireAtMost(getIndexAttr(1), getSize(original, dim),
                    "dimension " + Twine(dim) + " of " + name + " has no elements");
}

void Lowering::requireSameSize(Value original, int64_t dim, StringRef name, Value other,
                               int64_t otherDim, StringRef otherName) {
  if (sameSize(original, dim, other, otherDim))
    return;
  std::string which = dim == otherDim ? "" : "dimension " + std::to_string(otherDim) + " ";
  requireEqual(getSize(original, dim), getSize(other, otherDim),
               "dimension " + Twine(dim) + " of " + name + " is {}, and " + which + "of " +
                   otherName + " {}");
}

} // namespace azulejo::lower
