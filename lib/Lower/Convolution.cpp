//===- Convolution.cpp - Conv, ConvInteger, ConvTranspose, DeformConv, Col2Im -----------------===//
#include "dialects/ONNX/Convolution.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "lib/Lower/Window.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

/// Zeros around the spatial dimensions, for padding that tile.conv cannot hold as numbers.
static Value padSpatial(Lowering &b, Value x, const Window &window) {
  SmallVector<OpFoldResult> low(2, b.getIndexAttr(0)), high(2, b.getIndexAttr(0));
  llvm::append_range(low, window.begin);
  llvm::append_range(high, window.end);
  Value zero = b.constant(getElementType(x), 0);
  return tensor::PadOp::create(b, Type(), x, low, high, zero);
}

/// A convolution of which only the run knows how many channels there are: each output element by
/// itself, in the element type of the result.
static Value convolveElements(Lowering &lowering, const Window &window,
                              ArrayRef<OpFoldResult> sizes, Value x, Value w, Value bias,
                              int64_t group, Type elementType) {
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type type = lowering.computeType(elementType);
  ScalarBuilder::Values inputs = {x, w}, pads;
  if (bias)
    inputs.push_back(bias);
  for (OpFoldResult pad : window.begin)
    pads.push_back(lowering.asIndex(pad));
  unsigned rank = window.rank();
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], weights = arguments.inputs[1], zero = b.index(0);
    Value channels = b.dim(weights, 1);
    Value outputs = b.max(b.div(b.dim(weights, 0), b.index(group)), b.index(1));
    Value first = b.mul(b.div(at[1], outputs), channels);
    Value sum = bias ? b.convert(b.load(arguments.inputs[2], at[1]), type) : b.constant(type, 0);
    ScalarBuilder::Values taps = b.dims(weights);
    taps.erase(taps.begin(), taps.begin() + 2);
    sum = b.forLoops(taps, sum, [&](ValueRange k, ValueRange partial) -> ScalarBuilder::Values {
      Value isInside = b.boolean(true);
      ScalarBuilder::Values position;
      for (unsigned i = 0; i < rank; ++i) {
        position.push_back(b.add(b.sub(b.mul(at[i + 2], window.strides[i]), arguments.scalars[i]),
                                 b.mul(k[i], window.dilations[i])));
        isInside = b.logicalAnd(isInside, b.inRange(position[i], zero, b.dim(input, i + 2)));
      }
      return {b.ifThen(isInside, partial[0], [&] {
        return b.forLoop(zero, channels, partial[0], [&](Value c, Value inner) {
          ScalarBuilder::Values from = {at[0], b.add(first, c)}, tap = {at[1], c};
          from.append(position);
          tap.append(k.begin(), k.end());
          return b.add(inner, b.mul(b.convert(b.load(input, from), type),
                                    b.convert(b.load(weights, tap), type)));
        });
      })};
    })[0];
    return {b.convert(sum, elementType)};
  };
  return createElementKernel(b, "conv", inputs, lowering.empty(sizes, elementType), pads,
                             element)[0];
}

/// A convolution of lowered operands, in the element type of the result. `bias` may be null.
static Value convolve(Lowering &b, Operation *op, Value originalX, Value originalW, Value originalY,
                      Value x, Value w, Value bias, int64_t group, Type elementType) {
  Window window = Window::get(op, originalX, originalW, b);
  auto sizes = b.getResultSizes(originalY, [&](int64_t dim) -> OpFoldResult {
    if (dim == 0)
      return b.getSize(originalX, 0);
    if (dim == 1)
      return b.getSize(originalW, 0);
    return window.positions(dim - 2, b.getSize(originalX, dim), false, b);
  });
  auto weights = cast<RankedTensorType>(w.getType());
  if (weights.isDynamicDim(0) || weights.isDynamicDim(1)) {
    b.requireEqual(b.getSize(originalX, 1), b.mul(b.getSize(originalW, 1), b.getIndexAttr(group)),
                   "X has {} channels, and W takes {}");
    if (bias)
      b.requireEqual(b.getLoweredSize(bias, 0), b.getSize(originalW, 0),
                     "B has {} elements, and there are {} channels");
    return convolveElements(b, window, sizes, x, w, bias, group, elementType);
  }
  std::optional<SmallVector<int64_t>> pads = window.staticPads();
  if (!pads || llvm::any_of(*pads, [](int64_t pad) { return pad < 0; })) {
    x = padSpatial(b, x, window);
    pads = SmallVector<int64_t>(2 * window.rank(), 0);
  }
  // Narrow floats are multiplied and summed in f32, which tile.conv extends them to.
  Type accumulator = b.computeType(elementType);
  Value init;
  if (bias) {
    AffineMap channel = AffineMap::get(sizes.size(), 0, b.getAffineDimExpr(1));
    init = b.parallel({{bias, channel}}, sizes, accumulator, [&](ValueRange v) {
      return ScalarBuilder(b.getLoc(), b).convert(v[0], accumulator);
    });
  } else {
    init = b.fill(0.0, sizes, accumulator);
  }
  Value y = tile::ConvOp::create(b, x, w, init, window.strides, window.dilations, *pads, group)
                .getResult(0);
  if (accumulator == elementType)
    return y;
  return b.parallel({{y, b.identityMap(sizes.size())}}, sizes, elementType, [&](ValueRange v) {
    return ScalarBuilder(b.getLoc(), b).convert(v[0], elementType);
  });
}

