//===- SimplifyArithmetic.cpp - Operations with neutral elements, casts, choices --------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Simplifications.h"

using namespace mlir;

namespace azulejo::graph {

/// Whether every value of `from` is one of `to`, so that a cast there and back changes nothing.
static bool holdsExactly(Type to, Type from) {
  if (to == from)
    return true;
  auto floatTo = dyn_cast<FloatType>(to), floatFrom = dyn_cast<FloatType>(from);
  auto width = [](Type type) { return type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 0; };
  if (floatTo && floatFrom)
    return (to.isF32() && (from.isF16() || from.isBF16())) ||
           (to.isF64() && (from.isF32() || from.isF16() || from.isBF16()));
  bool integers = isa<IntegerType>(to) && isa<IntegerType>(from);
  if (integers && from.isInteger(1))
    return true;
  return integers && to.isUnsignedInteger() == from.isUnsignedInteger() &&
         width(to) >= width(from) && !to.isInteger(1);
}

Value simplifyArithmetic(Operation *op, NodeBuilder &build) {
  StringRef type = getOpType(op);
  Value result = op->getResult(0);
  if (type == "Identity")
    return op->getOperand(0);
  if (type == "Dropout") {
    Value training = getOperand(op, 2);
    return !training || isConstantScalar(training, 0) ? op->getOperand(0) : Value();
  }
  if (type == "Cast") {
    Value data = op->getOperand(0);
    Type to = getElementType(result), from = getElementType(data);
    if (to == from)
      return data;
    if (Operation *inner = getDefining(data, "Cast")) {
      Value source = inner->getOperand(0);
      if (holdsExactly(from, getElementType(source)))
        return getElementType(source) == to
                   ? source
                   : build.node("Cast", {source},
                                {build.attr("to", static_cast<int64_t>(onnx::getDataType(to)))});
    }
    return {};
  }
  // What it casts to is known, so its other operand need not be; and patterns are made of Cast.
  if (type == "CastLike")
    return castLike(build, op);
  if (type == "Where") {
    auto condition = getConstantScalar(op->getOperand(0));
    Value chosen = condition ? op->getOperand(*condition != 0 ? 1 : 2) : Value();
    return chosen && haveSameShape(chosen, result) ? chosen : Value();
  }
  if (type == "Not") {
    Operation *inner = getDefining(op->getOperand(0), "Not");
    return inner ? inner->getOperand(0) : Value();
  }
  if (op->getNumOperands() != 2)
    return {};
  Value a = op->getOperand(0), b = op->getOperand(1);
  // x op neutral is x where x alone decides the shape.
  auto isNeutral = [&](Value value, double neutral, Value other) {
    auto constant = getConstantScalar(value);
    return constant && *constant == neutral && haveSameShape(other, result) &&
           getElementType(other) == getElementType(result);
  };
  if (type == "Mul" || type == "Add") {
    double neutral = type == "Mul" ? 1 : 0;
    if (isNeutral(b, neutral, a))
      return a;
    if (isNeutral(a, neutral, b))
      return b;
  }
  if ((type == "Div" || type == "Pow") && isNeutral(b, 1, a))
    return a;
  if (type == "Sub" && isNeutral(b, 0, a))
    return a;
  if ((type == "And" && isNeutral(b, 1, a)) || (type == "Or" && isNeutral(b, 0, a)))
    return a;
  if ((type == "And" && isNeutral(a, 1, b)) || (type == "Or" && isNeutral(a, 0, b)))
    return b;
  return {};
}

} // namespace azulejo::graph
