//===- Pooling.cpp - MaxPool, AveragePool, MaxRoiPool -----------------------------------------===//
//
// Pools are computed a row of outputs at a time: for each tap of the window, its whole row of
// inputs is combined with the row of outputs. The innermost loop then runs along memory and holds
// no bounds check: the outputs that a tap reaches within the input are an interval.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Pooling.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "lib/Lower/Window.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace azulejo::lower {

namespace {

/// A window's geometry inside of a kernel.
struct KernelWindow {
  ScalarBuilder &b;
  const Window &window;
  Value input;
  ScalarBuilder::Values begin, end;

  KernelWindow(ScalarBuilder &b, const Window &window, Value input, ValueRange scalars)
      : b(b), window(window), input(input) {
    begin.append(scalars.begin(), scalars.begin() + window.rank());
    end.append(scalars.begin() + window.rank(), scalars.end());
  }

  Value size(unsigned i) { return b.dim(input, i + 2); }
  /// How many taps there are, which pools always say.
  Value taps(unsigned i) { return b.index(*getConstantIntValue(window.kernel[i])); }
  /// Where tap `k` of output `o` lies in the input.
  Value position(unsigned i, Value o, Value k) {
    return b.add(b.sub(b.mul(o, window.strides[i]), begin[i]), b.mul(k, window.dilations[i]));
  }
  /// The taps of output `o` that lie in [low, high) of the input.
  std::pair<Value, Value> taps(unsigned i, Value o, Value low, Value high) {
    Value start = position(i, o, b.index(0)), dilation = b.index(window.dilations[i]);
    Value first = b.max(b.ceilDiv(b.sub(low, start), dilation), b.index(0));
    Value last = b.min(b.ceilDiv(b.sub(high, start), dilation), taps(i));
    return {first, b.max(first, last)};
  }
  /// The outputs, among `count`, whose tap `k` lies in the input.
  std::pair<Value, Value> outputs(unsigned i, Value k, Value count) {
    Value offset = b.sub(begin[i], b.mul(k, window.dilations[i])),
          stride = b.index(window.strides[i]);
    Value first = b.max(b.ceilDiv(offset, stride), b.index(0));
    Value last = b.min(b.ceilDiv(b.add(size(i), offset), stride), count);
    return {first, b.max(first, last)};
  }

  /// Combines every input in the windows of a row of outputs with the outputs' values: `combine`
  /// gets the input's index, the output's place in the row and the rows.
  ScalarBuilder::Values
  forEachInput(ValueRange outer, ValueRange rows,
               llvm::function_ref<ScalarBuilder::Values(ValueRange from, Value at, ValueRange rows)>
                   combine) {
    unsigned last = window.rank() - 1;
    ScalarBuilder::Values from(outer.take_front(2));
    std::function<ScalarBuilder::Values(unsigned, ValueRange)> nest = [&](unsigned i,
                                                                          ValueRange carried) {
      if (i < last) {
        auto [first, stop] = taps(i, outer[i + 2], b.index(0), size(i));
        return b.forLoop(first, stop, carried, [&](Value k, ValueRange inner) {
          from.push_back(position(i, outer[i + 2], k));
          ScalarBuilder::Values results = nest(i + 1, inner);
          from.pop_back();
          return results;
        });
      }
      return b.forLoop(b.index(0), taps(i), carried, [&](Value k, ValueRange inner) {
        auto [first, stop] = outputs(i, k, b.dim(inner[0], 0));
        return b.forLoop(first, stop, inner, [&](Value o, ValueRange values) {
          from.push_back(position(i, o, k));
          ScalarBuilder::Values results = combine(from, o, values);
          from.pop_back();
          return results;
        });
      });
    };
    return nest(0, rows);
  }

  /// The number of taps of the output at (outer, at) that count: those in the input, or in the
  /// padding too.
  Value countTaps(ValueRange outer, Value at, bool includePad) {
    Value count = b.index(1);
    for (unsigned i = 0; i < window.rank(); ++i) {
      Value o = i + 1 == window.rank() ? at : outer[i + 2];
      Value low = includePad ? b.sub(b.index(0), begin[i]) : b.index(0),
            high = includePad ? b.add(size(i), end[i]) : size(i);
      auto [first, stop] = taps(i, o, low, high);
      count = b.mul(count, b.sub(stop, first));
    }
    return count;
  }
};

} // namespace

