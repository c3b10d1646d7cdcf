//===- InferElementwise.cpp - Shapes of what is computed element by element -------------------===//
#include "lib/Graph/ShapeRules.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {

/// Whether `y` is the smaller of `x` and something else: a table of 512 positions cut to `seq` of
/// them has min(512, seq).
static bool isBoundedBy(const SymbolicExpr &y, const SymbolicExpr &x) {
  bool bounded = false;
  y.visit<SymbolicExpr>(
      [](int64_t constant) { return SymbolicExpr(constant); },
      [](StringRef name) { return SymbolicExpr::symbol(name); },
      [&](char kind, SymbolicExpr a, SymbolicExpr b) {
        if (kind == 'm' && (a == x || b == x) && SymbolicExpr::min(a, b) == y)
          bounded = true;
        // Only the outermost function matters, and any other value will do for the rest.
        return kind == 'm' ? SymbolicExpr::min(a, b) : kind == '+' ? a + b : a * b;
      });
  return bounded;
}

static Dim broadcastDim(const Dim &x, const Dim &y) {
  auto constant = [](const Dim &dim) { return dim ? dim->getConstant() : std::nullopt; };
  if (x && y && *x == *y)
    return x;
  if (constant(x) && *constant(x) != 1)
    return x;
  if (constant(y) && *constant(y) != 1)
    return y;
  if (constant(x))
    return y;
  if (constant(y))
    return x;
  if (x && y && (isBoundedBy(*y, *x) || isBoundedBy(*x, *y)))
    return isBoundedBy(*y, *x) ? x : y;
  // Either may turn out to be 1, and the other is the result then: the larger, unless it is 0.
  if (!x || !y)
    return std::nullopt;
  SymbolicExpr one(1);
  return SymbolicExpr::max(*x, *y) * SymbolicExpr::min(*x, one) * SymbolicExpr::min(*y, one);
}

std::optional<Dims> broadcastDims(const Dims &a, const Dims &b) {
  Dims result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    // Counted from the last dimension.
    bool inA = i < a.size(), inB = i < b.size();
    Dim &dim = result[result.size() - 1 - i];
    if (inA && inB)
      dim = broadcastDim(a[a.size() - 1 - i], b[b.size() - 1 - i]);
    else
      dim = inA ? a[a.size() - 1 - i] : b[b.size() - 1 - i];
  }
  return result;
}

static std::optional<Dims> broadcastOperands(Operation *op, unsigned, IntegerValues &) {
  std::optional<Dims> result;
  for (Value operand : op->getOperands()) {
    auto dims = getDims(operand);
    if (!dims)
      return std::nullopt;
    result = result ? broadcastDims(*result, *dims) : dims;
  }
  return result;
}

static std::optional<Dims> sameDims(Operation *op, unsigned, IntegerValues &) {
  return op->getNumOperands() ? getDims(op->getOperand(0)) : std::nullopt;
}

void addElementwiseShapeRules(ShapeRules &rules) {
  for (StringRef opType : {"Add",       "Sub",
                           "Mul",       "Div",
                           "Mod",       "Pow",
                           "Min",       "Max",
                           "Sum",       "Mean",
                           "And",       "Or",
                           "Xor",       "BitwiseAnd",
                           "BitwiseOr", "BitwiseXor",
                           "BitShift",  "Equal",
                           "Less",      "LessOrEqual",
                           "Greater",   "GreaterOrEqual",
                           "Where"})
    rules[opType] = broadcastOperands;
  for (StringRef opType : {"PRelu", "Identity", "Cast", "Dropout", "Clip", "RandomUniformLike",
                           "RandomNormalLike", "EyeLike"})
    rules[opType] = sameDims;
}

} // namespace azulejo::graph
