//===- DecomposeTrees.cpp - TreeEnsemble
//----------------------------------------------------------===//
//
// All trees descend together: the state is a tensor of nodes, [batch, trees], and each step gathers
// what every node compares and goes on to. A leaf goes on to itself, so as many steps as the
// deepest tree has levels end at the leaves.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "llvm/ADT/SmallSet.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
namespace {

enum Mode { LessOrEqual, Less, GreaterOrEqual, Greater, Equal, NotEqual, Member };
enum Aggregate { Average, Sum, Minimum, Maximum };
enum Transform { None, Softmax, Logistic, SoftmaxZero, Probit };

constexpr int64_t deepest = 64;

/// The nodes and behind them the leaves, by column.
struct Forest {
  SmallVector<int64_t> features, modes, whenTrue, whenFalse, tracksTrue, roots;
  SmallVector<double> splits;
  std::vector<SmallVector<double>> members; // of each node
  SmallVector<int64_t> targets;             // of the leaves
  SmallVector<double> weights;
  int64_t nodes = 0, leaves = 0, depth = 0, targetCount = 0;

  /// False where the attributes do not describe trees.
  bool read(Operation *op);

private:
  bool readChildren(Operation *op, StringRef which, SmallVectorImpl<int64_t> &children) const;
  bool readMembers(const SmallVectorImpl<double> &values);
  bool measureDepth();
};

std::optional<SmallVector<double>> readNumbers(Operation *op, StringRef name) {
  auto value = op->getAttrOfType<TypedAttr>(name);
  auto elements = value ? readElements(value, op->getLoc()) : std::nullopt;
  if (!elements)
    return std::nullopt;
  SmallVector<double> numbers;
  for (size_t i = 0; i < elements->size(); ++i)
    numbers.push_back(elements->asDouble(i));
  return numbers;
}

bool Forest::readChildren(Operation *op, StringRef which,
                          SmallVectorImpl<int64_t> &children) const {
  auto ids = getInts(op, ("nodes_" + which + "nodeids").str()),
       areLeaves = getInts(op, ("nodes_" + which + "leafs").str());
  if (!ids || !areLeaves || static_cast<int64_t>(ids->size()) != nodes ||
      ids->size() != areLeaves->size())
    return false;
  for (auto [id, isLeaf] : llvm::zip_equal(*ids, *areLeaves)) {
    if (id < 0 || id >= (isLeaf ? leaves : nodes))
      return false;
    children.push_back(isLeaf ? nodes + id : id);
  }
  return true;
}

/// Each member node's set, one after the other, a NaN behind each.
bool Forest::readMembers(const SmallVectorImpl<double> &values) {
  members.resize(nodes);
  const double *next = values.begin();
  for (int64_t i = 0; i < nodes; ++i) {
    if (modes[i] != Member)
      continue;
    while (next != values.end() && !std::isnan(*next))
      members[i].push_back(*next++);
    if (next == values.end())
      return false;
    ++next;
  }
  return true;
}

/// Levels from a root to its farthest leaf. False for a cycle, or for more than `deepest`.
bool Forest::measureDepth() {
  SmallVector<int64_t> level(roots.begin(), roots.end());
  while (true) {
    llvm::erase_if(level, [&](int64_t node) { return node >= nodes; });
    if (level.empty())
      return true;
    if (++depth > deepest)
      return false;
    llvm::sort(level);
    level.erase(llvm::unique(level), level.end());
    SmallVector<int64_t> below;
    for (int64_t node : level) {
      below.push_back(whenTrue[node]);
      below.push_back(whenFalse[node]);
    }
    level = std::move(below);
  }
}

bool Forest::read(Operation *op) {
  auto given = getInts(op, "nodes_featureids"), leafTargets = getInts(op, "leaf_targetids"),
       treeRoots = getInts(op, "tree_roots");
  auto nodeModes = readNumbers(op, "nodes_modes"), nodeSplits = readNumbers(op, "nodes_splits"),
       leafWeights = readNumbers(op, "leaf_weights");
  targetCount = getInt(op, "n_targets");
  if (!given || !leafTargets || !treeRoots || !nodeModes || !nodeSplits || !leafWeights ||
      given->empty() || treeRoots->empty() || targetCount < 1 ||
      nodeModes->size() != given->size() || nodeSplits->size() != given->size() ||
      leafWeights->size() != leafTargets->size())
    return false;
  features = *given;
  nodes = features.size();
  leaves = leafTargets->size();
  targets = *leafTargets;
  weights = *leafWeights;
  splits = *nodeSplits;
  roots = *treeRoots;
  for (double mode : *nodeModes)
    modes.push_back(static_cast<int64_t>(mode));
  tracksTrue =
      getInts(op, "nodes_missing_value_tracks_true").value_or(SmallVector<int64_t>(nodes, 0));
  auto isBad = [](ArrayRef<int64_t> values, int64_t limit) {
    return llvm::any_of(values, [&](int64_t value) { return value < 0 || value >= limit; });
  };
  return !isBad(roots, nodes) && !isBad(modes, Member + 1) && !isBad(targets, targetCount) &&
         !isBad(features, INT64_MAX) && static_cast<int64_t>(tracksTrue.size()) == nodes &&
         readChildren(op, "true", whenTrue) && readChildren(op, "false", whenFalse) &&
         readMembers(readNumbers(op, "membership_values").value_or(SmallVector<double>())) &&
         measureDepth();
}

//===------------------------------------------------------------------------------------------===//
// The descent
//===------------------------------------------------------------------------------------------===//

class Descent {
public:
  Descent(const Forest &forest, NodeBuilder &build, Value x)
      : forest(forest), build(build), x(x), type(getElementType(x)) {}

