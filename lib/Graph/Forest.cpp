//===- Forest.cpp - All trees descend together ------------------------------------------------===//
//
// The state is a tensor of nodes, [batch, trees], and each step gathers what every node compares
// and goes on to. A leaf goes on to itself, so as many steps as the deepest tree has levels end at
// the leaves.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Forest.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "llvm/ADT/SmallSet.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

std::optional<int64_t> Forest::getDepth() const {
  constexpr int64_t deepest = 64;
  int64_t depth = 0;
  SmallVector<int64_t> level(roots);
  while (true) {
    llvm::erase_if(level, [&](int64_t node) { return node >= countNodes(); });
    if (level.empty())
      return depth;
    if (++depth > deepest)
      return std::nullopt;
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

bool Forest::isValid() const {
  size_t nodes = features.size();
  auto areBelow = [](ArrayRef<int64_t> values, int64_t limit) {
    return llvm::all_of(values, [&](int64_t value) { return value >= 0 && value < limit; });
  };
  bool votesAreValid = llvm::all_of(leaves, [&](ArrayRef<Vote> votes) {
    return llvm::all_of(votes,
                        [&](Vote vote) { return vote.target >= 0 && vote.target < targetCount; });
  });
  return targetCount > 0 && !roots.empty() && modes.size() == nodes && splits.size() == nodes &&
         whenTrue.size() == nodes && whenFalse.size() == nodes && tracksTrue.size() == nodes &&
         (members.empty() || members.size() == nodes) && votesAreValid &&
         areBelow(features, INT64_MAX) && areBelow(modes, Member + 1) &&
         areBelow(roots, countAll()) && areBelow(whenTrue, countAll()) &&
         areBelow(whenFalse, countAll()) && getDepth();
}

namespace {

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
    for (int64_t level = 0, depth = *forest.getDepth(); level < depth; ++level)
      state = step(state);
    return state;
  }

  /// A table of `columns` numbers for each node and leaf, at the nodes of `state`.
  Value look(ArrayRef<double> table, Type elementType, int64_t columns, Value state) {
    SmallVector<int64_t> shape = {forest.countAll()};
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
    for (int64_t leaf = forest.countNodes(); leaf < forest.countAll(); ++leaf)
      table.push_back(leavesStay ? static_cast<double>(leaf) : 0.0);
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
      Value holds = compare(static_cast<Forest::Mode>(kind), value, split, state);
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

  Value compare(Forest::Mode mode, Value value, Value split, Value state) {
    switch (mode) {
    case Forest::LessOrEqual:
      return build.node("LessOrEqual", {value, split});
    case Forest::Less:
      return build.node("Less", {value, split});
    case Forest::GreaterOrEqual:
      return build.node("LessOrEqual", {split, value});
    case Forest::Greater:
      return build.node("Less", {split, value});
    case Forest::Equal:
      return build.node("Equal", {value, split});
    case Forest::NotEqual:
      return build.node("Not", {build.node("Equal", {value, split})});
    case Forest::Member:
      return isMember(value, state);
    }
    llvm_unreachable("all modes are above");
  }

  /// Sets are rows of a table, filled up with NaN, which equals nothing.
  Value isMember(Value value, Value state) {
    int64_t most = 1;
    for (const auto &set : forest.members)
      most = std::max<int64_t>(most, set.size());
    SmallVector<double> table(forest.countAll() * most, std::nan(""));
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

/// A row for each node, a column for each target: the votes of a leaf, `none` without one.
SmallVector<double> tabulateVotes(const Forest &forest, Forest::Aggregate aggregate, double none) {
  int64_t columns = forest.targetCount;
  SmallVector<double> table(forest.countAll() * columns, none);
  for (auto [i, votes] : llvm::enumerate(forest.leaves))
    for (Forest::Vote vote : votes) {
      double &cell = table[(forest.countNodes() + i) * columns + vote.target];
      cell = aggregate == Forest::Minimum   ? std::min(cell, vote.weight)
             : aggregate == Forest::Maximum ? std::max(cell, vote.weight)
                                            : cell + vote.weight;
    }
  return table;
}

} // namespace

Value scoreForest(NodeBuilder &build, const Forest &forest, Value x, Forest::Aggregate aggregate) {
  Type type = getElementType(x);
  Descent descent(forest, build, x);
  bool ordered = aggregate == Forest::Minimum || aggregate == Forest::Maximum;
  double none = !ordered ? 0.0 : aggregate == Forest::Minimum ? HUGE_VAL : -HUGE_VAL;
  Value reached = descent.run();
  Value weights =
      descent.look(tabulateVotes(forest, aggregate, none), type, forest.targetCount, reached);
  StringRef reduction = aggregate == Forest::Minimum   ? "ReduceMin"
                        : aggregate == Forest::Maximum ? "ReduceMax"
                                                       : "ReduceSum";
  Value result = reduce(build, reduction, weights, 1, /*keepDims=*/false);
  if (aggregate == Forest::Average)
    return build.node("Div", {result, build.scalar(forest.roots.size(), type)});
  if (!ordered)
    return result;
  // A target that no leaf is for.
  return build.node("Where", {build.node("IsInf", {result}), build.scalar(0.0, type), result});
}

} // namespace azulejo::graph
