//===- DecomposeTrees.cpp - TreeEnsemble ------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Forest.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
namespace {

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

/// A child is a node or a leaf, as a flag says.
bool readChildren(Operation *op, StringRef which, const Forest &forest,
                  SmallVectorImpl<int64_t> &children) {
  auto ids = getInts(op, ("nodes_" + which + "nodeids").str()),
       areLeaves = getInts(op, ("nodes_" + which + "leafs").str());
  if (!ids || !areLeaves || ids->size() != areLeaves->size())
    return false;
  for (auto [id, isLeaf] : llvm::zip_equal(*ids, *areLeaves)) {
    int64_t limit = isLeaf ? forest.leaves.size() : forest.countNodes();
    if (id < 0 || id >= limit)
      return false;
    children.push_back(isLeaf ? forest.countNodes() + id : id);
  }
  return true;
}

/// Each member node's set, one after the other, a NaN behind each.
bool readMembers(const SmallVectorImpl<double> &values, Forest &forest) {
  forest.members.resize(forest.countNodes());
  const double *next = values.begin();
  for (auto [mode, members] : llvm::zip(forest.modes, forest.members)) {
    if (mode != Forest::Member)
      continue;
    while (next != values.end() && !std::isnan(*next))
      members.push_back(*next++);
    if (next == values.end())
      return false;
    ++next;
  }
  return true;
}

/// Nothing where the attributes do not describe trees.
std::optional<Forest> readForest(Operation *op) {
  auto features = getInts(op, "nodes_featureids"), targets = getInts(op, "leaf_targetids"),
       roots = getInts(op, "tree_roots");
  auto modes = readNumbers(op, "nodes_modes"), splits = readNumbers(op, "nodes_splits"),
       weights = readNumbers(op, "leaf_weights");
  if (!features || features->empty() || !targets || !roots || !modes || !splits || !weights ||
      weights->size() != targets->size())
    return std::nullopt;
  Forest forest;
  forest.targetCount = getInt(op, "n_targets");
  forest.features = *features;
  forest.splits = *splits;
  forest.roots = *roots;
  forest.modes.assign(modes->begin(), modes->end());
  for (auto [target, weight] : llvm::zip_equal(*targets, *weights))
    forest.leaves.push_back({{target, weight}});
  forest.tracksTrue = getInts(op, "nodes_missing_value_tracks_true")
                          .value_or(SmallVector<int64_t>(forest.countNodes(), 0));
  if (!readChildren(op, "true", forest, forest.whenTrue) ||
      !readChildren(op, "false", forest, forest.whenFalse) || !forest.isValid() ||
      !readMembers(readNumbers(op, "membership_values").value_or(SmallVector<double>()), forest))
    return std::nullopt;
  return forest;
}

LogicalResult decomposeTreeEnsemble(Operation *op, NodeBuilder &build) {
  static constexpr StringRef transforms[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO",
                                             "PROBIT"};
  Value x = op->getOperand(0);
  std::optional<Forest> forest = readForest(op);
  uint64_t aggregate = getInt(op, "aggregate_function"), transform = getInt(op, "post_transform");
  if (getRank(x) != 2 || !forest || aggregate > Forest::Maximum ||
      transform >= std::size(transforms))
    return failure();
  Value scores = scoreForest(build, *forest, x, static_cast<Forest::Aggregate>(aggregate));
  replaceNode(op, transformScores(build, scores, transforms[transform]));
  return success();
}

} // namespace

void addTreeDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.TreeEnsemble"] = decomposeTreeEnsemble;
}

} // namespace azulejo::graph
