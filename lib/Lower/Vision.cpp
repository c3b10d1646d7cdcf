//===- Vision.cpp - RoiAlign, NonMaxSuppression -----------------------------------------------===//
#include "dialects/ONNX/Vision.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "lib/Lower/Sort.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace azulejo::lower {

/// Each bin of a region is sampled at a regular grid of points, bilinearly, and the samples are
/// averaged; or the greatest of their weighted corners is taken, as ONNX defines `max`.
static Value lowerRoiAlign(onnx::RoiAlignOp op, Lowering &lowering) {
  Value x = lowering[op.getX()], rois = lowering[op.getRois()],
        batches = lowering[op.getBatchIndices()];
  int64_t bins[] = {static_cast<int64_t>(op.getOutputHeight()),
                    static_cast<int64_t>(op.getOutputWidth())};
  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    if (dim == 0)
      return lowering.getSize(op.getRois(), 0);
    return dim == 1 ? lowering.getSize(op.getX(), 1)
                    : OpFoldResult(lowering.getIndexAttr(bins[dim - 2]));
  });
  lowering.requireSameSize(op.getBatchIndices(), 0, "batch_indices", op.getRois(), 0, "rois");
  lowering.requireElements(op.getX(), {2, 3}, "X");
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  bool halfPixel = op.getCoordinateTransformationMode() == "half_pixel",
       average = op.getMode() == "avg";
  int64_t ratio = op.getSamplingRatio();
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], regions = arguments.inputs[1];
    auto number = [&](double value) { return b.constant(type, value); };
    Value batch = b.checkIndex(b.toIndex(b.load(arguments.inputs[2], at[0])), b.dim(input, 0),
                               "batch_indices");
    ScalarBuilder::Values origin, binSize, grid;
    for (int64_t i = 0; i < 2; ++i) {
      auto edge = [&](int64_t column) {
        Value value = b.convert(b.load(regions, {at[0], b.index(column)}), type);
        value = b.mul(value, number(op.getSpatialScale().convertToFloat()));
        return halfPixel ? b.sub(value, number(0.5)) : value;
      };
      Value start = edge(1 - i), length = b.sub(edge(3 - i), start);
      if (!halfPixel)
        length = b.max(length, number(1));
      Value size = b.div(length, number(bins[i]));
      binSize.push_back(size);
      origin.push_back(b.add(start, b.mul(b.convert(at[i + 2], type), size)));
      grid.push_back(ratio > 0 ? b.index(ratio) : b.toIndex(b.createOrFold<math::CeilOp>(size)));
    }
    Value first = average ? number(0) : b.lowest(type), zero = b.index(0), one = b.index(1);
    Value total = b.forLoops(
        grid, first, [&](ValueRange sample, ValueRange carried) -> ScalarBuilder::Values {
          Value outside = b.boolean(false);
          ScalarBuilder::Values low, high, lowWeight, highWeight;
          for (int64_t i = 0; i < 2; ++i) {
            Value step = b.div(b.mul(b.add(b.convert(sample[i], type), number(0.5)), binSize[i]),
                               b.convert(grid[i], type));
            Value y = b.add(origin[i], step), size = b.dim(input, i + 2), last = b.sub(size, one);
            Value bound = b.convert(size, type);
            outside = b.logicalOr(outside, b.logicalOr(b.less(y, number(-1)), b.less(bound, y)));
            y = b.clamp(y, number(0), b.convert(last, type));
            low.push_back(b.clamp(b.toIndex(y), zero, last));
            high.push_back(b.min(b.add(low[i], one), last));
            highWeight.push_back(b.sub(y, b.convert(low[i], type)));
            lowWeight.push_back(b.sub(number(1), highWeight[i]));
          }
          Value value;
          for (int64_t corner = 0; corner < 4; ++corner) {
            bool below = corner / 2, right = corner % 2;
            Value weight =
                b.mul((below ? highWeight : lowWeight)[0], (right ? highWeight : lowWeight)[1]);
            weight = b.select(outside, number(0), weight);
            ScalarBuilder::Values from = {batch, at[1], (below ? high : low)[0],
                                          (right ? high : low)[1]};
            Value part = b.mul(weight, b.convert(b.load(input, from), type));
            value = !value ? part : average ? b.add(value, part) : b.max(value, part);
          }
          return {average ? b.add(carried[0], value) : b.max(carried[0], value)};
        })[0];
    Value samples = b.mul(grid[0], grid[1]);
    if (average)
      total = b.div(total, b.convert(b.max(samples, one), type));
    else
      total = b.select(b.equal(samples, zero), number(0), total);
    return {b.convert(total, elementType)};
  };
  return createElementKernel(b, "roi_align", {x, rois, batches}, lowering.empty(sizes, elementType),
                             {}, element)[0];
}

namespace {
/// A box by its lower and upper edges, y before x.
struct Box {
  Value low[2], high[2];
};
} // namespace

static Box loadBox(ScalarBuilder &b, Value boxes, Value batch, Value box, bool centred) {
  auto read = [&](int64_t i) { return b.load(boxes, {batch, box, b.index(i)}); };
  Box result;
  for (int64_t i = 0; i < 2; ++i) {
    if (centred) {
      Value middle = read(1 - i), half = b.mul(read(3 - i), b.constant(middle.getType(), 0.5));
      result.low[i] = b.sub(middle, half);
      result.high[i] = b.add(middle, half);
    } else {
      Value one = read(i), other = read(i + 2);
      result.low[i] = b.min(one, other);
      result.high[i] = b.max(one, other);
    }
  }
  return result;
}

