#include "lib/Graph/Derivatives.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
namespace {

/// What a rule has: the node, its result's gradient, and shorthands for new nodes.
struct Context {
  Operation *op;
  Value gradient;
  unsigned index;
  NodeBuilder &build;

  Value operand(unsigned i) const { return op->getOperand(i); }
  Value result() const { return op->getResult(0); }
  Value node(StringRef type, ArrayRef<Value> operands) const { return build.node(type, operands); }
  Value number(double value) const { return build.scalar(value, getElementType(gradient)); }
  Value mul(Value a, Value b) const { return node("Mul", {a, b}); }
  Value timesGradient(Value a) const { return mul(gradient, a); }
  /// The gradient where `condition` holds, and 0 elsewhere.
  Value where(Value condition) const { return node("Where", {condition, gradient, number(0)}); }
};

using Rule = std::function<Value(const Context &)>;

/// The sum over what an operand was repeated over. Null where a dimension may or may not be.
Value sumToShape(Value gradient, Value operand, NodeBuilder &build) {
  auto from = getDims(gradient), to = getDims(operand);
  if (!from || !to || to->size() > from->size())
    return {};
  int64_t more = from->size() - to->size();
  SmallVector<int64_t> added = llvm::to_vector(llvm::seq<int64_t>(0, more)), repeated;
  for (auto [i, dim] : llvm::enumerate(*to)) {
    const auto &whole = (*from)[more + i];
    if (!dim || !whole)
      return {};
    if (*dim == *whole)
      continue;
    if (!dim->getConstant() || *dim->getConstant() != 1)
      return {};
    repeated.push_back(i);
  }
  if (!added.empty())
    gradient = reduce(build, "ReduceSum", gradient, added, /*keepDims=*/false);
  if (!repeated.empty())
    gradient = reduce(build, "ReduceSum", gradient, repeated, /*keepDims=*/true);
  return gradient;
}

/// A rule for operators that broadcast.
Rule broadcasting(Rule rule) {
  return [rule](const Context &c) {
    Value gradient = rule(c);
    return gradient ? sumToShape(gradient, c.operand(c.index), c.build) : gradient;
  };
}

Value divide(const Context &c) {
  Value quotient = c.node("Div", {c.gradient, c.operand(1)});
  return c.index == 0 ? quotient : c.node("Neg", {c.mul(quotient, c.result())});
}

Value power(const Context &c) {
  Value base = c.operand(0), exponent = c.operand(1);
  if (getElementType(base) != getElementType(exponent))
    return {};
  if (c.index == 1)
    return c.timesGradient(c.mul(c.result(), c.node("Log", {base})));
  Value less = c.node("Sub", {exponent, c.number(1)});
  return c.timesGradient(c.mul(exponent, c.node("Pow", {base, less})));
}

/// Both have the gradient where both are the extreme.
Value extreme(const Context &c) {
  return c.where(c.node("Equal", {c.operand(c.index), c.result()}));
}

Value transposeLast(const Context &c, Value value) {
  auto rank = getRank(value);
  if (!rank || *rank < 2)
    return {};
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  std::swap(permutation[*rank - 1], permutation[*rank - 2]);
  return transpose(c.build, value, permutation);
}

Value matmul(const Context &c) {
  Value other = transposeLast(c, c.operand(1 - c.index));
  if (!other || !transposeLast(c, c.operand(c.index)))
    return {};
  return c.index == 0 ? c.node("MatMul", {c.gradient, other})
                      : c.node("MatMul", {other, c.gradient});
}

/// The gradient in the operand's own shape, with the same elements.
Value reshapeBack(const Context &c) {
  return c.index ? Value() : c.node("Reshape", {c.gradient, c.node("Shape", {c.operand(0)})});
}

Value transposeBack(const Context &c) {
  auto permutation = getInts(c.op, "perm");
  SmallVector<int64_t> inverse(permutation ? permutation->size() : 0);
  for (size_t i = 0; i < inverse.size(); ++i)
    inverse[(*permutation)[i]] = i;
  return permutation ? transpose(c.build, c.gradient, inverse) : Value();
}

/// Of a sum: the gradient repeated over what was reduced. Of a mean, by how many were.
Value spread(const Context &c, bool isMean) {
  Value operand = c.operand(0), gradient = c.gradient;
  auto axes = c.op->getNumOperands() > 1 ? getConstantInts(c.operand(1)) : std::nullopt;
  auto rank = getRank(operand);
  if (!axes || !rank || c.index)
    return {};
  for (int64_t &axis : *axes)
    axis = normalizeAxis(axis, *rank);
  if (getInt(c.op, "keepdims") == 0)
    gradient = c.node("Unsqueeze", {gradient, c.build.ints(*axes)});
  Value whole = c.node("Expand", {gradient, c.node("Shape", {operand})});
  if (!isMean)
    return whole;
  Value count;
  for (int64_t axis : *axes) {
    Value size = cast(c.build, getDimScalar(c.build, operand, axis), getElementType(operand));
    count = count ? c.mul(count, size) : size;
  }
  return count ? c.node("Div", {whole, count}) : whole;
}

Value softmax(const Context &c) {
  int64_t axis = getInt(c.op, "axis");
  Value weighted = c.timesGradient(c.result());
  Value sum = reduce(c.build, "ReduceSum", weighted, axis, /*keepDims=*/true);
  return c.node("Sub", {weighted, c.mul(c.result(), sum)});
}

/// The operand's part of the whole, along the axis.
Value concat(const Context &c) {
  int64_t axis = getInt(c.op, "axis"), start = 0;
  for (unsigned i = 0; i <= c.index; ++i) {
    auto dims = getDims(c.operand(i));
    auto size = dims && (*dims)[axis] ? (*dims)[axis]->getConstant() : std::nullopt;
    if (!size)
      return {};
    if (i == c.index)
      return c.node("Slice", {c.gradient, c.build.ints(start), c.build.ints(start + *size),
                              c.build.ints(axis), c.build.ints(1)});
    start += *size;
  }
  return {};
}

Value castBack(const Context &c) {
  Type type = getElementType(c.operand(0));
  return isa<FloatType>(type) ? cast(c.build, c.gradient, type) : Value();
}

/// f'(x) of operators with one operand, times the gradient.
Rule slope(std::function<Value(const Context &, Value x, Value y)> derivative) {
  return [derivative](const Context &c) {
    return c.timesGradient(derivative(c, c.operand(0), c.result()));
  };
}

llvm::StringMap<Rule> makeRules() {
  llvm::StringMap<Rule> rules;
  auto gradient = [](const Context &c) { return c.gradient; };
  auto negated = [](const Context &c) { return c.node("Neg", {c.gradient}); };
  rules["Identity"] = gradient;
  rules["Neg"] = negated;
  rules["Add"] = broadcasting(gradient);
  rules["Sub"] = broadcasting([=](const Context &c) { return c.index ? negated(c) : c.gradient; });
  rules["Mul"] =
      broadcasting([](const Context &c) { return c.timesGradient(c.operand(1 - c.index)); });
  rules["Div"] = broadcasting(divide);
  rules["Pow"] = broadcasting(power);
  rules["Min"] = rules["Max"] = broadcasting(extreme);
  rules["Where"] = broadcasting([](const Context &c) -> Value {
    if (c.index == 0)
      return {};
    Value condition = c.operand(0);
    return c.where(c.index == 1 ? condition : c.node("Not", {condition}));
  });
  rules["MatMul"] = broadcasting(matmul);

  rules["Exp"] = slope([](const Context &, Value, Value y) { return y; });
  rules["Log"] = [](const Context &c) { return c.node("Div", {c.gradient, c.operand(0)}); };
  rules["Sqrt"] = [](const Context &c) {
    return c.node("Div", {c.gradient, c.mul(c.number(2), c.result())});
  };
  rules["Abs"] = slope([](const Context &c, Value x, Value) { return c.node("Sign", {x}); });
  rules["Sin"] = slope([](const Context &c, Value x, Value) { return c.node("Cos", {x}); });
  rules["Cos"] =
      slope([](const Context &c, Value x, Value) { return c.node("Neg", {c.node("Sin", {x})}); });
  rules["Tanh"] = slope(
      [](const Context &c, Value, Value y) { return c.node("Sub", {c.number(1), c.mul(y, y)}); });
  rules["Sigmoid"] = slope(
      [](const Context &c, Value, Value y) { return c.mul(y, c.node("Sub", {c.number(1), y})); });
  rules["Erf"] = slope([](const Context &c, Value x, Value) {
    Value bell = c.node("Exp", {c.node("Neg", {c.mul(x, x)})});
    return c.mul(c.number(2 / std::sqrt(3.14159265358979323846)), bell);
  });
  rules["Softmax"] = softmax;

  rules["ReduceSum"] = [](const Context &c) { return spread(c, /*isMean=*/false); };
  rules["ReduceMean"] = [](const Context &c) { return spread(c, /*isMean=*/true); };
  rules["Reshape"] = rules["Squeeze"] = rules["Unsqueeze"] = reshapeBack;
  rules["Transpose"] = transposeBack;
  rules["Expand"] = broadcasting([](const Context &c) { return c.index ? Value() : c.gradient; });
  rules["Concat"] = concat;
  rules["Cast"] = castBack;
  return rules;
}

} // namespace

Value differentiate(Operation *op, Value gradient, unsigned index, NodeBuilder &build) {
  static const llvm::StringMap<Rule> rules = makeRules();
  auto rule = rules.find(getOpType(op));
  if (rule == rules.end() || op->getNumResults() != 1)
    return {};
  return rule->second({op, gradient, index, build});
}

} // namespace azulejo::graph
