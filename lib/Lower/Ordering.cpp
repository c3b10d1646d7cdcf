//===- Ordering.cpp - TopK, NonZero, Unique ---------------------------------------------------===//
//
// Where the data decides a result's size, one kernel finds out what there is and counts it, the
// host reads the count, and what follows makes results of that size.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Indexing.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "lib/Lower/Sort.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

static RankedTensorType getType(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

//===- TopK -----------------------------------------------------------------------------------===//

/// Below this K, inserting into a sorted list of K beats sorting.
static constexpr int64_t kInsertionLimit = 64;

static LogicalResult lowerTopK(onnx::TopKOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  int64_t rank = getType(x).getRank(), axis = op.getAxis();
  axis = axis < 0 ? axis + rank : axis;
  Type type = getElementType(x);
  bool largest = op.getLargest(), unsignedElements = isUnsigned(op.getX());
  auto sizes = lowering.getResultSizes(op.getValues(), [&](int64_t dim) -> OpFoldResult {
    return dim == axis ? OpFoldResult(lowering.readIndex(lowering[op.getK()]))
                       : lowering.getSize(op.getX(), dim);
  });
  lowering.requireAtMost(sizes[axis], lowering.getSize(op.getX(), axis),
                         "K is {}, and the axis has {}");
  lowering.requireAtMost(lowering.getIndexAttr(0), sizes[axis], "K must be at least {}, not {}");
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type i64 = b.getI64Type();
  ScalarBuilder::Values outputs = {lowering.empty(sizes, type), lowering.empty(sizes, i64)};
  std::optional<int64_t> knownCount = getConstantIntValue(sizes[axis]);
  if (knownCount == 0) {
    lowering.map(op.getValues(), outputs[0]);
    lowering.map(op.getIndices(), outputs[1]);
    return success();
  }
  bool inserts = knownCount && *knownCount <= kInsertionLimit;

  auto results = createKernel(
      b, "top_k", x, outputs, {}, [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value input = arguments.inputs[0], n = b.dim(input, axis), zero = b.index(0),
              one = b.index(1);
        auto better = [&](Value a, Value c) {
          return largest ? b.less(c, a, unsignedElements) : b.less(a, c, unsignedElements);
        };
        return forEachRow(
            b, arguments.outputs, axis,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
              Value count = b.dim(rows[0], 0);
              auto read = [&](Value i) {
                ScalarBuilder::Values from(outer);
                from.insert(from.begin() + axis, i);
                return b.load(input, from);
              };
              if (!inserts) {
                Value order =
                    sortIndices(b, n, [&](Value i, Value j) { return better(read(i), read(j)); });
                return b.forLoop(zero, count, rows,
                                 [&](Value k, ValueRange carried) -> ScalarBuilder::Values {
                                   Value from = b.load(order, k);
                                   return {b.store(read(b.toIndex(from)), carried[0], k),
                                           b.store(from, carried[1], k)};
                                 });
              }
              // The rows hold the best so far, best first; an element goes before those that it
              // beats.
              return b.forLoop(
                  zero, n, rows, [&](Value i, ValueRange carried) -> ScalarBuilder::Values {
                    Value value = read(i), last = b.sub(count, one), end = b.min(i, last);
                    Value enters =
                        b.logicalOr(b.less(i, count), better(value, b.load(carried[0], last)));
                    auto insert = [&]() -> ScalarBuilder::Values {
                      auto moved = b.whileLoop(
                          {end, carried[0], carried[1]},
                          [&](ValueRange state) {
                            Value before = b.max(b.sub(state[0], one), zero);
                            return b.logicalAnd(b.less(zero, state[0]),
                                                better(value, b.load(state[1], before)));
                          },
                          [&](ValueRange state) -> ScalarBuilder::Values {
                            Value before = b.sub(state[0], one);
                            return {before, b.store(b.load(state[1], before), state[1], state[0]),
                                    b.store(b.load(state[2], before), state[2], state[0])};
                          });
                      return {b.store(value, moved[1], moved[0]),
                              b.store(b.convert(i, i64), moved[2], moved[0])};
                    };
                    auto keep = [&]() -> ScalarBuilder::Values { return {carried[0], carried[1]}; };
                    return b.ifElse(enters, llvm::function_ref<ScalarBuilder::Values()>(insert),
                                    llvm::function_ref<ScalarBuilder::Values()>(keep));
                  });
            });
      });
  lowering.map(op.getValues(), results[0]);
  lowering.map(op.getIndices(), results[1]);
  return success();
}

