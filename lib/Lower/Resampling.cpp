//===- Resampling.cpp - Resize, GridSample ----------------------------------------------------===//
//
// Resize interpolates one axis after the other, which gives the same as all at once; nearest needs
// one kernel for all axes. Coordinates are computed in f64, as the specification's examples are: a
// coordinate that should be an integer must not fall below it.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Resampling.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace azulejo::lower {

namespace {

/// One axis of a Resize. Scalars are f64 at function level.
struct ResizedAxis {
  int64_t axis;
  Value scale, roiStart, roiEnd;
  OpFoldResult inputSize, outputSize;
  std::optional<double> knownScale;
};

/// Where an output element lies in the input along one axis, and whether that is outside of what
/// may be read.
struct Coordinate {
  Value x, isExtrapolated;
};

} // namespace

static Value floorOf(ScalarBuilder &b, Value x) { return b.createOrFold<math::FloorOp>(x); }
static Value ceilOf(ScalarBuilder &b, Value x) { return b.createOrFold<math::CeilOp>(x); }
static Value absOf(ScalarBuilder &b, Value x) { return b.createOrFold<math::AbsFOp>(x); }

/// The scalars a kernel needs for an axis, in the order that `getCoordinate` reads them.
static ScalarBuilder::Values getAxisScalars(const ResizedAxis &axis) {
  ScalarBuilder::Values scalars = {axis.scale};
  if (axis.roiStart)
    scalars.append({axis.roiStart, axis.roiEnd});
  return scalars;
}

/// The coordinate transformation. `scalars` are the axis's own; sizes are indices.
static Coordinate getCoordinate(ScalarBuilder &b, StringRef mode, Value o, ArrayRef<Value> scalars,
                                Value inputSize, Value outputSize) {
  Type f64 = b.getF64Type();
  auto number = [&](double value) { return b.constant(f64, value); };
  Value y = b.convert(o, f64), scale = scalars[0], width = b.convert(inputSize, f64);
  Value half = number(0.5), one = number(1);
  Value outputWidth = b.mul(scale, width), isOne = b.equal(outputWidth, one);
  Value halfPixel = b.sub(b.div(b.add(y, half), scale), half);
  if (mode == "asymmetric")
    return {b.div(y, scale), Value()};
  if (mode == "align_corners") {
    Value x = b.div(b.mul(y, b.sub(width, one)), b.sub(outputWidth, one));
    return {b.select(isOne, number(0), x), Value()};
  }
  if (mode == "pytorch_half_pixel")
    return {b.select(isOne, number(-0.5), halfPixel), Value()};
  if (mode == "half_pixel_symmetric") {
    Value adjustment = b.div(b.convert(outputSize, f64), outputWidth);
    return {b.add(b.mul(b.mul(width, half), b.sub(one, adjustment)), halfPixel), Value()};
  }
  if (mode == "tf_crop_and_resize") {
    Value last = b.sub(width, one), extent = b.mul(b.sub(scalars[2], scalars[1]), last);
    Value x =
        b.select(isOne, b.mul(extent, half), b.div(b.mul(y, extent), b.sub(outputWidth, one)));
    x = b.add(x, b.mul(scalars[1], last));
    return {x, b.logicalNot(b.logicalAnd(b.lessEqual(number(0), x), b.lessEqual(x, last)))};
  }
  return {halfPixel, Value()};
}

static Value clampIndex(ScalarBuilder &b, Value index, Value size) {
  return b.clamp(index, b.index(0), b.sub(size, b.index(1)));
}

/// The rounding of nearest; on an integer all agree.
static Value roundCoordinate(ScalarBuilder &b, StringRef mode, Value x) {
  Value half = b.constant(x.getType(), 0.5);
  if (mode == "floor")
    return b.toIndex(floorOf(b, x));
  if (mode == "ceil")
    return b.toIndex(ceilOf(b, x));
  return b.toIndex(mode == "round_prefer_ceil" ? floorOf(b, b.add(x, half))
                                               : ceilOf(b, b.sub(x, half)));
}

