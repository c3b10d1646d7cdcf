//===- DecomposeConvolution.cpp - Windows spelled out, and poolings of composites -------------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Sets in place what a window leaves to defaults, and turns `auto_pad` into pads where the sizes
/// are numbers.
LogicalResult spellOutWindow(Operation *op, NodeBuilder &build) {
  Value data = op->getOperand(0);
  auto dims = getDims(data);
  if (!dims || dims->size() < 3)
    return failure();
  int64_t rank = dims->size() - 2;
  auto set = [&](StringRef name, ArrayRef<int64_t> value) {
    op->setAttr(name, build.builder.getDenseI64ArrayAttr(value));
  };
  if (!op->hasAttr("kernel_shape")) {
    auto weight = getDims(op->getOperand(1));
    if (!weight || static_cast<int64_t>(weight->size()) != rank + 2)
      return failure();
    SmallVector<int64_t> kernel;
    for (const auto &dim : ArrayRef(*weight).drop_front(2)) {
      auto size = dim ? dim->getConstant() : std::nullopt;
      if (!size)
        return failure();
      kernel.push_back(*size);
    }
    set("kernel_shape", kernel);
  }
  auto kernel = *getInts(op, "kernel_shape");
  if (!op->hasAttr("strides"))
    set("strides", SmallVector<int64_t>(rank, 1));
  if (!op->hasAttr("dilations"))
    set("dilations", SmallVector<int64_t>(rank, 1));
  auto strides = *getInts(op, "strides"), dilations = *getInts(op, "dilations");
  StringRef autoPad = op->hasAttr("auto_pad") ? getString(op, "auto_pad") : "NOTSET";
  bool transposed = isNode(op, "ConvTranspose");
  auto outputShape = transposed ? getInts(op, "output_shape") : std::nullopt;
  if (transposed && !op->hasAttr("output_padding"))
    set("output_padding", SmallVector<int64_t>(rank, 0));
  if (autoPad == "NOTSET" && !outputShape) {
    if (!op->hasAttr("pads"))
      set("pads", SmallVector<int64_t>(2 * rank, 0));
    op->removeAttr("auto_pad");
    return failure();
  }
  SmallVector<int64_t> pads(2 * rank, 0);
  for (int64_t i = 0; i < rank && autoPad != "VALID"; ++i) {
    auto size = (*dims)[i + 2] ? (*dims)[i + 2]->getConstant() : std::nullopt;
    int64_t extent = (kernel[i] - 1) * dilations[i] + 1, total;
    if (transposed) {
      int64_t extra = (*getInts(op, "output_padding"))[i];
      int64_t asked = outputShape ? (*outputShape)[outputShape->size() - rank + i] : 0;
      // Without a size asked for, `SAME` means as many as the stride, whatever the size is.
      if (outputShape && !size)
        return failure();
      total = outputShape ? strides[i] * (*size - 1) + extra + extent - asked
                          : extra + extent - strides[i];
    } else if (strides[i] == 1) {
      total = extent - 1;
    } else if (size) {
      int64_t count = (*size + strides[i] - 1) / strides[i];
      total = (count - 1) * strides[i] + extent - *size;
    } else {
      return failure();
    }
    if (transposed && total < 0) {
      // More is asked for than there is: zeros behind.
      auto extra = *getInts(op, "output_padding");
      extra[i] -= total;
      set("output_padding", extra);
    }
    total = std::max<int64_t>(0, total);
    // The odd one goes behind in SAME_UPPER, and before otherwise.
    pads[i] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
    pads[i + rank] = total - pads[i];
  }
  set("pads", pads);
  op->removeAttr("auto_pad");
  if (transposed)
    op->removeAttr("output_shape");
  return failure();
}

DecomposeRule global(StringRef opType) {
  return [opType](Operation *op, NodeBuilder &build) -> LogicalResult {
    Value x = op->getOperand(0);
    auto rank = getRank(x);
    if (!rank || *rank < 3)
      return failure();
    replaceNode(op, reduce(build, opType, x, llvm::to_vector(llvm::seq<int64_t>(2, *rank)), true));
    return success();
  };
}