/// Whether the boxes' intersection over union is greater than the threshold.
static Value overlaps(ScalarBuilder &b, const Box &p, const Box &q, Value threshold) {
  Type type = threshold.getType();
  Value zero = b.constant(type, 0);
  auto area = [&](const Box &box) {
    return b.mul(b.sub(box.high[0], box.low[0]), b.sub(box.high[1], box.low[1]));
  };
  Value common = b.constant(type, 1);
  for (int64_t i = 0; i < 2; ++i)
    common =
        b.mul(common, b.max(b.sub(b.min(p.high[i], q.high[i]), b.max(p.low[i], q.low[i])), zero));
  Value together = b.sub(b.add(area(p), area(q)), common);
  return b.logicalAnd(b.less(zero, together), b.less(threshold, b.div(common, together)));
}

/// Per batch and class: boxes in order of score, each kept unless it overlaps one kept before. The
/// triples are written to a buffer that holds as many as there can be; it is cut to their number
/// afterwards.
static Value lowerNonMaxSuppression(onnx::NonMaxSuppressionOp op, Lowering &lowering) {
  Value boxes = lowering[op.getBoxes()], scores = lowering[op.getScores()];
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type i64 = b.getI64Type(), type = getElementType(boxes);
  bool centred = op.getCenterPointBox();
  Value limit = op.getMaxOutputBoxesPerClass()
                    ? lowering.readIndex(lowering[op.getMaxOutputBoxesPerClass()])
                    : b.index(0);
  Value threshold = op.getIouThreshold() ? lowering.readScalar(lowering[op.getIouThreshold()])
                                         : b.constant(type, 0);
  Value scoreThreshold = op.getScoreThreshold()
                             ? lowering.readScalar(lowering[op.getScoreThreshold()])
                             : b.lowest(type);
  lowering.requireSameSize(op.getScores(), 0, "scores", op.getBoxes(), 0, "boxes");
  lowering.requireSameSize(op.getScores(), 2, "scores", op.getBoxes(), 1, "boxes");
  auto capacity = lowering.product(lowering.getSizes(op.getScores()));
  ScalarBuilder::Values outputs = {lowering.empty({capacity, lowering.getIndexAttr(3)}, i64),
                                   lowering.empty({}, i64)};

  auto results = createKernel(
      b, "non_max_suppression", {boxes, scores}, outputs, {limit, threshold, scoreThreshold},
      [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
        Value allBoxes = arguments.inputs[0], allScores = arguments.inputs[1];
        Value maximum = arguments.scalars[0], iou = arguments.scalars[1],
              minimum = arguments.scalars[2];
        Value n = b.dim(allBoxes, 1), zero = b.index(0);
        auto selected = b.forLoops(
            {b.dim(allScores, 0), b.dim(allScores, 1)}, {arguments.outputs[0], zero},
            [&](ValueRange at, ValueRange carried) -> ScalarBuilder::Values {
              Value batch = at[0], category = at[1], start = carried[1];
              auto score = [&](Value box) { return b.load(allScores, {batch, category, box}); };
              Value order =
                  sortIndices(b, n, [&](Value i, Value j) { return b.less(score(j), score(i)); });
              return b.forLoop(
                  zero, n, carried, [&](Value k, ValueRange state) -> ScalarBuilder::Values {
                    Value box = b.toIndex(b.load(order, k)), count = b.sub(state[1], start);
                    Value eligible =
                        b.logicalAnd(b.less(minimum, score(box)), b.less(count, maximum));
                    auto consider = [&]() -> ScalarBuilder::Values {
                      Box candidate = loadBox(b, allBoxes, batch, box, centred);
                      Value suppressed = b.forLoop(
                          start, state[1], b.boolean(false), [&](Value kept, Value found) {
                            Value other = b.toIndex(b.load(state[0], {kept, b.index(2)}));
                            return b.logicalOr(
                                found, overlaps(b, candidate,
                                                loadBox(b, allBoxes, batch, other, centred), iou));
                          });
                      Value output = state[0];
                      Value triple[] = {batch, category, box};
                      for (auto [i, value] : llvm::enumerate(triple))
                        output = b.store(b.convert(value, i64), output, {state[1], b.index(i)});
                      // A row written and not counted is written again.
                      return {output, b.select(suppressed, state[1], b.add(state[1], 1))};
                    };
                    auto pass = [&]() -> ScalarBuilder::Values { return {state[0], state[1]}; };
                    return b.ifElse(eligible, llvm::function_ref<ScalarBuilder::Values()>(consider),
                                    llvm::function_ref<ScalarBuilder::Values()>(pass));
                  });
            });
        return {selected[0], b.store(b.convert(selected[1], i64), arguments.outputs[1])};
      });
  OpFoldResult zero = lowering.getIndexAttr(0), count = lowering.readIndex(results[1]);
  return lowering.extractSlice(results[0], {zero, zero}, {count, lowering.getIndexAttr(3)});
}

void addVisionLowerings(LoweringTable &table) {
  table.add<onnx::RoiAlignOp>(lowerRoiAlign);
  table.add<onnx::NonMaxSuppressionOp>(lowerNonMaxSuppression);
}

} // namespace azulejo::lower
