//===- DecomposeControl.cpp - Scan and SequenceMap become Loop, branches of If alike ----------===//
//
// The bodies of Scan and SequenceMap move into the loop's, behind nodes that take the iteration's
// slice of each input and before nodes that put its results away.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {

Operation *makeLoop(NodeBuilder &build, Value trips, ArrayRef<Value> carried,
                    ArrayRef<Type> resultTypes) {
  SmallVector<Value> operands = {trips, Value()};
  llvm::append_range(operands, carried);
  Operation *loop = createNode(build.builder, build.loc, "onnx.Loop", operands, resultTypes, {});
  Block &body = loop->getRegion(0).emplaceBlock();
  body.addArgument(RankedTensorType::get({}, build.builder.getI64Type()), build.loc);
  body.addArgument(RankedTensorType::get({}, build.builder.getI1Type()), build.loc);
  for (Value value : carried)
    body.addArgument(value.getType(), build.loc);
  return loop;
}

namespace {

/// Moves the nodes of `from` to the end of `to`, its arguments replaced; returns what it yields.
SmallVector<Value> moveBody(Block &from, Block &to, ArrayRef<Value> arguments) {
  for (auto [argument, value] : llvm::zip(from.getArguments(), arguments))
    argument.replaceAllUsesWith(value);
  Operation *yield = from.getTerminator();
  SmallVector<Value> results(yield->getOperands());
  yield->erase();
  to.getOperations().splice(to.end(), from.getOperations());
  return results;
}

LogicalResult decomposeScan(Operation *op, NodeBuilder &build) {
  size_t scanned = getInt(op, "num_scan_inputs"), states = op->getNumOperands() - scanned;
  auto inputAxes = getInts(op, "scan_input_axes"), outputAxes = getInts(op, "scan_output_axes");
  auto inputDirections = getInts(op, "scan_input_directions"),
       outputDirections = getInts(op, "scan_output_directions");
  auto at = [](const std::optional<SmallVector<int64_t>> &list, size_t i) {
    return list && i < list->size() ? (*list)[i] : 0;
  };
  SmallVector<int64_t> axes;
  for (size_t i = 0; i < scanned; ++i) {
    auto rank = getRank(op->getOperand(states + i));
    if (!rank)
      return failure();
    axes.push_back(normalizeAxis(at(inputAxes, i), *rank));
  }
  for (Value result : llvm::drop_begin(op->getResults(), states))
    if (!getRank(result))
      return failure();

  // The loop stacks what it gives along the first dimension.
  SmallVector<Type> types;
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    if (i < states) {
      types.push_back(result.getType());
      continue;
    }
    Dims dims = *getDims(result);
    int64_t axis = normalizeAxis(at(outputAxes, i - states), dims.size());
    auto length = dims[axis];
    dims.erase(dims.begin() + axis);
    dims.insert(dims.begin(), length);
    types.push_back(onnx::getTensorType(dims, getElementType(result)));
  }
  Value count = getDimScalar(build, op->getOperand(states), axes.front());
  Operation *loop =
      makeLoop(build, count, llvm::to_vector(op->getOperands().take_front(states)), types);
  Block &body = loop->getRegion(0).front();
  OpBuilder inner = OpBuilder::atBlockEnd(&body);
  NodeBuilder buildInner(inner, build.loc);
  Value iteration = body.getArgument(0);
  SmallVector<Value> arguments(body.getArguments().drop_front(2));
  for (size_t i = 0; i < scanned; ++i) {
    Value index = iteration;
    if (at(inputDirections, i)) {
      Value last = buildInner.node("Sub", {count, buildInner.scalarInt(1)});
      index = buildInner.node("Sub", {last, iteration});
    }
    arguments.push_back(buildInner.node("Gather", {op->getOperand(states + i), index},
                                        {buildInner.attr("axis", axes[i])}));
  }
  SmallVector<Value> results = {body.getArgument(1)};
  llvm::append_range(results, moveBody(op->getRegion(0).front(), body, arguments));
  inner.setInsertionPointToEnd(&body);
  onnx::YieldOp::create(inner, build.loc, results);
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    Value value = loop->getResult(i);
    if (i >= states) {
      int64_t rank = *getRank(value), axis = normalizeAxis(at(outputAxes, i - states), rank);
      if (at(outputDirections, i - states))
        value = build.node(
            "Slice", {value, build.ints(-1), build.ints(INT64_MIN), build.ints(0), build.ints(-1)});
      if (axis != 0) {
        SmallVector<int64_t> permutation;
        for (int64_t d = 1; d < rank; ++d)
          permutation.push_back(d);
        permutation.insert(permutation.begin() + axis, 0);
        value = transpose(build, value, permutation);
      }
    }
    replaceValue(result, value);
  }
  op->erase();
  return success();
}

