//===- DecomposeMovement.cpp - Everything that is a reshape, an expansion or a slice ----------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

LogicalResult decomposeFlatten(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto dims = getDims(x);
  if (!dims)
    return failure();
  int64_t rank = dims->size(), axis = normalizeAxis(getInt(op, "axis"), rank);
  replaceNode(op, build.reshape(x, makeShape(build, {getExtent(build, x, 0, axis),
                                                     getExtent(build, x, axis, rank)})));
  return success();
}

/// Slices, each of which begins where the last one ended.
LogicalResult decomposeSplit(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), sizes = getOperand(op, 1);
  auto rank = getRank(x);
  if (!rank || *rank == 0)
    return failure();
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank), parts = op->getNumResults();
  auto dim = (*getDims(x))[axis];
  auto total = dim ? dim->getConstant() : std::nullopt;
  auto constants = sizes ? getConstantInts(sizes) : std::nullopt;
  if (!sizes && total) {
    int64_t part = (*total + parts - 1) / parts;
    constants = SmallVector<int64_t>(parts, part);
  }
  Value axes = build.ints(axis), step = build.ints(1);
  Value start = build.ints(0), equal;
  if (!sizes && !constants) {
    Value size = getDim(build, x, axis);
    equal =
        build.node("Div", {build.node("Add", {size, build.ints(parts - 1)}), build.ints(parts)});
  }
  int64_t position = 0;
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    Value end;
    if (constants) {
      start = build.ints(position);
      position += (*constants)[i];
      end = build.ints(total ? std::min(position, *total) : position);
    } else {
      Value size =
          sizes
              ? build.node("Slice", {sizes, build.ints(i), build.ints(i + 1), build.ints(0), step})
              : equal;
      end = build.node("Add", {start, size});
    }
    replaceValue(result, build.node("Slice", {x, start, end, axes, step}));
    start = end;
  }
  op->erase();
  return success();
}

/// A list with an entry for each of `rank` dimensions, from entries for `axes` and a number for the
/// others. Of how many axes only the run knows.
Value spread(NodeBuilder &build, Value entries, Value axes, int64_t rank, int64_t otherwise) {
  Value all =
      cast(build, build.ints(SmallVector<int64_t>(rank, otherwise)), getElementType(entries));
  return build.node("ScatterElements", {all, axes, entries}, {build.attr("axis", 0)});
}

/// Slices along axes of which only the run knows how many they are become slices of all dimensions.
LogicalResult sliceRuntimeAxes(Operation *op, NodeBuilder &build, int64_t rank) {
  Value starts = getOperand(op, 1), ends = getOperand(op, 2), axes = getOperand(op, 3),
        steps = getOperand(op, 4);
  bool narrow = getElementType(starts).isInteger(32);
  if (!axes)
    axes = makeIota(build, getDimScalar(build, starts, 0));
  SmallVector<Value> operands = {getOperand(op, 0), spread(build, starts, axes, rank, 0),
                                 spread(build, ends, axes, rank, narrow ? INT32_MAX : INT64_MAX),
                                 cast(build,
                                      build.ints(llvm::to_vector(llvm::seq<int64_t>(0, rank))),
                                      getElementType(starts))};
  operands.push_back(
      steps ? spread(build, steps, axes, rank, 1)
            : cast(build, build.ints(SmallVector<int64_t>(rank, 1)), getElementType(starts)));
  replaceNode(op, build.node("Slice", operands));
  return success();
}

/// All operands there, axes from the front.
LogicalResult normalizeSlice(Operation *op, NodeBuilder &build) {
  Value starts = getOperand(op, 1), axes = getOperand(op, 3), steps = getOperand(op, 4);
  auto rank = getRank(getOperand(op, 0));
  auto count = getNumElements(starts);
  if (rank && !count && getRank(starts) == 1)
    return sliceRuntimeAxes(op, build, *rank);
  auto given = axes ? getConstantInts(axes) : std::nullopt;
  bool negative = given && llvm::any_of(*given, [](int64_t axis) { return axis < 0; });
  if (!rank || !count || (axes && steps && !negative))
    return failure();
  auto normal = given.value_or(llvm::to_vector(llvm::seq<int64_t>(0, *count)));
  for (int64_t &axis : normal)
    axis = normalizeAxis(axis, *rank);
  if (!axes || negative)
    axes = build.ints(normal);
  if (!steps)
    steps = cast(build, build.ints(SmallVector<int64_t>(*count, 1)), getElementType(starts));
  if (getElementType(axes) != getElementType(starts))
    axes = cast(build, axes, getElementType(starts));
  replaceNode(op, build.node("Slice", {getOperand(op, 0), starts, getOperand(op, 2), axes, steps}));
  return success();
}