/// (sum of |x|^p)^(1/p), for the p that occur without a power.
Value raise(NodeBuilder &build, Value x, int64_t p) {
  Value absolute = build.node("Abs", {x});
  if (p == 1)
    return absolute;
  return p == 2 ? build.node("Mul", {x, x})
                : build.node("Pow", {absolute, build.scalar(p, getElementType(x))});
}
Value root(NodeBuilder &build, Value x, int64_t p) {
  if (p == 1)
    return x;
  return p == 2 ? build.node("Sqrt", {x})
                : build.node("Pow", {x, build.scalar(1.0 / p, getElementType(x))});
}

LogicalResult decomposeGlobalLpPool(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  int64_t p = getInt(op, "p");
  if (!rank || *rank < 3 || p < 1)
    return failure();
  Value sum = reduce(build, "ReduceSum", raise(build, x, p),
                     llvm::to_vector(llvm::seq<int64_t>(2, *rank)), true);
  replaceNode(op, root(build, sum, p));
  return success();
}

/// A sum over a window is its average, counted with its padding, times its size.
LogicalResult decomposeLpPool(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  int64_t p = getInt(op, "p"), size = 1;
  auto kernel = *getInts(op, "kernel_shape");
  for (int64_t extent : kernel)
    size *= extent;
  if (p < 1)
    return failure();
  SmallVector<NamedAttribute> attributes = {build.attr("count_include_pad", 1)};
  for (StringRef name : {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"})
    if (Attribute value = op->getAttr(name))
      attributes.push_back(build.attr(name, value));
  Value average = build.node("AveragePool", {raise(build, x, p)}, attributes);
  replaceNode(op,
              root(build, build.node("Mul", {average, build.scalar(size, getElementType(x))}), p));
  return success();
}

/// Each element goes to where its pool found it; indices count in the whole of the result.
LogicalResult decomposeMaxUnpool(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), indices = op->getOperand(1), outputShape = getOperand(op, 2);
  auto rank = getRank(x);
  if (!rank || *rank < 3)
    return failure();
  auto kernel = *getInts(op, "kernel_shape");
  auto strides = getInts(op, "strides").value_or(SmallVector<int64_t>(kernel.size(), 1));
  auto pads = getInts(op, "pads").value_or(SmallVector<int64_t>(2 * kernel.size(), 0));
  SmallVector<ShapePart> parts = {getDim(build, x, 0), getDim(build, x, 1)};
  for (size_t i = 0; i < kernel.size(); ++i) {
    Value steps = build.node("Mul", {build.node("Sub", {getDim(build, x, i + 2), build.ints(1)}),
                                     build.ints(strides[i])});
    parts.push_back(
        build.node("Add", {steps, build.ints(kernel[i] - pads[i] - pads[i + kernel.size()])}));
  }
  Value shape = makeShape(build, parts);
  Value count = reduce(build, "ReduceProd", shape, 0, true);
  Value zeros = build.node("Expand", {build.scalar(0, getElementType(x)), count});
  Value flat = build.node("ScatterElements",
                          {zeros, build.node("Reshape", {indices, build.ints(-1)}),
                           build.node("Reshape", {x, build.ints(-1)})},
                          {build.attr("axis", 0)});
  Value result = build.reshape(flat, shape);
  if (outputShape) {
    // A larger shape than the pool's own is filled with zeros behind.
    Value behind = build.node("Sub", {outputShape, shape});
    Value before = build.ints(SmallVector<int64_t>(*rank, 0));
    result = build.node("Pad",
                        {result, build.node("Concat", {before, behind}, {build.attr("axis", 0)})});
  }
  replaceNode(op, result);
  return success();
}

/// Columns put back where they came from, overlaps added, is what a transposed convolution with an
/// identity for its kernel does.
LogicalResult decomposeCol2Im(Operation *op, NodeBuilder &build) {
  Value columns = op->getOperand(0);
  auto image = getConstantInts(op->getOperand(1)), block = getConstantInts(op->getOperand(2));
  auto type = dyn_cast<RankedTensorType>(columns.getType());
  if (!image || !block || !type || image->size() != block->size() ||
      !isa<FloatType>(type.getElementType()))
    return failure();
  int64_t rank = block->size(), size = 1;
  for (int64_t extent : *block)
    size *= extent;
  constexpr int64_t maxKernel = 4096;
  if (size <= 0 || size > maxKernel || type.isDynamicDim(1) || type.getDimSize(1) % size != 0)
    return failure();
  int64_t channels = type.getDimSize(1) / size;
  auto strides = getInts(op, "strides").value_or(SmallVector<int64_t>(rank, 1));
  auto dilations = getInts(op, "dilations").value_or(SmallVector<int64_t>(rank, 1));
  auto pads = getInts(op, "pads").value_or(SmallVector<int64_t>(2 * rank, 0));
  // One image a channel, a block's positions for its channels.
  SmallVector<ShapePart> parts = {-1, size};
  SmallVector<ShapePart> back = {getDim(build, columns, 0), channels};
  SmallVector<int64_t> kernelShape = {size, 1};
  SmallVector<int64_t> outputPadding;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t room = (*image)[i] + pads[i] + pads[i + rank] - (dilations[i] * ((*block)[i] - 1) + 1);
    if (room < 0 || strides[i] <= 0)
      return failure();
    parts.push_back(room / strides[i] + 1);
    outputPadding.push_back(room % strides[i]);
    back.push_back((*image)[i]);
    kernelShape.push_back((*block)[i]);
  }
  Elements identity(RankedTensorType::get(kernelShape, type.getElementType()));
  for (int64_t i = 0; i < size; ++i)
    identity.floats[i * size + i] = 1;
  Value planes = build.node("Reshape", {columns, makeShape(build, parts)});
  Value images = build.node("ConvTranspose", {planes, build.constant(writeElements(identity))},
                            {build.attr("kernel_shape", ArrayRef<int64_t>(*block)),
                             build.attr("strides", ArrayRef<int64_t>(strides)),
                             build.attr("dilations", ArrayRef<int64_t>(dilations)),
                             build.attr("pads", ArrayRef<int64_t>(pads)),
                             build.attr("output_padding", ArrayRef<int64_t>(outputPadding))});
  replaceNode(op, build.reshape(images, makeShape(build, back)));
  return success();
}