  /// The leaves that each row reaches in each tree, as nodes: [batch, trees].
  Value run() {
    Value state = build.node(
        "Expand",
        {build.ints(forest.roots),
         makeShape(build, {getDim(build, x, 0), static_cast<int64_t>(forest.roots.size())})});
    for (int64_t level = 0; level < forest.depth; ++level)
      state = step(state);
    return state;
  }

  /// A table of `columns` numbers for each node and leaf, at the nodes of `state`.
  Value look(ArrayRef<double> table, Type elementType, int64_t columns, Value state) {
    SmallVector<int64_t> shape = {forest.nodes + forest.leaves};
    if (columns)
      shape.push_back(columns);
    Elements elements(RankedTensorType::get(shape, elementType));
    for (size_t i = 0; i < table.size(); ++i)
      elements.isFloat ? void(elements.floats[i] = table[i])
                       : void(elements.ints[i] = static_cast<int64_t>(table[i]));
    return build.node("Gather", {build.constant(writeElements(elements)), state},
                      {build.attr("axis", 0)});
  }

private:
  /// `nodes` for the nodes, and for a leaf itself, or 0.
  template <typename Range>
  SmallVector<double> column(const Range &nodes, bool leavesStay = false) {
    SmallVector<double> table(nodes.begin(), nodes.end());
    for (int64_t i = 0; i < forest.leaves; ++i)
      table.push_back(leavesStay ? static_cast<double>(forest.nodes + i) : 0.0);
    return table;
  }

  Value step(Value state) {
    Type i64 = build.builder.getI64Type();
    Value feature = look(column(forest.features), i64, 0, state);
    Value value = build.node("GatherElements", {x, feature}, {build.attr("axis", 1)});
    Value holds = compareAll(value, state);
    if (llvm::any_of(forest.tracksTrue, [](int64_t tracks) { return tracks != 0; })) {
      Value tracks =
          cast(build, look(column(forest.tracksTrue), i64, 0, state), build.builder.getI1Type());
      holds = build.node("Or", {holds, build.node("And", {tracks, build.node("IsNaN", {value})})});
    }
    return build.node("Where", {holds, look(column(forest.whenTrue, true), i64, 0, state),
                                look(column(forest.whenFalse, true), i64, 0, state)});
  }

  /// What each node asks, by its mode.
  Value compareAll(Value value, Value state) {
    llvm::SmallSet<int64_t, 8> used;
    used.insert(forest.modes.begin(), forest.modes.end());
    Value split = look(column(forest.splits), type, 0, state), mode, result;
    for (int64_t kind : used) {
      Value holds = compare(static_cast<Mode>(kind), value, split, state);
      if (!result) {
        result = holds;
        continue;
      }
      if (!mode)
        mode = look(column(forest.modes), build.builder.getI64Type(), 0, state);
      result =
          build.node("Where", {build.node("Equal", {mode, build.scalarInt(kind)}), holds, result});
    }
    return result;
  }

  Value compare(Mode mode, Value value, Value split, Value state) {
    switch (mode) {
    case LessOrEqual:
      return build.node("LessOrEqual", {value, split});
    case Less:
      return build.node("Less", {value, split});
    case GreaterOrEqual:
      return build.node("LessOrEqual", {split, value});
    case Greater:
      return build.node("Less", {split, value});
    case Equal:
      return build.node("Equal", {value, split});
    case NotEqual:
      return build.node("Not", {build.node("Equal", {value, split})});
    case Member:
      return isMember(value, state);
    }
    llvm_unreachable("all modes are above");
  }

