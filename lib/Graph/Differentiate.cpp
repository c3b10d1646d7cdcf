//===- Differentiate.cpp - azulejo-differentiate ----------------------------------------------===//
//
// Reverse accumulation: the gradient of y is 1, and every node between xs and y, last first, hands
// its own gradient on to its operands.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Derivatives.h"
#include "lib/Graph/Passes.h"
#include "lib/Import/SchemaInference.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// One Gradient and what its operands mean.
class GradientNode {
public:
  explicit GradientNode(Operation *op) : op(op), builder(op), build(builder, op->getLoc()) {}

  LogicalResult expand() {
    if (failed(readOperands()) || failed(findNodes()))
      return failure();
    substitute();
    gradients[y] = fill(1.0, y);
    for (Operation *node : llvm::reverse(nodes))
      if (failed(handOn(node)))
        return failure();
    for (auto [x, result] : llvm::zip(xs, op->getResults())) {
      Value gradient = gradients.lookup(x);
      replaceValue(result, gradient ? gradient : fill(0.0, x));
    }
    op->erase();
    return success();
  }

private:
  InFlightDiagnostic refuse() { return op->emitError() << onnx::describeNode(op) << ": "; }

  /// Inputs (for xs, then for what is held constant), the values named xs, the value named y.
  LogicalResult readOperands() {
    auto names = op->getAttrOfType<ArrayAttr>("xs");
    auto constants = op->getAttrOfType<ArrayAttr>("zs");
    size_t count = names ? names.size() : 0, held = constants ? constants.size() : 0;
    if (count == 0 || op->getNumOperands() != 2 * count + held + 1 || op->getNumResults() > count)
      return refuse() << "it has not one input for each name in xs and zs";
    OperandRange operands = op->getOperands();
    llvm::append_range(inputs, operands.take_front(count));
    llvm::append_range(xs, operands.drop_front(count + held).drop_back());
    y = operands.back();
    if (!isa<FloatType>(getElementType(y)))
      return refuse() << "y is no tensor of floats";
    return success();
  }

  /// The nodes that lead from xs to y, in order.
  LogicalResult findNodes() {
    SetVector<Operation *> needed, dependent;
    SmallVector<Value> wanted = {y};
    while (!wanted.empty()) {
      Operation *node = wanted.pop_back_val().getDefiningOp();
      if (node && !needed.contains(node)) {
        needed.insert(node);
        llvm::append_range(wanted, node->getOperands());
      }
    }
    active.insert(xs.begin(), xs.end());
    for (Operation &node : *op->getBlock()) {
      if (&node == op)
        break;
      if (!needed.contains(&node) || llvm::none_of(node.getOperands(), [&](Value operand) {
            return active.contains(operand);
          }))
        continue;
      if (node.getNumRegions())
        return refuse() << "it leads through " << onnx::describeNode(&node)
                        << ", and derivatives of control flow are not known";
      // What an x is computed from is not asked.
      if (llvm::all_of(node.getResults(), [&](Value result) { return active.contains(result); }))
        continue;
      nodes.push_back(&node);
      active.insert(node.result_begin(), node.result_end());
    }
    return success();
  }

  /// Where the inputs are not what xs names, the nodes are copied for them.
  void substitute() {
    if (inputs == xs)
      return;
    IRMapping mapping;
    for (auto [x, input] : llvm::zip_equal(xs, inputs))
      mapping.map(x, input);
    SmallVector<Operation *> copies;
    for (Operation *node : nodes)
      copies.push_back(builder.clone(*node, mapping));
    nodes = std::move(copies);
    y = mapping.lookupOrDefault(y);
    xs = inputs;
    DenseSet<Value> mapped;
    for (Value value : active)
      mapped.insert(mapping.lookupOrDefault(value));
    active = std::move(mapped);
  }

  LogicalResult handOn(Operation *node) {
    Value gradient = gradients.lookup(node->getResult(0));
    if (!gradient)
      return success();
    for (auto [index, operand] : llvm::enumerate(node->getOperands())) {
      if (!active.contains(operand) || !isa_and_nonnull<FloatType>(getElementType(operand)))
        continue;
      Value part = differentiate(node, gradient, index, build);
      if (!part)
        return refuse() << "it leads through " << onnx::describeNode(node)
                        << ", whose derivative by input " << index << " is not known";
      Value &sum = gradients[operand];
      sum = sum ? build.node("Add", {sum, part}) : part;
    }
    return success();
  }

  Value fill(double number, Value like) {
    Value scalar = build.scalar(number, getElementType(like));
    return getRank(like) == 0 ? scalar
                              : build.node("Expand", {scalar, build.node("Shape", {like})});
  }

  Operation *op;
  OpBuilder builder;
  NodeBuilder build;
  SmallVector<Value> inputs, xs;
  Value y;
  SmallVector<Operation *> nodes;
  DenseSet<Value> active; // what depends on xs
  DenseMap<Value, Value> gradients;
};

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    SmallVector<Operation *> gradients;
    getOperation().walk([&](Operation *op) {
      if (getOpType(op) == "ai_onnx_preview_training.Gradient")
        gradients.push_back(op);
    });
    for (Operation *op : gradients)
      if (failed(GradientNode(op).expand()))
        return signalPassFailure();
    getOperation().walk([](Operation *op) { op->removeAttr(variableName); });
    updateSignature(getOperation());
  }
};

} // namespace
} // namespace azulejo::graph
