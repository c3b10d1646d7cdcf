//===- RecognizeAttention.cpp - Attention -----------------------------------------------------===//
//
// The pattern ends in P V, where P is the softmax over the last dimension of
//
//   scale * Q K^T [+ mask]...
//
// and Q, K, V have four dimensions (batch, heads, length, size). The scale may be a factor or
// divisor of the product, of Q, of K, or of both in parts. A mask is added, or chosen by Where
// against a constant. Rows that are masked altogether Attention gives zeros: it needs no guard of
// PyTorch's, Where(IsNaN(P), 0, P), and none of ONNX's own body of it, Where(max(mask) = -inf, 0,
// P). Fewer heads of keys and values are repeated by Unsqueeze, Expand and Reshape; Attention takes
// them as they are.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include "lib/Graph/Recognizers.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
namespace {

struct Scores {
  Value query, keyTransposed;
  double scale = 1;
  SmallVector<Value> masks;
};

/// A softmax and what guards it against rows that are masked altogether.
struct Guarded {
  Value softmax;
  Value mask; // of which the guard asks the largest number of each row; null where it asks none
};

Guarded stripGuard(Value value) {
  Operation *where = getDefining(value, "Where");
  if (!where || !isConstantScalar(where->getOperand(1), 0))
    return {value, {}};
  Value condition = where->getOperand(0), guarded = where->getOperand(2);
  if (Operation *test = getDefining(condition, "IsNaN"))
    return test->getOperand(0) == guarded ? Guarded{guarded, {}} : Guarded{value, {}};
  Operation *equal = getDefining(condition, "Equal");
  Operation *most = equal ? getDefining(equal->getOperand(0), "ReduceMax") : nullptr;
  auto lowest = equal ? getConstantScalar(equal->getOperand(1)) : std::nullopt;
  auto axes = most ? getConstantInts(getOperand(most, 1)) : std::nullopt;
  if (!axes || axes->size() != 1 || !getInt(most, "keepdims") || !lowest || *lowest != -INFINITY)
    return {value, {}};
  Value mask = most->getOperand(0);
  auto rank = getRank(mask);
  if (!rank || normalizeAxis(axes->front(), *rank) != *rank - 1)
    return {value, {}};
  return {guarded, mask};
}

/// Whether a value is of no use but to the pattern: else it would be computed twice.
bool isOnlyUsedBy(Value value, ArrayRef<Operation *> users) {
  return llvm::all_of(value.getUsers(),
                      [&](Operation *user) { return llvm::is_contained(users, user); });
}

/// Follows the scores back to the product. A scale must be inside of all masks.
bool matchScores(Value value, Scores &scores, NodeBuilder &build, int depth = 0) {
  constexpr int maxDepth = 8;
  Operation *op = value.getDefiningOp();
  if (!op || depth > maxDepth || getRank(value) != 4)
    return false;
  double factor = 1;
  Value inner = stripScale(value, factor);
  if (inner != value) {
    // Masks that were met outside stay outside; inside of the scale there may be none.
    size_t outside = scores.masks.size();
    if (!matchScores(inner, scores, build, depth + 1) || scores.masks.size() != outside)
      return false;
    scores.scale *= factor;
    return true;
  }
  if (isNode(op, "MatMul")) {
    scores.query = op->getOperand(0);
    scores.keyTransposed = op->getOperand(1);
    return getRank(scores.query) == 4 && getRank(scores.keyTransposed) == 4;
  }
  if (isNode(op, "Add")) {
    for (int i : {0, 1}) {
      Value mask = op->getOperand(1 - i);
      if (!haveSameShape(op->getOperand(i), value) || getElementType(mask) != getElementType(value))
        continue;
      Scores attempt = scores;
      attempt.masks.push_back(mask);
      if (matchScores(op->getOperand(i), attempt, build, depth + 1)) {
        scores = attempt;
        return true;
      }
    }
    return false;
  }
  if (isNode(op, "Where")) {
    for (int i : {1, 2}) {
      Value kept = op->getOperand(i);
      auto masked = getConstantScalar(op->getOperand(3 - i));
      // A finite number is added instead: beside one this large the score does not count.
      constexpr double large = -1e9;
      if (!masked || !(*masked <= large) || !haveSameShape(kept, value))
        continue;
      Scores attempt = scores;
      if (!matchScores(kept, attempt, build, depth + 1))
        continue;
      Value condition = op->getOperand(0);
      Value mask;
      if (std::isinf(*masked) && attempt.masks.empty()) {
        mask = i == 1 ? condition : build.node("Not", {condition});
      } else {
        Value zero = build.scalar(0, getElementType(value)),
              low = build.scalar(*masked, getElementType(value));
        mask = i == 1 ? build.node("Where", {condition, zero, low})
                      : build.node("Where", {condition, low, zero});
      }
      attempt.masks.push_back(mask);
      scores = attempt;
      return true;
    }
  }
  return false;
}

/// Keys or values before each head of them was repeated for `repeats` heads of the query; the value
/// itself where it was not.
Value stripRepeat(Value value, int64_t &repeats) {
  repeats = 1;
  Operation *reshape = getDefining(value, "Reshape");
  Operation *expand = reshape ? getDefining(reshape->getOperand(0), "Expand") : nullptr;
  if (!expand)
    return value;
  Operation *unsqueeze = expand->getOperand(0).getDefiningOp();
  if (!unsqueeze || !isAnyNode(unsqueeze, {"Unsqueeze", "Reshape"}))
    return value;
  Value source = unsqueeze->getOperand(0);
  auto from = getDims(source), five = getDims(expand->getOperand(0)),
       wide = getDims(expand->getResult(0)), to = getDims(value);
  if (!from || !five || !wide || !to || from->size() != 4 || five->size() != 5 ||
      wide->size() != 5 || to->size() != 4)
    return value;
  auto equal = [](const auto &a, const auto &b) { return a && b && *a == *b; };
  auto count = (*wide)[2] ? (*wide)[2]->getConstant() : std::nullopt;
  auto heads = (*from)[1] ? (*from)[1]->getConstant() : std::nullopt,
       all = (*to)[1] ? (*to)[1]->getConstant() : std::nullopt;
  bool inserted = (*five)[2] && (*five)[2]->getConstant() == 1 && equal((*five)[0], (*from)[0]) &&
                  equal((*five)[1], (*from)[1]) && equal((*five)[3], (*from)[2]) &&
                  equal((*five)[4], (*from)[3]);
  bool kept = equal((*wide)[0], (*from)[0]) && equal((*wide)[1], (*from)[1]) &&
              equal((*wide)[3], (*from)[2]) && equal((*wide)[4], (*from)[3]);
  bool merged =
      equal((*to)[0], (*from)[0]) && equal((*to)[2], (*from)[2]) && equal((*to)[3], (*from)[3]);
  if (!inserted || !kept || !merged || !count || !heads || !all || *heads * *count != *all)
    return value;
  repeats = *count;
  return source;
}

} // namespace