/// How much a tap at this distance (not negative) weighs: the triangle, or Keys' cubic kernel.
static Value getWeight(ScalarBuilder &b, bool cubic, double a, Value distance) {
  Type type = distance.getType();
  auto number = [&](double value) { return b.constant(type, value); };
  if (!cubic)
    return b.max(b.sub(number(1), distance), number(0));
  Value square = b.mul(distance, distance), cube = b.mul(square, distance);
  Value near = b.add(b.sub(b.mul(number(a + 2), cube), b.mul(number(a + 3), square)), number(1));
  Value far = b.sub(b.add(b.sub(b.mul(number(a), cube), b.mul(number(5 * a), square)),
                          b.mul(number(8 * a), distance)),
                    number(4 * a));
  return b.select(b.lessEqual(distance, number(1)), near,
                  b.select(b.less(distance, number(2)), far, number(0)));
}

/// A number as another type, for results of interpolation: integers are rounded to nearest even and
/// saturate.
static Value toElement(ScalarBuilder &b, Value x, Type type, bool isUnsigned) {
  if (isa<FloatType>(type) || x.getType() == type)
    return b.convert(x, type);
  Value low = b.convert(b.lowest(type, isUnsigned), x.getType(), isUnsigned);
  Value high = b.convert(b.highest(type, isUnsigned), x.getType(), isUnsigned);
  return b.convert(b.clamp(b.createOrFold<math::RoundEvenOp>(x), low, high), type, isUnsigned);
}

static Value resizeNearest(onnx::ResizeOp op, Lowering &lowering, ScalarBuilder &b,
                           ArrayRef<ResizedAxis> axes, ArrayRef<OpFoldResult> sizes) {
  Value x = lowering[op.getX()];
  Type elementType = getElementType(x);
  StringRef mode = op.getCoordinateTransformationMode(), rounding = op.getNearestMode();
  // Where each input element is simply repeated, its index is a quotient.
  bool repeats =
      (mode == "asymmetric" && rounding == "floor") ||
      ((mode == "half_pixel" || mode == "pytorch_half_pixel") && rounding == "round_prefer_floor");
  ScalarBuilder::Values scalars;
  for (const ResizedAxis &axis : axes)
    scalars.append(getAxisScalars(axis));
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], outside;
    ScalarBuilder::Values from(at);
    ArrayRef<Value> rest = arguments.scalars;
    for (const ResizedAxis &axis : axes) {
      ArrayRef<Value> own = rest.take_front(axis.roiStart ? 3 : 1);
      rest = rest.drop_front(own.size());
      Value o = at[axis.axis], size = b.dim(input, axis.axis);
      double scale = axis.knownScale.value_or(0);
      if (repeats && scale >= 1 && scale == static_cast<int64_t>(scale)) {
        from[axis.axis] = b.div(o, b.index(static_cast<int64_t>(scale)));
        continue;
      }
      Coordinate coordinate =
          getCoordinate(b, mode, o, own, size, b.dim(arguments.outputs[0], axis.axis));
      from[axis.axis] = clampIndex(b, roundCoordinate(b, rounding, coordinate.x), size);
      if (coordinate.isExtrapolated)
        outside =
            outside ? b.logicalOr(outside, coordinate.isExtrapolated) : coordinate.isExtrapolated;
    }
    Value value = b.load(input, from);
    if (outside) {
      Value otherwise =
          toElement(b, b.constant(b.getF32Type(), op.getExtrapolationValue().convertToFloat()),
                    elementType, isUnsigned(op.getX()));
      value = b.select(outside, otherwise, value);
    }
    return {value};
  };
  return createElementKernel(b, "resize_nearest", x, lowering.empty(sizes, elementType), scalars,
                             element)[0];
}

