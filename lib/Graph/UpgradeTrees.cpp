//===- UpgradeTrees.cpp - TreeEnsembleClassifier and TreeEnsembleRegressor --------------------===//
//
// TreeEnsemble has taken their place, but a leaf of its votes for one target, and one of theirs for
// any number. So they become what TreeEnsemble becomes, the descent, at once.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Forest.h"
#include "lib/Graph/Upgrades.h"
#include "lib/Import/SchemaInference.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Numbers are floats, or a tensor of doubles in an attribute of its own; none where absent.
SmallVector<double> readNumbers(Operation *op, const std::string &name) {
  SmallVector<double> numbers;
  if (auto floats = op->getAttrOfType<DenseF32ArrayAttr>(name)) {
    numbers.assign(floats.asArrayRef().begin(), floats.asArrayRef().end());
  } else if (auto tensor = op->getAttrOfType<TypedAttr>(name + "_as_tensor")) {
    if (auto elements = readElements(tensor, op->getLoc()))
      for (size_t i = 0; i < elements->size(); ++i)
        numbers.push_back(elements->asDouble(i));
  }
  return numbers;
}

SmallVector<int64_t> readInts(Operation *op, StringRef name) {
  return getInts(op, name).value_or(SmallVector<int64_t>());
}

/// Numbers the nodes of the old form, which are named by their tree and an id in it, as Forest
/// does: inner nodes first, then leaves.
class ForestReader {
public:
  explicit ForestReader(Operation *op)
      : op(op), trees(readInts(op, "nodes_treeids")), ids(readInts(op, "nodes_nodeids")),
        truths(readInts(op, "nodes_truenodeids")), falses(readInts(op, "nodes_falsenodeids")),
        features(readInts(op, "nodes_featureids")), splits(readNumbers(op, "nodes_values")),
        tracks(getInts(op, "nodes_missing_value_tracks_true")
                   .value_or(SmallVector<int64_t>(trees.size(), 0))) {
    if (auto names = op->getAttrOfType<ArrayAttr>("nodes_modes"))
      for (StringRef name : names.getAsValueRange<StringAttr>())
        modes.push_back(llvm::StringSwitch<int64_t>(name)
                            .Case("BRANCH_LEQ", Forest::LessOrEqual)
                            .Case("BRANCH_LT", Forest::Less)
                            .Case("BRANCH_GTE", Forest::GreaterOrEqual)
                            .Case("BRANCH_GT", Forest::Greater)
                            .Case("BRANCH_EQ", Forest::Equal)
                            .Case("BRANCH_NEQ", Forest::NotEqual)
                            .Case("LEAF", leaf)
                            .Default(unknown));
  }

  /// `votes` is the prefix of the attributes with the leaves' votes: "target" or "class". Nothing
  /// where the attributes do not describe trees.
  std::optional<Forest> read(const std::string &votes, int64_t targetCount) {
    size_t count = trees.size();
    for (size_t length : {ids.size(), truths.size(), falses.size(), features.size(), splits.size(),
                          tracks.size(), modes.size()})
      if (length != count)
        return std::nullopt;
    forest.targetCount = targetCount;
    if (!number() || !readNodes() || !readVotes(votes) || !forest.isValid())
      return std::nullopt;
    return forest;
  }

private:
  static constexpr int64_t leaf = -1, unknown = -2;
  using Key = std::pair<int64_t, int64_t>;

  bool number() {
    int64_t inner = llvm::count_if(modes, [](int64_t mode) { return mode != leaf; }), nodes = 0;
    for (auto [i, mode] : llvm::enumerate(modes)) {
      int64_t place = mode == leaf ? inner + static_cast<int64_t>(i) - nodes : nodes++;
      if (!places.try_emplace({trees[i], ids[i]}, place).second)
        return false;
    }
    forest.leaves.resize(modes.size() - inner);
    return true;
  }

  /// A root is what is nobody's child; a tree has one.
  bool readNodes() {
    std::vector<bool> isChild(modes.size());
    for (auto [i, mode] : llvm::enumerate(modes)) {
      if (mode == leaf)
        continue;
      auto whenTrue = places.find({trees[i], truths[i]}),
           whenFalse = places.find({trees[i], falses[i]});
      if (whenTrue == places.end() || whenFalse == places.end())
        return false;
      forest.features.push_back(features[i]);
      forest.modes.push_back(mode);
      forest.splits.push_back(splits[i]);
      forest.tracksTrue.push_back(tracks[i]);
      forest.whenTrue.push_back(whenTrue->second);
      forest.whenFalse.push_back(whenFalse->second);
      isChild[whenTrue->second] = isChild[whenFalse->second] = true;
    }
    llvm::DenseSet<int64_t> rooted;
    for (size_t i = 0; i < modes.size(); ++i) {
      int64_t place = places.lookup({trees[i], ids[i]});
      if (isChild[place])
        continue;
      if (!rooted.insert(trees[i]).second)
        return false;
      forest.roots.push_back(place);
    }
    return rooted.size() == llvm::DenseSet<int64_t>(trees.begin(), trees.end()).size();
  }

  bool readVotes(const std::string &votes) {
    auto voteTrees = readInts(op, votes + "_treeids"), voteNodes = readInts(op, votes + "_nodeids"),
         targets = readInts(op, votes + "_ids");
    SmallVector<double> weights = readNumbers(op, votes + "_weights");
    if (voteTrees.size() != targets.size() || voteNodes.size() != targets.size() ||
        weights.size() != targets.size())
      return false;
    for (auto [tree, node, target, weight] :
         llvm::zip_equal(voteTrees, voteNodes, targets, weights)) {
      auto place = places.find({tree, node});
      if (place == places.end() || place->second < forest.countNodes())
        return false;
      forest.leaves[place->second - forest.countNodes()].push_back({target, weight});
    }
    return true;
  }

