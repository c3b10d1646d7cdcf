//===- ReducePrecision.cpp - azulejo-reduce-precision -----------------------------------------===//
//
// Each f32 value of the graph has one home: narrow where the node that makes it was given a narrow
// result, wide otherwise. A node that wants the other one reads a Cast of it, made once. The wide
// version of a narrow value is what it was rounded to; the narrow version of a constant is a
// constant.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Dims.h"
#include "dialects/ONNX/Schema.h"
#include "dialects/ONNX/Types.h"
#include "dialects/Plan/Plan.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Passes.h"
#include "onnx/defs/schema.h"
#include <cmath>
#include <cstring>

namespace azulejo::graph {
#define GEN_PASS_DEF_REDUCEPRECISION
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// How an operator takes narrow floats.
struct Rule {
  /// The formal operands that become narrow with its results; all, for a variadic one.
  unsigned operands;
  /// Whether its operands are made narrow; else it is as narrow as what it is given.
  bool always = false;
};

constexpr unsigned first = 1, second = 2, third = 4;

/// Operators that are not here read and give f32: those whose results leave a narrow float's range
/// or that magnify an error of their operand (exponentials, logarithms, powers, trigonometry, sums
/// over many elements), and those with state (recurrent ones). What is here computes in f32 element
/// by element (Lowering::computeType), and sums contractions, means of normalisations and softmax
/// there.
const llvm::StringMap<Rule> &getRules() {
  static const llvm::StringMap<Rule> rules = {
      // Contractions, and the rotation of their operands
      {"MatMul", {first | second, true}},
      {"Conv", {first | second | third, true}},
      {"ConvTranspose", {first | second | third, true}},
      {"Attention", {first | second | third, true}},
      {"RotaryEmbedding", {first | second | third, true}},
      // Normalisation
      {"Softmax", {first}},
      {"LayerNormalization", {first | second | third}},
      {"RMSNormalization", {first | second}},
      // Elementwise
      {"Abs", {first}},
      {"Neg", {first}},
      {"Sign", {first}},
      {"Ceil", {first}},
      {"Floor", {first}},
      {"Round", {first}},
      {"Sqrt", {first}},
      {"Erf", {first}},
      {"Tanh", {first}},
      {"Sigmoid", {first}},
      {"Gelu", {first}},
      {"Swish", {first}},
      {"IsNaN", {first}},
      {"IsInf", {first}},
      {"Add", {first | second}},
      {"Sub", {first | second}},
      {"Mul", {first | second}},
      {"Div", {first | second}},
      {"Min", {first | second}},
      {"Max", {first | second}},
      {"Equal", {first | second}},
      {"Less", {first | second}},
      {"LessOrEqual", {first | second}},
      {"Where", {second | third}},
      // Pooling and order
      {"MaxPool", {first}},
      {"AveragePool", {first}},
      {"ReduceMax", {first}},
      {"ReduceMin", {first}},
      {"ArgMax", {first}},
      {"ArgMin", {first}},
      {"TopK", {first}},
      // Movement
      {"Reshape", {first}},
      {"Squeeze", {first}},
      {"Unsqueeze", {first}},
      {"Transpose", {first}},
      {"Expand", {first}},
      {"Concat", {first}},
      {"Slice", {first}},
      {"Pad", {first | third}},
      {"Gather", {first}},
      {"GatherElements", {first}},
      {"GatherND", {first}},
      {"ScatterElements", {first | third}},
      {"ScatterND", {first | third}},
      {"Resize", {first}},
      {"GridSample", {first}},
  };
  return rules;
}

bool isWideFloat(Value value) {
  Type element = getElementType(value);
  return element && element.isF32() && getRank(value);
}

struct ReducePrecision : impl::ReducePrecisionBase<ReducePrecision> {
  using ReducePrecisionBase::ReducePrecisionBase;

  LogicalResult initialize(MLIRContext *context) override {
    narrow = to == "f16"    ? FloatType(Float16Type::get(context))
             : to == "bf16" ? FloatType(BFloat16Type::get(context))
                            : FloatType();
    if (!narrow)
      return emitError(UnknownLoc::get(context))
             << "azulejo-reduce-precision: '" << to << "' is neither f16 nor bf16";
    return success();
  }

  void runOnOperation() override {
    narrowed.clear();
    others.clear();
    fitting.clear();
    function = getOperation();
    if (function.isDeclaration())
      return;
    SmallVector<Operation *> nodes;
    function->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != function)
        nodes.push_back(op);
    });
    for (Operation *op : nodes)
      rewrite(op);
    for (Operation *op : llvm::reverse(nodes))
      if (isNode(op, "Constant") && op->use_empty())
        op->erase();
  }

