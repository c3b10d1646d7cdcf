//===- SimplifyMovement.cpp - Movements to where the elements are already ---------------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Simplifications.h"

using namespace mlir;

namespace azulejo::graph {

static std::optional<int64_t> getConstantDim(const std::optional<onnx::SymbolicExpr> &dim) {
  return dim ? dim->getConstant() : std::nullopt;
}

/// A shape operand in constants, from what inference knows of the result: numbers, 0 for a
/// dimension that stands in the data at the same place, and -1 for one more. Arithmetic on shapes
/// that this leaves without users goes away.
static Value simplifyReshape(Operation *op, NodeBuilder &build) {
  Value data = op->getOperand(0);
  // Of reshapes in a row the last one decides, unless it copies dimensions (0) of the one before.
  Operation *inner = data.getDefiningOp();
  bool chained = inner && isAnyNode(inner, {"Reshape", "Squeeze", "Unsqueeze", "Flatten"});
  auto dims = getDims(op->getResult(0)), from = getDims(chained ? inner->getOperand(0) : data);
  auto given = getConstantInts(op->getOperand(1));
  if (!dims || !from)
    return {};
  SmallVector<int64_t> shape;
  bool open = false;
  for (auto [i, dim] : llvm::enumerate(*dims)) {
    if (auto constant = getConstantDim(dim)) {
      // A size of 0 cannot be written beside a 0 that copies.
      if (*constant == 0)
        return {};
      shape.push_back(*constant);
    } else if (dim && i < from->size() && (*from)[i] && *(*from)[i] == *dim) {
      shape.push_back(0);
    } else if (!open) {
      open = true;
      shape.push_back(-1);
    } else {
      // What the model says stays, if the chain is not in its way.
      if (!chained || !given || llvm::is_contained(*given, 0))
        return {};
      shape = *given;
      break;
    }
  }
  if (!chained && given && *given == shape)
    return {};
  return build.node("Reshape", {chained ? inner->getOperand(0) : data, build.ints(shape)});
}

/// Splitting the first dimension of matrices that were just transposed: the transpose can come
/// last, where the next one, or Attention, takes it. PyTorch's exporter transposes keys with batch
/// and heads merged.
static Value sinkTranspose(Operation *op, NodeBuilder &build) {
  Operation *turned = getDefining(op->getOperand(0), "Transpose");
  auto permutation = turned ? getInts(turned, "perm") : std::nullopt;
  auto dims = getDims(op->getResult(0)), inner = getDims(op->getOperand(0));
  if (!permutation || *permutation != SmallVector<int64_t>{0, 2, 1} ||
      !getDefining(turned->getOperand(0), "Reshape") || !dims || dims->size() < 3 || !inner ||
      !turned->getResult(0).hasOneUse())
    return {};
  size_t rank = dims->size();
  auto same = [](const auto &a, const auto &b) { return a && b && *a == *b; };
  if (!same((*dims)[rank - 1], (*inner)[2]) || !same((*dims)[rank - 2], (*inner)[1]))
    return {};
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(order[rank - 1], order[rank - 2]);
  Value shape = op->getOperand(1);
  if (auto given = getConstantInts(shape)) {
    // A 0 copies a dimension by its place, which changes.
    if (llvm::is_contained(*given, 0))
      return {};
    std::swap((*given)[rank - 1], (*given)[rank - 2]);
    shape = build.ints(*given);
  } else {
    shape = build.node("Gather", {shape, build.ints(order)}, {build.attr("axis", 0)});
  }
  Value split = build.node("Reshape", {turned->getOperand(0), shape},
                           {build.attr("allowzero", getInt(op, "allowzero"))});
  return build.node("Transpose", {split}, {build.attr("perm", ArrayRef<int64_t>(order))});
}

/// The shape of an Expand the same way, where 1 leaves a dimension as it is.
static Value simplifyExpand(Operation *op, NodeBuilder &build) {
  auto dims = getDims(op->getResult(0)), from = getDims(op->getOperand(0));
  if (!dims || !from || dims->size() < from->size() || getConstantInts(op->getOperand(1)))
    return {};
  SmallVector<int64_t> shape;
  size_t offset = dims->size() - from->size();
  for (auto [i, dim] : llvm::enumerate(*dims)) {
    if (auto constant = getConstantDim(dim))
      shape.push_back(*constant);
    else if (dim && i >= offset && (*from)[i - offset] && *(*from)[i - offset] == *dim)
      shape.push_back(1);
    else
      return {};
  }
  return build.node("Expand", {op->getOperand(0), build.ints(shape)});
}

static Value simplifyTranspose(Operation *op, NodeBuilder &build) {
  auto permutation = getInts(op, "perm");
  if (!permutation)
    return {};
  if (llvm::is_sorted(*permutation))
    return op->getOperand(0);
  Operation *inner = getDefining(op->getOperand(0), "Transpose");
  auto first = inner ? getInts(inner, "perm") : std::nullopt;
  if (!first || first->size() != permutation->size())
    return {};
  SmallVector<int64_t> both;
  for (int64_t axis : *permutation)
    both.push_back((*first)[axis]);
  return build.node("Transpose", {inner->getOperand(0)},
                    {build.attr("perm", ArrayRef<int64_t>(both))});
}

static Value simplifyConcat(Operation *op, NodeBuilder &build) {
  if (op->getNumOperands() == 1)
    return op->getOperand(0);
  SmallVector<Value> kept;
  for (Value part : op->getOperands()) {
    auto dims = getDims(part);
    if (!dims)
      return {};
    size_t axis = normalizeAxis(getInt(op, "axis"), dims->size());
    if (axis >= dims->size() || getConstantDim((*dims)[axis]) != 0)
      kept.push_back(part);
  }
  if (kept.size() == op->getNumOperands() || kept.empty())
    return {};
  return kept.size() == 1 ? kept.front()
                          : build.node("Concat", kept, {build.attr("axis", getInt(op, "axis"))});
}

static bool isAll(Value value, int64_t number) {
  auto ints = value ? getConstantInts(value) : std::nullopt;
  return ints && llvm::all_of(*ints, [&](int64_t element) { return element == number; });
}

Value simplifyMovement(Operation *op, NodeBuilder &build) {
  StringRef type = getOpType(op);
  if (op->getNumOperands() == 0)
    return {};
  Value data = op->getOperand(0), result = op->getResult(0);
  bool same = haveSameShape(data, result);
  if (type == "Transpose")
    return simplifyTranspose(op, build);
  if (type == "Concat")
    return simplifyConcat(op, build);
  if (same && (type == "Reshape" || type == "Expand" || type == "Flatten" || type == "Squeeze" ||
               type == "Unsqueeze"))
    return data;
  if (same && type == "Slice" && (!getOperand(op, 4) || isAll(getOperand(op, 4), 1)))
    return data;
  if (same && type == "Pad" && isAll(getOperand(op, 1), 0))
    return data;
  if (type == "Tile" && isAll(getOperand(op, 1), 1))
    return data;
  if (type == "Reshape") {
    Value sunk = sinkTranspose(op, build);
    return sunk ? sunk : simplifyReshape(op, build);
  }
  if (type == "Expand")
    return simplifyExpand(op, build);
  if (type == "Unsqueeze" || type == "Squeeze") {
    // Back to the shape before.
    Operation *inner = getDefining(data, type == "Squeeze" ? "Unsqueeze" : "Squeeze");
    return inner && haveSameShape(inner->getOperand(0), result) ? inner->getOperand(0) : Value();
  }
  return {};
}

} // namespace azulejo::graph
