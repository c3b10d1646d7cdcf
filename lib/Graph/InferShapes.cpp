//===- InferShapes.cpp - azulejo-infer-shapes -------------------------------------------------===//
//
// One walk forward, subgraphs included. What a loop carries from one iteration to the next is
// inferred to a fixed point: a dimension starts as it is on entry, and one that the body gives back
// different becomes a symbol of the body's own, which can happen once a dimension, so the iteration
// ends.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Inference.h"
#include "lib/Graph/Passes.h"
#include "lib/Import/SchemaInference.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_INFERSHAPES
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::graph {
namespace {

class ShapeInference {
public:
  explicit ShapeInference(func::FuncOp function) : function(function) {}

  LogicalResult run() {
    for (auto [index, argument] : llvm::enumerate(function.getArguments())) {
      if (auto dims = getDims(argument))
        for (const auto &dim : *dims)
          for (const std::string &symbol : dim ? dim->getSymbols() : SmallVector<std::string>())
            owners.try_emplace(symbol, nullptr);
    }
    for (auto [index, argument] : llvm::enumerate(function.getArguments())) {
      auto name = function.getArgAttrOfType<StringAttr>(index, "onnx.name");
      nameDims(argument, name ? name.str() : "arg" + std::to_string(index), &function.getBody());
    }
    return inferBlock(function.getBody().front());
  }

private:
  func::FuncOp function;
  IntegerValues values;
  /// All symbols, with the region whose every execution gives them a value of its own; null for the
  /// model's own.
  llvm::StringMap<Region *> owners;
  /// Those among them that stand for whatever a dimension is in the present iteration of a loop.
  llvm::StringSet<> carriedSymbols;

  //===----------------------------------------------------------------------------------------===//
  // Symbols
  //===----------------------------------------------------------------------------------------===//

  static std::string sanitize(StringRef name) {
    std::string result;
    for (char c : name)
      result += llvm::isAlnum(c) || c == '_' || c == '.' || c == ':' || c == '#' ? c : '_';
    return result.empty() || !(llvm::isAlpha(result[0]) || result[0] == '_') ? "_" + result
                                                                             : result;
  }

  /// A name that no other dimension has: `base`, or `base#2` and so on where a node's name is not
  /// its own.
  std::string makeSymbol(const std::string &base, Region *owner) {
    std::string name = base;
    for (int i = 2; !owners.try_emplace(name, owner).second; ++i)
      name = base + "#" + std::to_string(i);
    return name;
  }

  /// Gives the unknown dimensions of a value symbols.
  void nameDims(Value value, const std::string &owner, Region *region,
                llvm::StringSet<> *made = nullptr) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      return;
    auto dims = onnx::getDims(type);
    bool changed = false;
    for (auto [index, dim] : llvm::enumerate(dims)) {
      // An expression that has grown beyond all sense is worth less than a name.
      constexpr size_t maxLength = 256;
      if (dim && dim->str().size() <= maxLength)
        continue;
      changed = true;
      std::string name = makeSymbol(sanitize(owner) + "." + std::to_string(index), region);
      dim = SymbolicExpr::symbol(name);
      if (made)
        made->insert(name);
    }
    if (changed)
      value.setType(onnx::getTensorType(dims, type.getElementType()));
  }

  /// The type as it is seen from outside of `region`: a dimension that the region decides is
  /// unknown there.
  Type exportFrom(Region &region, Type type) {
    auto ranked = dyn_cast<RankedTensorType>(type);
    if (!ranked)
      return type;
    auto dims = onnx::getDims(ranked);
    for (auto &dim : dims)
      if (dim && llvm::any_of(dim->getSymbols(), [&](const std::string &symbol) {
            Region *owner = owners.lookup(symbol);
            return owner && region.isAncestor(owner);
          }))
        dim = std::nullopt;
    return onnx::getTensorType(dims, ranked.getElementType());
  }

  /// What holds of both; null when they have nothing in common but the element type.
  static Type join(Type a, Type b) {
    if (a == b)
      return a;
    auto x = dyn_cast<TensorType>(a), y = dyn_cast<TensorType>(b);
    if (auto sequence = dyn_cast<plan::SequenceType>(a); sequence && isa<plan::SequenceType>(b)) {
      Type element = join(sequence.getElementType(), cast<plan::SequenceType>(b).getElementType());
      return element ? plan::SequenceType::get(a.getContext(), element) : Type();
    }
    if (auto optional = dyn_cast<plan::OptionalType>(a); optional && isa<plan::OptionalType>(b)) {
      Type element = join(optional.getElementType(), cast<plan::OptionalType>(b).getElementType());
      return element ? plan::OptionalType::get(a.getContext(), element) : Type();
    }
    // A loop may turn an optional into what it holds.
    if (isa<plan::OptionalType>(a) != isa<plan::OptionalType>(b)) {
      auto optional = dyn_cast<plan::OptionalType>(a);
      bool isFirst = optional != nullptr;
      optional = isFirst ? optional : cast<plan::OptionalType>(b);
      Type element = join(optional.getElementType(), isFirst ? b : a);
      return element ? plan::OptionalType::get(a.getContext(), element) : Type();
    }
    if (!x || !y || x.getElementType() != y.getElementType())
      return {};
    auto left = dyn_cast<RankedTensorType>(a), right = dyn_cast<RankedTensorType>(b);
    if (!left || !right || left.getRank() != right.getRank())
      return UnrankedTensorType::get(x.getElementType());
    auto dims = onnx::getDims(left);
    for (auto [dim, other] : llvm::zip(dims, onnx::getDims(right)))
      if (dim != other)
        dim = std::nullopt;
    return onnx::getTensorType(dims, x.getElementType());
  }

  static bool isList(Type type) { return isa<plan::SequenceType, plan::OptionalType>(type); }

  /// The elements of a list may differ in a dimension that its type gives one name.
  static Type forgetSymbols(Type type) {
    auto ranked = dyn_cast<RankedTensorType>(type);
    if (!ranked)
      return type;
    auto dims = onnx::getDims(ranked);
    for (auto &dim : dims)
      if (dim && !dim->getConstant())
        dim = std::nullopt;
    return onnx::getTensorType(dims, ranked.getElementType());
  }

  //===----------------------------------------------------------------------------------------===//
  // Nodes
  //===----------------------------------------------------------------------------------------===//

  LogicalResult inferBlock(Block &block) {
    for (Operation &op : block)
      if (!op.hasTrait<OpTrait::IsTerminator>() && failed(inferOp(&op)))
        return failure();
    return success();
  }

  LogicalResult inferOp(Operation *op) {
    StringRef type = getOpType(op);
    if (type.empty())
      return success();
    SmallVector<Type> before(op->getResultTypes());
    LogicalResult result = type == "If"            ? inferIf(op)
                           : type == "Loop"        ? inferLoop(op)
                           : type == "Scan"        ? inferScan(op)
                           : type == "SequenceMap" ? inferSequenceMap(op)
                                                   : inferResultTypes(op, values);
    if (failed(result))
      return failure();
    for (auto [value, old] : llvm::zip(op->getResults(), before)) {
      // No rank to be found: what the model declares must do.
      if (isa<UnrankedTensorType>(value.getType()) && isa<RankedTensorType>(old) &&
          getElementType(value) == cast<TensorType>(old).getElementType())
        value.setType(old);
      if (llvm::any_of(op->getOperandTypes(), isList))
        value.setType(forgetSymbols(value.getType()));
      std::string name = getNodeName(op);
      if (op->getNumResults() > 1)
        name += ":" + std::to_string(value.getResultNumber());
      nameDims(value, name, op->getParentRegion());
    }
    return success();
  }

  /// Sets the types of results from what the region's terminator gives, as seen from outside.
  LogicalResult inferIf(Operation *op) {
    SmallVector<SmallVector<Type>> branches;
    for (StringRef name : {"then_branch", "else_branch"}) {
      Region *region = onnx::getSubgraph(op, name);
      if (!region || failed(inferBlock(region->front())))
        return failure();
      SmallVector<Type> &types = branches.emplace_back();
      for (Type type : region->front().getTerminator()->getOperandTypes())
        types.push_back(exportFrom(*region, type));
    }
    if (branches[0].size() != op->getNumResults() || branches[1].size() != op->getNumResults())
      return op->emitError() << onnx::describeNode(op) << ": its branches give "
                             << branches[0].size() << " and " << branches[1].size()
                             << " values, and it has " << op->getNumResults() << " outputs";
    for (auto [result, a, b] : llvm::zip(op->getResults(), branches[0], branches[1])) {
      Type type = join(a, b);
      if (!type)
        return op->emitError() << onnx::describeNode(op)
                               << ": its branches give an output of different types, " << a
                               << " and " << b;
      result.setType(type);
    }
    return success();
  }

  /// A loop's body is inferred again: its nodes take the same names again.
  void forgetSymbolsIn(Region &body) {
    SmallVector<std::string> names;
    for (const auto &entry : owners)
      if (entry.second && body.isAncestor(entry.second) && !carriedSymbols.contains(entry.first()))
        names.push_back(entry.first().str());
    for (const std::string &name : names)
      owners.erase(name);
  }

  /// A dimension that already stands for any size needs no new symbol when the body gives back yet
  /// another.
  Type keepCarried(Type before, Type joined) {
    auto from = dyn_cast<RankedTensorType>(before);
    auto to = dyn_cast_or_null<RankedTensorType>(joined);
    if (!from || !to)
      return joined;
    auto dims = onnx::getDims(to);
    for (auto [dim, old] : llvm::zip(dims, onnx::getDims(from)))
      if (!dim && old && carriedSymbols.contains(old->str()))
        dim = old;
    return onnx::getTensorType(dims, to.getElementType());
  }

  /// Infers `body` with its carried arguments (from `firstArgument`) of these types, until what it
  /// gives back (from `firstYield`) fits them.
  LogicalResult inferCarried(Operation *op, Region &body, unsigned firstArgument,
                             unsigned firstYield, MutableArrayRef<Type> types) {
    constexpr int maxRounds = 64;
    for (int round = 0; round < maxRounds; ++round) {
      for (auto [i, type] : llvm::enumerate(types)) {
        BlockArgument argument = body.getArgument(firstArgument + i);
        argument.setType(type);
        nameDims(argument, getNodeName(op) + ".body" + std::to_string(i), &body, &carriedSymbols);
        type = argument.getType();
      }
      forgetSymbolsIn(body);
      values = IntegerValues();
      if (failed(inferBlock(body.front())))
        return failure();
      bool changed = false;
      for (auto [i, type] : llvm::enumerate(types)) {
        Type given = body.front().getTerminator()->getOperand(firstYield + i).getType();
        Type joined = keepCarried(type, join(type, given));
        if (!joined)
          return op->emitError() << onnx::describeNode(op) << ": it carries a value of type "
                                 << type << ", which its body turns into " << given;
        changed |= joined != type;
        type = joined;
      }
      values = IntegerValues();
      if (!changed)
        return success();
    }
    return op->emitError() << onnx::describeNode(op) << ": the types it carries do not settle";
  }

  static LogicalResult checkCount(Operation *op, StringRef what, size_t actual, size_t expected) {
    if (actual == expected)
      return success();
    return op->emitError() << onnx::describeNode(op) << ": its body has " << actual << " " << what
                           << ", and " << expected << " are needed";
  }

  LogicalResult inferLoop(Operation *op) {
    Region &body = *onnx::getSubgraph(op, "body");
    Value trips = getOperand(op, 0), condition = getOperand(op, 1);
    SmallVector<Type> carried;
    for (Value initial : op->getOperands().drop_front((trips ? 1 : 0) + (condition ? 1 : 0)))
      carried.push_back(initial.getType());
    if (op->getNumResults() < carried.size() ||
        failed(checkCount(op, "inputs", body.getNumArguments(), carried.size() + 2)) ||
        failed(checkCount(op, "outputs", body.front().getTerminator()->getNumOperands(),
                          op->getNumResults() + 1)))
      return failure();
    Builder builder(op->getContext());
    body.getArgument(0).setType(RankedTensorType::get({}, builder.getI64Type()));
    body.getArgument(1).setType(RankedTensorType::get({}, builder.getI1Type()));
    if (failed(inferCarried(op, body, 2, 1, carried)))
      return failure();
    Operation *yield = body.front().getTerminator();
    for (auto [i, type] : llvm::enumerate(carried))
      op->getResult(i).setType(exportFrom(body, type));

    // Nothing but the trip count ends the loop when the condition is never false.
    Value again = yield->getOperand(0);
    while (Operation *identity = getDefining(again, "Identity"))
      again = identity->getOperand(0);
    bool always = (again == body.getArgument(1) || isConstantScalar(again, 1)) &&
                  (!condition || isConstantScalar(condition, 1));
    auto count = always && trips ? values.getScalar(trips) : std::nullopt;
    for (unsigned i = carried.size(); i < op->getNumResults(); ++i) {
      Type type = exportFrom(body, yield->getOperand(i + 1).getType());
      auto ranked = dyn_cast<RankedTensorType>(type);
      if (!ranked) {
        op->getResult(i).setType(type);
        continue;
      }
      auto dims = onnx::getDims(ranked);
      dims.insert(dims.begin(),
                  count ? std::optional(SymbolicExpr::max(*count, SymbolicExpr(0))) : std::nullopt);
      op->getResult(i).setType(onnx::getTensorType(dims, ranked.getElementType()));
    }
    return success();
  }

  LogicalResult inferScan(Operation *op) {
    Region *body = onnx::getSubgraph(op, "body");
    // Version 8 has a batch of sequences; it is upgraded before anything needs its types.
    if (!isNode(op, "Scan"))
      return success();
    size_t scanned = getInt(op, "num_scan_inputs");
    if (scanned > op->getNumOperands())
      return op->emitError() << onnx::describeNode(op)
                             << ": num_scan_inputs is larger than the number of its inputs";
    size_t states = op->getNumOperands() - scanned;
    if (op->getNumResults() < states ||
        failed(checkCount(op, "inputs", body->getNumArguments(), op->getNumOperands())) ||
        failed(checkCount(op, "outputs", body->front().getTerminator()->getNumOperands(),
                          op->getNumResults())))
      return failure();
    auto getAxis = [&](StringRef name, size_t i, int64_t rank) -> std::optional<int64_t> {
      auto axes = getInts(op, name);
      int64_t axis = axes && i < axes->size() ? normalizeAxis((*axes)[i], rank) : 0;
      return axis >= 0 && axis < rank ? std::optional(axis) : std::nullopt;
    };
    std::optional<SymbolicExpr> length;
    for (size_t i = 0; i < scanned; ++i) {
      Value input = op->getOperand(states + i);
      auto dims = getDims(input);
      auto axis = dims ? getAxis("scan_input_axes", i, dims->size()) : std::nullopt;
      if (dims && !axis)
        return op->emitError() << onnx::describeNode(op)
                               << ": scan_input_axes is out of range for input " << states + i;
      if (!dims) {
        body->getArgument(states + i).setType(input.getType());
        continue;
      }
      if (!length || (*dims)[*axis].value_or(*length).getConstant())
        length = (*dims)[*axis];
      dims->erase(dims->begin() + *axis);
      body->getArgument(states + i).setType(onnx::getTensorType(*dims, getElementType(input)));
    }
    SmallVector<Type> carried(op->getOperands().take_front(states).getTypes());
    if (failed(inferCarried(op, *body, 0, 0, carried)))
      return failure();
    Operation *yield = body->front().getTerminator();
    for (size_t i = 0; i < op->getNumResults(); ++i) {
      if (i < states) {
        op->getResult(i).setType(exportFrom(*body, carried[i]));
        continue;
      }
      Type type = exportFrom(*body, yield->getOperand(i).getType());
      if (auto ranked = dyn_cast<RankedTensorType>(type)) {
        auto dims = onnx::getDims(ranked);
        auto axis = getAxis("scan_output_axes", i - states, dims.size() + 1);
        if (!axis)
          return op->emitError() << onnx::describeNode(op)
                                 << ": scan_output_axes is out of range for output " << i;
        dims.insert(dims.begin() + *axis, length);
        type = onnx::getTensorType(dims, ranked.getElementType());
      }
      op->getResult(i).setType(type);
    }
    return success();
  }

  LogicalResult inferSequenceMap(Operation *op) {
    Region &body = *onnx::getSubgraph(op, "body");
    if (failed(checkCount(op, "inputs", body.getNumArguments(), op->getNumOperands())) ||
        failed(checkCount(op, "outputs", body.front().getTerminator()->getNumOperands(),
                          op->getNumResults())))
      return failure();
    for (auto [argument, operand] : llvm::zip(body.getArguments(), op->getOperands())) {
      auto sequence = dyn_cast<plan::SequenceType>(operand.getType());
      argument.setType(sequence ? forgetSymbols(sequence.getElementType()) : operand.getType());
      nameDims(argument, getNodeName(op) + ".body" + std::to_string(argument.getArgNumber()),
               &body);
    }
    values = IntegerValues();
    if (failed(inferBlock(body.front())))
      return failure();
    for (auto [result, yielded] :
         llvm::zip(op->getResults(), body.front().getTerminator()->getOperands()))
      result.setType(
          plan::SequenceType::get(op->getContext(), exportFrom(body, yielded.getType())));
    return success();
  }
};

struct InferShapes : impl::InferShapesBase<InferShapes> {
  using InferShapesBase::InferShapesBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isDeclaration())
      return;
    if (failed(ShapeInference(function).run()))
      return signalPassFailure();
    updateSignature(function);
    if (!requireRanked)
      return;
    auto checked = function.walk([](Operation *op) {
      for (Value result : op->getResults())
        if (isa<UnrankedTensorType>(result.getType())) {
          op->emitError() << onnx::describeNode(op)
                          << ": the rank of its output cannot be inferred";
          return WalkResult::interrupt();
        }
      for (Region &region : op->getRegions())
        for (BlockArgument argument : region.getArguments())
          if (isa<UnrankedTensorType>(argument.getType())) {
            op->emitError() << (isa<func::FuncOp>(op) ? "graph" : onnx::describeNode(op))
                            << ": the rank of input " << argument.getArgNumber()
                            << " of its body cannot be inferred";
            return WalkResult::interrupt();
          }
      return WalkResult::advance();
    });
    if (checked.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace azulejo::graph
