//===- DecomposeTraining.cpp - One step of an optimizer ---------------------------------------===//
//
// These operators take any number of tensors to optimize: first the tensors, then their gradients,
// then each kind of state; and give the tensors, then the states, updated.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// One tensor's step: what it takes, and an easy way to write its formulas.
struct Step {
  Operation *op;
  NodeBuilder &build;
  Value rate, count; // R, T: the initial learning rate, and how many steps there have been
  Value x, gradient;
  SmallVector<Value> states;
  Type type = getElementType(x);

  Value attribute(StringRef name) { return build.scalar(getFloat(op, name), type); }
  Value add(Value a, Value b) { return build.node("Add", {a, b}); }
  Value sub(Value a, Value b) { return build.node("Sub", {a, b}); }
  Value mul(Value a, Value b) { return build.node("Mul", {a, b}); }
  Value div(Value a, Value b) { return build.node("Div", {a, b}); }
  Value sqrt(Value a) { return build.node("Sqrt", {a}); }
  Value pow(Value a, Value b) { return build.node("Pow", {a, b}); }
  Value number(double value) { return build.scalar(value, type); }
  /// `a * old + (1 - a) * now`
  Value average(StringRef name, Value old, Value now) {
    return add(mul(attribute(name), old), mul(sub(number(1), attribute(name)), now));
  }
  Value isFirst() { return build.node("Equal", {count, build.scalarInt(0)}); }
  Value regularized() { return add(mul(attribute("norm_coefficient"), x), gradient); }
};

/// The updated tensor, then its updated states.
using Optimizer = std::function<SmallVector<Value>(Step &)>;

SmallVector<Value> stepAdagrad(Step &step) {
  Value decay = step.mul(cast(step.build, step.count, step.type), step.attribute("decay_factor"));
  Value rate = step.div(step.rate, step.add(step.number(1), decay));
  Value gradient = step.regularized();
  Value squares = step.add(step.states[0], step.mul(gradient, gradient));
  Value adaptive = step.add(step.sqrt(squares), step.attribute("epsilon"));
  return {step.sub(step.x, step.div(step.mul(rate, gradient), adaptive)), squares};
}

SmallVector<Value> stepAdam(Step &step) {
  Value gradient = step.regularized();
  Value first = step.average("alpha", step.states[0], gradient);
  Value second = step.average("beta", step.states[1], step.mul(gradient, gradient));
  Value deviation = step.add(step.sqrt(second), step.attribute("epsilon"));
  // The averages began at zero, which steps after the first make up for.
  Value time = cast(step.build, step.count, step.type);
  Value one = step.number(1);
  Value correction = step.div(step.sqrt(step.sub(one, step.pow(step.attribute("beta"), time))),
                              step.sub(one, step.pow(step.attribute("alpha"), time)));
  Value rate =
      step.build.node("Where", {step.isFirst(), step.rate, step.mul(step.rate, correction)});
  Value moved = step.sub(step.x, step.div(step.mul(rate, first), deviation));
  Value shrunk = step.mul(step.sub(one, step.attribute("norm_coefficient_post")), moved);
  return {shrunk, first, second};
}

SmallVector<Value> stepMomentum(Step &step) {
  Value gradient = step.regularized();
  Value beta = step.build.node("Where", {step.isFirst(), step.number(1), step.attribute("beta")});
  Value alpha = step.attribute("alpha");
  Value velocity = step.add(step.mul(alpha, step.states[0]), step.mul(beta, gradient));
  Value direction = getString(step.op, "mode") == "nesterov"
                        ? step.add(gradient, step.mul(alpha, velocity))
                        : velocity;
  return {step.sub(step.x, step.mul(step.rate, direction)), velocity};
}

DecomposeRule optimizer(Optimizer apply, size_t states) {
  return [=](Operation *op, NodeBuilder &build) -> LogicalResult {
    size_t kinds = states + 2, tensors = (op->getNumOperands() - 2) / kinds;
    if (tensors * kinds + 2 != op->getNumOperands() ||
        op->getNumResults() != tensors * (states + 1) || tensors == 0)
      return failure();
    for (size_t i = 0; i < tensors; ++i) {
      auto operand = [&](size_t kind) { return op->getOperand(2 + kind * tensors + i); };
      Step step{op, build, op->getOperand(0), op->getOperand(1), operand(0), operand(1), {}};
      step.rate = cast(build, step.rate, step.type);
      for (size_t state = 0; state < states; ++state)
        step.states.push_back(operand(2 + state));
      for (auto [kind, value] : llvm::enumerate(apply(step)))
        replaceValue(op->getResult(kind * tensors + i), value);
    }
    op->erase();
    return success();
  };
}

} // namespace

void addTrainingDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_preview_training.Adagrad"] = optimizer(stepAdagrad, 1);
  rules["ai_onnx_preview_training.Adam"] = optimizer(stepAdam, 2);
  rules["ai_onnx_preview_training.Momentum"] = optimizer(stepMomentum, 1);
}

} // namespace azulejo::graph
