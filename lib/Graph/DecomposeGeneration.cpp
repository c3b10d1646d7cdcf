//===- DecomposeGeneration.cpp - Random numbers and signals -----------------------------------===//
#include "dialects/ONNX/Types.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A shape that an attribute says is a tensor to be like.
DecomposeRule likeShape(StringRef opType) {
  return [opType](Operation *op, NodeBuilder &build) -> LogicalResult {
    auto shape = getInts(op, "shape");
    Type type = getElementType(op->getResult(0));
    if (!shape || !type)
      return failure();
    SmallVector<NamedAttribute> attributes;
    for (StringRef name : {"high", "low", "mean", "scale", "seed"})
      if (Attribute value = op->getAttr(name))
        attributes.push_back(build.attr(name, value));
    Value like = build.node("Expand", {build.scalar(0, type), build.ints(*shape)});
    replaceNode(op, build.node(opType, {like}, attributes));
    return success();
  };
}

/// 1 with the probability that the input says. The body that ONNX ships for this operator compares
/// the other way round, and so draws 0 with it, which contradicts the operator's own text.
LogicalResult decomposeBernoulli(Operation *op, NodeBuilder &build) {
  Value probability = op->getOperand(0);
  SmallVector<NamedAttribute> attributes;
  if (Attribute seed = op->getAttr("seed"))
    attributes.push_back(build.attr("seed", seed));
  Value drawn = build.node("RandomUniformLike", {probability}, attributes);
  replaceNode(
      op, cast(build, build.node("Less", {drawn, probability}), getElementType(op->getResult(0))));
  return success();
}

/// As many classes as cumulated probabilities below a number drawn.
LogicalResult decomposeMultinomial(Operation *op, NodeBuilder &build) {
  Value logits = op->getOperand(0);
  if (getRank(logits) != 2)
    return failure();
  SmallVector<NamedAttribute> attributes;
  if (Attribute seed = op->getAttr("seed"))
    attributes.push_back(build.attr("seed", seed));
  Type type = getElementType(logits);
  Value cumulated = build.node(
      "CumSum", {build.node("Softmax", {logits}, {build.attr("axis", 1)}), build.scalarInt(1)});
  Value shape = makeShape(build, {getDim(build, logits, 0), getInt(op, "sample_size"), 1});
  Value drawn = build.node("RandomUniformLike",
                           {build.node("Expand", {build.scalar(0, type), shape})}, attributes);
  Value below = build.node("Less", {build.node("Unsqueeze", {cumulated, build.ints(1)}), drawn});
  Type result = getElementType(op->getResult(0));
  Value count = reduce(build, "ReduceSum", cast(build, below, result), 2, false);
  // Rounding may leave the last cumulated probability below 1.
  Value last =
      cast(build, build.node("Sub", {getDimScalar(build, logits, 1), build.scalarInt(1)}), result);
  replaceNode(op, build.node("Min", {count, last}));
  return success();
}

/// Frames gathered from the signal, windowed, and transformed.
LogicalResult decomposeSTFT(Operation *op, NodeBuilder &build) {
  Value signal = getOperand(op, 0), step = getOperand(op, 1), window = getOperand(op, 2),
        length = getOperand(op, 3);
  auto rank = getRank(signal);
  if (!rank || *rank != 3 || (!window && !length))
    return failure();
  Type integer = build.builder.getI64Type();
  auto scalar = [&](Value value) {
    return build.node("Reshape", {cast(build, value, integer), build.ints(ArrayRef<int64_t>())});
  };
  Value hop = scalar(step);
  Value size = window ? getDimScalar(build, window, 0) : scalar(length);
  Value room = build.node("Sub", {getDimScalar(build, signal, 1), size});
  Value frames = build.node("Add", {build.node("Div", {room, hop}), build.scalarInt(1)});
  Value starts = build.node("Mul", {makeIota(build, frames, 1), hop});
  Value positions = build.node("Add", {starts, makeIota(build, size)});
  Value framed = build.node("Gather", {signal, positions}, {build.attr("axis", 1)});
  if (window)
    framed = build.node("Mul", {framed, build.node("Unsqueeze", {window, build.ints(1)})});
  replaceNode(op, build.node("DFT", {framed, Value(), build.scalarInt(2)},
                             {build.attr("onesided", getInt(op, "onesided"))}));
  return success();
}