/// Linear or cubic interpolation along one axis: a weighted sum of the taps around the coordinate.
/// With antialiasing the taps are spread when the axis shrinks. The row of outputs is the innermost
/// loop, with one set of weights for all of it unless the axis itself is the innermost.
static Value interpolateAxis(onnx::ResizeOp op, Lowering &lowering, ScalarBuilder &b,
                             const ResizedAxis &axis, Value x, ArrayRef<OpFoldResult> sizes,
                             Type resultType) {
  int64_t last = sizes.size() - 1;
  bool cubic = op.getMode() == "cubic", antialias = op.getAntialias(),
       excludeOutside = op.getExcludeOutside();
  bool unsignedElements = isUnsigned(op.getX());
  double a = op.getCubicCoeffA().convertToFloat();
  Type type = lowering.computeType(resultType), f64 = b.getF64Type();
  if (!isa<FloatType>(type))
    type = b.getF32Type();
  int64_t reach = cubic ? 2 : 1;

  auto body = [&](ScalarBuilder &, const KernelArguments &arguments) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], size = b.dim(input, axis.axis),
          outputSize = b.dim(arguments.outputs[0], axis.axis);
    Value spread = b.constant(f64, 1), first = b.index(1 - reach), taps = b.index(2 * reach);
    if (antialias) {
      spread = b.min(arguments.scalars[0], spread);
      first = b.add(b.toIndex(floorOf(b, b.div(b.constant(f64, -reach), spread))), 1);
      taps = b.sub(b.index(2), b.mul(first, 2));
    }
    // Calls `add` for each tap with its index and weight; gives what it carries, and the sum of the
    // weights.
    auto forEachTap = [&](Value x, Value carried,
                          llvm::function_ref<Value(Value from, Value weight, Value)> add) {
      Value base = floorOf(b, x), ratio = b.sub(x, base), start = b.add(b.toIndex(base), first);
      return b.forLoop(
          b.index(0), taps, {carried, b.constant(type, 0)},
          [&](Value tap, ValueRange values) -> ScalarBuilder::Values {
            Value from = b.add(start, tap);
            Value distance =
                absOf(b, b.mul(spread, b.sub(b.convert(b.add(first, tap), f64), ratio)));
            Value weight = b.convert(getWeight(b, cubic, a, distance), type);
            if (excludeOutside)
              weight = b.select(b.inRange(from, b.index(0), size), weight, b.constant(type, 0));
            return {add(clampIndex(b, from, size), weight, values[0]), b.add(values[1], weight)};
          });
    };
    bool normalise = antialias || excludeOutside;
    auto finish = [&](Value sum, Value weights, Value isExtrapolated) {
      Value result = normalise ? b.div(sum, weights) : sum;
      if (isExtrapolated)
        result = b.select(isExtrapolated,
                          b.constant(type, op.getExtrapolationValue().convertToFloat()), result);
      return toElement(b, result, resultType, unsignedElements);
    };
    auto read = [&](ValueRange from) {
      return b.convert(b.load(input, from), type, unsignedElements);
    };

    return forEachRow(
        b, arguments.outputs, last,
        [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
          ScalarBuilder::Values at(outer);
          at.push_back(Value());
          auto coordinateOf = [&](Value o) {
            return getCoordinate(b, op.getCoordinateTransformationMode(), o, arguments.scalars,
                                 size, outputSize);
          };
          Value length = b.dim(rows[0], 0), zero = b.index(0);
          if (axis.axis == last)
            return {b.forLoop(zero, length, rows[0], [&](Value j, Value row) {
              Coordinate coordinate = coordinateOf(j);
              auto sums = forEachTap(coordinate.x, b.constant(type, 0),
                                     [&](Value from, Value weight, Value sum) {
                                       at[last] = from;
                                       return b.add(sum, b.mul(weight, read(at)));
                                     });
              return b.store(finish(sums[0], sums[1], coordinate.isExtrapolated), row, j);
            })};

          Coordinate coordinate = coordinateOf(outer[axis.axis]);
          Value sums = b.forLoop(zero, length, b.empty(type, length), [&](Value j, Value row) {
            return b.store(b.constant(type, 0), row, j);
          });
          auto total = forEachTap(coordinate.x, sums, [&](Value from, Value weight, Value partial) {
            at[axis.axis] = from;
            return b.forLoop(zero, length, partial, [&](Value j, Value row) {
              at[last] = j;
              return b.store(b.add(b.load(row, j), b.mul(weight, read(at))), row, j);
            });
          });
          return {b.forLoop(zero, length, rows[0], [&](Value j, Value row) {
            return b.store(finish(b.load(total[0], j), total[1], coordinate.isExtrapolated), row,
                           j);
          })};
        });
  };
  return createKernel(b, "resize", x, lowering.empty(sizes, resultType), getAxisScalars(axis),
                      body)[0];
}

