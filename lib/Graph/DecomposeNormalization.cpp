//===- DecomposeNormalization.cpp - Normalisations that have no kernel of their own -----------===//
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"

using namespace mlir;

namespace azulejo::graph {
namespace {

struct Moments {
  Value mean, variance, centred;
};

Moments getMoments(NodeBuilder &build, Value x, ArrayRef<int64_t> axes) {
  Value mean = reduce(build, "ReduceMean", x, axes, true);
  Value centred = build.node("Sub", {x, mean});
  return {mean, reduce(build, "ReduceMean", build.node("Mul", {centred, centred}), axes, true),
          centred};
}

/// 1 / sqrt(variance + epsilon)
Value getInverseDeviation(NodeBuilder &build, Value variance, float epsilon) {
  Type type = getElementType(variance);
  Value deviation =
      build.node("Sqrt", {build.node("Add", {variance, build.scalar(epsilon, type)})});
  return build.node("Div", {build.scalar(1, type), deviation});
}

/// One multiplication and one addition a channel, whose factors fold where the statistics are
/// weights.
LogicalResult decomposeBatchNormalization(Operation *op, NodeBuilder &build) {
  Value x = getOperand(op, 0), scale = getOperand(op, 1), bias = getOperand(op, 2);
  Value mean = getOperand(op, 3), variance = getOperand(op, 4);
  auto rank = getRank(x);
  if (!rank || *rank < 1)
    return failure();
  // Data may be narrower than statistics, which are then what is computed in.
  Type type = getElementType(x), inner = getElementType(mean);
  if (getInt(op, "training_mode")) {
    SmallVector<int64_t> axes;
    for (int64_t i = 0; i < *rank; ++i)
      if (i != 1)
        axes.push_back(i);
    Moments moments = getMoments(build, cast(build, x, inner), axes);
    float momentum = getFloat(op, "momentum");
    auto run = [&](unsigned index, Value old, Value current) {
      Value kept = build.node("Mul", {old, build.scalar(momentum, inner)});
      Value running = build.node(
          "Add", {kept, build.node("Mul", {current, build.scalar(1.0 - momentum, inner)})});
      if (Value result = getResult(op, index))
        replaceValue(result, running);
    };
    Value currentMean = build.node("Squeeze", {moments.mean, build.ints(axes)});
    Value currentVariance = build.node("Squeeze", {moments.variance, build.ints(axes)});
    run(1, mean, currentMean);
    run(2, variance, currentVariance);
    mean = currentMean;
    variance = currentVariance;
  }
  Value factor = build.node("Mul", {cast(build, scale, inner),
                                    getInverseDeviation(build, variance, getFloat(op, "epsilon"))});
  Value offset = build.node("Sub", {cast(build, bias, inner), build.node("Mul", {mean, factor})});
  auto spread = [&](Value perChannel) {
    return *rank <= 2 ? perChannel
                      : build.node("Unsqueeze",
                                   {perChannel,
                                    build.ints(llvm::to_vector(llvm::seq<int64_t>(1, *rank - 1)))});
  };
  Value y = build.node(
      "Add", {build.node("Mul", {cast(build, x, inner), spread(factor)}), spread(offset)});
  replaceValue(getResult(op, 0), cast(build, y, type));
  op->erase();
  return success();
}

LogicalResult decomposeInstanceNormalization(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank || *rank < 3)
    return failure();
  auto axes = llvm::to_vector(llvm::seq<int64_t>(2, *rank));
  auto inner = llvm::to_vector(llvm::seq<int64_t>(1, *rank - 1));
  Moments moments = getMoments(build, x, axes);
  Value normal = build.node("Mul", {moments.centred, getInverseDeviation(build, moments.variance,
                                                                         getFloat(op, "epsilon"))});
  Value scaled =
      build.node("Mul", {normal, build.node("Unsqueeze", {op->getOperand(1), build.ints(inner)})});
  replaceNode(op, build.node("Add", {scaled, build.node("Unsqueeze",
                                                        {op->getOperand(2), build.ints(inner)})}));
  return success();
}

/// The mean of squares over neighbouring channels is an average pool over a dimension made of them.
LogicalResult decomposeLRN(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank || *rank < 3)
    return failure();
  int64_t size = getInt(op, "size");
  Value square = build.node("Mul", {x, x});
  Value planes =
      build.reshape(square, makeShape(build, {getDim(build, x, 0), 1, getDim(build, x, 1),
                                              getExtent(build, x, 2, *rank)}));
  Value average = build.node(
      "AveragePool", {planes},
      {build.attr("kernel_shape", ArrayRef<int64_t>{size, 1}),
       build.attr("pads", ArrayRef<int64_t>{(size - 1) / 2, 0, size - 1 - (size - 1) / 2, 0}),
       build.attr("count_include_pad", 1)});
  Value back = build.reshape(average, build.node("Shape", {x}));
  Type type = getElementType(x);
  Value base =
      build.node("Add", {build.node("Mul", {back, build.scalar(getFloat(op, "alpha"), type)}),
                         build.scalar(getFloat(op, "bias"), type)});
  replaceNode(
      op,
      build.node("Div", {x, build.node("Pow", {base, build.scalar(getFloat(op, "beta"), type)})}));
  return success();
}

