//===- DecomposeLearning.cpp - Operators of ai.onnx.ml that are arithmetic on tensors ---------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

/// sqrt(2) * erfinv(2x - 1), by Winitzki's approximation.
static Value probit(NodeBuilder &build, Value x) {
  auto number = [&](double value) { return build.scalar(value, getElementType(x)); };
  auto node = [&](StringRef op, Value a, Value b) { return build.node(op, {a, b}); };
  constexpr double a = 0.147, pi = 3.14159265358979323846;
  Value y = node("Sub", node("Mul", number(2), x), number(1));
  Value log = build.node("Log", {node("Sub", number(1), node("Mul", y, y))});
  Value half = node("Add", number(2 / (pi * a)), node("Mul", number(0.5), log));
  Value root =
      build.node("Sqrt", {node("Sub", node("Mul", half, half), node("Mul", number(1 / a), log))});
  Value size = build.node("Sqrt", {node("Sub", root, half)});
  return node("Mul", node("Mul", number(std::sqrt(2.0)), build.node("Sign", {y})), size);
}

/// A softmax in which a score of zero stays zero, and counts for nothing.
static Value softmaxZero(NodeBuilder &build, Value x) {
  Type type = getElementType(x);
  Value isZero = build.node("LessOrEqual", {build.node("Abs", {x}), build.scalar(1e-7, type)});
  Value others = build.node("Where", {isZero, build.scalar(-INFINITY, type), x});
  Value shares = build.node("Softmax", {others}, {build.attr("axis", 1)});
  return build.node("Where", {isZero, build.scalar(0, type), shares});
}

Value transformScores(NodeBuilder &build, Value scores, StringRef transform) {
  if (transform == "LOGISTIC")
    return build.node("Sigmoid", {scores});
  if (transform == "SOFTMAX")
    return build.node("Softmax", {scores}, {build.attr("axis", 1)});
  if (transform == "SOFTMAX_ZERO")
    return softmaxZero(build, scores);
  if (transform == "PROBIT")
    return probit(build, scores);
  return transform == "NONE" ? scores : Value();
}

std::optional<ClassLabels> readClassLabels(Operation *op, NodeBuilder &build, StringRef intsName) {
  if (auto ints = op->getAttrOfType<DenseI64ArrayAttr>(intsName))
    return ClassLabels{build.ints(ints.asArrayRef()), ints.size()};
  auto strings = op->getAttrOfType<ArrayAttr>("classlabels_strings");
  if (!strings)
    return std::nullopt;
  int64_t count = strings.size();
  return ClassLabels{
      constantStrings(build, llvm::to_vector(strings.getAsValueRange<StringAttr>()), count), count};
}

void replaceClassifier(Operation *op, NodeBuilder &build, const ClassLabels &labels, Value best,
                       Value scores) {
  replaceValue(getResult(op, 0),
               build.node("Gather", {labels.values, best}, {build.attr("axis", 0)}));
  if (Value all = getResult(op, 1))
    replaceValue(all, scores);
  op->erase();
}

namespace {

LogicalResult decomposeBinarizer(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  Value above = build.node("Less", {build.scalar(getFloat(op, "threshold"), getElementType(x)), x});
  replaceNode(op, cast(build, above, getElementType(op->getResult(0))));
  return success();
}

/// Columns picked from the last dimension; a vector counts as a row.
LogicalResult decomposeArrayFeatureExtractor(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  auto rank = getRank(x);
  if (!rank || *rank < 1)
    return failure();
  Value indices = build.node("Reshape", {op->getOperand(1), build.ints(-1)});
  Value picked = build.node("Gather", {x, indices}, {build.attr("axis", *rank - 1)});
  replaceNode(op, *rank == 1 ? build.node("Unsqueeze", {picked, build.ints(0)}) : picked);
  return success();
}

LogicalResult decomposeScaler(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto offset = op->getAttrOfType<DenseF32ArrayAttr>("offset"),
       scale = op->getAttrOfType<DenseF32ArrayAttr>("scale");
  if (offset)
    x = build.node("Sub", {x, build.floats(offset.asArrayRef())});
  if (scale)
    x = build.node("Mul", {x, build.floats(scale.asArrayRef())});
  replaceNode(op, x);
  return success();
}

LogicalResult decomposeFeatureVectorizer(Operation *op, NodeBuilder &build) {
  SmallVector<Value> parts;
  for (Value operand : op->getOperands()) {
    auto rank = getRank(operand);
    if (!rank || *rank > 2 || *rank < 1)
      return failure();
    Value part = cast(build, operand, build.builder.getF32Type());
    parts.push_back(*rank == 1 ? build.node("Unsqueeze", {part, build.ints(0)}) : part);
  }
  replaceNode(op, build.node("Concat", parts, {build.attr("axis", 1)}));
  return success();
}

LogicalResult decomposeNormalizer(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto rank = getRank(x);
  if (!rank || *rank < 1)
    return failure();
  StringRef norm = getString(op, "norm");
  int64_t axis = *rank - 1;
  Value divisor;
  if (norm == "MAX")
    divisor = reduce(build, "ReduceMax", x, axis, true);
  else if (norm == "L1")
    divisor = reduce(build, "ReduceSum", build.node("Abs", {x}), axis, true);
  else
    divisor =
        build.node("Sqrt", {reduce(build, "ReduceSum", build.node("Mul", {x, x}), axis, true)});
  replaceNode(op, build.node("Div", {x, divisor}));
  return success();
}

/// Elements that equal one value, which may be NaN, become another: one for all, or one a feature.
LogicalResult decomposeImputer(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0);
  Type type = getElementType(x);
  auto floats = op->getAttrOfType<DenseF32ArrayAttr>("imputed_value_floats");
  auto ints = op->getAttrOfType<DenseI64ArrayAttr>("imputed_value_int64s");
  if (isa<FloatType>(type) ? !floats : !ints)
    return failure();
  Value imputed, isReplaced;
  if (isa<FloatType>(type)) {
    float replaced = getFloat(op, "replaced_value_float");
    imputed = cast(build, build.floats(floats.asArrayRef()), type);
    isReplaced = std::isnan(replaced) ? build.node("IsNaN", {x})
                                      : build.node("Equal", {x, build.scalar(replaced, type)});
  } else {
    imputed = cast(build, build.ints(ints.asArrayRef()), type);
    isReplaced = build.node(
        "Equal", {x, cast(build, build.scalarInt(getInt(op, "replaced_value_int64")), type)});
  }
  replaceNode(op, build.node("Where", {isReplaced, imputed, x}));
  return success();
}