//===- NonZero --------------------------------------------------------------------------------===//

static Value lowerNonZero(onnx::NonZeroOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  int64_t rank = getType(x).getRank();
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type i64 = b.getI64Type();
  auto isNonZero = [&](Value input, ValueRange at) {
    Value element = b.load(input, at);
    return b.logicalNot(b.equal(element, b.constant(element.getType(), 0)));
  };
  Value count = createKernel(
      b, "non_zero_count", x, lowering.empty({}, i64), {},
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value input = arguments.inputs[0];
        Value total = b.forLoops(b.dims(input), b.index(0), [&](ValueRange at, ValueRange sum) {
          return ScalarBuilder::Values{b.add(sum[0], b.toIndex(isNonZero(input, at), true))};
        })[0];
        return {b.store(b.convert(total, i64), arguments.outputs[0])};
      })[0];
  SmallVector<OpFoldResult> sizes = {lowering.getIndexAttr(rank), lowering.readIndex(count)};
  return createKernel(
      b, "non_zero", x, lowering.empty(sizes, i64), {},
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value input = arguments.inputs[0];
        return {b.forLoops(
            b.dims(input), {arguments.outputs[0], b.index(0)},
            [&](ValueRange at, ValueRange carried) -> ScalarBuilder::Values {
              auto append = [&]() -> ScalarBuilder::Values {
                Value output = carried[0];
                for (int64_t i = 0; i < rank; ++i)
                  output = b.store(b.convert(at[i], i64), output, {b.index(i), carried[1]});
                return {output, b.add(carried[1], 1)};
              };
              auto skip = [&]() -> ScalarBuilder::Values { return {carried[0], carried[1]}; };
              return b.ifElse(isNonZero(input, at),
                              llvm::function_ref<ScalarBuilder::Values()>(append),
                              llvm::function_ref<ScalarBuilder::Values()>(skip));
            })[0]};
      })[0];
}

//===- Unique ---------------------------------------------------------------------------------===//

