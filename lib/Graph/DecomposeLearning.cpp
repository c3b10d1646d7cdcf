//===- DecomposeLearning.cpp - Operators of ai.onnx.ml that are arithmetic on tensors ---------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {
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

/// What is done to a row's scores in the end; null for what there is no form of.
Value transformScores(NodeBuilder &build, Value scores, StringRef transform) {
  if (transform == "NONE")
    return scores;
  if (transform == "LOGISTIC")
    return build.node("Sigmoid", {scores});
  if (transform == "SOFTMAX")
    return build.node("Softmax", {scores}, {build.attr("axis", 1)});
  if (transform != "SOFTMAX_ZERO")
    return {};
  // Scores of zero stay zero, and count for nothing.
  Value zero = build.scalar(0, getElementType(scores));
  Value isZero = build.node("Equal", {scores, zero});
  Value least = build.scalar(-INFINITY, getElementType(scores));
  Value others = build.node("Where", {isZero, least, scores});
  Value shares = build.node("Softmax", {others}, {build.attr("axis", 1)});
  return build.node("Where", {isZero, zero, shares});
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

/// One score a class. (Two classes may share one score, whose sign decides: there is no form of
/// that.)
LogicalResult decomposeLinearClassifier(Operation *op, NodeBuilder &build) {
  Value labels;
  int64_t count = 0;
  if (auto ints = op->getAttrOfType<DenseI64ArrayAttr>("classlabels_ints")) {
    count = ints.size();
    labels = build.ints(ints.asArrayRef());
  } else if (auto strings = op->getAttrOfType<ArrayAttr>("classlabels_strings")) {
    count = strings.size();
    labels = constantStrings(build, llvm::to_vector(strings.getAsValueRange<StringAttr>()), count);
  }
  Value scores = makeScores(op, build, count);
  Value result = scores ? transformScores(build, scores, getString(op, "post_transform")) : Value();
  if (!result)
    return failure();
  Value best = build.node("ArgMax", {scores}, {build.attr("axis", 1), build.attr("keepdims", 0)});
  replaceValue(getResult(op, 0), build.node("Gather", {labels, best}, {build.attr("axis", 0)}));
  if (Value all = getResult(op, 1))
    replaceValue(all, result);
  op->erase();
  return success();
}

/// Each row of x with each support vector: (rows, vectors). Null for an unknown kernel.
Value applyKernel(Operation *op, NodeBuilder &build, Value x, Value vectors) {
  auto params = op->getAttrOfType<DenseF32ArrayAttr>("kernel_params");
  Type type = build.builder.getF32Type();
  auto param = [&](size_t i, float otherwise) {
    return build.scalar(params && i < static_cast<size_t>(params.size()) ? params[i] : otherwise,
                        type);
  };
  StringRef kernel = getString(op, "kernel_type");
  if (kernel == "RBF") {
    Value distance = build.node("Sub", {build.node("Unsqueeze", {x, build.ints(1)}), vectors});
    Value square = reduce(build, "ReduceSum", build.node("Mul", {distance, distance}), 2, false);
    return build.node("Exp", {build.node("Neg", {build.node("Mul", {param(0, 0), square})})});
  }
  Value product = build.node("MatMul", {x, transpose(build, vectors, {1, 0})});
  if (kernel == "LINEAR")
    return product;
  if (kernel != "POLY" && kernel != "SIGMOID")
    return {};
  Value moved = build.node("Add", {build.node("Mul", {param(0, 0), product}), param(1, 0)});
  return kernel == "POLY" ? build.node("Pow", {moved, param(2, 1)}) : build.node("Tanh", {moved});
}

/// The kernel of each support vector, weighted, and rho.
LogicalResult decomposeSVMRegressor(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  auto coefficients = op->getAttrOfType<DenseF32ArrayAttr>("coefficients"),
       vectors = op->getAttrOfType<DenseF32ArrayAttr>("support_vectors"),
       rho = op->getAttrOfType<DenseF32ArrayAttr>("rho");
  int64_t count = getInt(op, "n_supports");
  if (getRank(x) != 2 || !coefficients || !rho || rho.empty() || getInt(op, "one_class") ||
      getString(op, "post_transform") != "NONE" || count <= 0 || !vectors ||
      vectors.size() % count != 0 || coefficients.size() != count)
    return failure();
  Value table = build.node(
      "Reshape", {build.floats(vectors.asArrayRef()), build.ints({count, vectors.size() / count})});
  Value kernels = applyKernel(op, build, x, table);
  if (!kernels)
    return failure();
  Value weights =
      build.node("Reshape", {build.floats(coefficients.asArrayRef()), build.ints({count, 1})});
  Value sum = build.node("MatMul", {kernels, weights});
  replaceNode(op, build.node("Add", {sum, build.floats(rho[0])}));
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
  rules["ai_onnx_ml.SVMRegressor"] = decomposeSVMRegressor;
  rules["ai_onnx_ml.LinearRegressor"] = decomposeLinearRegressor;
  rules["ai_onnx_ml.LinearClassifier"] = decomposeLinearClassifier;
}

} // namespace azulejo::graph
