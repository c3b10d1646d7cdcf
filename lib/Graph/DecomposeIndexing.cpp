//===- DecomposeIndexing.cpp - Selections and scatters by indices that are computed -----------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A diagonal's row and column numbers: (rows, 1) and (columns).
std::pair<Value, Value> makeGrid(NodeBuilder &build, Value matrix, int64_t rank) {
  return {makeIota(build, getDimScalar(build, matrix, rank - 2), 1),
          makeIota(build, getDimScalar(build, matrix, rank - 1))};
}

/// The elements on one side of a diagonal, `k` above the main one.
LogicalResult decomposeTrilu(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), k = getOperand(op, 1);
  auto rank = getRank(x);
  if (!rank || *rank < 2)
    return failure();
  auto [row, column] = makeGrid(build, x, *rank);
  Value diagonal = k ? build.node("Add", {row, k}) : row;
  Value kept = getInt(op, "upper") ? build.node("LessOrEqual", {diagonal, column})
                                   : build.node("LessOrEqual", {column, diagonal});
  replaceNode(op, build.node("Where", {kept, x, build.scalar(0, getElementType(x))}));
  return success();
}

LogicalResult decomposeEyeLike(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  if (getRank(x) != 2)
    return failure();
  auto [row, column] = makeGrid(build, x, 2);
  Value diagonal = build.node("Add", {row, build.scalarInt(getInt(op, "k"))});
  replaceNode(
      op, cast(build, build.node("Equal", {diagonal, column}), getElementType(op->getResult(0))));
  return success();
}

/// Where an index is the position. An index out of range is nowhere.
LogicalResult decomposeOneHot(Operation *op, NodeBuilder &build) {
  Value indices = op->getOperand(0), depth = op->getOperand(1), values = op->getOperand(2);
  auto rank = getRank(indices);
  if (!rank)
    return failure();
  Type integer = build.builder.getI64Type();
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank + 1);
  Value size =
      build.node("Reshape", {cast(build, depth, integer), build.ints(ArrayRef<int64_t>())});
  indices = cast(build, indices, integer);
  Value positive = build.node("Where", {build.node("Less", {indices, build.scalarInt(0)}),
                                        build.node("Add", {indices, size}), indices});
  Value hit = build.node("Equal", {build.node("Unsqueeze", {positive, build.ints(axis)}),
                                   makeIota(build, size, *rank - axis)});
  Value off = build.node("Gather", {values, build.scalarInt(0)}, {build.attr("axis", 0)});
  Value on = build.node("Gather", {values, build.scalarInt(1)}, {build.attr("axis", 0)});
  replaceNode(op, build.node("Where", {hit, on, off}));
  return success();
}

LogicalResult decomposeCompress(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  int64_t axis = 0;
  if (!op->hasAttr("axis")) {
    x = build.node("Reshape", {x, build.ints(-1)});
  } else {
    auto rank = getRank(x);
    if (!rank)
      return failure();
    axis = normalizeAxis(getInt(op, "axis"), *rank);
  }
  Value chosen = build.node("Squeeze", {build.node("NonZero", {op->getOperand(1)}), build.ints(0)});
  replaceNode(op, build.node("Gather", {x, chosen}, {build.attr("axis", axis)}));
  return success();
}

/// Row by row of a batch, the first `length` steps backwards, the others as they are.
LogicalResult decomposeReverseSequence(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), lengths = op->getOperand(1);
  auto rank = getRank(x);
  int64_t timeAxis = getInt(op, "time_axis"), batchAxis = getInt(op, "batch_axis");
  if (!rank || *rank < 2 || timeAxis + batchAxis != 1)
    return failure();
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  std::swap(permutation[0], permutation[1]);
  if (timeAxis == 0)
    x = transpose(build, x, permutation);
  Value time = makeIota(build, getDimScalar(build, x, 1));
  Value length = build.node("Unsqueeze", {lengths, build.ints(1)});
  Value backwards = build.node("Sub", {build.node("Sub", {length, build.scalarInt(1)}), time});
  Value from = build.node("Where", {build.node("Less", {time, length}), backwards, time});
  Value y = build.node("GatherND", {x, build.node("Unsqueeze", {from, build.ints(2)})},
                       {build.attr("batch_dims", 1)});
  replaceNode(op, timeAxis == 0 ? transpose(build, y, permutation) : y);
  return success();
}

/// A cache with an update written at each batch's own position.
LogicalResult decomposeTensorScatter(Operation *op, NodeBuilder &build) {
  Value cache = getOperand(op, 0), update = getOperand(op, 1), start = getOperand(op, 2);
  auto rank = getRank(cache);
  if (!rank || *rank < 2)
    return failure();
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank);
  Value position = makeIota(build, getDimScalar(build, update, axis), *rank - 1 - axis);
  if (start)
    position = build.node(
        "Add",
        {position, build.node("Unsqueeze",
                              {start, build.ints(llvm::to_vector(llvm::seq<int64_t>(1, *rank)))})});
  if (getString(op, "mode") == "circular")
    position = build.node("Mod", {position, getDimScalar(build, cache, axis)});
  Value indices = build.node("Expand", {position, build.node("Shape", {update})});
  replaceNode(op,
              build.node("ScatterElements", {cache, indices, update}, {build.attr("axis", axis)}));
  return success();
}

/// Bounds that are vectors of one element become scalars.
LogicalResult normalizeRange(Operation *op, NodeBuilder &build) {
  if (llvm::all_of(op->getOperands(), [](Value operand) { return getRank(operand) == 0; }))
    return failure();
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getRank(operand) == 0
                           ? operand
                           : build.node("Reshape", {operand, build.ints(ArrayRef<int64_t>())}));
  replaceNode(op, build.node("Range", operands));
  return success();
}

} // namespace

void addIndexingDecompositions(DecomposeRules &rules) {
  rules["Trilu"] = decomposeTrilu;
  rules["EyeLike"] = decomposeEyeLike;
  rules["OneHot"] = decomposeOneHot;
  rules["Compress"] = decomposeCompress;
  rules["ReverseSequence"] = decomposeReverseSequence;
  rules["Range"] = normalizeRange;
  rules["TensorScatter"] = decomposeTensorScatter;
}

} // namespace azulejo::graph