/// A row for each element, with a one at its category. What is in none is an error to the operator
/// with `zeros` off, and a row of zeros here.
LogicalResult decomposeOneHotEncoder(Operation *op, NodeBuilder &build) {
  Value x = op->getOperand(0), categories;
  auto rank = getRank(x);
  if (!rank)
    return failure();
  if (auto ints = op->getAttrOfType<DenseI64ArrayAttr>("cats_int64s")) {
    categories = build.ints(ints.asArrayRef());
    x = cast(build, x, build.builder.getI64Type());
  } else if (auto strings = op->getAttrOfType<ArrayAttr>("cats_strings")) {
    categories = constantStrings(build, llvm::to_vector(strings.getAsValueRange<StringAttr>()),
                                 static_cast<int64_t>(strings.size()));
  }
  if (!categories || getElementType(categories) != getElementType(x))
    return failure();
  Value equal = build.node("Equal", {build.node("Unsqueeze", {x, build.ints(*rank)}), categories});
  replaceNode(op, cast(build, equal, build.builder.getF32Type()));
  return success();
}

/// X times the coefficients of `count` targets, which follow one another, and their intercepts.
Value makeScores(Operation *op, NodeBuilder &build, int64_t count) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto coefficients = op->getAttrOfType<DenseF32ArrayAttr>("coefficients"),
       intercepts = op->getAttrOfType<DenseF32ArrayAttr>("intercepts");
  if (getRank(x) != 2 || !coefficients || count <= 0 || coefficients.size() % count != 0 ||
      (intercepts && intercepts.size() != count))
    return {};
  Value weights = build.node("Reshape", {build.floats(coefficients.asArrayRef()),
                                         build.ints({count, coefficients.size() / count})});
  Value scores = build.node("MatMul", {x, transpose(build, weights, {1, 0})});
  return intercepts ? build.node("Add", {scores, build.floats(intercepts.asArrayRef())}) : scores;
}

LogicalResult decomposeLinearRegressor(Operation *op, NodeBuilder &build) {
  Value scores = makeScores(op, build, getInt(op, "targets"));
  Value result = scores ? transformScores(build, scores, getString(op, "post_transform")) : Value();
  if (!result)
    return failure();
  replaceNode(op, result);
  return success();
}

/// Whether there are coefficients for one score. The intercepts say so, one a score; without any it
/// is as many coefficients as features.
bool sharesOneScore(Operation *op) {
  auto coefficients = op->getAttrOfType<DenseF32ArrayAttr>("coefficients"),
       intercepts = op->getAttrOfType<DenseF32ArrayAttr>("intercepts");
  if (intercepts)
    return intercepts.size() == 1;
  auto dims = getDims(op->getOperand(0));
  auto features =
      dims && dims->size() == 2 && (*dims)[1] ? (*dims)[1]->getConstant() : std::nullopt;
  return coefficients && features == coefficients.size();
}

/// One score a class; or one that two share, which is the second's, and its negative the first's.
LogicalResult decomposeLinearClassifier(Operation *op, NodeBuilder &build) {
  std::optional<ClassLabels> labels = readClassLabels(op, build, "classlabels_ints");
  if (!labels)
    return failure();
  bool isShared = labels->count == 2 && sharesOneScore(op);
  Value scores = makeScores(op, build, isShared ? 1 : labels->count);
  if (isShared && scores)
    scores = build.node("Concat", {build.node("Neg", {scores}), scores}, {build.attr("axis", 1)});
  Value result = scores ? transformScores(build, scores, getString(op, "post_transform")) : Value();
  if (!result)
    return failure();
  Value best = build.node("ArgMax", {scores}, {build.attr("axis", 1), build.attr("keepdims", 0)});
  replaceClassifier(op, build, *labels, best, result);
  return success();
}

} // namespace

void addLearningDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.Binarizer"] = decomposeBinarizer;
  rules["ai_onnx_ml.ArrayFeatureExtractor"] = decomposeArrayFeatureExtractor;
  rules["ai_onnx_ml.Scaler"] = decomposeScaler;
  rules["ai_onnx_ml.FeatureVectorizer"] = decomposeFeatureVectorizer;
  rules["ai_onnx_ml.Normalizer"] = decomposeNormalizer;
  rules["ai_onnx_ml.Imputer"] = decomposeImputer;
  rules["ai_onnx_ml.OneHotEncoder"] = decomposeOneHotEncoder;
  rules["ai_onnx_ml.LinearRegressor"] = decomposeLinearRegressor;
  rules["ai_onnx_ml.LinearClassifier"] = decomposeLinearClassifier;
}

} // namespace azulejo::graph
