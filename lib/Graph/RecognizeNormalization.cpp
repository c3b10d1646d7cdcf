//===- RecognizeNormalization.cpp - LayerNormalization and RMSNormalization -------------------===//
//
//   d = x - mean(x);  y = d / sqrt(mean(d^2) + epsilon) * scale [+ bias]
//   y = x / sqrt(mean(x^2) + epsilon) * scale
//
// where the quotient may be a product with a reciprocal, the square a power or a product, and means
// go over the last dimensions.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Recognizers.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A mean over the last dimensions, from `axis` on, that keeps them.
struct Mean {
  Value of;
  int64_t axis;
};

std::optional<Mean> matchMean(Value value) {
  Operation *op = getDefining(value, "ReduceMean");
  if (!op || !getInt(op, "keepdims") || !getOperand(op, 1))
    return std::nullopt;
  auto axes = getConstantInts(getOperand(op, 1));
  auto rank = getRank(op->getOperand(0));
  if (!axes || !rank || axes->empty())
    return std::nullopt;
  for (int64_t &axis : *axes)
    axis = normalizeAxis(axis, *rank);
  llvm::sort(*axes);
  for (auto [i, axis] : llvm::enumerate(*axes))
    if (axis != *rank - static_cast<int64_t>(axes->size()) + static_cast<int64_t>(i))
      return std::nullopt;
  return Mean{op->getOperand(0), axes->front()};
}

Value matchSquare(Value value) {
  Operation *op = value.getDefiningOp();
  if (isNode(op, "Pow") && isConstantScalar(op->getOperand(1), 2))
    return op->getOperand(0);
  return isNode(op, "Mul") && op->getOperand(0) == op->getOperand(1) ? op->getOperand(0) : Value();
}

/// v / sqrt(mean(v^2) + epsilon)
struct Normalized {
  Value value;
  int64_t axis;
  double epsilon;
};

std::optional<Normalized> matchRoot(Value root, Value numerator) {
  Operation *sqrt = getDefining(root, "Sqrt");
  Operation *sum = sqrt ? getDefining(sqrt->getOperand(0), "Add") : nullptr;
  if (!sum)
    return std::nullopt;
  for (int i : {0, 1}) {
    auto epsilon = getConstantScalar(sum->getOperand(i));
    auto mean = epsilon ? matchMean(sum->getOperand(1 - i)) : std::nullopt;
    if (mean && matchSquare(mean->of) == numerator)
      return Normalized{numerator, mean->axis, *epsilon};
  }
  return std::nullopt;
}

std::optional<Normalized> matchNormalized(Value value) {
  Operation *op = value.getDefiningOp();
  if (isNode(op, "Div"))
    return matchRoot(op->getOperand(1), op->getOperand(0));
  if (!isNode(op, "Mul"))
    return std::nullopt;
  for (int i : {0, 1}) {
    Operation *inverse = op->getOperand(i).getDefiningOp();
    Value root;
    if (isNode(inverse, "Reciprocal"))
      root = inverse->getOperand(0);
    else if (isNode(inverse, "Div") && isConstantScalar(inverse->getOperand(0), 1))
      root = inverse->getOperand(1);
    auto result = root ? matchRoot(root, op->getOperand(1 - i)) : std::nullopt;
    if (result)
      return result;
  }
  return std::nullopt;
}

/// Whether a scale or bias has the dimensions that are normalised, and only those.
bool isParameter(Value value, Value x, int64_t axis) {
  auto dims = getDims(value), whole = getDims(x);
  if (!dims || !whole || dims->size() != whole->size() - axis)
    return false;
  return llvm::all_of(llvm::zip(*dims, ArrayRef(*whole).drop_front(axis)), [](auto pair) {
    auto &[a, b] = pair;
    return a && b && *a == *b;
  });
}

struct Scaled {
  Normalized normal;
  Value scale;
};

std::optional<Scaled> matchScaled(Value value) {
  Operation *op = getDefining(value, "Mul");
  if (!op)
    return std::nullopt;
  for (int i : {0, 1}) {
    auto normal = matchNormalized(op->getOperand(i));
    if (normal && isParameter(op->getOperand(1 - i), normal->value, normal->axis))
      return Scaled{*normal, op->getOperand(1 - i)};
  }
  return std::nullopt;
}

/// x, of which this is x - mean(x) over the same dimensions.
Value matchCentred(const Normalized &normal) {
  Operation *sub = getDefining(normal.value, "Sub");
  if (!sub)
    return {};
  auto mean = matchMean(sub->getOperand(1));
  return mean && mean->axis == normal.axis && mean->of == sub->getOperand(0) ? mean->of : Value();
}

} // namespace

Value recognizeNormalization(Operation *op, NodeBuilder &build) {
  Value bias;
  std::optional<Scaled> scaled;
  if (isNode(op, "Add")) {
    for (int i : {0, 1}) {
      auto candidate = matchScaled(op->getOperand(i));
      if (candidate &&
          isParameter(op->getOperand(1 - i), candidate->normal.value, candidate->normal.axis)) {
        scaled = candidate;
        bias = op->getOperand(1 - i);
      }
    }
  } else {
    scaled = matchScaled(op->getResult(0));
  }
  if (!scaled)
    return {};
  SmallVector<NamedAttribute> attributes = {
      build.attr("axis", scaled->normal.axis),
      build.attr("epsilon", static_cast<float>(scaled->normal.epsilon))};
  if (Value x = matchCentred(scaled->normal))
    return bias ? build.node("LayerNormalization", {x, scaled->scale, bias}, attributes)
                : build.node("LayerNormalization", {x, scaled->scale}, attributes);
  return bias ? Value()
              : build.node("RMSNormalization", {scaled->normal.value, scaled->scale}, attributes);
}

} // namespace azulejo::graph