private:
  void rewrite(Operation *op) {
    if (isAnyNode(op, {"Constant", "Shape"}))
      return;
    if (isNode(op, "Cast")) {
      // From either version; a boolean is exact in whichever float.
      if (isWideFloat(op->getResult(0)) && getElementType(op->getOperand(0)).isInteger(1)) {
        op->setAttr("to", OpBuilder(op).getI64IntegerAttr(onnx::getDataType(narrow)));
        makeNarrow(op->getResult(0));
      }
      return;
    }
    auto rule = getRules().find(getOpType(op));
    SmallVector<OpOperand *> operands;
    if (rule != getRules().end())
      operands = getOperands(op, rule->second.operands);
    if (!operands.empty() && takesNarrow(op, rule->second, operands)) {
      for (OpOperand *operand : operands)
        operand->set(getNarrow(operand->get(), op));
      for (OpResult result : op->getResults())
        if (isWideFloat(result))
          makeNarrow(result);
      return;
    }
    for (OpOperand &operand : op->getOpOperands())
      operand.set(getWide(operand.get()));
  }

  /// The operands of these formal ones that are f32 in the model.
  SmallVector<OpOperand *> getOperands(Operation *op, unsigned formals) {
    SmallVector<OpOperand *> operands;
    unsigned count = onnx::getSchema(op->getName())->inputs().size();
    for (unsigned formal = 0; formal < count; ++formal) {
      if (!(formals >> formal & 1))
        continue;
      OperandRange range = onnx::getFormalOperands(op, formal);
      for (unsigned i = 0; i < range.size(); ++i) {
        OpOperand &operand = op->getOpOperand(range.getBeginOperandIndex() + i);
        if (!isWideFloat(operand.get()) && !wasWide(operand.get()))
          return {};
        operands.push_back(&operand);
      }
    }
    return operands;
  }

  bool takesNarrow(Operation *op, const Rule &rule, ArrayRef<OpOperand *> operands) {
    // Squares, most of them of differences from a mean, leave a narrow float's range.
    if (isNode(op, "Mul") && op->getOperand(0) == op->getOperand(1))
      return false;
    return llvm::all_of(operands, [&](OpOperand *operand) {
      Value value = operand->get();
      if (TypedAttr constant = getConstant(value))
        return fits(constant, value.getLoc());
      return rule.always || wasWide(value) || isInput(value);
    });
  }

  bool isInput(Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && argument.getOwner() == &function.getBody().front();
  }

  /// Whether this is a result that was f32.
  bool wasWide(Value value) { return narrowed.contains(value); }

  void makeNarrow(Value value) {
    auto type = llvm::cast<RankedTensorType>(value.getType());
    value.setType(onnx::getTensorType(onnx::getDims(type), narrow));
    narrowed.insert(value);
  }

  Value getWide(Value value) { return wasWide(value) ? getOther(value, value) : value; }

  Value getNarrow(Value value, Operation *user) {
    if (wasWide(value))
      return value;
    if (TypedAttr constant = getConstant(value)) {
      Value &converted = others[value];
      if (!converted) {
        OpBuilder builder(value.getDefiningOp());
        converted =
            NodeBuilder(builder, value.getLoc()).constant(convert(constant, value.getLoc()));
      }
      return converted;
    }
    return getOther(value, value.getDefiningOp() ? value : user->getResult(0));
  }

  /// The Cast of a value, right behind it, in the name of the node that made `named`.
  Value getOther(Value value, Value named) {
    Value &other = others[value];
    if (!other) {
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfterValue(value);
      NodeBuilder build(builder, named.getLoc());
      other =
          cast(build, value, wasWide(value) ? FloatType(Float32Type::get(&getContext())) : narrow);
    }
    return other;
  }

  /// Whether the elements of a constant are numbers of the narrow type: none too large for it, and
  /// a single one (an epsilon, say) not too small.
  bool fits(TypedAttr constant, Location loc) {
    auto [known, inserted] = fitting.try_emplace(constant, true);
    if (!inserted)
      return known->second;
    auto type = llvm::cast<RankedTensorType>(constant.getType());
    if (!type.hasStaticShape())
      return fitting[constant] = false;
    auto largest = llvm::APFloat::getLargest(narrow.getFloatSemantics()),
         smallest = llvm::APFloat::getSmallestNormalized(narrow.getFloatSemantics());
    float above = largest.convertToFloat(), below = smallest.convertToFloat();
    bool isSingle = type.getNumElements() == 1, all = true;
    auto wrote = plan::writeElementBytes(constant, loc, [&](ArrayRef<char> piece) {
      float most = 0, value;
      for (size_t at = 0; at + sizeof(value) <= piece.size(); at += sizeof(value)) {
        std::memcpy(&value, piece.data() + at, sizeof(value));
        // Infinities stay what they are, and a NaN is greater than nothing.
        float magnitude = std::fabs(value);
        most = magnitude > most && magnitude < HUGE_VALF ? magnitude : most;
      }
      all &= most <= above && !(isSingle && most > 0 && most < below);
    });
    return fitting[constant] = succeeded(wrote) && all;
  }

  /// A constant in the narrow type: a description of that, but for small ones.
  TypedAttr convert(TypedAttr constant, Location loc) {
    auto type = llvm::cast<RankedTensorType>(constant.getType());
    constexpr int64_t maxElements = 256;
    if (plan::isDerivable(constant) && type.getNumElements() > maxElements)
      return plan::convert(constant, narrow);
    std::optional<Elements> elements = readElements(constant, loc, /*maxElements=*/INT64_MAX);
    assert(elements && "whoever fits has been read");
    Elements result(RankedTensorType::get(type.getShape(), narrow));
    result.floats = std::move(elements->floats);
    return writeElements(result);
  }

  FloatType narrow;
  func::FuncOp function;
  DenseSet<Value> narrowed;
  /// The version of the other width, where somebody wants it.
  DenseMap<Value, Value> others;
  DenseMap<Attribute, bool> fitting;
};

} // namespace
} // namespace azulejo::graph