/// The axes that Resize may change, with their scales and sizes. Operands are read on the host
/// where they are not known.
static SmallVector<ResizedAxis> getResizedAxes(onnx::ResizeOp op, Lowering &lowering,
                                               ScalarBuilder &b) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  if (auto given = op.getAxes())
    axes = llvm::map_to_vector(
        *given, [&](int64_t axis) { return axis < 0 ? axis + type.getRank() : axis; });
  Type f64 = b.getF64Type();
  bool crops = op.getCoordinateTransformationMode() == "tf_crop_and_resize";
  auto isPresent = [](Value operand) {
    return operand && cast<RankedTensorType>(operand.getType()).getNumElements() != 0;
  };
  bool byScales = op.getScales() && !(op.getSizes() && isPresent(op.getSizes()));
  std::optional<SmallVector<double>> scales;
  if (byScales)
    scales = lowering.getConstantFloats(op.getScales());
  std::optional<SmallVector<int64_t>> given;
  if (!byScales)
    given = lowering.getConstantInts(op.getSizes());

  SmallVector<ResizedAxis> result;
  SmallVector<Value> inputs;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    ResizedAxis resized;
    resized.axis = axis;
    resized.inputSize = lowering.getSize(op.getX(), axis);
    Value input = b.convert(lowering.asIndex(resized.inputSize), f64);
    inputs.push_back(input);
    int64_t position = i;
    if (scales)
      resized.knownScale = (*scales)[i];
    if (byScales) {
      resized.scale = scales
                          ? b.constant(f64, (*scales)[i])
                          : b.convert(lowering.readScalar(lowering[op.getScales()], position), f64);
      resized.outputSize = b.toIndex(floorOf(b, b.mul(resized.scale, input)));
    } else {
      resized.outputSize =
          given ? OpFoldResult(b.getIndexAttr((*given)[i]))
                : OpFoldResult(lowering.readIndex(lowering[op.getSizes()], position));
      resized.scale = b.div(b.convert(lowering.asIndex(resized.outputSize), f64), input);
      std::optional<int64_t> from = getConstantIntValue(resized.inputSize),
                             to = getConstantIntValue(resized.outputSize);
      if (from && to && *from)
        resized.knownScale = static_cast<double>(*to) / *from;
    }
    if (crops && op.getRoi()) {
      Value roi = lowering[op.getRoi()];
      int64_t count = axes.size();
      resized.roiStart = b.convert(lowering.readScalar(roi, position), f64);
      resized.roiEnd = b.convert(lowering.readScalar(roi, position + count), f64);
    }
    result.push_back(resized);
  }

  StringRef policy = op.getKeepAspectRatioPolicy();
  if (!byScales && policy != "stretch") {
    Value scale = result[0].scale;
    for (const ResizedAxis &axis : ArrayRef<ResizedAxis>(result).drop_front())
      scale = policy == "not_larger" ? b.min(scale, axis.scale) : b.max(scale, axis.scale);
    for (auto [axis, input] : llvm::zip(result, inputs)) {
      axis.scale = scale;
      axis.knownScale.reset();
      axis.outputSize = b.toIndex(floorOf(b, b.add(b.mul(scale, input), b.constant(f64, 0.5))));
    }
  }
  return result;
}

