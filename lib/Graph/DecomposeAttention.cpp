//===- DecomposeAttention.cpp - Attention and recurrence in the one form that has a kernel ----===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
namespace {

/// (batch, length, heads * size) to (batch, heads, length, size).
Value splitHeads(NodeBuilder &build, Value value, int64_t heads) {
  auto dims = getDims(value);
  auto hidden = (*dims)[2] ? (*dims)[2]->getConstant() : std::nullopt;
  Value shape = build.ints({0, 0, heads, hidden ? *hidden / heads : -1});
  return transpose(build, build.node("Reshape", {value, shape}), {0, 2, 1, 3});
}

/// Bias or boolean mask over the keys that a batch's own length leaves: (batch, 1, 1, total).
Value makeLengthMask(NodeBuilder &build, Value lengths, Value key) {
  Value position = makeIota(build, getDimScalar(build, key, 2));
  Value length = build.node("Unsqueeze", {lengths, build.ints({1, 2, 3})});
  return build.node("Less", {position, length});
}

/// Whether two tensors can be joined along `axis`, as far as is known. A model may say anything of
/// a cache.
bool canConcat(Value a, Value b, size_t axis) {
  auto dimsA = getDims(a), dimsB = getDims(b);
  if (!dimsA || !dimsB || dimsA->size() != dimsB->size() || axis >= dimsA->size())
    return false;
  for (auto [i, pair] : llvm::enumerate(llvm::zip(*dimsA, *dimsB))) {
    const auto &[dimA, dimB] = pair;
    auto sizeA = dimA ? dimA->getConstant() : std::nullopt,
         sizeB = dimB ? dimB->getConstant() : std::nullopt;
    if (i != axis && sizeA && sizeB && *sizeA != *sizeB)
      return false;
  }
  return true;
}

/// Whether how many heads there are, and how large, is known, as kernels of attention want it.
bool knowsHeads(Operation *op) {
  for (auto [index, heads] :
       {std::pair(0, "q_num_heads"), {1, "kv_num_heads"}, {2, "kv_num_heads"}}) {
    auto dims = getDims(getOperand(op, index));
    if (!dims || dims->size() < 3)
      return false;
    bool counted =
        dims->size() == 4 ? (*dims)[1] && (*dims)[1]->getConstant() : getInt(op, heads) > 0;
    if (!counted || !dims->back() || !dims->back()->getConstant())
      return false;
  }
  return true;
}

/// The body of the function rounds every intermediate value to the operands' type. A kernel does
/// not, so where the body takes its place that computes in f32.
LogicalResult expandInFloat(Operation *op, NodeBuilder &build) {
  Type wide = build.builder.getF32Type();
  auto isNarrow = [](Value value) {
    Type type = value ? getElementType(value) : Type();
    return isa_and_nonnull<FloatType>(type) && type.getIntOrFloatBitWidth() < 32;
  };
  SmallVector<Value> operands;
  bool changed = false;
  for (unsigned i = 0; i < 7; ++i) {
    Value operand = getOperand(op, i);
    changed |= isNarrow(operand);
    operands.push_back(isNarrow(operand) ? cast(build, operand, wide) : operand);
  }
  if (!changed)
    return expandFunction(op, build);
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute attribute : op->getAttrs())
    if (!attribute.getName().getValue().ends_with("SegmentSizes"))
      attributes.push_back(attribute);
  unsigned count = 1;
  for (unsigned i = 1; i < 4; ++i)
    count = getResult(op, i) ? i + 1 : count;
  Operation *created = build.nodeWithResults("Attention", operands, attributes, count);
  for (unsigned i = 0; i < count; ++i)
    if (Value result = getResult(op, i))
      replaceValue(result, cast(build, getResult(created, i), getElementType(result)));
  op->erase();
  return success();
}

