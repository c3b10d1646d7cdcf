//===- SimplifyQuantized.cpp - Products with quantised weights --------------------------------===//
//
// MatMul(x, DequantizeLinear(q, s)) is MatMul(x, Cast(q)) * s where q's zero point is 0 and s one
// number a column: fewer multiplications, and a weight that can be multiplied in the form it is
// stored in.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Simplifications.h"

using namespace mlir;

namespace azulejo::graph {

Value multiplyQuantized(Value x, Value integers, Value scales, NodeBuilder &build) {
  Value product = build.node("MatMul", {x, cast(build, integers, getElementType(scales))});
  return build.node("Mul", {product, scales});
}

/// Whether `scales` are of the columns of a matrix `q`, or of all of it.
static bool areOfColumns(Operation *dequantize, Value q, Value scales) {
  auto rank = getRank(q), scaleRank = getRank(scales);
  if (!rank || *rank < 2 || !scaleRank)
    return false;
  if (*scaleRank == 0)
    return true;
  int64_t axis = getInt(dequantize, "axis");
  return *scaleRank == 1 && getInt(dequantize, "block_size") == 0 &&
         (axis < 0 ? axis + *rank : axis) == *rank - 1;
}

Value simplifyQuantized(Operation *op, NodeBuilder &build) {
  if (!isNode(op, "MatMul"))
    return {};
  Value x = op->getOperand(0);
  Operation *dequantize = getDefining(op->getOperand(1), "DequantizeLinear");
  if (!dequantize)
    return {};
  Value q = getOperand(dequantize, 0), scales = getOperand(dequantize, 1),
        zero = getOperand(dequantize, 2);
  if (!getConstant(q) || !getElementType(q).isSignlessInteger(8) ||
      !areOfColumns(dequantize, q, scales) || (zero && !isConstantScalar(zero, 0)) ||
      getElementType(x) != getElementType(scales) ||
      getElementType(op->getResult(0)) != getElementType(scales))
    return {};
  return multiplyQuantized(x, q, scales, build);
}

} // namespace azulejo::graph