static Value lowerResize(onnx::ResizeOp op, Lowering &lowering) {
  ScalarBuilder b(lowering.getLoc(), lowering);
  SmallVector<ResizedAxis> axes = getResizedAxes(op, lowering, b);
  Value x = lowering[op.getX()];
  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    for (const ResizedAxis &axis : axes)
      if (axis.axis == dim)
        return axis.outputSize;
    return lowering.getSize(op.getX(), dim);
  });
  // An axis that keeps its size at scale 1 keeps its elements, unless it is cropped.
  llvm::erase_if(axes,
                 [](const ResizedAxis &axis) { return axis.knownScale == 1.0 && !axis.roiStart; });
  if (axes.empty())
    return x;
  for (const ResizedAxis &axis : axes)
    lowering.requireElements(op.getX(), axis.axis, "X");
  if (op.getMode() == "nearest")
    return resizeNearest(op, lowering, b, axes, sizes);

  Type elementType = getElementType(x);
  Type between =
      isa<FloatType>(elementType) ? lowering.computeType(elementType) : Type(b.getF32Type());
  SmallVector<OpFoldResult> current = lowering.getSizes(op.getX());
  // Short rows first cost least: the innermost axis is interpolated last.
  for (auto [i, axis] : llvm::enumerate(axes)) {
    current[axis.axis] = sizes[axis.axis];
    x = interpolateAxis(op, lowering, b, axis, x, current,
                        i + 1 == axes.size() ? elementType : between);
  }
  return x;
}

//===- GridSample -----------------------------------------------------------------------------===//

/// Mirrors x at both borders until it lies between them.
static Value reflect(ScalarBuilder &b, Value x, Value low, Value high) {
  Type type = x.getType();
  Value range = b.sub(high, low), zero = b.constant(type, 0);
  Value below = b.less(x, low), beyond = b.less(high, x);
  Value distance = b.select(below, b.sub(low, x), b.sub(x, high));
  Value turns = floorOf(b, b.div(distance, range)), rest = b.sub(distance, b.mul(turns, range));
  Value halves = b.mul(turns, b.constant(type, 0.5)), isEven = b.equal(floorOf(b, halves), halves);
  // An even number of turns comes back from the border that was crossed.
  Value fromLow = b.equal(isEven, below);
  Value reflected = b.select(fromLow, b.add(low, rest), b.sub(high, rest));
  reflected = b.select(b.less(zero, range), reflected, low);
  return b.select(b.logicalOr(below, beyond), reflected, x);
}