/// All pads, those before and then those after: the scalars of a pool's kernel.
static ScalarBuilder::Values getPads(Lowering &b, const Window &window) {
  ScalarBuilder::Values pads;
  for (ArrayRef<OpFoldResult> side :
       {ArrayRef<OpFoldResult>(window.begin), ArrayRef<OpFoldResult>(window.end)})
    for (OpFoldResult pad : side)
      pads.push_back(b.asIndex(pad));
  return pads;
}

static SmallVector<OpFoldResult> getPoolSizes(Value x, Value y, const Window &window, bool ceil,
                                              Lowering &b) {
  return b.getResultSizes(y, [&](int64_t dim) -> OpFoldResult {
    return dim < 2 ? b.getSize(x, dim) : window.positions(dim - 2, b.getSize(x, dim), ceil, b);
  });
}

static LogicalResult lowerMaxPool(onnx::MaxPoolOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  Window window = Window::get(op, op.getX(), Value(), lowering);
  auto sizes = getPoolSizes(op.getX(), op.getY(), window, op.getCeilMode(), lowering);
  Type type = getElementType(x);
  bool unsignedElements = isUnsigned(op.getX()), columnMajor = op.getStorageOrder();
  ScalarBuilder b(lowering.getLoc(), lowering);
  ScalarBuilder::Values outputs = {lowering.empty(sizes, type)};
  if (op.getIndices())
    outputs.push_back(lowering.empty(sizes, b.getI64Type()));

  auto results = createKernel(
      b, "max_pool", x, outputs, getPads(lowering, window),
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        KernelWindow geometry(b, window, arguments.inputs[0], arguments.scalars);
        Value input = arguments.inputs[0];
        unsigned rank = window.rank();
        // The place of an input element in the whole tensor; the spatial dimensions are numbered
        // from either end.
        auto flatIndex = [&](ValueRange from) {
          Value plane = b.add(b.mul(from[0], b.dim(input, 1)), from[1]), within = b.index(0),
                planeSize = b.index(1);
          for (unsigned j = 0; j < rank; ++j) {
            unsigned i = columnMajor ? rank - 1 - j : j;
            within = b.add(b.mul(within, geometry.size(i)), from[i + 2]);
            planeSize = b.mul(planeSize, geometry.size(i));
          }
          return b.convert(b.add(b.mul(plane, planeSize), within), b.getI64Type());
        };
        return forEachRow(
            b, arguments.outputs, rank + 1,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) {
              Value low = b.lowest(type, unsignedElements), zero = b.constant(b.getI64Type(), 0);
              auto cleared =
                  b.forLoop(b.index(0), b.dim(rows[0], 0), rows, [&](Value o, ValueRange values) {
                    ScalarBuilder::Values result = {b.store(low, values[0], o)};
                    if (values.size() > 1)
                      result.push_back(b.store(zero, values[1], o));
                    return result;
                  });
              return geometry.forEachInput(
                  outer, cleared, [&](ValueRange from, Value o, ValueRange values) {
                    Value element = b.load(input, from), current = b.load(values[0], o);
                    Value greater = b.less(current, element, unsignedElements);
                    ScalarBuilder::Values result = {
                        b.store(b.select(greater, element, current), values[0], o)};
                    if (values.size() > 1)
                      result.push_back(b.store(
                          b.select(greater, flatIndex(from), b.load(values[1], o)), values[1], o));
                    return result;
                  });
            });
      });
  lowering.map(op.getY(), results[0]);
  if (op.getIndices())
    lowering.map(op.getIndices(), results[1]);
  return success();
}