static Value lowerConv(onnx::ConvOp op, Lowering &b) {
  return convolve(b, op, op.getX(), op.getW(), op.getY(), b[op.getX()], b[op.getW()], b[op.getB()],
                  op.getGroup(), getElementType(b[op.getX()]));
}

/// An 8-bit operand as i32, less its zero point: one for all, or one for each index of dimension 0.
static Value subtractZeroPoint(Lowering &b, Value original, Value zeroPoint) {
  Value lowered = b[original];
  SmallVector<OpFoldResult> sizes = b.getSizes(original);
  SmallVector<MappedValue> inputs = {{lowered, b.identityMap(sizes.size())}};
  if (zeroPoint) {
    auto type = cast<RankedTensorType>(zeroPoint.getType());
    SmallVector<AffineExpr> exprs;
    if (type.getRank() == 1)
      exprs.push_back(type.getDimSize(0) == 1 ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(0));
    inputs.push_back({b[zeroPoint], AffineMap::get(sizes.size(), 0, exprs, b.getContext())});
  }
  bool isUnsignedInput = isUnsigned(original);
  return b.parallel(inputs, sizes, b.getI32Type(), [&](ValueRange x) {
    ScalarBuilder s(b.getLoc(), b);
    Value value = s.convert(x[0], b.getI32Type(), isUnsignedInput);
    return zeroPoint ? s.sub(value, s.convert(x[1], b.getI32Type(), isUnsignedInput)) : value;
  });
}

static Value lowerConvInteger(onnx::ConvIntegerOp op, Lowering &b) {
  // The padding stands for the zero point, which is zero after the subtraction.
  Value x = subtractZeroPoint(b, op.getX(), op.getXZeroPoint()),
        w = subtractZeroPoint(b, op.getW(), op.getWZeroPoint());
  return convolve(b, op, op.getX(), op.getW(), op.getY(), x, w, Value(), op.getGroup(),
                  b.getI32Type());
}