/// A vector of nothing but zeros stays one.
LogicalResult decomposeLpNormalization(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  int64_t p = getInt(op, "p");
  if (!rank || *rank == 0 || (p != 1 && p != 2))
    return failure();
  int64_t axis = normalizeAxis(getInt(op, "axis"), *rank);
  Value norm =
      p == 1
          ? reduce(build, "ReduceSum", build.node("Abs", {x}), axis, true)
          : build.node("Sqrt", {reduce(build, "ReduceSum", build.node("Mul", {x, x}), axis, true)});
  Value zero = build.scalar(0, getElementType(x));
  replaceNode(op, build.node("Where", {build.node("Equal", {norm, zero}), zero,
                                       build.node("Div", {x, norm})}));
  return success();
}

/// Statistics that nobody reads are left out; with them ONNX's own body does it.
LogicalResult dropUnusedStatistics(Operation *op, NodeBuilder &build) {
  bool used = llvm::any_of(llvm::drop_begin(op->getResults()),
                           [](Value result) { return !result.use_empty(); });
  if (op->getNumResults() == 1 || used)
    return failure();
  SmallVector<NamedAttribute> attributes;
  for (StringRef name : {"axis", "epsilon", "stash_type"})
    if (Attribute value = op->getAttr(name))
      attributes.push_back(build.attr(name, value));
  Value y = build.node("LayerNormalization", llvm::to_vector(op->getOperands()), attributes);
  replaceValue(op->getResult(0), y);
  op->erase();
  return success();
}

/// Statistics that are read: LayerNormalization as one writes it, in the precision that
/// `stash_type` asks for.
LogicalResult decomposeLayerNormalization(Operation *op, NodeBuilder &build) {
  if (succeeded(dropUnusedStatistics(op, build)))
    return success();
  Value x = getOperand(op, 0), bias = getOperand(op, 2);
  auto rank = getRank(x);
  if (op->getNumResults() == 1 || !rank)
    return failure();
  Type type = getElementType(x);
  Type inner = getInt(op, "stash_type") == 1 ? Type(build.builder.getF32Type()) : type;
  auto axes = llvm::to_vector(llvm::seq<int64_t>(normalizeAxis(getInt(op, "axis"), *rank), *rank));
  Moments moments = getMoments(build, cast(build, x, inner), axes);
  Value inverse = getInverseDeviation(build, moments.variance, getFloat(op, "epsilon"));
  Value normal = cast(build, build.node("Mul", {moments.centred, inverse}), type);
  Value y = build.node("Mul", {normal, getOperand(op, 1)});
  if (bias)
    y = build.node("Add", {y, bias});
  replaceValue(getResult(op, 0), y);
  if (Value mean = getResult(op, 1))
    replaceValue(mean, moments.mean);
  if (Value result = getResult(op, 2))
    replaceValue(result, inverse);
  op->erase();
  return success();
}

} // namespace

void addNormalizationDecompositions(DecomposeRules &rules) {
  rules["BatchNormalization"] = decomposeBatchNormalization;
  rules["InstanceNormalization"] = decomposeInstanceNormalization;
  rules["LRN"] = decomposeLRN;
  rules["LpNormalization"] = decomposeLpNormalization;
  rules["LayerNormalization"] = decomposeLayerNormalization;
}

} // namespace azulejo::graph