/// Triangles that overlap by half, evenly spaced on the mel scale.
LogicalResult decomposeMelWeightMatrix(Operation *op, NodeBuilder &build) {
  Type type = build.builder.getF32Type(), integer = build.builder.getI64Type();
  auto scalar = [&](unsigned i, Type to) {
    return build.node("Reshape",
                      {cast(build, op->getOperand(i), to), build.ints(ArrayRef<int64_t>())});
  };
  auto number = [&](double value) { return build.scalar(value, type); };
  auto binary = [&](StringRef opType, Value a, Value b) { return build.node(opType, {a, b}); };
  Value bins = scalar(0, integer), dftLength = scalar(1, integer), rate = scalar(2, type);
  auto toMel = [&](Value hertz) {
    // 2595 * log10(1 + f / 700)
    Value ratio = binary("Add", number(1), binary("Div", hertz, number(700)));
    return binary("Mul", number(2595 / 2.302585092994046), build.node("Log", {ratio}));
  };
  Value low = toMel(scalar(3, type)), high = toMel(scalar(4, type));
  Value points = cast(build, makeIota(build, binary("Add", bins, build.scalarInt(2))), type);
  Value stepSize = binary("Div", binary("Sub", high, low),
                          cast(build, binary("Add", bins, build.scalarInt(2)), type));
  Value mel = binary("Add", binary("Mul", points, stepSize), low);
  Value hertz = binary(
      "Mul", number(700),
      binary("Sub", build.node("Exp", {binary("Mul", mel, number(2.302585092994046 / 2595))}),
             number(1)));
  Value scaled =
      binary("Mul", cast(build, binary("Add", dftLength, build.scalarInt(1)), type), hertz);
  Value edges = cast(build, build.node("Floor", {binary("Div", scaled, rate)}), integer);
  Value axis = build.ints(0), one = build.ints(1);
  auto from = [&](int64_t begin) {
    Value end = build.node("Unsqueeze", {binary("Add", bins, build.scalarInt(begin)), axis});
    return build.node("Slice", {edges, build.ints(begin), end, axis, one});
  };
  Value left = from(0), centre = from(1), right = from(2);
  Value rows = binary("Add", binary("Div", dftLength, build.scalarInt(2)), build.scalarInt(1));
  Value row = makeIota(build, rows, 1);
  auto real = [&](Value value) { return cast(build, value, type); };
  Value rising = binary("Div", real(binary("Sub", row, left)), real(binary("Sub", centre, left)));
  Value falling =
      binary("Div", real(binary("Sub", right, row)), real(binary("Sub", right, centre)));
  auto both = [&](Value a, Value b) { return binary("And", a, b); };
  // A triangle whose left side has no width begins with its centre.
  Value flat = both(build.node("Equal", {left, centre}), build.node("Equal", {row, centre}));
  Value inRising = both(binary("LessOrEqual", left, row),
                        both(binary("LessOrEqual", row, centre), binary("Less", left, centre)));
  Value inFalling = both(binary("LessOrEqual", centre, row), binary("Less", row, right));
  Value weights = build.node("Where", {inFalling, falling, number(0)});
  weights = build.node("Where", {inRising, rising, weights});
  weights = build.node("Where", {flat, number(1), weights});
  replaceNode(op, cast(build, weights, getElementType(op->getResult(0))));
  return success();
}

} // namespace

void addGenerationDecompositions(DecomposeRules &rules) {
  rules["RandomUniform"] = likeShape("RandomUniformLike");
  rules["RandomNormal"] = likeShape("RandomNormalLike");
  rules["Bernoulli"] = decomposeBernoulli;
  rules["Multinomial"] = decomposeMultinomial;
  rules["STFT"] = decomposeSTFT;
  rules["MelWeightMatrix"] = decomposeMelWeightMatrix;
}

} // namespace azulejo::graph