/// Each output element gathers what the inputs would have scattered to it: input i reaches output i
/// * stride + k * dilation - pad.
static Value lowerConvTranspose(onnx::ConvTransposeOp op, Lowering &lowering) {
  Value x = lowering[op.getX()], w = lowering[op.getW()];
  Window window = Window::get(op, op.getX(), op.getW(), lowering);
  unsigned rank = window.rank();
  int64_t group = op.getGroup();
  SmallVector<int64_t> outputPadding(rank, 0);
  if (auto padding = op.getOutputPadding())
    outputPadding = llvm::to_vector(*padding);

  // A size that is asked for decides the padding; without one, `SAME` makes the result stride times
  // as large as the input.
  auto asked = op.getOutputShape();
  auto getAsked = [&](unsigned i) {
    return lowering.getIndexAttr((*asked)[asked->size() - rank + i]);
  };
  if (asked || op.getAutoPad().starts_with("SAME"))
    for (unsigned i = 0; i < rank; ++i) {
      OpFoldResult stride = lowering.getIndexAttr(window.strides[i]),
                   size = lowering.getSize(op.getX(), i + 2),
                   wanted = asked ? getAsked(i) : lowering.mul(size, stride),
                   last = lowering.mul(lowering.sub(size, lowering.getIndexAttr(1)), stride),
                   more = lowering.add(window.span(i, lowering),
                                       lowering.getIndexAttr(outputPadding[i]));
      OpFoldResult total =
          lowering.max(lowering.sub(lowering.add(last, more), wanted), lowering.getIndexAttr(0));
      OpFoldResult half = lowering.div(total, lowering.getIndexAttr(2)),
                   rest = lowering.sub(total, half);
      bool upper = asked ? op.getAutoPad() == "SAME_UPPER" : op.getAutoPad() != "SAME_LOWER";
      window.begin[i] = upper ? half : rest;
      window.end[i] = upper ? rest : half;
    }

  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    if (dim == 0)
      return lowering.getSize(op.getX(), 0);
    if (dim == 1)
      return lowering.mul(lowering.getSize(op.getW(), 1), lowering.getIndexAttr(group));
    if (asked)
      return getAsked(dim - 2);
    OpFoldResult steps = lowering.sub(lowering.getSize(op.getX(), dim), lowering.getIndexAttr(1));
    OpFoldResult full =
        lowering.add(lowering.mul(steps, lowering.getIndexAttr(window.strides[dim - 2])),
                     lowering.add(window.span(dim - 2, lowering),
                                  lowering.getIndexAttr(outputPadding[dim - 2])));
    return lowering.sub(full, lowering.add(window.begin[dim - 2], window.end[dim - 2]));
  });

  lowering.requireSameSize(op.getX(), 1, "X", op.getW(), 0, "W");
  if (op.getB())
    lowering.requireEqual(
        lowering.getSize(op.getB(), 0),
        lowering.mul(lowering.getSize(op.getW(), 1), lowering.getIndexAttr(group)),
        "B has {} elements, and there are {} channels");
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  ScalarBuilder::Values inputs = {x, w};
  if (op.getB())
    inputs.push_back(lowering[op.getB()]);
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], weights = arguments.inputs[1], zero = b.index(0);
    Value channels = b.floorDiv(b.dim(input, 1), b.index(group)), outputs = b.dim(weights, 1);
    Value first = b.mul(b.div(at[1], outputs), channels), output = b.rem(at[1], outputs);
    Value sum =
        op.getB() ? b.convert(b.load(arguments.inputs[2], at[1]), type) : b.constant(type, 0);
    ScalarBuilder::Values taps = b.dims(weights);
    taps.erase(taps.begin(), taps.begin() + 2);
    sum = b.forLoops(taps, sum, [&](ValueRange k, ValueRange partial) -> ScalarBuilder::Values {
      Value reaches = b.boolean(true);
      ScalarBuilder::Values source;
      for (unsigned i = 0; i < rank; ++i) {
        Value pad = arguments.scalars[i], stride = b.index(window.strides[i]);
        Value position = b.sub(b.add(at[i + 2], pad), b.mul(k[i], window.dilations[i]));
        Value step = b.floorDiv(position, stride);
        reaches = b.logicalAnd(reaches, b.equal(b.mul(step, stride), position));
        reaches = b.logicalAnd(reaches, b.inRange(step, zero, b.dim(input, i + 2)));
        source.push_back(step);
      }
      return {b.ifThen(reaches, partial[0], [&] {
        return b.forLoop(zero, channels, partial[0], [&](Value c, Value inner) {
          ScalarBuilder::Values from = {at[0], b.add(first, c)}, tap = {b.add(first, c), output};
          from.append(source);
          tap.append(k.begin(), k.end());
          return b.add(inner, b.mul(b.convert(b.load(input, from), type),
                                    b.convert(b.load(weights, tap), type)));
        });
      })};
    })[0];
    return {b.convert(sum, elementType)};
  };
  ScalarBuilder::Values pads;
  for (OpFoldResult pad : window.begin)
    pads.push_back(lowering.asIndex(pad));
  return createElementKernel(b, "conv_transpose", inputs, lowering.empty(sizes, elementType), pads,
                             element)[0];
}