/// ONNX's body is a Conv with as many groups as there are channels, which must be known. Otherwise
/// the windows are gathered.
LogicalResult decomposeCausalConv(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), w = getOperand(op, 1), bias = getOperand(op, 2),
        past = getOperand(op, 3);
  auto dims = getDims(x);
  if (!dims || dims->size() != 3 || getRank(w) != 3 || ((*dims)[1] && (*dims)[1]->getConstant()))
    return failure();
  Type type = getElementType(x), f32 = build.builder.getF32Type();
  Value taps = getDim(build, w, 2);
  if (!past)
    past = build.node("Expand", {build.scalar(0, type),
                                 makeShape(build, {getDim(build, x, 0), getDim(build, x, 1),
                                                   build.node("Sub", {taps, build.ints(1)})})});
  Value padded = build.node("Concat", {past, x}, {build.attr("axis", 2)});
  Value position = build.node("Add", {makeIota(build, getDimScalar(build, x, 2), 1),
                                      makeIota(build, getDimScalar(build, w, 2))});
  Value windows = build.node("Gather", {padded, position}, {build.attr("axis", 2)});
  Value products = build.node("Mul", {cast(build, windows, f32), cast(build, w, f32)});
  Value y = reduce(build, "ReduceSum", products, 3, /*keepDims=*/false);
  if (bias)
    y = build.node("Add", {y, build.node("Unsqueeze", {cast(build, bias, f32), build.ints(1)})});
  y = cast(build, y, type);
  if (getString(op, "activation") != "none") {
    Value wide = cast(build, y, f32);
    y = cast(build, build.node("Mul", {wide, build.node("Sigmoid", {wide})}), type);
  }
  replaceValue(getResult(op, 0), y);
  if (Value state = getResult(op, 1))
    replaceValue(state, build.node("Slice", {padded, getDim(build, x, 2), build.ints(INT64_MAX),
                                             build.ints(2), build.ints(1)}));
  op->erase();
  return success();
}

} // namespace

void addConvolutionDecompositions(DecomposeRules &rules) {
  for (StringRef opType :
       {"Conv", "ConvInteger", "ConvTranspose", "DeformConv", "MaxPool", "AveragePool"})
    rules[opType] = spellOutWindow;
  rules["GlobalAveragePool"] = global("ReduceMean");
  rules["GlobalMaxPool"] = global("ReduceMax");
  rules["GlobalLpPool"] = decomposeGlobalLpPool;
  rules["LpPool"] = decomposeLpPool;
  rules["MaxUnpool"] = decomposeMaxUnpool;
  rules["Col2Im"] = decomposeCol2Im;
  rules["CausalConvWithState"] = decomposeCausalConv;
}

} // namespace azulejo::graph
