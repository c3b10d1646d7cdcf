//===- Indexing.cpp - Gather, GatherElements, GatherND, ScatterElements, ScatterND ------------===//
#include "dialects/ONNX/Indexing.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"

using namespace mlir;

namespace azulejo::lower {

static RankedTensorType getType(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }
static int64_t getAxis(int64_t axis, int64_t rank) { return axis < 0 ? axis + rank : axis; }

/// An element of an index tensor as an index into a dimension of this size; negative ones count
/// from the end.
static Value loadIndex(ScalarBuilder &b, Value indices, ValueRange at, Value size) {
  return b.checkIndex(b.toIndex(b.load(indices, at)), size, "indices", /*fromEnd=*/true);
}

static Value lowerGather(onnx::GatherOp op, Lowering &lowering) {
  Value data = lowering[op.getData()], indices = lowering[op.getIndices()];
  int64_t rank = getType(data).getRank(), axis = getAxis(op.getAxis(), rank),
          indexRank = getType(indices).getRank();
  auto constant = lowering.getConstantInts(op.getIndices());
  int64_t axisSize = getType(data).getDimSize(axis);
  if (constant && constant->size() == 1 &&
      (axisSize != ShapedType::kDynamic || (*constant)[0] >= 0)) {
    int64_t index = (*constant)[0] < 0 ? (*constant)[0] + axisSize : (*constant)[0];
    if (index < 0 || (axisSize != ShapedType::kDynamic && index >= axisSize))
      return lowering.refuse(op, "indices holds " + Twine((*constant)[0]) +
                                     ", which is not within [" + Twine(-axisSize) + ", " +
                                     Twine(axisSize - 1) + "]");
    SmallVector<OpFoldResult> sizes = lowering.getSizes(op.getData()),
                              offsets(rank, lowering.getIndexAttr(0));
    if (axisSize == ShapedType::kDynamic) {
      ScalarBuilder b(lowering.getLoc(), lowering);
      lowering.require(b.less(b.index(index), lowering.asIndex(sizes[axis])),
                       "indices holds " + Twine(index) + ", and dimension " + Twine(axis) +
                           " of data has {} elements",
                       sizes[axis]);
    }
    sizes[axis] = lowering.getIndexAttr(1);
    offsets[axis] = lowering.getIndexAttr(index);
    Value slice = lowering.extractSlice(data, offsets, sizes);
    if (indexRank == 0)
      return lowering.squeeze(slice, axis);
    return lowering.unsqueeze(slice,
                              llvm::to_vector(llvm::seq<int64_t>(axis, axis + indexRank - 1)));
  }

  auto sizes = lowering.getResultSizes(op.getOutput(), [&](int64_t dim) -> OpFoldResult {
    if (dim < axis)
      return lowering.getSize(op.getData(), dim);
    if (dim < axis + indexRank)
      return lowering.getSize(op.getIndices(), dim - axis);
    return lowering.getSize(op.getData(), dim - indexRank + 1);
  });
  ScalarBuilder b(lowering.getLoc(), lowering);
  Value output = lowering.empty(sizes, getElementType(data));
  // Where in the data the output element at `index` comes from.
  auto source = [&](const KernelArguments &arguments, ValueRange index) {
    Value from = loadIndex(b, arguments.inputs[1], index.slice(axis, indexRank),
                           b.dim(arguments.inputs[0], axis));
    ScalarBuilder::Values result(index.take_front(axis));
    result.push_back(from);
    result.append(index.begin() + (axis + indexRank), index.end());
    return result;
  };
  if (axis + 1 == rank)
    return createElementKernel(
        b, "gather", {data, indices}, output, {},
        [&](ScalarBuilder &, const KernelArguments &arguments, ValueRange index) {
          return ScalarBuilder::Values{b.load(arguments.inputs[0], source(arguments, index))};
        })[0];
  // Rows are copied whole.
  return createKernel(
      b, "gather", {data, indices}, output, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        return forEachRow(
            b, arguments.outputs, sizes.size() - 1,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
              ScalarBuilder::Values index(outer);
              index.push_back(b.index(0));
              ScalarBuilder::Values from = source(arguments, index);
              return {b.forLoop(b.index(0), b.dim(rows[0], 0), rows[0], [&](Value j, Value row) {
                from.back() = j;
                return b.store(b.load(arguments.inputs[0], from), row, j);
              })};
            });
      })[0];
}