/// The element of x[n, c] at a fractional position, bilinearly; what lies outside is zero.
static Value sampleBilinear(ScalarBuilder &b, Value x, Value n, Value c, Value h, Value w,
                            Type type) {
  Value floorH = b.createOrFold<math::FloorOp>(h), floorW = b.createOrFold<math::FloorOp>(w);
  Value fractionH = b.sub(h, floorH), fractionW = b.sub(w, floorW),
        one = b.constant(h.getType(), 1), sum = b.constant(type, 0);
  Value top = b.toIndex(floorH), left = b.toIndex(floorW), height = b.dim(x, 2),
        width = b.dim(x, 3), zero = b.index(0);
  for (int64_t corner = 0; corner < 4; ++corner) {
    bool below = corner / 2, right = corner % 2;
    Value row = b.add(top, below), column = b.add(left, right);
    Value weight =
        b.mul(below ? fractionH : b.sub(one, fractionH), right ? fractionW : b.sub(one, fractionW));
    Value inside = b.logicalAnd(b.inRange(row, zero, height), b.inRange(column, zero, width));
    sum = b.ifThen(inside, sum, [&] {
      return b.add(sum, b.mul(weight, b.convert(b.load(x, {n, c, row, column}), type)));
    });
  }
  return sum;
}

static Value lowerDeformConv(onnx::DeformConvOp op, Lowering &lowering) {
  if (cast<RankedTensorType>(op.getX().getType()).getRank() != 4)
    return lowering.refuse(op, "only two spatial dimensions are supported");
  Value x = lowering[op.getX()], w = lowering[op.getW()];
  Window window = Window::get(op, op.getX(), op.getW(), lowering);
  std::optional<SmallVector<int64_t>> pads = window.staticPads();
  int64_t group = op.getGroup(), offsetGroup = op.getOffsetGroup();
  auto sizes = lowering.getResultSizes(op.getY(), [&](int64_t dim) -> OpFoldResult {
    return dim == 1 ? lowering.getSize(op.getW(), 0) : lowering.getSize(op.getOffset(), dim);
  });
  lowering.requireSameSize(op.getOffset(), 0, "offset", op.getX(), 0, "X");
  lowering.requireEqual(lowering.getSize(op.getX(), 1),
                        lowering.mul(lowering.getSize(op.getW(), 1), lowering.getIndexAttr(group)),
                        "X has {} channels, and W takes {}");
  OpFoldResult planes = lowering.mul(lowering.getIndexAttr(offsetGroup),
                                     lowering.mul(window.kernel[0], window.kernel[1]));
  lowering.requireEqual(lowering.getSize(op.getOffset(), 1),
                        lowering.mul(planes, lowering.getIndexAttr(2)),
                        "offset has {} planes, and {} are needed");
  if (Value mask = op.getMask()) {
    lowering.requireEqual(lowering.getSize(mask, 1), planes,
                          "mask has {} planes, and {} are needed");
    for (int64_t dim : {0, 2, 3})
      lowering.requireSameSize(mask, dim, "mask", op.getOffset(), dim, "offset");
  }
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  ScalarBuilder::Values inputs = {x, w, lowering[op.getOffset()]};
  if (op.getB())
    inputs.push_back(lowering[op.getB()]);
  if (op.getMask())
    inputs.push_back(lowering[op.getMask()]);
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value input = arguments.inputs[0], weights = arguments.inputs[1], offset = arguments.inputs[2];
    Value channels = b.dim(weights, 1),
          first = b.mul(b.div(at[1], b.div(b.dim(weights, 0), b.index(group))), channels);
    Value perOffset = b.div(b.dim(input, 1), b.index(offsetGroup));
    Value sum =
        op.getB() ? b.convert(b.load(arguments.inputs[3], at[1]), type) : b.constant(type, 0);
    Value height = b.dim(weights, 2), width = b.dim(weights, 3);
    sum = b.forLoops(
        {channels, height, width}, sum,
        [&](ValueRange k, ValueRange partial) -> ScalarBuilder::Values {
          Value channel = b.add(first, k[0]), part = b.div(channel, perOffset);
          Value tap = b.add(b.mul(k[1], width), k[2]);
          Value plane = b.add(b.mul(part, b.mul(height, width)), tap);
          ScalarBuilder::Values position;
          for (int64_t i = 0; i < 2; ++i) {
            Value regular = b.add(b.sub(b.mul(at[i + 2], window.strides[i]), (*pads)[i]),
                                  b.mul(k[i + 1], window.dilations[i]));
            Value moved = b.load(offset, {at[0], b.add(b.mul(plane, 2), i), at[2], at[3]});
            position.push_back(b.add(b.convert(regular, type), b.convert(moved, type)));
          }
          Value value = sampleBilinear(b, input, at[0], channel, position[0], position[1], type);
          if (op.getMask())
            value = b.mul(
                value,
                b.convert(b.load(arguments.inputs.back(), {at[0], plane, at[2], at[3]}), type));
          Value weight = b.load(weights, {at[1], k[0], k[1], k[2]});
          return {b.add(partial[0], b.mul(value, b.convert(weight, type)))};
        })[0];
    return {b.convert(sum, elementType)};
  };
  return createElementKernel(b, "deform_conv", inputs, lowering.empty(sizes, elementType), {},
                             element)[0];
}