  Operation *op;
  SmallVector<int64_t> trees, ids, truths, falses, features, modes;
  SmallVector<double> splits;
  SmallVector<int64_t> tracks;
  llvm::DenseMap<Key, int64_t> places;
  Forest forest;
};

/// Trees of floats for everything but doubles.
Value readFeatures(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  return getElementType(x).isF64() ? x : cast(build, x, build.builder.getF32Type());
}

LogicalResult refuse(Operation *op) {
  return op->emitError() << onnx::describeNode(op)
                         << ": the attributes do not describe trees over a matrix";
}

/// Adds one number a column, or one for all.
Value addBase(NodeBuilder &build, Value scores, ArrayRef<double> base) {
  if (base.empty())
    return scores;
  Elements numbers(
      RankedTensorType::get(static_cast<int64_t>(base.size()), getElementType(scores)));
  llvm::copy(base, numbers.floats.begin());
  return build.node("Add", {scores, build.constant(writeElements(numbers))});
}

LogicalResult upgradeTreeEnsembleRegressor(Operation *op, int, NodeBuilder &build) {
  Value x = readFeatures(op, build);
  int64_t targets = getInt(op, "n_targets");
  std::optional<Forest> forest = ForestReader(op).read("target", targets);
  auto aggregate =
      llvm::StringSwitch<std::optional<Forest::Aggregate>>(getString(op, "aggregate_function"))
          .Case("SUM", Forest::Sum)
          .Case("AVERAGE", Forest::Average)
          .Case("MIN", Forest::Minimum)
          .Case("MAX", Forest::Maximum)
          .Default(std::nullopt);
  SmallVector<double> base = readNumbers(op, "base_values");
  if (getRank(x) != 2 || !forest || !aggregate ||
      (base.size() > 1 && static_cast<int64_t>(base.size()) != targets))
    return refuse(op);
  Value scores = addBase(build, scoreForest(build, *forest, x, *aggregate), base);
  Value result = transformScores(build, scores, getString(op, "post_transform"));
  if (!result)
    return refuse(op);
  replaceNode(op, cast(build, result, build.builder.getF32Type()));
  return success();
}

LogicalResult upgradeTreeEnsembleClassifier(Operation *op, int, NodeBuilder &build) {
  Value x = readFeatures(op, build);
  std::optional<ClassLabels> labels = readClassLabels(op, build, "classlabels_int64s");
  if (getRank(x) != 2 || !labels)
    return refuse(op);
  std::optional<Forest> forest = ForestReader(op).read("class", labels->count);
  SmallVector<double> base = readNumbers(op, "base_values");
  if (!forest || (base.size() > 1 && static_cast<int64_t>(base.size()) != labels->count))
    return refuse(op);

  // Of two classes one alone may have votes. Where that is the first, its score is the second's:
  // what exporters of boosted trees write, and what ONNX Runtime makes of it.
  bool onlyFirst = true, onlyOne = true, areShares = true;
  std::optional<int64_t> first;
  for (ArrayRef<Forest::Vote> votes : forest->leaves)
    for (Forest::Vote vote : votes) {
      onlyFirst &= vote.target == 0;
      onlyOne &= vote.target == first.value_or(vote.target);
      first = vote.target;
      areShares &= vote.weight >= 0;
    }
  bool isShared = labels->count == 2 && onlyFirst, isBinary = labels->count == 2 && onlyOne;
  if (isShared) {
    forest->targetCount = 1;
    base = base.empty() ? base : SmallVector<double>{base.back()};
  }
  Value scores = addBase(build, scoreForest(build, *forest, x, Forest::Sum), base);
  Type type = getElementType(scores);
  Value best;
  if (isBinary) {
    // Shares of one class say by the half which of both it is; other weights by their sign.
    Value positive = build.node(
        "Slice", {scores, build.ints(-1), build.ints(INT64_MAX), build.ints(1), build.ints(1)});
    Value above = build.node("Less", {build.scalar(areShares ? 0.5 : 0.0, type), positive});
    best = build.node("Squeeze", {cast(build, above, build.builder.getI64Type()), build.ints(1)});
  } else {
    best = build.node("ArgMax", {scores}, {build.attr("axis", 1), build.attr("keepdims", 0)});
  }
  StringRef transform = getString(op, "post_transform");
  if (isShared) {
    bool complements = transform == "PROBIT" || (transform == "NONE" && areShares);
    Value other = complements ? build.node("Sub", {build.scalar(1.0, type), scores})
                              : build.node("Neg", {scores});
    scores = build.node("Concat", {other, scores}, {build.attr("axis", 1)});
  }
  Value result = transformScores(build, scores, transform);
  if (!result)
    return refuse(op);
  replaceClassifier(op, build, *labels, best, cast(build, result, build.builder.getF32Type()));
  return success();
}

} // namespace

void addTreeUpgrades(UpgradeRules &rules) {
  rules.add({"ai_onnx_ml.TreeEnsembleRegressor"}, INT_MAX, upgradeTreeEnsembleRegressor);
  rules.add({"ai_onnx_ml.TreeEnsembleClassifier"}, INT_MAX, upgradeTreeEnsembleClassifier);
}

} // namespace azulejo::graph
