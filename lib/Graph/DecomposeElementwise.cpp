//===- DecomposeElementwise.cpp - Activations, comparisons and variadic arithmetic ------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// The operands and attributes of an activation as one writes its formula.
struct Formula {
  Operation *op;
  NodeBuilder &build;
  Value x = op->getOperand(0);
  Type type = getElementType(x);

  Value number(double value) { return build.scalar(value, type); }
  Value attribute(StringRef name) { return number(getFloat(op, name)); }
  Value add(Value a, Value b) { return build.node("Add", {a, b}); }
  Value sub(Value a, Value b) { return build.node("Sub", {a, b}); }
  Value mul(Value a, Value b) { return build.node("Mul", {a, b}); }
  Value div(Value a, Value b) { return build.node("Div", {a, b}); }
  Value min(Value a, Value b) { return build.node("Min", {a, b}); }
  Value max(Value a, Value b) { return build.node("Max", {a, b}); }
  Value less(Value a, Value b) { return build.node("Less", {a, b}); }
  Value exp(Value a) { return build.node("Exp", {a}); }
  Value where(Value condition, Value a, Value b) { return build.node("Where", {condition, a, b}); }
  Value isNegative() { return less(x, number(0)); }
  /// log(1 + exp(x)), which must not overflow where x is large.
  Value softplus() {
    Value tail = exp(build.node("Neg", {build.node("Abs", {x})}));
    return add(max(x, number(0)), build.node("Log", {add(number(1), tail)}));
  }
};

using Write = std::function<Value(Formula &)>;

DecomposeRule formula(Write write) {
  return [write](Operation *op, NodeBuilder &build) -> LogicalResult {
    // On integers the bodies that ONNX gives convert, and formulas would not.
    if (!getElementType(op->getOperand(0)) || !isa<FloatType>(getElementType(op->getOperand(0))))
      return failure();
    Formula f{op, build};
    replaceNode(op, write(f));
    return success();
  };
}

/// Operators of any number of operands, from left to right.
DecomposeRule foldLeft(StringRef opType, bool mean = false) {
  return [opType, mean](Operation *op, NodeBuilder &build) -> LogicalResult {
    if (op->getNumOperands() == 2 && isNode(op, opType))
      return failure();
    Value result = op->getOperand(0);
    for (Value operand : llvm::drop_begin(op->getOperands()))
      result = build.node(opType, {result, operand});
    if (mean && op->getNumOperands() > 1)
      result =
          build.node("Div", {result, build.scalar(op->getNumOperands(), getElementType(result))});
    replaceNode(op, result);
    return success();
  };
}

LogicalResult decomposeClip(Operation *op, NodeBuilder &build) {
  Value result = getOperand(op, 0);
  if (Value low = getOperand(op, 1))
    result = build.node("Max", {result, low});
  if (Value high = getOperand(op, 2))
    result = build.node("Min", {result, high});
  replaceNode(op, result);
  return success();
}

LogicalResult decomposeIdentity(Operation *op, NodeBuilder &) {
  replaceNode(op, op->getOperand(0));
  return success();
}

LogicalResult decomposeRelu(Operation *op, NodeBuilder &build) {
  replaceNode(op, build.node("Max", {op->getOperand(0),
                                     build.scalar(0, getElementType(op->getOperand(0)))}));
  return success();
}

LogicalResult decomposeCastLike(Operation *op, NodeBuilder &build) {
  replaceNode(op, castLike(build, op));
  return success();
}

LogicalResult decomposeReciprocal(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  replaceNode(op, build.node("Div", {build.scalar(1, getElementType(x)), x}));
  return success();
}

DecomposeRule swapped(StringRef opType) {
  return [opType](Operation *op, NodeBuilder &build) -> LogicalResult {
    replaceNode(op, build.node(opType, {op->getOperand(1), op->getOperand(0)}));
    return success();
  };
}

