//===- DecomposeSupportVectors.cpp - SVMRegressor and SVMClassifier ---------------------------===//
//
// A classifier decides between each two classes, and the class that wins most often is the answer.
// Its coefficients, for a class as seen from each other one, become one matrix from support vectors
// to pairs.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Decompositions.h"
#include <numeric>

using namespace mlir;

namespace azulejo::graph {
namespace {

/// A tensor<rows x columns x f32>.
Value matrix(NodeBuilder &build, ArrayRef<float> numbers, int64_t rows, int64_t columns) {
  return build.node("Reshape", {build.floats(numbers), build.ints({rows, columns})});
}

ArrayRef<float> readFloats(Operation *op, StringRef name) {
  auto floats = op->getAttrOfType<DenseF32ArrayAttr>(name);
  return floats ? floats.asArrayRef() : ArrayRef<float>();
}

/// Each row of x with each support vector: (rows, vectors). Null for an unknown kernel.
Value applyKernel(Operation *op, NodeBuilder &build, Value x, Value vectors) {
  ArrayRef<float> params = readFloats(op, "kernel_params");
  auto param = [&](size_t i, float otherwise) {
    return build.scalar(i < params.size() ? params[i] : otherwise, build.builder.getF32Type());
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

/// The kernels with `count` support vectors; null where the attributes do not fit together.
Value applyKernels(Operation *op, NodeBuilder &build, Value x, int64_t count) {
  ArrayRef<float> vectors = readFloats(op, "support_vectors");
  int64_t size = vectors.size();
  if (count <= 0 || size == 0 || size % count != 0)
    return {};
  return applyKernel(op, build, x, matrix(build, vectors, count, size / count));
}

//===------------------------------------------------------------------------------------------===//
// SVMRegressor
//===------------------------------------------------------------------------------------------===//

/// The kernel of each support vector, weighted, and rho; without support vectors the coefficients
/// are the features'. Of one class it is a yes, 1, or no, -1.
LogicalResult decomposeSVMRegressor(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  ArrayRef<float> coefficients = readFloats(op, "coefficients"), rho = readFloats(op, "rho");
  int64_t vectors = getInt(op, "n_supports"), count = coefficients.size();
  if (getRank(x) != 2 || rho.empty() || count == 0 || (vectors != 0 && vectors != count))
    return failure();
  Value kernels = vectors == 0 ? x : applyKernels(op, build, x, vectors);
  if (!kernels)
    return failure();
  Value sum = build.node("MatMul", {kernels, matrix(build, coefficients, count, 1)});
  Value score = build.node("Add", {sum, build.floats(rho[0])});
  Type type = build.builder.getF32Type();
  Value result;
  if (getInt(op, "one_class"))
    result = build.node("Where", {build.node("Less", {build.scalar(0, type), score}),
                                  build.scalar(1, type), build.scalar(-1, type)});
  else
    result = transformScores(build, score, getString(op, "post_transform"));
  if (!result)
    return failure();
  replaceNode(op, result);
  return success();
}

//===------------------------------------------------------------------------------------------===//
// SVMClassifier
//===------------------------------------------------------------------------------------------===//

/// What a decision between each two classes is made of.
struct Pairs {
  int64_t classes, vectors;
  SmallVector<float> weights;  // vectors x pairs
  SmallVector<float> ballots;  // pairs x classes: 1 for the first of the two, -1 for the other
  SmallVector<float> defaults; // of each class: how often it is the other

  int64_t count() const { return classes * (classes - 1) / 2; }

  Pairs(ArrayRef<int64_t> perClass, ArrayRef<float> coefficients)
      : classes(perClass.size()),
        vectors(std::accumulate(perClass.begin(), perClass.end(), int64_t(0))),
        weights(vectors * count(), 0.0f), ballots(count() * classes, 0.0f),
        defaults(classes, 0.0f) {
    SmallVector<int64_t> starts = {0};
    for (int64_t number : perClass)
      starts.push_back(starts.back() + number);
    int64_t pair = 0;
    for (int64_t i = 0; i < classes; ++i)
      for (int64_t j = i + 1; j < classes; ++j, ++pair) {
        for (int64_t v = starts[i]; v < starts[i + 1]; ++v)
          weights[v * count() + pair] = coefficients[(j - 1) * vectors + v];
        for (int64_t v = starts[j]; v < starts[j + 1]; ++v)
          weights[v * count() + pair] = coefficients[i * vectors + v];
        ballots[pair * classes + i] = 1;
        ballots[pair * classes + j] = -1;
        defaults[j] += 1;
      }
  }
};

/// How likely the first of each two is, as a matrix of classes: r[i][j] for i against j.
Value makePairwise(NodeBuilder &build, const Pairs &pairs, Value scores, ArrayRef<float> a,
                   ArrayRef<float> b) {
  Type type = build.builder.getF32Type();
  Value fitted = build.node("Add", {build.node("Mul", {scores, build.floats(a)}), build.floats(b)});
  Value likely = build.node("Sigmoid", {build.node("Neg", {fitted})});
  likely = build.node("Clip", {likely, build.scalar(1e-7, type), build.scalar(1 - 1e-7, type)});
  int64_t k = pairs.classes, pair = 0;
  SmallVector<float> place(pairs.count() * k * k, 0.0f), rest(k * k, 0.0f);
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = i + 1; j < k; ++j, ++pair) {
      place[pair * k * k + i * k + j] = 1;
      place[pair * k * k + j * k + i] = -1;
      rest[j * k + i] = 1;
    }
  Value flat =
      build.node("Add", {build.node("MatMul", {likely, matrix(build, place, pairs.count(), k * k)}),
                         build.floats(rest)});
  return build.node("Reshape", {flat, build.ints({-1, k, k})});
}

/// One step of coupleProbabilities for one class t, all in rows: p [batch, classes, 1], q p, and
/// p q p [batch, 1, 1].
SmallVector<Value> updateClass(NodeBuilder &build, Value q, Value t, Value classes, Value p,
                               Value qp, Value pqp) {
  auto node = [&](StringRef op, Value a, Value b) { return build.node(op, {a, b}); };
  Type type = getElementType(p);
  Value index = build.node("Unsqueeze", {t, build.ints(0)});
  auto pick = [&](Value from, int64_t axis) {
    return build.node("Gather", {from, index}, {build.attr("axis", axis)});
  };
  Value row = pick(q, 1), diagonal = pick(row, 2);
  Value step = node("Div", node("Sub", pqp, pick(qp, 1)), diagonal);
  Value scale = node("Add", step, build.scalar(1, type));
  Value here =
      build.node("Unsqueeze", {cast(build, node("Equal", classes, t), type), build.ints({0, 2})});
  Value change =
      node("Add", node("Mul", step, diagonal), node("Mul", build.scalar(2, type), pick(qp, 1)));
  Value newP = node("Div", node("Add", p, node("Mul", here, step)), scale);
  Value newPqp =
      node("Div", node("Add", pqp, node("Mul", step, change)), node("Mul", scale, scale));
  Value column = transpose(build, row, {0, 2, 1});
  Value newQp = node("Div", node("Add", qp, node("Mul", step, column)), scale);
  return {newP, newQp, newPqp};
}

/// The probabilities of classes that agree best with those of each two: the second algorithm of Wu,
/// Lin and Weng (2004) as LIBSVM has it, which stops for a row when its error is small, and for all
/// after a hundred rounds.
Value coupleProbabilities(NodeBuilder &build, Value pairwise, int64_t classes) {
  Type type = build.builder.getF32Type();
  Value other = transpose(build, pairwise, {0, 2, 1});
  Value squares = reduce(build, "ReduceSum", build.node("Mul", {other, other}), 2, true);
  Value range = makeIota(build, build.scalarInt(classes));
  Value column = build.node("Unsqueeze", {range, build.ints(1)});
  Value eye = cast(build, build.node("Equal", {column, range}), type);
  Value q =
      build.node("Sub", {build.node("Mul", {eye, squares}), build.node("Mul", {pairwise, other})});
  Value start =
      build.node("Expand", {build.scalar(1.0 / classes, type),
                            makeShape(build, {getDim(build, pairwise, 0), classes, int64_t(1)})});

  Operation *loop =
      makeLoop(build, build.scalarInt(std::max<int64_t>(100, classes)), start, start.getType());
  Block &body = loop->getRegion(0).front();
  OpBuilder inside = OpBuilder::atBlockEnd(&body);
  NodeBuilder inner(inside, build.loc);
  Value p = body.getArgument(2);
  Value qp = inner.node("MatMul", {q, p});
  Value pqp = reduce(inner, "ReduceSum", inner.node("Mul", {p, qp}), 1, true);
  Value error =
      reduce(inner, "ReduceMax", inner.node("Abs", {inner.node("Sub", {qp, pqp})}), 1, true);
  Value goesOn = inner.node("LessOrEqual", {inner.scalar(0.005 / classes, type), error});

  Operation *sweep = makeLoop(inner, inner.scalarInt(classes), {p, qp, pqp},
                              {p.getType(), qp.getType(), pqp.getType()});
  Block &sweepBody = sweep->getRegion(0).front();
  OpBuilder innermost = OpBuilder::atBlockEnd(&sweepBody);
  NodeBuilder step(innermost, build.loc);
  SmallVector<Value> updated = {sweepBody.getArgument(1)};
  llvm::append_range(updated,
                     updateClass(step, q, sweepBody.getArgument(0), range, sweepBody.getArgument(2),
                                 sweepBody.getArgument(3), sweepBody.getArgument(4)));
  onnx::YieldOp::create(innermost, build.loc, updated);

  Value next = inner.node("Where", {goesOn, sweep->getResult(0), p});
  Value any =
      reduce(inner, "ReduceMax", cast(inner, goesOn, inner.builder.getI32Type()), {0, 1, 2}, false);
  onnx::YieldOp::create(inside, build.loc, {cast(inner, any, inner.builder.getI1Type()), next});
  return build.node("Squeeze", {loop->getResult(0), build.ints(2)});
}

LogicalResult decomposeSVMClassifier(Operation *op, NodeBuilder &build) {
  Value x = cast(build, op->getOperand(0), build.builder.getF32Type());
  std::optional<ClassLabels> labels = readClassLabels(op, build, "classlabels_ints");
  SmallVector<int64_t> perClass = getInts(op, "vectors_per_class").value_or(SmallVector<int64_t>());
  ArrayRef<float> coefficients = readFloats(op, "coefficients"), rho = readFloats(op, "rho"),
                  a = readFloats(op, "prob_a"), b = readFloats(op, "prob_b");
  int64_t size = coefficients.size();
  if (getRank(x) != 2 || !labels || labels->count < 2 || rho.empty() || size == 0 ||
      llvm::any_of(perClass, [](int64_t count) { return count < 0; }))
    return failure();

  Value scores, votes;
  if (llvm::all_of(perClass, [](int64_t count) { return count == 0; })) {
    // No support vectors: a linear score for each class, and one rho for all.
    if (size % labels->count != 0)
      return failure();
    Value weights = matrix(build, coefficients, labels->count, size / labels->count);
    Value product = build.node("MatMul", {x, transpose(build, weights, {1, 0})});
    votes = scores = build.node("Add", {product, build.floats(rho[0])});
  } else {
    int64_t vectors = std::accumulate(perClass.begin(), perClass.end(), int64_t(0)),
            count = labels->count * (labels->count - 1) / 2;
    if (static_cast<int64_t>(perClass.size()) != labels->count ||
        size != vectors * (labels->count - 1) || static_cast<int64_t>(rho.size()) != count ||
        a.size() != b.size() || (!a.empty() && static_cast<int64_t>(a.size()) != count))
      return failure();
    Pairs pairs(perClass, coefficients);
    Value kernels = applyKernels(op, build, x, vectors);
    if (!kernels)
      return failure();
    Type type = build.builder.getF32Type();
    Value sum = build.node("MatMul", {kernels, matrix(build, pairs.weights, vectors, count)});
    scores = build.node("Add", {sum, build.floats(rho)});
    Value first = cast(build, build.node("Less", {build.scalar(0, type), scores}), type);
    votes = build.node(
        "Add", {build.node("MatMul", {first, matrix(build, pairs.ballots, count, pairs.classes)}),
                build.floats(pairs.defaults)});
    if (!a.empty())
      scores = coupleProbabilities(build, makePairwise(build, pairs, scores, a, b), pairs.classes);
    else if (pairs.classes == 2)
      scores = build.node("Concat", {build.node("Neg", {scores}), scores}, {build.attr("axis", 1)});
  }
  Value result = transformScores(build, scores, getString(op, "post_transform"));
  if (!result)
    return failure();
  Value best = build.node("ArgMax", {votes}, {build.attr("axis", 1), build.attr("keepdims", 0)});
  replaceClassifier(op, build, *labels, best, result);
  return success();
}

} // namespace

void addSupportVectorDecompositions(DecomposeRules &rules) {
  rules["ai_onnx_ml.SVMRegressor"] = decomposeSVMRegressor;
  rules["ai_onnx_ml.SVMClassifier"] = decomposeSVMClassifier;
}

} // namespace azulejo::graph