LogicalResult normalizeTranspose(Operation *op, NodeBuilder &build) {
  auto rank = getRank(op->getOperand(0));
  if (op->hasAttr("perm") || !rank)
    return failure();
  op->setAttr("perm", build.builder.getDenseI64ArrayAttr(
                          llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, *rank)))));
  return failure();
}

/// Axes that are known at run time only: the result's shape is computed. `mask` says of each
/// dimension (of the result of Unsqueeze, of the operand of Squeeze) whether it is one of them.
LogicalResult decomposeRuntimeAxes(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), axes = getOperand(op, 1);
  bool squeeze = isNode(op, "Squeeze");
  auto rank = getRank(x);
  auto count = getNumElements(axes);
  // Inference knows the result's rank unless there are too many axes.
  if (!rank || !count || !getRank(op->getResult(0)))
    return failure();
  int64_t full = squeeze ? *rank : *rank + *count;
  Value size = build.scalarInt(full);
  Value negative = build.node("Less", {axes, build.scalarInt(0)});
  Value normal = build.node("Where", {negative, build.node("Add", {axes, size}), axes});
  Value position = build.ints(llvm::to_vector(llvm::seq<int64_t>(0, full)));
  Value hits = build.node("Equal", {build.node("Unsqueeze", {position, build.ints(1)}), normal});
  Type integer = build.builder.getI64Type();
  Value mask = reduce(build, "ReduceMax", cast(build, hits, integer), 1, false);
  Value shape = build.node("Shape", {x});
  Value isAxis = build.node("Less", {build.scalarInt(0), mask});
  if (squeeze) {
    // The dimensions that stay are moved to the front, in order, and the others, all 1, cut off.
    Value key = build.node("Add", {position, build.node("Mul", {mask, size})});
    Operation *sorted = build.nodeWithResults("TopK", {key, build.ints(full - *count)},
                                              {build.attr("axis", 0), build.attr("largest", 0)}, 2);
    shape = build.node("Gather", {shape, sorted->getResult(1)}, {build.attr("axis", 0)});
  } else {
    // As many dimensions of the operand come before as are no axes.
    Value others = build.node("Sub", {build.scalarInt(1), mask});
    Value from =
        build.node("Sub", {build.node("CumSum", {others, build.scalarInt(0)}), build.scalarInt(1)});
    Value kept = *rank == 0
                     ? build.scalarInt(1)
                     : build.node("Gather", {shape, build.node("Max", {from, build.scalarInt(0)})},
                                  {build.attr("axis", 0)});
    shape = build.node("Where", {isAxis, build.scalarInt(1), kept});
  }
  replaceNode(op, build.reshape(x, shape));
  return success();
}

/// Which dimensions are squeezed, where the model leaves that to their sizes; and counted from the
/// front.
LogicalResult normalizeSqueeze(Operation *op, NodeBuilder &build) {
  bool squeeze = isNode(op, "Squeeze");
  Value x = getOperand(op, 0), operand = getOperand(op, 1);
  auto dims = getDims(x);
  auto given = operand ? getConstantInts(operand) : std::nullopt;
  if (operand && !given)
    return decomposeRuntimeAxes(op, build);
  if (!dims)
    return failure();
  SmallVector<int64_t> axes = given.value_or(SmallVector<int64_t>());
  int64_t rank = dims->size() + (squeeze ? 0 : axes.size());
  for (int64_t &axis : axes)
    axis = normalizeAxis(axis, rank);
  llvm::sort(axes);
  if (!operand)
    for (auto [i, dim] : llvm::enumerate(*dims))
      if (dim && dim->getConstant() == 1)
        axes.push_back(i);
  if (given && axes == *given)
    return failure();
  if (axes.empty()) {
    replaceNode(op, x);
    return success();
  }
  replaceNode(op, build.node(getOpType(op), {x, build.ints(axes)}));
  return success();
}