  /// Sets are rows of a table, filled up with NaN, which equals nothing.
  Value isMember(Value value, Value state) {
    int64_t most = 1;
    for (const auto &set : forest.members)
      most = std::max<int64_t>(most, set.size());
    SmallVector<double> table((forest.nodes + forest.leaves) * most, std::nan(""));
    for (auto [node, set] : llvm::enumerate(forest.members))
      llvm::copy(set, table.begin() + node * most);
    Value equal = build.node(
        "Equal", {build.node("Unsqueeze", {value, build.ints(2)}), look(table, type, most, state)});
    Value count = reduce(build, "ReduceMax", cast(build, equal, build.builder.getI32Type()), 2,
                         /*keepDims=*/false);
    return cast(build, count, build.builder.getI1Type());
  }

  const Forest &forest;
  NodeBuilder &build;
  Value x;
  Type type;
};

/// What the leaves weigh, over all trees: [batch, targets].
Value aggregate(Descent &descent, const Forest &forest, NodeBuilder &build, Value leaves, Type type,
                int64_t function) {
  bool ordered = function == Minimum || function == Maximum;
  double none = !ordered ? 0.0 : function == Minimum ? HUGE_VAL : -HUGE_VAL;
  int64_t columns = forest.targetCount;
  SmallVector<double> table((forest.nodes + forest.leaves) * columns, none);
  for (int64_t i = 0; i < forest.leaves; ++i)
    table[(forest.nodes + i) * columns + forest.targets[i]] = forest.weights[i];
  Value weights = descent.look(table, type, columns, leaves);
  StringRef reduction = function == Minimum   ? "ReduceMin"
                        : function == Maximum ? "ReduceMax"
                                              : "ReduceSum";
  Value result = reduce(build, reduction, weights, 1, /*keepDims=*/false);
  if (function == Average)
    return build.node("Div", {result, build.scalar(forest.roots.size(), type)});
  if (!ordered)
    return result;
  // A target that no leaf is for.
  return build.node("Where", {build.node("IsInf", {result}), build.scalar(0.0, type), result});
}

/// sqrt(2) * erfinv(2x - 1), by Winitzki's approximation.
Value probit(NodeBuilder &build, Value x, Type type) {
  auto number = [&](double value) { return build.scalar(value, type); };
  auto node = [&](StringRef op, Value a, Value b) { return build.node(op, {a, b}); };
  constexpr double a = 0.147, pi = 3.14159265358979323846;
  Value y = node("Sub", node("Mul", number(2), x), number(1));
  Value log = build.node("Log", {node("Sub", number(1), node("Mul", y, y))});
  Value half = node("Add", number(2 / (pi * a)), node("Mul", number(0.5), log));
  Value root =
      build.node("Sqrt", {node("Sub", node("Mul", half, half), node("Mul", number(1 / a), log))});
  Value size = build.node("Sqrt", {node("Sub", root, half)});
  return node("Mul", node("Mul", number(std::sqrt(2.0)), build.node("Sign", {y})), size);
}

/// A softmax in which a zero stays near zero.
Value softmaxZero(NodeBuilder &build, Value x, Type type) {
  Value most = reduce(build, "ReduceMax", x, 1, /*keepDims=*/true);
  Value isZero = build.node("LessOrEqual", {build.node("Abs", {x}), build.scalar(1e-7, type)});
  Value scaled = build.node("Mul", {x, build.node("Exp", {build.node("Neg", {most})})});
  Value e =
      build.node("Where", {isZero, scaled, build.node("Exp", {build.node("Sub", {x, most})})});
  return build.node("Div", {e, reduce(build, "ReduceSum", e, 1, /*keepDims=*/true)});
}

LogicalResult decomposeTreeEnsemble(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  Forest forest;
  if (getRank(x) != 2 || !forest.read(op))
    return failure();
  Type type = getElementType(x);
  Descent descent(forest, build, x);
  Value result =
      aggregate(descent, forest, build, descent.run(), type, getInt(op, "aggregate_function"));
  switch (getInt(op, "post_transform")) {
  case Softmax:
    result = build.node("Softmax", {result}, {build.attr("axis", 1)});
    break;
  case Logistic:
    result = build.node("Sigmoid", {result});
    break;
  case SoftmaxZero:
    result = softmaxZero(build, result, type);
    break;
  case Probit:
    result = probit(build, result, type);
    break;
  default:
    break;
  }
  replaceNode(op, result);
  return success();
}

} // namespace

void addTreeDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.TreeEnsemble"] = decomposeTreeEnsemble;
}

} // namespace azulejo::graph