static Value lowerGridSample(onnx::GridSampleOp op, Lowering &lowering) {
  Value x = lowering[op.getX()], grid = lowering[op.getGrid()];
  int64_t rank = cast<RankedTensorType>(x.getType()).getRank(), spatial = rank - 2;
  lowering.requireSameSize(op.getGrid(), 0, "grid", op.getX(), 0, "X");
  lowering.requireElements(op.getX(), llvm::to_vector(llvm::seq<int64_t>(2, rank)), "X");
  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    return dim < 2 ? lowering.getSize(op.getX(), dim) : lowering.getSize(op.getGrid(), dim - 1);
  });
  StringRef padding = op.getPaddingMode(), mode = op.getMode();
  bool nearest = mode == "nearest", cubic = mode == "cubic" || mode == "bicubic",
       alignCorners = op.getAlignCorners();
  Type elementType = getElementType(x), gridType = lowering.computeType(getElementType(grid));
  Type type =
      isa<FloatType>(elementType) ? lowering.computeType(elementType) : Type(lowering.getF32Type());
  ScalarBuilder b(lowering.getLoc(), lowering);
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0];
    auto number = [&](double value) { return b.constant(gridType, value); };
    ScalarBuilder::Values position, low, high;
    for (int64_t i = 0; i < spatial; ++i) {
      // The grid's last dimension names the innermost spatial dimension first.
      ScalarBuilder::Values from = {at[0]};
      from.append(at.begin() + 2, at.end());
      from.push_back(b.index(spatial - 1 - i));
      Value normal = b.convert(b.load(arguments.inputs[1], from), gridType),
            size = b.convert(b.dim(input, i + 2), gridType);
      Value shifted = b.add(normal, number(1)), half = number(0.5);
      Value coordinate = alignCorners ? b.mul(b.mul(shifted, half), b.sub(size, number(1)))
                                      : b.mul(b.sub(b.mul(shifted, size), number(1)), half);
      low.push_back(number(alignCorners ? 0 : -0.5));
      high.push_back(b.sub(size, number(alignCorners ? 1 : 0.5)));
      if (nearest)
        coordinate = b.createOrFold<math::RoundEvenOp>(coordinate);
      if (padding == "border") {
        Value clamped = b.clamp(coordinate, number(0), b.sub(size, number(1)));
        Value outside = b.logicalOr(b.less(coordinate, low[i]), b.less(high[i], coordinate));
        coordinate = b.select(outside, clamped, coordinate);
      } else if (padding == "reflection") {
        coordinate = reflect(b, coordinate, low[i], high[i]);
      }
      position.push_back(coordinate);
    }

    // The element at whole coordinates, which may lie outside.
    auto pixel = [&](ValueRange whole) {
      ScalarBuilder::Values from = {at[0], at[1]};
      Value inside = b.boolean(true);
      for (int64_t i = 0; i < spatial; ++i) {
        Value index = whole[i], size = b.dim(input, i + 2);
        if (padding == "zeros")
          inside = b.logicalAnd(inside, b.inRange(index, b.index(0), size));
        else if (padding == "reflection")
          index = b.toIndex(reflect(b, b.convert(index, gridType), low[i], high[i]));
        from.push_back(clampIndex(b, index, size));
      }
      Value value = b.convert(b.load(input, from), type, isUnsigned(op.getX()));
      return padding == "zeros" ? b.select(inside, value, b.constant(type, 0)) : value;
    };

    if (nearest) {
      ScalarBuilder::Values whole;
      for (Value coordinate : position)
        whole.push_back(b.toIndex(coordinate));
      return {toElement(b, pixel(whole), elementType, isUnsigned(op.getX()))};
    }
    ScalarBuilder::Values base, ratio;
    for (Value coordinate : position) {
      base.push_back(floorOf(b, coordinate));
      ratio.push_back(b.sub(coordinate, base.back()));
    }
    int64_t reach = cubic ? 2 : 1;
    ScalarBuilder::Values taps(spatial, b.index(2 * reach));
    Value sum =
        b.forLoops(taps, b.constant(type, 0),
                   [&](ValueRange tap, ValueRange carried) -> ScalarBuilder::Values {
                     Value weight = number(1);
                     ScalarBuilder::Values whole;
                     for (int64_t i = 0; i < spatial; ++i) {
                       Value offset = b.add(tap[i], 1 - reach);
                       whole.push_back(b.add(b.toIndex(base[i]), offset));
                       Value distance = absOf(b, b.sub(b.convert(offset, gridType), ratio[i]));
                       weight = b.mul(weight, getWeight(b, cubic, -0.75, distance));
                     }
                     return {b.add(carried[0], b.mul(b.convert(weight, type), pixel(whole)))};
                   })[0];
    return {toElement(b, sum, elementType, isUnsigned(op.getX()))};
  };
  return createElementKernel(b, "grid_sample", {x, grid}, lowering.empty(sizes, elementType), {},
                             element)[0];
}

void addResamplingLowerings(LoweringTable &table) {
  table.add<onnx::ResizeOp>(lowerResize);
  table.add<onnx::GridSampleOp>(lowerGridSample);
}

} // namespace azulejo::lower