static Value lowerAveragePool(onnx::AveragePoolOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  Window window = Window::get(op, op.getX(), Value(), lowering);
  auto sizes = getPoolSizes(op.getX(), op.getY(), window, op.getCeilMode(), lowering);
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  return createKernel(
      b, "average_pool", x, lowering.empty(sizes, elementType), getPads(lowering, window),
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        KernelWindow geometry(b, window, arguments.inputs[0], arguments.scalars);
        Value input = arguments.inputs[0];
        return forEachRow(
            b, arguments.outputs, window.rank() + 1,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
              Value length = b.dim(rows[0], 0), zero = b.constant(type, 0);
              Value sums = type == elementType ? rows[0] : b.empty(type, length);
              sums = b.forLoop(b.index(0), length, sums,
                               [&](Value o, Value row) { return b.store(zero, row, o); });
              sums = geometry.forEachInput(
                  outer, sums,
                  [&](ValueRange from, Value o, ValueRange row) -> ScalarBuilder::Values {
                    Value sum = b.add(b.load(row[0], o), b.convert(b.load(input, from), type));
                    return {b.store(sum, row[0], o)};
                  })[0];
              Value row = type == elementType ? sums : rows[0];
              return {b.forLoop(b.index(0), length, row, [&](Value o, Value result) {
                Value sum = b.load(type == elementType ? result : sums, o);
                Value count = geometry.countTaps(outer, o, op.getCountIncludePad());
                return b.store(b.convert(b.div(sum, b.convert(count, type)), elementType), result,
                               o);
              })};
            });
      })[0];
}

/// Each region of interest is cut into bins of whole pixels; an empty bin gives zero.
static Value lowerMaxRoiPool(onnx::MaxRoiPoolOp op, Lowering &lowering) {
  Value x = lowering[op.getX()], rois = lowering[op.getRois()];
  ArrayRef<int64_t> pooled = op.getPooledShape();
  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    return dim == 0 ? lowering.getSize(op.getRois(), 0) : lowering.getSize(op.getX(), dim);
  });
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  double scale = op.getSpatialScale().convertToFloat();
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], regions = arguments.inputs[1], zero = b.index(0),
          one = b.index(1);
    auto read = [&](int64_t column) {
      return b.convert(b.load(regions, {at[0], b.index(column)}), type);
    };
    ScalarBuilder::Values first, last;
    for (int64_t i = 0; i < 2; ++i) {
      auto edge = [&](int64_t column) {
        return b.toIndex(
            b.createOrFold<math::RoundOp>(b.mul(read(column), b.constant(type, scale))));
      };
      Value start = edge(2 - i), size = b.max(b.add(b.sub(edge(4 - i), start), one), one),
            bound = b.dim(input, i + 2);
      Value bin = b.div(b.convert(size, type), b.constant(type, pooled[i]));
      Value from = b.toIndex(b.createOrFold<math::FloorOp>(b.mul(b.convert(at[i + 2], type), bin)));
      Value to = b.toIndex(
          b.createOrFold<math::CeilOp>(b.mul(b.convert(b.add(at[i + 2], one), type), bin)));
      first.push_back(b.clamp(b.add(from, start), zero, bound));
      last.push_back(b.clamp(b.add(to, start), zero, bound));
    }
    Value batch = b.checkIndex(b.toIndex(read(0)), b.dim(input, 0), "rois");
    Value isEmpty = b.logicalOr(b.lessEqual(last[0], first[0]), b.lessEqual(last[1], first[1]));
    Value initial = b.select(isEmpty, b.constant(elementType, 0), b.lowest(elementType));
    return {b.forLoop(first[0], last[0], initial, [&](Value h, Value rowBest) {
      return b.forLoop(first[1], last[1], rowBest, [&](Value w, Value best) {
        return b.max(best, b.load(input, {batch, at[1], h, w}));
      });
    })};
  };
  return createElementKernel(b, "max_roi_pool", {x, rois}, lowering.empty(sizes, elementType), {},
                             element)[0];
}

void addPoolingLowerings(LoweringTable &table) {
  table.add<onnx::MaxPoolOp>(lowerMaxPool);
  table.add<onnx::AveragePoolOp>(lowerAveragePool);
  table.add<onnx::MaxRoiPoolOp>(lowerMaxRoiPool);
}

} // namespace azulejo::lower
