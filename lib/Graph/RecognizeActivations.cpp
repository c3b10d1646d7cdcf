//===- RecognizeActivations.cpp - GELU and Swish ----------------------------------------------===//
//
//   x * (1 + erf(x / sqrt(2))) * 0.5
//   x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) * 0.5
//   x * sigmoid(alpha * x)
//
// with the factors of each product in any order and nesting.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Recognizers.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

static bool isClose(double a, double b) { return std::abs(a - b) <= 1e-4 * std::abs(b); }

/// Whether `value` is `x` times this number.
static bool isScaled(Value value, Value x, double factor) {
  Product product = getProduct(value);
  return product.values.size() == 1 && product.values.front() == x &&
         isClose(product.factor, factor);
}

/// x^3, as a power or as a product.
static bool isCube(const Product &product, Value x) {
  if (product.values.size() == 3)
    return llvm::all_of(product.values, [&](Value value) { return value == x; });
  if (product.values.size() == 1) {
    Operation *power = getDefining(product.values.front(), "Pow");
    return power && power->getOperand(0) == x && isConstantScalar(power->getOperand(1), 3);
  }
  // x * x^2
  if (product.values.size() != 2)
    return false;
  for (int i : {0, 1}) {
    Operation *power = getDefining(product.values[i], "Pow");
    if (product.values[1 - i] == x && power && power->getOperand(0) == x &&
        isConstantScalar(power->getOperand(1), 2))
      return true;
  }
  return false;
}

static bool isTanhArgument(Value value, Value x) {
  Product outer = getProduct(value);
  if (outer.values.size() != 1 || !isClose(outer.factor, std::sqrt(2 / M_PI)))
    return false;
  Operation *sum = getDefining(outer.values.front(), "Add");
  if (!sum)
    return false;
  for (int i : {0, 1}) {
    Product cubic = getProduct(sum->getOperand(1 - i));
    if (sum->getOperand(i) == x && isClose(cubic.factor, 0.044715) && isCube(cubic, x))
      return true;
  }
  return false;
}

Value recognizeGelu(Operation *op, NodeBuilder &build) {
  if (!isAnyNode(op, {"Mul", "Div"}))
    return {};
  Product product = getProduct(op->getResult(0));
  if (product.values.size() != 2 || !isClose(product.factor, 0.5))
    return {};
  for (int i : {0, 1}) {
    Value x = product.values[i];
    Operation *sum = getDefining(product.values[1 - i], "Add");
    Value gate = sum ? getOtherOperand(sum, 1) : Value();
    if (!gate || !haveSameShape(x, op->getResult(0)))
      continue;
    if (Operation *erf = getDefining(gate, "Erf");
        erf && isScaled(erf->getOperand(0), x, std::sqrt(0.5)))
      return build.node("Gelu", {x});
    if (Operation *tanh = getDefining(gate, "Tanh"); tanh && isTanhArgument(tanh->getOperand(0), x))
      return build.node("Gelu", {x}, {build.attr("approximate", "tanh")});
  }
  return {};
}

Value recognizeSwish(Operation *op, NodeBuilder &build) {
  if (!isNode(op, "Mul"))
    return {};
  for (int i : {0, 1}) {
    Value x = op->getOperand(i);
    Operation *sigmoid = getDefining(op->getOperand(1 - i), "Sigmoid");
    if (!sigmoid)
      continue;
    Product argument = getProduct(sigmoid->getOperand(0));
    if (argument.values.size() == 1 && argument.values.front() == x &&
        haveSameShape(x, op->getResult(0)))
      return build.node("Swish", {x}, {build.attr("alpha", static_cast<float>(argument.factor))});
  }
  return {};
}

} // namespace azulejo::graph