/// Pads for all dimensions.
LogicalResult normalizePad(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), pads = getOperand(op, 1), value = getOperand(op, 2),
        axesOperand = getOperand(op, 3);
  auto rank = getRank(x);
  auto axes = axesOperand ? getConstantInts(axesOperand) : std::nullopt;
  if (rank && axesOperand && !getNumElements(axesOperand) && getRank(axesOperand) == 1) {
    // The pads before and those behind, each with a 0 for a dimension that is not named.
    Value halves = build.node("Reshape", {pads, build.ints({2, -1})});
    SmallVector<Value> spreads;
    for (int64_t half : {0, 1})
      spreads.push_back(spread(
          build, build.node("Gather", {halves, build.scalarInt(half)}, {build.attr("axis", 0)}),
          axesOperand, *rank, 0));
    SmallVector<Value> operands = {x, build.node("Concat", spreads, {build.attr("axis", 0)})};
    if (value)
      operands.push_back(value);
    replaceNode(op, build.node("Pad", operands, {build.attr("mode", getString(op, "mode"))}));
    return success();
  }
  if (!axes || !rank)
    return failure();
  // Each half, before and behind, gets a 0 for each dimension that is not named.
  SmallVector<ShapePart> parts;
  for (int64_t half : {0, 1})
    for (int64_t i = 0; i < *rank; ++i) {
      auto at = llvm::find_if(*axes, [&](int64_t axis) { return normalizeAxis(axis, *rank) == i; });
      if (at == axes->end()) {
        parts.push_back(0);
        continue;
      }
      int64_t position = half * axes->size() + (at - axes->begin());
      auto constants = getConstantInts(pads);
      if (constants)
        parts.push_back((*constants)[position]);
      else
        parts.push_back(build.node("Slice", {pads, build.ints(position), build.ints(position + 1),
                                             build.ints(0), build.ints(1)}));
    }
  SmallVector<Value> operands = {x, makeShape(build, parts)};
  if (value)
    operands.push_back(value);
  replaceNode(op, build.node("Pad", operands, {build.attr("mode", getString(op, "mode"))}));
  return success();
}

/// A dimension of 1 before each that is repeated, expanded, and merged with it.
LogicalResult decomposeTile(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), repeats = op->getOperand(1);
  auto rank = getRank(x);
  if (!rank)
    return failure();
  auto constants = getConstantInts(repeats);
  if (*rank == 0 ||
      (constants && llvm::all_of(*constants, [](int64_t count) { return count == 1; }))) {
    replaceNode(op, x);
    return success();
  }
  SmallVector<int64_t> added;
  SmallVector<ShapePart> expanded, merged;
  for (int64_t i = 0; i < *rank; ++i) {
    if (constants && (*constants)[i] == 1) {
      Value size = getDim(build, x, i);
      expanded.push_back(size);
      merged.push_back(size);
      continue;
    }
    Value count = constants ? build.ints((*constants)[i])
                            : build.node("Slice", {repeats, build.ints(i), build.ints(i + 1),
                                                   build.ints(0), build.ints(1)});
    Value size = getDim(build, x, i);
    added.push_back(i + added.size());
    expanded.push_back(count);
    expanded.push_back(size);
    merged.push_back(build.node("Mul", {count, size}));
  }
  Value wide = build.node(
      "Expand", {build.node("Unsqueeze", {x, build.ints(added)}), makeShape(build, expanded)});
  replaceNode(op, build.reshape(wide, makeShape(build, merged)));
  return success();
}

/// A shape of which only the run knows how long it is gets as many entries as the result has
/// dimensions.
LogicalResult normalizeExpand(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), shape = op->getOperand(1);
  auto rank = getRank(op->getResult(0));
  if (!rank || getNumElements(shape) || getRank(shape) != 1)
    return failure();
  Value longer = build.node("Concat", {build.ints(SmallVector<int64_t>(*rank, 1)), shape},
                            {build.attr("axis", 0)});
  Value last =
      build.node("Gather", {longer, build.ints(llvm::to_vector(llvm::seq<int64_t>(-*rank, 0)))},
                 {build.attr("axis", 0)});
  replaceNode(op, build.node("Expand", {x, last}));
  return success();
}

