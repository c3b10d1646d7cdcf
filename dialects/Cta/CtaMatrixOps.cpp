#include "dialects/Cta/Cta.h"

using namespace mlir;

namespace azulejo::cta {

/// That [m, k] times [k, n] gives `c`.
static LogicalResult verifyProduct(Operation *op, ArrayRef<int64_t> a, ArrayRef<int64_t> b,
                                   RankedTensorType c) {
  if (a.size() != 2 || b.size() != 2 || c.getRank() != 2 || a[1] != b[0] ||
      c.getDimSize(0) != a[0] || c.getDimSize(1) != b[1])
    return op->emitOpError() << "multiplies matrices whose sizes do not fit";
  return success();
}

LogicalResult DotOp::verify() {
  auto a = cast<RankedTensorType>(getA().getType()), b = cast<RankedTensorType>(getB().getType()),
       c = cast<RankedTensorType>(getC().getType());
  if (a.getElementType() != b.getElementType())
    return emitOpError() << "multiplies elements of " << a.getElementType() << " by those of "
                         << b.getElementType();
  if (getTf32() && !a.getElementType().isF32())
    return emitOpError("rounds elements of f32 to tf32, and no others");
  if (a.getElementType().isIntOrIndex() != c.getElementType().isIntOrIndex() ||
      c.getElementTypeBitWidth() < a.getElementTypeBitWidth())
    return emitOpError() << "cannot sum products of " << a.getElementType() << " in "
                         << c.getElementType();
  return verifyProduct(*this, a.getShape(), b.getShape(), c);
}

/// The matrix that a wgmma's operand is, transposed back.
static SmallVector<int64_t> getOperandShape(Type type, bool transposed) {
  auto shared = dyn_cast<SharedType>(type);
  SmallVector<int64_t> shape(shared ? shared.getTileShape()
                                    : cast<RankedTensorType>(type).getShape());
  if (transposed)
    std::swap(shape.front(), shape.back());
  return shape;
}

LogicalResult WgmmaOp::verify() {
  auto shared = dyn_cast<SharedType>(getA().getType());
  Type element = getB().getType().getElementType();
  Type other =
      shared ? shared.getElementType() : cast<RankedTensorType>(getA().getType()).getElementType();
  auto c = cast<RankedTensorType>(getC().getType());
  bool isHalf = element.isF16() || element.isBF16();
  if (other != element)
    return emitOpError() << "multiplies elements of " << other << " by those of " << element;
  if (!isHalf && !(element.isF32() && getTf32()) && !element.isSignlessInteger(8))
    return emitOpError() << "knows f16, bf16, tf32 and i8, not " << element;
  if (!(element.isSignlessInteger(8) ? c.getElementType().isSignlessInteger(32)
                                     : c.getElementType().isF32()))
    return emitOpError() << "does not sum products of " << element << " in " << c.getElementType();
  for (SharedType operand : {shared, getB().getType()})
    if (operand && (operand.getShape().size() != 2 || !operand.getSwizzle()))
      return emitOpError() << "takes one swizzled tile, not " << operand;
  if (!shared && getTransposeA())
    return emitOpError("takes an operand in registers as it is");
  bool kIsOuter = (shared && getTransposeA()) || !getTransposeB();
  if (kIsOuter && !isHalf)
    return emitOpError() << "needs K innermost for elements of " << element;
  if (c.getRank() != 2 || c.getDimSize(0) % 64 || c.getDimSize(1) % 8)
    return emitOpError() << "gives rows in groups of 64 and columns in groups of 8, not " << c;
  return verifyProduct(*this, getOperandShape(getA().getType(), getTransposeA()),
                       getOperandShape(getB().getType(), getTransposeB()), c);
}

LogicalResult WgmmaWaitOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  llvm::append_range(results, adaptor.getTiles().getTypes());
  return success();
}

LogicalResult WgmmaWaitOp::verify() {
  if (getPending() > 7)
    return emitOpError("waits for all but 0 to 7");
  return success();
}

} // namespace azulejo::cta