/// Each pixel of the image gathers what the blocks hold of it. The block's shape may be known at
/// run time only.
static Value lowerCol2Im(onnx::Col2ImOp op, Lowering &lowering) {
  Value x = lowering[op.getInput()], blockShape = lowering[op.getBlockShape()];
  int64_t rank = cast<RankedTensorType>(op.getOutput().getType()).getRank() - 2;
  auto getInts = [&](std::optional<ArrayRef<int64_t>> given, int64_t count, int64_t otherwise) {
    return given ? llvm::to_vector(*given) : SmallVector<int64_t>(count, otherwise);
  };
  SmallVector<int64_t> strides = getInts(op.getStrides(), rank, 1),
                       dilations = getInts(op.getDilations(), rank, 1),
                       pads = getInts(op.getPads(), 2 * rank, 0);
  ScalarBuilder b(lowering.getLoc(), lowering);
  ScalarBuilder::Values scalars;
  for (int64_t i = 0; i < rank; ++i)
    scalars.push_back(lowering.readIndex(blockShape, i));
  for (Value size : scalars)
    lowering.requireAtMost(lowering.getIndexAttr(1), size,
                           "a dimension of block_shape must be at least {}, not {}");
  auto sizes = lowering.getResultSizes(op.getOutput(), [&](int64_t dim) -> OpFoldResult {
    if (dim == 0)
      return lowering.getSize(op.getInput(), 0);
    if (dim == 1)
      return lowering.div(lowering.getSize(op.getInput(), 1),
                          getAsOpFoldResult(b.product(scalars)));
    return lowering.readIndex(lowering[op.getImageShape()], dim - 2);
  });
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  auto element = [&](ScalarBuilder &, const KernelArguments &arguments,
                     ValueRange at) -> ScalarBuilder::Values {
    Value columns = arguments.inputs[0], zero = b.index(0), one = b.index(1);
    ArrayRef<Value> block = arguments.scalars;
    Value sum = b.forLoops(
        block, b.constant(type, 0), [&](ValueRange k, ValueRange partial) -> ScalarBuilder::Values {
          Value reaches = b.boolean(true), row = at[1], column = zero;
          for (int64_t i = 0; i < rank; ++i) {
            Value stride = b.index(strides[i]), image = b.dim(arguments.outputs[0], i + 2);
            Value span = b.add(b.mul(b.sub(block[i], one), dilations[i]), 1);
            Value room = b.sub(b.add(image, pads[i] + pads[i + rank]), span);
            Value count = b.add(b.floorDiv(room, stride), one);
            Value position = b.sub(b.add(at[i + 2], pads[i]), b.mul(k[i], dilations[i]));
            Value step = b.floorDiv(position, stride);
            reaches = b.logicalAnd(reaches, b.equal(b.mul(step, stride), position));
            reaches = b.logicalAnd(reaches, b.inRange(step, zero, count));
            row = b.add(b.mul(row, block[i]), k[i]);
            column = b.add(b.mul(column, count), step);
          }
          return {b.ifThen(reaches, partial[0], [&] {
            ScalarBuilder::Values from = {
                at[0], b.checkIndex(row, b.dim(columns, 1), "what is asked of the rows of input"),
                b.checkIndex(column, b.dim(columns, 2), "what is asked of the columns of input")};
            return b.add(partial[0], b.convert(b.load(columns, from), type));
          })};
        })[0];
    return {b.convert(sum, elementType)};
  };
  return createElementKernel(b, "col2im", x, lowering.empty(sizes, elementType), scalars,
                             element)[0];
}

void addConvolutionLowerings(LoweringTable &table) {
  table.add<onnx::ConvOp>(lowerConv);
  table.add<onnx::ConvIntegerOp>(lowerConvInteger);
  table.add<onnx::ConvTransposeOp>(lowerConvTranspose);
  table.add<onnx::DeformConvOp>(lowerDeformConv);
  table.add<onnx::Col2ImOp>(lowerCol2Im);
}

} // namespace azulejo::lower