LogicalResult decomposeConstantOfShape(Operation *op, NodeBuilder &build) {
  Value scalar = build.scalar(0, build.builder.getF32Type());
  if (auto value = op->getAttrOfType<TypedAttr>("value"))
    scalar = build.node("Squeeze", {build.constant(value), build.ints(0)});
  replaceNode(op, build.node("Expand", {scalar, op->getOperand(0)}));
  return success();
}

/// What is known of a node that moves blocks of an image to its channels, or back.
struct Blocks {
  int64_t channels, size;
  bool first; // among the channels blocks come first (DCR), not behind each (CRD)
};

std::optional<Blocks> getBlocks(Operation *op) {
  auto dims = getDims(op->getOperand(0));
  int64_t size = getInt(op, "blocksize");
  auto channels =
      dims && dims->size() == 4 && (*dims)[1] ? (*dims)[1]->getConstant() : std::nullopt;
  if (!channels || size <= 0)
    return std::nullopt;
  return Blocks{*channels, size, getString(op, "mode") == "DCR"};
}

/// Puts the data in six dimensions, turned, and merged to the four of the result, in the node's
/// place.
void rearrange(Operation *op, NodeBuilder &build, ArrayRef<ShapePart> six,
               ArrayRef<int64_t> permutation, ArrayRef<ShapePart> four) {
  Value split = build.reshape(op->getOperand(0), makeShape(build, six));
  Value turned = transpose(build, split, permutation);
  replaceNode(op, build.reshape(turned, makeShape(build, four)));
}

LogicalResult decomposeDepthToSpace(Operation *op, NodeBuilder &build) {
  auto blocks = getBlocks(op);
  if (!blocks)
    return failure();
  Value x = op->getOperand(0);
  int64_t block = blocks->size, depth = blocks->channels / (block * block);
  Value n = getDim(build, x, 0), h = getDim(build, x, 2), w = getDim(build, x, 3);
  auto times = [&](Value size) { return build.node("Mul", {size, build.ints(block)}); };
  SmallVector<ShapePart> four = {n, depth, times(h), times(w)};
  if (blocks->first)
    rearrange(op, build, {n, block, block, depth, h, w}, {0, 3, 4, 1, 5, 2}, four);
  else
    rearrange(op, build, {n, depth, block, block, h, w}, {0, 1, 4, 2, 5, 3}, four);
  return success();
}

LogicalResult decomposeSpaceToDepth(Operation *op, NodeBuilder &build) {
  auto blocks = getBlocks(op);
  if (!blocks)
    return failure();
  Value x = op->getOperand(0);
  int64_t block = blocks->size, channels = blocks->channels;
  auto divided = [&](int64_t axis) {
    return build.node("Div", {getDim(build, x, axis), build.ints(block)});
  };
  Value n = getDim(build, x, 0), h = divided(2), w = divided(3);
  rearrange(op, build, {n, channels, h, block, w, block},
            blocks->first ? ArrayRef<int64_t>{0, 3, 5, 1, 2, 4}
                          : ArrayRef<int64_t>{0, 1, 3, 5, 2, 4},
            {n, channels * block * block, h, w});
  return success();
}

} // namespace

void addMovementDecompositions(DecomposeRules &rules) {
  rules["Flatten"] = decomposeFlatten;
  rules["Split"] = decomposeSplit;
  rules["Slice"] = normalizeSlice;
  rules["Transpose"] = normalizeTranspose;
  rules["Squeeze"] = normalizeSqueeze;
  rules["Unsqueeze"] = normalizeSqueeze;
  rules["Pad"] = normalizePad;
  rules["Tile"] = decomposeTile;
  rules["Expand"] = normalizeExpand;
  rules["ConstantOfShape"] = decomposeConstantOfShape;
  rules["DepthToSpace"] = decomposeDepthToSpace;
  rules["SpaceToDepth"] = decomposeSpaceToDepth;
}

} // namespace azulejo::graph
