//===- EvaluateQuantized.cpp - Constants that are stored as integers --------------------------===//
#include "lib/Graph/Evaluate.h"

using namespace mlir;

namespace azulejo::graph {

namespace {
/// The scale (or zero point) of an element: one for all, one for each index of `axis`, or one for
/// each block of indices.
class Parameter {
public:
  Parameter(RankedTensorType data, RankedTensorType own, int64_t axis, int64_t block)
      : sizes(data.getShape()), axis(axis),
        block(own.getRank() > 1 ? std::max<int64_t>(block, 1) : 1),
        isSingle(own.getNumElements() == 1), isList(own.getRank() == 1),
        strides(getStrides(own.getShape())) {}

  size_t operator()(size_t element) const {
    if (isSingle)
      return 0;
    size_t position = 0;
    for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) {
      int64_t index = static_cast<int64_t>(element) % sizes[d];
      element /= sizes[d];
      if (d == axis)
        position += isList ? index : index / block * strides[d];
      else if (!isList)
        position += index * strides[d];
    }
    return position;
  }

private:
  ArrayRef<int64_t> sizes;
  int64_t axis, block;
  bool isSingle, isList;
  SmallVector<int64_t> strides;
};
} // namespace

/// Whether the difference of two elements is a number of the scale's type, so that the product is
/// rounded once.
static bool isExact(Type stored, Type scale) {
  unsigned width = stored.isInteger() ? stored.getIntOrFloatBitWidth() : 64;
  return scale.isF32() ? width <= 16 : (scale.isF16() || scale.isBF16()) && width <= 8;
}

std::optional<Elements> evaluateQuantized(Operation *op, RankedTensorType type) {
  if (!isNode(op, "DequantizeLinear"))
    return std::nullopt;
  constexpr int64_t maxElements = 1 << 26;
  std::optional<Elements> x = readElements(op->getOperand(0), maxElements),
                          scale = readElements(op->getOperand(1)), zero;
  if (Value zeroPoint = getOperand(op, 2)) {
    zero = readElements(zeroPoint);
    if (!zero)
      return std::nullopt;
  }
  if (!x || !scale || !isExact(x->type.getElementType(), scale->type.getElementType()))
    return std::nullopt;
  int64_t axis = getInt(op, "axis"), block = getInt(op, "block_size");
  axis = axis < 0 ? axis + type.getRank() : axis;
  // What does not fit together is the lowering's to refuse.
  auto fits = [&](const Elements &parameter) {
    int64_t rank = parameter.type.getRank();
    if (parameter.type.getNumElements() == 1)
      return true;
    if (axis < 0 || axis >= type.getRank())
      return false;
    if (rank == 1 && (block == 0 || type.getRank() != 1))
      return parameter.type.getDimSize(0) == type.getDimSize(axis);
    if (rank != type.getRank() || block <= 0)
      return false;
    for (int64_t d = 0; d < rank; ++d)
      if (parameter.type.getDimSize(d) !=
          (d == axis ? llvm::divideCeilSigned(type.getDimSize(d), block) : type.getDimSize(d)))
        return false;
    return rank > 1;
  };
  if (!fits(*scale) || (zero && !fits(*zero)))
    return std::nullopt;
  Parameter scaleOf(type, scale->type, axis, block);
  Parameter zeroOf(type, zero ? zero->type : scale->type, axis, block);
  Type scaleType = scale->type.getElementType();
  Elements result(type);
  for (size_t i = 0; i < result.size(); ++i) {
    double difference = x->asDouble(i) - (zero ? zero->asDouble(zeroOf(i)) : 0);
    double product = roundTo(difference * scale->asDouble(scaleOf(i)), scaleType);
    result.floats[i] = roundTo(product, type.getElementType());
  }
  return result;
}

} // namespace azulejo::graph