/// Whether nobody sees the rank of `value`, which has one element and at most `rank` dimensions:
/// users broadcast it to at least that many.
bool isOnlyBroadcast(Value value, int64_t rank) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    static constexpr StringRef broadcasting[] = {"Add", "Sub", "Mul",  "Div",         "Pow",
                                                 "Min", "Max", "Less", "LessOrEqual", "Equal"};
    return isAnyNode(user, broadcasting) && llvm::any_of(user->getOperands(), [&](Value other) {
             return other != value && getRank(other).value_or(-1) >= rank;
           });
  });
}

/// Branches may give one number as a scalar or as a vector of one. The result gets the larger of
/// the two ranks.
LogicalResult alignBranches(Operation *op, NodeBuilder &build) {
  bool changed = false;
  for (auto [index, result] : llvm::enumerate(op->getResults())) {
    SmallVector<std::pair<int64_t, Operation *>> branches;
    for (Region &region : op->getRegions()) {
      Operation *yield = region.front().getTerminator();
      if (getNumElements(yield->getOperand(index)) == 1)
        branches.emplace_back(*getRank(yield->getOperand(index)), yield);
    }
    if (getRank(result) || branches.size() != 2)
      continue;
    llvm::sort(branches, llvm::less_first());
    auto [fewer, yield] = branches.front();
    int64_t rank = branches.back().first;
    if (fewer == rank || !isOnlyBroadcast(result, rank))
      continue;
    OpBuilder inner(yield);
    NodeBuilder buildInner(inner, build.loc);
    yield->setOperand(index,
                      buildInner.node("Reshape", {yield->getOperand(index),
                                                  buildInner.ints(SmallVector<int64_t>(rank, 1))}));
    result.setType(RankedTensorType::get(SmallVector<int64_t>(rank, 1), getElementType(result)));
    changed = true;
  }
  return success(changed);
}

/// One element of each sequence at a time; results are inserted into sequences that the loop
/// carries.
LogicalResult decomposeSequenceMap(Operation *op, NodeBuilder &build) {
  SmallVector<Value> empty;
  for (Value result : op->getResults()) {
    auto sequence = dyn_cast<plan::SequenceType>(result.getType());
    auto tensor = sequence ? dyn_cast<TensorType>(sequence.getElementType()) : TensorType();
    if (!tensor)
      return failure();
    Operation *created =
        createNode(build.builder, build.loc, "onnx.SequenceEmpty", {}, result.getType(), {});
    created->setAttr("dtype",
                     build.builder.getI64IntegerAttr(onnx::getDataType(tensor.getElementType())));
    empty.push_back(created->getResult(0));
  }
  Value count = build.node("SequenceLength", {op->getOperand(0)});
  Operation *loop = makeLoop(build, count, empty, llvm::to_vector(op->getResultTypes()));
  Block &body = loop->getRegion(0).front();
  OpBuilder inner = OpBuilder::atBlockEnd(&body);
  NodeBuilder buildInner(inner, build.loc);
  SmallVector<Value> arguments;
  for (Value operand : op->getOperands())
    arguments.push_back(isa<plan::SequenceType>(operand.getType())
                            ? buildInner.node("SequenceAt", {operand, body.getArgument(0)})
                            : operand);
  SmallVector<Value> made = moveBody(op->getRegion(0).front(), body, arguments);
  inner.setInsertionPointToEnd(&body);
  SmallVector<Value> results = {body.getArgument(1)};
  for (auto [i, value] : llvm::enumerate(made))
    results.push_back(buildInner.node("SequenceInsert", {body.getArgument(i + 2), value}));
  onnx::YieldOp::create(inner, build.loc, results);
  for (auto [from, to] : llvm::zip(op->getResults(), loop->getResults()))
    replaceValue(from, to);
  op->erase();
  return success();
}

} // namespace

void addControlDecompositions(DecomposeRules &rules) {
  rules["If"] = alignBranches;
  rules["Scan"] = decomposeScan;
  rules["SequenceMap"] = decomposeSequenceMap;
}

} // namespace azulejo::graph