/// Items are the elements of the flattened input, or its slices along the axis. One kernel sorts
/// them, numbers the groups of equal ones and counts; the results are then cut to that number.
static LogicalResult lowerUnique(onnx::UniqueOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  int64_t rank = getType(x).getRank();
  SmallVector<OpFoldResult> sizes = lowering.getSizes(op.getX());
  std::optional<int64_t> axis = op.getAxis();
  if (axis && *axis < 0)
    axis = *axis + rank;
  if (!axis) {
    OpFoldResult total = lowering.product(sizes);
    if (rank == 0)
      x = lowering.unsqueeze(x, 0);
    else if (rank > 1)
      x = tensor::CollapseShapeOp::create(
          lowering, x,
          SmallVector<ReassociationIndices>{llvm::to_vector(llvm::seq<int64_t>(0, rank))});
    sizes = {total};
    rank = 1;
  }
  int64_t along = axis.value_or(0);
  bool unsignedElements = isUnsigned(op.getX()), sorted = op.getSorted();
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type i64 = b.getI64Type();

  // The index of an element of an item: the item's number along the axis, the others from `within`.
  auto indexOf = [&](Value item, ValueRange within) {
    ScalarBuilder::Values index(within);
    index.insert(index.begin() + along, item);
    return index;
  };
  auto itemSizes = [&](Value input) {
    ScalarBuilder::Values result = b.dims(input);
    result.erase(result.begin() + along);
    return result;
  };
  // -1, 0 or 1 as item i is less than, equal to or greater than item j, lexicographically.
  auto compare = [&](Value input, Value i, Value j) {
    return b.forLoops(itemSizes(input), b.index(0),
                      [&](ValueRange within, ValueRange state) -> ScalarBuilder::Values {
                        Value left = b.load(input, indexOf(i, within)),
                              right = b.load(input, indexOf(j, within));
                        Value order =
                            b.select(b.less(right, left, unsignedElements), b.index(1), b.index(0));
                        order = b.select(b.less(left, right, unsignedElements), b.index(-1), order);
                        return {b.select(b.equal(state[0], b.index(0)), order, state[0])};
                      })[0];
  };

  // Outputs of the kernel: the first item of each group, its size, each item's group, the number of
  // groups.
  ScalarBuilder::Values outputs(3, Value());
  for (Value &output : outputs)
    output = lowering.empty(sizes[along], i64);
  outputs.push_back(lowering.empty({}, i64));
  auto results = createKernel(
      b, "unique", x, outputs, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value input = arguments.inputs[0], n = b.dim(input, along), zero = b.index(0),
              one = b.index(1);
        auto toI64 = [&](Value v) { return b.convert(v, i64); };
        Value order =
            sortIndices(b, n, [&](Value i, Value j) { return b.less(compare(input, i, j), zero); });
        // Equal items are neighbours, the first of them in the input first.
        auto groups = b.forLoop(
            zero, n, {arguments.outputs[0], arguments.outputs[1], arguments.outputs[2], zero},
            [&](Value k, ValueRange state) -> ScalarBuilder::Values {
              Value item = b.toIndex(b.load(order, k)),
                    previous = b.toIndex(b.load(order, b.max(b.sub(k, one), zero)));
              Value starts = b.logicalOr(
                  b.equal(k, zero), b.logicalNot(b.equal(compare(input, previous, item), zero)));
              Value count = b.select(starts, b.add(state[3], one), state[3]),
                    group = b.sub(count, one);
              Value first = b.select(starts, toI64(item), b.load(state[0], group));
              Value size = b.select(starts, b.constant(i64, 0), b.load(state[1], group));
              return {b.store(first, state[0], group), b.store(b.add(size, 1), state[1], group),
                      b.store(toI64(group), state[2], item), count};
            });
        Value count = groups[3], number = b.store(toI64(count), arguments.outputs[3]);
        if (sorted)
          return {groups[0], groups[1], groups[2], number};

        // Without sorting, groups are numbered in order of their first items.
        Value firsts = b.forLoop(zero, count, b.empty(i64, n), [&](Value g, Value copy) {
          return b.store(b.load(groups[0], g), copy, g);
        });
        Value counts = b.forLoop(zero, count, b.empty(i64, n), [&](Value g, Value copy) {
          return b.store(b.load(groups[1], g), copy, g);
        });
        auto renumbered =
            b.forLoop(zero, n, {groups[0], groups[1], groups[2], b.empty(i64, n), zero},
                      [&](Value item, ValueRange state) -> ScalarBuilder::Values {
                        Value group = b.toIndex(b.load(state[2], item));
                        Value isFirst = b.equal(b.toIndex(b.load(firsts, group)), item);
                        Value name = b.select(isFirst, toI64(state[4]), b.load(state[3], group)),
                              place = b.toIndex(name);
                        return {b.store(b.load(firsts, group), state[0], place),
                                b.store(b.load(counts, group), state[1], place),
                                b.store(name, state[2], item), b.store(name, state[3], group),
                                b.select(isFirst, b.add(state[4], one), state[4])};
                      });
        return {renumbered[0], renumbered[1], renumbered[2], number};
      });

  OpFoldResult count = lowering.readIndex(results[3]), start = lowering.getIndexAttr(0);
  Value firsts = lowering.extractSlice(results[0], start, count);
  SmallVector<OpFoldResult> ySizes = sizes;
  ySizes[along] = count;
  lowering.map(op.getY(),
               createElementKernel(
                   b, "unique_items", {x, firsts}, lowering.empty(ySizes, getElementType(x)), {},
                   [&](ScalarBuilder &, const KernelArguments &arguments, ValueRange index) {
                     ScalarBuilder::Values from(index);
                     from[along] = b.toIndex(b.load(arguments.inputs[1], index[along]));
                     return ScalarBuilder::Values{b.load(arguments.inputs[0], from)};
                   })[0]);
  if (op.getIndices())
    lowering.map(op.getIndices(), firsts);
  if (op.getInverseIndices())
    lowering.map(op.getInverseIndices(), results[2]);
  if (op.getCounts())
    lowering.map(op.getCounts(), lowering.extractSlice(results[1], start, count));
  return success();
}

void addOrderingLowerings(LoweringTable &table) {
  table.add<onnx::TopKOp>(lowerTopK);
  table.add<onnx::NonZeroOp>(lowerNonZero);
  table.add<onnx::UniqueOp>(lowerUnique);
}

} // namespace azulejo::lower