/// An Attention that is there already may still have been given repeated heads.
static void takeFewHeads(Operation *op) {
  if (getRank(getOperand(op, 0)) != 4 || getOperand(op, 4))
    return;
  int64_t keyRepeats, valueRepeats;
  Value key = stripRepeat(getOperand(op, 1), keyRepeats),
        value = stripRepeat(getOperand(op, 2), valueRepeats);
  if (keyRepeats == 1 || keyRepeats != valueRepeats)
    return;
  op->setOperand(1, key);
  op->setOperand(2, value);
}

Value recognizeAttention(Operation *op, NodeBuilder &build) {
  if (isNode(op, "Attention")) {
    takeFewHeads(op);
    return {};
  }
  if (!isNode(op, "MatMul") || getRank(op->getOperand(0)) != 4 || getRank(op->getOperand(1)) != 4)
    return {};
  Value probabilities = op->getOperand(0), value = op->getOperand(1);
  Guarded guarded = stripGuard(probabilities);
  Operation *softmax = getDefining(guarded.softmax, "Softmax");
  if (!softmax || normalizeAxis(getInt(softmax, "axis"), 4) != 3 ||
      !isOnlyUsedBy(probabilities, op))
    return {};
  if (guarded.softmax != probabilities) {
    Operation *where = probabilities.getDefiningOp();
    if (!isOnlyUsedBy(guarded.softmax, {where, where->getOperand(0).getDefiningOp()}))
      return {};
  }
  Scores scores;
  if (!matchScores(softmax->getOperand(0), scores, build) ||
      (guarded.mask && scores.masks != SmallVector<Value>{guarded.mask}))
    return {};
  double scale = scores.scale;
  Value query = stripScale(scores.query, scale);
  Value keyTransposed = stripScale(scores.keyTransposed, scale), key;
  Operation *turned = getDefining(keyTransposed, "Transpose");
  auto permutation = turned ? getInts(turned, "perm") : std::nullopt;
  if (permutation && *permutation == SmallVector<int64_t>{0, 1, 3, 2})
    key = stripScale(turned->getOperand(0), scale);
  else
    key = build.node("Transpose", {keyTransposed},
                     {build.attr("perm", ArrayRef<int64_t>{0, 1, 3, 2})});
  if (!(scale > 0))
    return {};

  // Attention broadcasts heads, not batches: what MatMul broadcast must be equal here.
  int64_t keyRepeats, valueRepeats;
  Value fewKeys = stripRepeat(key, keyRepeats), fewValues = stripRepeat(value, valueRepeats);
  if (keyRepeats == valueRepeats) {
    key = fewKeys;
    value = fewValues;
  }
  auto q = getDims(query), k = getDims(key), v = getDims(value);
  if (!q || !k || !v || !(*q)[0] || (*q)[0] != (*k)[0] || (*k)[0] != (*v)[0] || !(*k)[1] ||
      (*k)[1] != (*v)[1])
    return {};

  Value mask;
  for (Value part : scores.masks) {
    if (!mask) {
      mask = part;
      continue;
    }
    // Booleans came first and alone, so of several all are numbers.
    if (getElementType(mask).isInteger(1))
      mask = build.node("Where", {mask, build.scalar(0, getElementType(query)),
                                  build.scalar(-INFINITY, getElementType(query))});
    if (getElementType(part).isInteger(1))
      part = build.node("Where", {part, build.scalar(0, getElementType(query)),
                                  build.scalar(-INFINITY, getElementType(query))});
    mask = build.node("Add", {mask, part});
  }
  SmallVector<Value> operands = {query, key, value};
  if (mask) {
    auto rank = getRank(mask);
    if (!rank || *rank > 4)
      return {};
    if (*rank < 2)
      mask = build.node("Unsqueeze",
                        {mask, build.ints(llvm::to_vector(llvm::seq<int64_t>(0, 2 - *rank)))});
    // A sum broadcasts; Attention takes what a mask has too few of for minus infinity.
    if (getDims(mask)->back() != (*k)[2])
      mask = build.node("Expand", {mask, getDim(build, key, 2)});
    operands.push_back(mask);
  }
  // The square of a rounded root is the number meant, but for its last bit.
  if (auto size = (*q)[3] ? (*q)[3]->getConstant() : std::nullopt)
    if (double meant = 1 / std::sqrt(static_cast<double>(*size));
        std::abs(scale - meant) <= 1e-6 * meant)
      scale = meant;
  return build.node("Attention", operands, {build.attr("scale", static_cast<float>(scale))});
}

} // namespace azulejo::graph