/// Beside the axis, an index into `indices` is one into `data`.
static void requireWithin(Value indices, Value data, int64_t axis, Lowering &lowering) {
  for (int64_t i = 0, rank = getType(data).getRank(); i < rank; ++i)
    if (i != axis && !Lowering::sameSize(indices, i, data, i))
      lowering.requireAtMost(lowering.getSize(indices, i), lowering.getSize(data, i),
                             "dimension " + Twine(i) + " of indices is {}, more than data's {}");
}

static Value lowerGatherElements(onnx::GatherElementsOp op, Lowering &lowering) {
  Value data = lowering[op.getData()], indices = lowering[op.getIndices()];
  int64_t axis = getAxis(op.getAxis(), getType(data).getRank());
  requireWithin(op.getIndices(), op.getData(), axis, lowering);
  ScalarBuilder b(lowering.getLoc(), lowering);
  Value output = lowering.empty(lowering.getSizes(op.getIndices()), getElementType(data));
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange index) -> ScalarBuilder::Values {
    ScalarBuilder::Values from(index);
    from[axis] = loadIndex(b, arguments.inputs[1], index, b.dim(arguments.inputs[0], axis));
    return {b.load(arguments.inputs[0], from)};
  };
  return createElementKernel(b, "gather_elements", {data, indices}, output, {}, element)[0];
}

static Value lowerGatherND(onnx::GatherNDOp op, Lowering &lowering) {
  Value data = lowering[op.getData()], indices = lowering[op.getIndices()];
  int64_t batch = op.getBatchDims(), indexRank = getType(indices).getRank(),
          outputRank = cast<RankedTensorType>(op.getOutput().getType()).getRank(),
          depth = getType(data).getRank() - batch + indexRank - 1 - outputRank;
  lowering.requireEqual(lowering.getSize(op.getIndices(), indexRank - 1),
                        lowering.getIndexAttr(depth),
                        "an index has {} parts, and the output takes {}");
  for (int64_t i = 0; i < batch; ++i)
    lowering.requireSameSize(op.getIndices(), i, "indices", op.getData(), i, "data");
  auto sizes = lowering.getResultSizes(op.getOutput(), [&](int64_t dim) -> OpFoldResult {
    if (dim < indexRank - 1)
      return lowering.getSize(op.getIndices(), dim);
    return lowering.getSize(op.getData(), dim - (indexRank - 1) + batch + depth);
  });
  ScalarBuilder b(lowering.getLoc(), lowering);
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange index) -> ScalarBuilder::Values {
    ScalarBuilder::Values at(index.take_front(indexRank - 1)), from(index.take_front(batch));
    at.push_back(Value());
    for (int64_t i = 0; i < depth; ++i) {
      at.back() = b.index(i);
      from.push_back(loadIndex(b, arguments.inputs[1], at, b.dim(arguments.inputs[0], batch + i)));
    }
    from.append(index.begin() + (indexRank - 1), index.end());
    return {b.load(arguments.inputs[0], from)};
  };
  return createElementKernel(b, "gather_nd", {data, indices},
                             lowering.empty(sizes, getElementType(data)), {}, element)[0];
}

/// What a scatter leaves of an element and an update of it.
static Value combine(Lowering &lowering, ScalarBuilder &b, StringRef reduction, Value current,
                     Value update, bool isUnsigned) {
  Type elementType = current.getType();
  if (reduction == "none")
    return update;
  if (elementType.isInteger(1))
    return reduction == "max" || reduction == "add" ? b.logicalOr(current, update)
                                                    : b.logicalAnd(current, update);
  Type type = lowering.computeType(elementType);
  Value x = b.convert(current, type), y = b.convert(update, type);
  Value result = reduction == "add"   ? b.add(x, y)
                 : reduction == "mul" ? b.mul(x, y)
                 : reduction == "min" ? b.min(x, y, isUnsigned)
                                      : b.max(x, y, isUnsigned);
  return b.convert(result, elementType);
}