/// In training, and only there, elements are dropped at random; whether it is training may be an
/// operand.
LogicalResult decomposeDropout(Operation *op, NodeBuilder &build) {
  Value data = getOperand(op, 0), ratio = getOperand(op, 1), training = getOperand(op, 2);
  Value result = getResult(op, 0), mask = getResult(op, 1);
  Type boolean = build.builder.getI1Type();
  auto all = [&] {
    return build.node("Expand", {build.scalar(1, boolean), build.node("Shape", {data})});
  };
  if (!training || isConstantScalar(training, 0)) {
    if (mask)
      replaceValue(mask, all());
    replaceValue(result, data);
    op->erase();
    return success();
  }
  Type type = getElementType(data);
  SmallVector<NamedAttribute> attributes;
  if (Attribute seed = op->getAttr("seed"))
    attributes.push_back(
        build.attr("seed", build.builder.getF32FloatAttr(llvm::cast<IntegerAttr>(seed).getInt())));
  Value rate = ratio ? cast(build, ratio, type) : build.scalar(0.5, type);
  Value drawn = build.node("RandomUniformLike", {data}, attributes);
  Value kept = build.node("LessOrEqual", {rate, drawn});
  Value scaled = build.node("Div", {data, build.node("Sub", {build.scalar(1, type), rate})});
  Value dropped = build.node("Where", {kept, scaled, build.scalar(0, type)});
  if (mask)
    replaceValue(mask, build.node("Or", {kept, build.node("Not", {training})}));
  replaceValue(result, build.node("Where", {training, dropped, data}));
  op->erase();
  return success();
}

} // namespace

void addElementwiseDecompositions(DecomposeRules &rules) {
  rules["Sum"] = foldLeft("Add");
  rules["Mean"] = foldLeft("Add", /*mean=*/true);
  rules["Max"] = foldLeft("Max");
  rules["Min"] = foldLeft("Min");
  rules["Clip"] = decomposeClip;
  rules["Identity"] = decomposeIdentity;
  rules["Relu"] = decomposeRelu;
  rules["CastLike"] = decomposeCastLike;
  rules["Reciprocal"] = decomposeReciprocal;
  rules["Greater"] = swapped("Less");
  rules["GreaterOrEqual"] = swapped("LessOrEqual");
  rules["Dropout"] = decomposeDropout;
  rules["LeakyRelu"] = formula(
      [](Formula &f) { return f.where(f.isNegative(), f.mul(f.attribute("alpha"), f.x), f.x); });
  rules["PRelu"] = formula(
      [](Formula &f) { return f.where(f.isNegative(), f.mul(f.op->getOperand(1), f.x), f.x); });
  rules["Elu"] = formula([](Formula &f) {
    return f.where(f.isNegative(), f.mul(f.attribute("alpha"), f.sub(f.exp(f.x), f.number(1))),
                   f.x);
  });
  rules["Selu"] = formula([](Formula &f) {
    Value negative = f.mul(f.attribute("alpha"), f.sub(f.exp(f.x), f.number(1)));
    return f.mul(f.attribute("gamma"), f.where(f.isNegative(), negative, f.x));
  });
  rules["Celu"] = formula([](Formula &f) {
    Value alpha = f.attribute("alpha");
    return f.where(f.isNegative(), f.mul(alpha, f.sub(f.exp(f.div(f.x, alpha)), f.number(1))), f.x);
  });
  rules["ThresholdedRelu"] = formula(
      [](Formula &f) { return f.where(f.less(f.attribute("alpha"), f.x), f.x, f.number(0)); });
  rules["HardSigmoid"] = formula([](Formula &f) {
    return f.max(f.number(0),
                 f.min(f.number(1), f.add(f.mul(f.x, f.attribute("alpha")), f.attribute("beta"))));
  });
  rules["HardSwish"] = formula([](Formula &f) {
    Value gate = f.add(f.mul(f.x, f.number(1.0 / 6)), f.number(0.5));
    return f.mul(f.x, f.max(f.number(0), f.min(f.number(1), gate)));
  });
  rules["Softplus"] = formula([](Formula &f) { return f.softplus(); });
  rules["Mish"] =
      formula([](Formula &f) { return f.mul(f.x, f.build.node("Tanh", {f.softplus()})); });
  rules["Softsign"] = formula(
      [](Formula &f) { return f.div(f.x, f.add(f.number(1), f.build.node("Abs", {f.x}))); });
  rules["Shrink"] = formula([](Formula &f) {
    Value lambda = f.attribute("lambd"), bias = f.attribute("bias");
    Value inner = f.where(f.less(lambda, f.x), f.sub(f.x, bias), f.number(0));
    return f.where(f.less(f.x, f.build.node("Neg", {lambda})), f.add(f.x, bias), inner);
  });
}

} // namespace azulejo::graph
