//===- RecognizeRotary.cpp - RotaryEmbedding --------------------------------------------------===//
//
//   x * cos + concat(-x[..., D/2:], x[..., :D/2]) * sin
//
// where cos and sin are (batch, 1, length, D) and their second half repeats the first: they are
// functions of concat(f, f). RotaryEmbedding takes the first half, as (batch, length, D/2).
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Recognizers.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Whether `value` is `x[..., begin:end]` of the last dimension.
bool isSliceOf(Value value, Value x, int64_t begin, int64_t end) {
  Operation *op = getDefining(value, "Slice");
  if (!op || op->getOperand(0) != x || !getOperand(op, 3))
    return false;
  auto starts = getConstantInts(getOperand(op, 1)), ends = getConstantInts(getOperand(op, 2)),
       axes = getConstantInts(getOperand(op, 3));
  auto rank = getRank(x);
  if (!starts || !ends || !axes || axes->size() != 1 || !rank ||
      normalizeAxis(axes->front(), *rank) != *rank - 1)
    return false;
  int64_t size = cast<RankedTensorType>(x.getType()).getDimSize(*rank - 1);
  if (getOperand(op, 4) && !isConstantScalar(getOperand(op, 4), 1))
    return false;
  auto bound = [&](int64_t value) {
    return std::clamp<int64_t>(value < 0 ? value + size : value, 0, size);
  };
  return bound(starts->front()) == begin && bound(ends->front()) == end;
}

/// Whether the two halves of the last dimension are equal, as a look at where the value comes from
/// shows.
bool repeatsItself(Value value, int depth = 0) {
  constexpr int maxDepth = 8;
  Operation *op = value.getDefiningOp();
  auto rank = getRank(value);
  if (op && getConstant(value)) {
    auto elements = readElements(value);
    int64_t size = elements && *rank > 0 ? elements->type.getShape().back() : 0, half = size / 2;
    if (!elements || !elements->isFloat || size % 2 != 0)
      return false;
    for (int64_t i = 0, end = elements->size(); i < end; ++i)
      if (i % size < half && elements->floats[i] != elements->floats[i + half])
        return false;
    return true;
  }
  if (!op || !rank || depth > maxDepth)
    return false;
  if (isNode(op, "Concat"))
    return op->getNumOperands() == 2 && op->getOperand(0) == op->getOperand(1) &&
           normalizeAxis(getInt(op, "axis"), *rank) == *rank - 1;
  if (isAnyNode(op, {"Cos", "Sin", "Cast"}))
    return repeatsItself(op->getOperand(0), depth + 1);
  if (isNode(op, "Mul"))
    return (getConstantScalar(op->getOperand(1)) && repeatsItself(op->getOperand(0), depth + 1)) ||
           (getConstantScalar(op->getOperand(0)) && repeatsItself(op->getOperand(1), depth + 1));
  if (isNode(op, "Unsqueeze")) {
    auto axes = getConstantInts(op->getOperand(1));
    return axes &&
           llvm::all_of(*axes,
                        [&](int64_t axis) { return normalizeAxis(axis, *rank) != *rank - 1; }) &&
           repeatsItself(op->getOperand(0), depth + 1);
  }
  return false;
}

} // namespace

Value recognizeRotaryEmbedding(Operation *op, NodeBuilder &build) {
  if (!isNode(op, "Add") || getRank(op->getResult(0)) != 4)
    return {};
  for (int straight : {0, 1}) {
    Operation *kept = getDefining(op->getOperand(straight), "Mul"),
              *turned = getDefining(op->getOperand(1 - straight), "Mul");
    if (!kept || !turned)
      return {};
    for (int i : {0, 1})
      for (int j : {0, 1}) {
        Value x = kept->getOperand(i), cosine = kept->getOperand(1 - i);
        Value rotated = turned->getOperand(j), sine = turned->getOperand(1 - j);
        Operation *concat = getDefining(rotated, "Concat");
        auto type = dyn_cast<RankedTensorType>(x.getType());
        if (!concat || concat->getNumOperands() != 2 || !type || type.getRank() != 4 ||
            type.isDynamicDim(3) || normalizeAxis(getInt(concat, "axis"), 4) != 3)
          continue;
        int64_t size = type.getDimSize(3);
        Operation *negated = getDefining(concat->getOperand(0), "Neg");
        if (!negated || size % 2 != 0 || !isSliceOf(negated->getOperand(0), x, size / 2, size) ||
            !isSliceOf(concat->getOperand(1), x, 0, size / 2))
          continue;
        auto angles = getDims(cosine), dims = getDims(x);
        bool aligned = angles && angles->size() == 4 && haveSameShape(cosine, sine) &&
                       (*angles)[0] == (*dims)[0] && (*angles)[1] &&
                       (*angles)[1]->getConstant() == 1 && (*angles)[2] == (*dims)[2] &&
                       (*angles)[0] && (*angles)[2] && repeatsItself(cosine) && repeatsItself(sine);
        if (!aligned)
          continue;
        auto half = [&](Value value) {
          Value rows = build.node("Squeeze", {value, build.ints(1)});
          return build.node(
              "Slice", {rows, build.ints(0), build.ints(size / 2), build.ints(2), build.ints(1)});
        };
        return build.node("RotaryEmbedding", {x, half(cosine), half(sine)});
      }
  }
  return {};
}

} // namespace azulejo::graph