// Updates are applied one after the other: with equal indices the order decides the result.

static Value lowerScatterElements(onnx::ScatterElementsOp op, Lowering &lowering) {
  Value data = lowering[op.getData()], indices = lowering[op.getIndices()],
        updates = lowering[op.getUpdates()];
  int64_t axis = getAxis(op.getAxis(), getType(data).getRank());
  requireWithin(op.getIndices(), op.getData(), axis, lowering);
  for (int64_t i = 0; i < getType(data).getRank(); ++i)
    lowering.requireSameSize(op.getUpdates(), i, "updates", op.getIndices(), i, "indices");
  ScalarBuilder b(lowering.getLoc(), lowering);
  return createKernel(
      b, "scatter_elements", {indices, updates}, data, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value places = arguments.inputs[0], size = b.dim(arguments.outputs[0], axis);
        return b.forLoops(b.dims(places), arguments.outputs,
                          [&](ValueRange at, ValueRange carried) -> ScalarBuilder::Values {
                            ScalarBuilder::Values to(at);
                            to[axis] = loadIndex(b, places, at, size);
                            Value update = b.load(arguments.inputs[1], at),
                                  current = b.load(carried[0], to);
                            return {b.store(combine(lowering, b, op.getReduction(), current, update,
                                                    isUnsigned(op.getData())),
                                            carried[0], to)};
                          });
      })[0];
}

static Value lowerScatterND(onnx::ScatterNDOp op, Lowering &lowering) {
  Value data = lowering[op.getData()], indices = lowering[op.getIndices()],
        updates = lowering[op.getUpdates()];
  int64_t indexRank = getType(indices).getRank(),
          depth = getType(data).getRank() - getType(updates).getRank() + indexRank - 1;
  lowering.requireEqual(lowering.getSize(op.getIndices(), indexRank - 1),
                        lowering.getIndexAttr(depth),
                        "an index has {} parts, and the updates take {}");
  for (int64_t i = 0; i < indexRank - 1; ++i)
    lowering.requireSameSize(op.getUpdates(), i, "updates", op.getIndices(), i, "indices");
  for (int64_t i = depth; i < getType(data).getRank(); ++i)
    lowering.requireSameSize(op.getUpdates(), i - depth + indexRank - 1, "updates", op.getData(), i,
                             "data");
  ScalarBuilder b(lowering.getLoc(), lowering);
  return createKernel(
      b, "scatter_nd", {indices, updates}, data, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value places = arguments.inputs[0], target = arguments.outputs[0];
        ScalarBuilder::Values outer = b.dims(places), inner = b.dims(target);
        outer.pop_back();
        inner.erase(inner.begin(), inner.begin() + depth);
        return b.forLoops(
            outer, target, [&](ValueRange at, ValueRange carried) -> ScalarBuilder::Values {
              ScalarBuilder::Values place(at), to;
              place.push_back(Value());
              for (int64_t i = 0; i < depth; ++i) {
                place.back() = b.index(i);
                to.push_back(loadIndex(b, places, place, b.dim(target, i)));
              }
              return b.forLoops(inner, carried,
                                [&](ValueRange within, ValueRange values) -> ScalarBuilder::Values {
                                  ScalarBuilder::Values from(at), whole(to);
                                  from.append(within.begin(), within.end());
                                  whole.append(within.begin(), within.end());
                                  Value update = b.load(arguments.inputs[1], from),
                                        current = b.load(values[0], whole);
                                  Value value = combine(lowering, b, op.getReduction(), current,
                                                        update, isUnsigned(op.getData()));
                                  return {b.store(value, values[0], whole)};
                                });
            });
      })[0];
}

void addIndexingLowerings(LoweringTable &table) {
  table.add<onnx::GatherOp>(lowerGather);
  table.add<onnx::GatherElementsOp>(lowerGatherElements);
  table.add<onnx::GatherNDOp>(lowerGatherND);
  table.add<onnx::ScatterElementsOp>(lowerScatterElements);
  table.add<onnx::ScatterNDOp>(lowerScatterND);
}

} // namespace azulejo::lower