LogicalResult decomposeAttention(Operation *op, NodeBuilder &build) {
  if (!knowsHeads(op))
    return expandInFloat(op, build);
  Value q = getOperand(op, 0), k = getOperand(op, 1), v = getOperand(op, 2),
        mask = getOperand(op, 3);
  Value pastKey = getOperand(op, 4), pastValue = getOperand(op, 5), lengths = getOperand(op, 6);
  auto rank = getRank(q);
  Value scores = getResult(op, 3);
  bool causal = getInt(op, "is_causal");
  // The lowering takes some forms as they are: scores that are read, windows, a causal frontier
  // that the cache moves.
  bool windows = getInt(op, "left_window_size") >= 0 || getInt(op, "right_window_size") >= 0;
  if (!rank || (scores && !scores.use_empty()) || windows || (causal && (pastKey || lengths)) ||
      op->hasAttr("softmax_precision"))
    return failure();
  auto maskDims = mask ? getDims(mask) : std::nullopt;
  if (mask && (!maskDims || maskDims->empty()))
    return failure();
  bool core = *rank == 4 && !pastKey && !lengths && op->getNumResults() == 1 &&
              op->hasAttr("scale") && !op->hasAttr("q_num_heads") &&
              !op->hasAttr("qk_matmul_output_mode");
  if (core)
    return failure();

  bool packed = *rank == 3;
  if (packed) {
    int64_t heads = getInt(op, "q_num_heads"), keyHeads = getInt(op, "kv_num_heads");
    if (heads <= 0 || keyHeads <= 0)
      return failure();
    q = splitHeads(build, q, heads);
    k = splitHeads(build, k, keyHeads);
    v = splitHeads(build, v, keyHeads);
  }
  if ((pastKey && !canConcat(pastKey, k, 2)) || (pastValue && !canConcat(pastValue, v, 2)))
    return failure();
  if (pastKey)
    k = build.node("Concat", {pastKey, k}, {build.attr("axis", 2)});
  if (pastValue)
    v = build.node("Concat", {pastValue, v}, {build.attr("axis", 2)});
  if (mask) {
    auto total = (*getDims(k))[2], last = maskDims->back();
    if (!total || !last || (*total != *last && last->getConstant() != 1))
      return failure();
  }
  if (lengths) {
    Value valid = makeLengthMask(build, lengths, k);
    if (!mask)
      mask = valid;
    else if (getElementType(mask).isInteger(1))
      mask = build.node("And", {mask, valid});
    else
      mask = build.node("Where", {valid, mask, build.scalar(-INFINITY, getElementType(mask))});
  }
  float scale = getFloat(op, "scale");
  if (!op->hasAttr("scale")) {
    auto size = (*getDims(q))[3] ? (*getDims(q))[3]->getConstant() : std::nullopt;
    if (!size)
      return failure();
    scale = 1.0 / std::sqrt(static_cast<double>(*size));
  }
  SmallVector<NamedAttribute> attributes = {build.attr("scale", scale)};
  if (causal)
    attributes.push_back(build.attr("is_causal", 1));
  if (getFloat(op, "softcap") != 0)
    attributes.push_back(build.attr("softcap", getFloat(op, "softcap")));
  SmallVector<Value> operands = {q, k, v};
  if (mask)
    operands.push_back(mask);
  Value y = build.node("Attention", operands, attributes);
  if (packed)
    y = build.node("Reshape", {transpose(build, y, {0, 2, 1, 3}), build.ints({0, 0, -1})});
  replaceValue(getResult(op, 0), y);
  if (Value present = getResult(op, 1))
    replaceValue(present, k);
  if (Value present = getResult(op, 2))
    replaceValue(present, v);
  op->erase();
  return success();
}

/// Three dimensions become four, so that there is one form.
LogicalResult decomposeRotaryEmbedding(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0);
  auto rank = getRank(x);
  int64_t heads = getInt(op, "num_heads");
  if (!rank || *rank != 3 || heads <= 0)
    return failure();
  SmallVector<NamedAttribute> attributes;
  for (StringRef name : {"interleaved", "rotary_embedding_dim"})
    if (Attribute value = op->getAttr(name))
      attributes.push_back(build.attr(name, value));
  SmallVector<Value> operands = {splitHeads(build, x, heads)};
  llvm::append_range(operands, llvm::drop_begin(op->getOperands()));
  Value y = transpose(build, build.node("RotaryEmbedding", operands, attributes), {0, 2, 1, 3});
  replaceNode(op, build.node("Reshape", {y, build.ints({0, 0, -1})}));
  return success();
}

/// `layout = 1` has the batch first, everywhere.
LogicalResult decomposeBatchFirst(Operation *op, NodeBuilder &build) {
  if (getInt(op, "layout") == 0)
    return failure();
  bool lstm = isNode(op, "LSTM");
  SmallVector<Value> operands;
  for (unsigned i = 0; i < (lstm ? 8 : 6); ++i) {
    Value operand = getOperand(op, i);
    bool turned = operand && (i == 0 || i == 5 || (lstm && i == 6));
    operands.push_back(turned ? transpose(build, operand, {1, 0, 2}) : operand);
  }
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute attribute : op->getAttrs())
    if (attribute.getName() != "layout" &&
        !attribute.getName().getValue().ends_with("SegmentSizes"))
      attributes.push_back(attribute);
  Operation *created = build.nodeWithResults(getOpType(op), operands, attributes, lstm ? 3 : 2);
  for (unsigned i = 0; i < created->getNumResults(); ++i)
    if (Value result = getResult(op, i))
      replaceValue(result,
                   transpose(build, created->getResult(i),
                             i == 0 ? ArrayRef<int64_t>{2, 0, 1, 3} : ArrayRef<int64_t>{1, 0, 2}));
  op->erase();
  return success();
}

} // namespace

void addAttentionDecompositions(DecomposeRules &rules) {
  rules["Attention"] = decomposeAttention;
  rules["RotaryEmbedding"] = decomposeRotaryEmbedding;
  for (StringRef opType : {"LSTM", "GRU", "RNN"})
    rules[opType] = decomposeBatchFirst;
}

} // namespace azulejo::graph
