//===- Recurrent.cpp - LSTM, GRU, RNN ---------------------------------------------------------===//
//
// The inputs of all steps are projected by one matrix product before the recurrence. The recurrence
// itself is one kernel: a workgroup runs one row of the batch in one direction from the first step
// to the last, with its state in scratch memory. A step multiplies a vector by the recurrent
// weights, which are stored transposed so that the innermost loop runs along memory and adds to
// independent sums.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Recurrent.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

namespace {

struct Activation {
  std::string name;
  double alpha, beta;
};

/// What LSTM, GRU and RNN have in common. `gates` rows of weights per hidden unit.
struct Recurrence {
  Operation *op;
  Lowering &lowering;
  ScalarBuilder b;
  int64_t gates, directions, hidden;
  Value originalX, originalR;
  Value bias, lengths;
  Type elementType, type;
  SmallVector<Activation> activations;
  std::optional<double> clip;
  bool startsReversed;
  OpFoldResult steps, batch;
  /// Lowered: X * W^T + bias, [directions, steps * batch, gates * hidden], and R^T, [directions,
  /// hidden, gates * hidden].
  Value projected, recurrent;

  template <typename OpTy>
  Recurrence(OpTy op, Lowering &lowering, int64_t gates, ArrayRef<StringRef> defaults)
      : op(op), lowering(lowering), b(lowering.getLoc(), lowering), gates(gates),
        originalX(op.getX()), originalR(op.getR()), bias(lowering[op.getB()]),
        lengths(lowering[op.getSequenceLens()]) {
    auto weights = cast<RankedTensorType>(op.getR().getType());
    directions = weights.getDimSize(0);
    hidden = weights.getDimSize(2);
    elementType = getElementType(lowering[op.getX()]);
    type = lowering.computeType(elementType);
    startsReversed = op.getDirection() == "reverse";
    if (op.getClip())
      clip = op.getClip()->convertToFloat();
    steps = lowering.getSize(op.getX(), 0);
    batch = lowering.getSize(op.getX(), 1);
    readActivations(defaults);
  }

  void readActivations(ArrayRef<StringRef> defaults) {
    auto names = op->getAttrOfType<ArrayAttr>("activations");
    auto alphas = op->getAttrOfType<DenseF32ArrayAttr>("activation_alpha");
    auto betas = op->getAttrOfType<DenseF32ArrayAttr>("activation_beta");
    size_t alphaCount = 0, betaCount = 0;
    for (int64_t i = 0, e = defaults.size() * directions; i < e; ++i) {
      StringRef name =
          names ? cast<StringAttr>(names[i]).getValue() : defaults[i % defaults.size()];
      Activation activation{name.lower(), 0, 0};
      // Values are listed for those activations only that take them.
      auto take = [](DenseF32ArrayAttr values, size_t &count, double otherwise) -> double {
        return values && count < static_cast<size_t>(values.size()) ? values[count++] : otherwise;
      };
      StringRef key = activation.name;
      if (key == "affine" || key == "scaledtanh" || key == "hardsigmoid") {
        activation.alpha = take(alphas, alphaCount, key == "hardsigmoid" ? 0.2 : 1);
        activation.beta = take(betas, betaCount,
                               key == "hardsigmoid" ? 0.5
                               : key == "affine"    ? 0
                                                    : 1);
      } else if (key == "leakyrelu" || key == "elu" || key == "thresholdedrelu") {
        activation.alpha = take(alphas, alphaCount, key == "leakyrelu" ? 0.01 : 1);
      }
      activations.push_back(activation);
    }
  }

  Value number(double value) { return b.constant(type, value); }

  Value apply(const Activation &activation, Value x) {
    auto exp = [&](Value v) { return Value(math::ExpOp::create(b, v)); };
    auto tanh = [&](Value v) { return Value(math::TanhOp::create(b, v)); };
    Value zero = number(0), one = number(1), alpha = number(activation.alpha),
          beta = number(activation.beta);
    StringRef name = activation.name;
    if (name == "sigmoid")
      return b.div(one, b.add(one, exp(b.sub(zero, x))));
    if (name == "tanh")
      return tanh(x);
    if (name == "relu")
      return b.max(x, zero);
    if (name == "affine")
      return b.add(b.mul(alpha, x), beta);
    if (name == "scaledtanh")
      return b.mul(alpha, tanh(b.mul(beta, x)));
    if (name == "hardsigmoid")
      return b.clamp(b.add(b.mul(alpha, x), beta), zero, one);
    if (name == "leakyrelu")
      return b.select(b.less(x, zero), b.mul(alpha, x), x);
    if (name == "elu")
      return b.select(b.less(x, zero), b.mul(alpha, b.sub(exp(x), one)), x);
    if (name == "thresholdedrelu")
      return b.select(b.less(x, alpha), zero, x);
    if (name == "softsign")
      return b.div(x, b.add(one, math::AbsFOp::create(b, x)));
    if (name == "softplus")
      return math::LogOp::create(b, b.add(exp(x), one));
    return {};
  }

  /// The i-th activation of a cell, which may differ between directions.
  Value activate(unsigned i, Value direction, Value x) {
    if (clip)
      x = b.clamp(x, number(-*clip), number(*clip));
    unsigned perDirection = activations.size() / directions;
    const Activation &first = activations[i],
                     &last = activations[activations.size() - perDirection + i];
    Value result = apply(first, x);
    if (first.name == last.name && first.alpha == last.alpha && first.beta == last.beta)
      return result;
    return b.select(b.equal(direction, b.index(0)), result, apply(last, x));
  }

  LogicalResult verify() {
    if (ShapedType::isDynamic(hidden) || ShapedType::isDynamic(directions))
      return lowering.refuse(op, "the hidden size must be known"), failure();
    for (const Activation &activation : activations)
      if (!apply(activation, number(0)))
        return lowering.refuse(op, "unknown activation " + activation.name), failure();
    return success();
  }

  /// W or R as the compiler's constant, transposed there, or by an operation.
  Value transposed(Value original) {
    Operation *def = original.getDefiningOp();
    auto value = def ? def->getAttrOfType<TypedAttr>("value") : TypedAttr();
    // Of one number, repeated, there is nothing to transpose at compile time.
    if (!value || value.getType() != original.getType() || !plan::isDerivable(value) ||
        isa<SplatElementsAttr>(value))
      return lowering.transpose(lowering[original], {0, 2, 1});
    TypedAttr turned = plan::transpose(lowerConstant(value), {0, 2, 1});
    return plan::ConstantOp::create(b, turned.getType(), turned);
  }

  /// Makes `projected` and `recurrent`. `inSum(n)` says whether column n's recurrent bias belongs
  /// to the sum outside of the recurrence; all do where it is null.
  void project(Value originalW, llvm::function_ref<Value(Value n)> inSum = nullptr) {
    recurrent = transposed(originalR);
    Value x = lowering[originalX], w = lowering[originalW];
    OpFoldResult rows = lowering.mul(steps, batch), columns = lowering.getIndexAttr(gates * hidden);
    SmallVector<OpFoldResult> sizes = {lowering.getIndexAttr(directions), rows, columns};
    Value init;
    if (bias) {
      AffineExpr d = b.getAffineDimExpr(0), n = b.getAffineDimExpr(2);
      auto *context = b.getContext();
      SmallVector<OpFoldResult> half = {lowering.getIndexAttr(directions), columns};
      Value input =
          lowering.extractSlice(bias, {lowering.getIndexAttr(0), lowering.getIndexAttr(0)}, half);
      Value recurrentBias = lowering.extractSlice(bias, {lowering.getIndexAttr(0), columns}, half);
      AffineMap map = AffineMap::get(3, 0, {d, n}, context);
      init =
          lowering.parallel({{input, map}, {recurrentBias, map}}, sizes, type, [&](ValueRange v) {
            ScalarBuilder s(lowering.getLoc(), lowering);
            Value wide = s.convert(v[1], type), sum = s.convert(v[0], type);
            if (inSum)
              wide = s.select(inSum(lowering.loopIndex(2)), wide, s.constant(type, 0));
            return s.add(sum, wide);
          });
    } else {
      init = lowering.fill(0.0, sizes, type);
    }
    Value matrix =
        tensor::CollapseShapeOp::create(b, x, SmallVector<ReassociationIndices>{{0, 1}, {2}});
    projected =
        tile::MatmulOp::create(b, matrix, w, init, /*transposeA=*/false, /*transposeB=*/true)
            .getResult(0);
  }

  /// sums[n] += sum over k of vector[k] * R^T[direction, k, firstColumn + n], for `count` columns.
  /// Four rows at a time, so that the sums are read and written a quarter as often.
  Value multiply(Value weights, Value direction, Value vector, Value sums, int64_t firstColumn,
                 int64_t count) {
    constexpr int64_t kRows = 4;
    Value zero = b.index(0), columns = b.index(count);
    auto accumulate = [&](Value row, int64_t rows, Value current) {
      ScalarBuilder::Values factors;
      for (int64_t i = 0; i < rows; ++i)
        factors.push_back(b.load(vector, b.add(row, i)));
      return b.forLoop(zero, columns, current, [&](Value n, Value values) {
        Value sum = b.load(values, n), column = b.add(n, firstColumn);
        for (int64_t i = 0; i < rows; ++i) {
          Value weight = b.convert(b.load(weights, {direction, b.add(row, i), column}), type);
          sum = b.add(sum, b.mul(factors[i], weight));
        }
        return b.store(sum, values, n);
      });
    };
    int64_t whole = hidden / kRows;
    sums = b.forLoop(zero, b.index(whole), sums, [&](Value block, Value current) {
      return accumulate(b.mul(block, kRows), kRows, current);
    });
    return b.forLoop(b.index(whole * kRows), b.index(hidden), sums,
                     [&](Value row, Value current) { return accumulate(row, 1, current); });
  }

  /// Calls `step` for each step of each sequence in each direction. It gets the direction, the sums
  /// so far (gates * hidden, the projection) and the state (vectors of `hidden`, the first of which
  /// is the output), and returns the new state. `initial` are lowered initial states or null;
  /// `inputs` are further operands of the kernel. Gives Y and the final states.
  using Step = llvm::function_ref<ScalarBuilder::Values(Value direction, Value sums,
                                                        ValueRange state, ValueRange inputs)>;
  SmallVector<Value> run(StringRef name, ArrayRef<Value> initial, ValueRange further, Step step) {
    SmallVector<OpFoldResult> ySizes = {steps, lowering.getIndexAttr(directions), batch,
                                        lowering.getIndexAttr(hidden)};
    SmallVector<OpFoldResult> stateSizes(ArrayRef<OpFoldResult>(ySizes).drop_front());
    ScalarBuilder::Values inputs = {projected, recurrent},
                          outputs = {lowering.empty(ySizes, elementType)};
    SmallVector<SmallVector<int64_t>> places = {{-1, 0, 1, -1}};
    if (lengths) {
      lowering.requireEqual(lowering.getLoweredSize(lengths, 0), batch,
                            "sequence_lens has {} elements, and the batch {}");
      inputs.push_back(lengths);
    }
    for (Value state : initial) {
      if (state) {
        lowering.requireEqual(lowering.getLoweredSize(state, 1), batch,
                              "an initial state has {} rows, and the batch {}");
        inputs.push_back(state);
      }
      outputs.push_back(lowering.empty(stateSizes, elementType));
      places.push_back({0, 1, -1});
    }
    size_t firstFurther = inputs.size();
    llvm::append_range(inputs, further);

    return createKernel(
        b, name, inputs, outputs, {}, [&](ScalarBuilder &, const KernelArguments &arguments) {
          Value y = arguments.outputs[0], zero = b.index(0), one = b.index(1),
                size = b.index(hidden);
          Value batchSize = b.dim(y, 2), sumSize = b.index(gates * hidden);
          return forEachSlice(
              b, arguments.outputs, {b.index(directions), batchSize}, places,
              [&](ValueRange point, ValueRange slices) -> ScalarBuilder::Values {
                Value direction = point[0], row = point[1], total = b.dim(slices[0], 0),
                      length = total;
                ValueRange operands = arguments.inputs.drop_front(2);
                if (lengths) {
                  length = b.checkIndex(b.toIndex(b.load(operands[0], row)), b.add(total, one),
                                        "sequence_lens");
                  operands = operands.drop_front();
                }
                ScalarBuilder::Values carried = {slices[0]};
                for (Value state : initial) {
                  carried.push_back(
                      b.forLoop(zero, size, b.empty(type, size), [&](Value j, Value vector) {
                        Value value =
                            state ? b.convert(b.load(operands[0], {direction, row, j}), type)
                                  : number(0);
                        return b.store(value, vector, j);
                      }));
                  if (state)
                    operands = operands.drop_front();
                }
                carried.push_back(b.empty(type, sumSize));
                Value reversed =
                    directions == 2 ? b.equal(direction, one) : b.boolean(startsReversed);
                ScalarBuilder::Values done =
                    b.forLoop(zero, length, carried, [&](Value s, ValueRange current) {
                      Value time = b.select(reversed, b.sub(b.sub(length, one), s), s);
                      Value sums =
                          b.forLoop(zero, sumSize, current.back(), [&](Value n, Value values) {
                            Value position = b.add(b.mul(time, batchSize), row);
                            return b.store(b.load(arguments.inputs[0], {direction, position, n}),
                                           values, n);
                          });
                      ScalarBuilder::Values next =
                          step(direction, sums, current.drop_front().drop_back(),
                               arguments.inputs.drop_front(firstFurther));
                      Value written =
                          b.forLoop(zero, size, current[0], [&](Value j, Value sequence) {
                            return b.store(b.convert(b.load(next[0], j), elementType), sequence,
                                           {time, j});
                          });
                      next.insert(next.begin(), written);
                      return next;
                    });
                // Steps after a sequence's end give zero.
                done[0] = b.forLoop(length, total, done[0], [&](Value time, Value sequence) {
                  return b.forLoop(zero, size, sequence, [&](Value j, Value inner) {
                    return b.store(b.constant(elementType, 0), inner, {time, j});
                  });
                });
                ScalarBuilder::Values results = {done[0]};
                for (size_t i = 0; i < initial.size(); ++i)
                  results.push_back(
                      b.forLoop(zero, size, slices[i + 1], [&](Value j, Value vector) {
                        return b.store(b.convert(b.load(done[i + 1], j), elementType), vector, j);
                      }));
                return results;
              });
        });
  }

  /// One loop over the hidden units.
  ScalarBuilder::Values
  forUnits(ValueRange carried,
           llvm::function_ref<ScalarBuilder::Values(Value j, ValueRange)> body) {
    return b.forLoop(b.index(0), b.index(hidden), carried, body);
  }
};

} // namespace

static LogicalResult mapResults(Lowering &lowering, ArrayRef<Value> originals,
                                ArrayRef<Value> lowered) {
  for (auto [original, value] : llvm::zip_equal(originals, lowered))
    if (original)
      lowering.map(original, value);
  return success();
}

static LogicalResult lowerLSTM(onnx::LSTMOp op, Lowering &lowering) {
  Recurrence cell(op, lowering, 4, {"Sigmoid", "Tanh", "Tanh"});
  if (failed(cell.verify()))
    return failure();
  cell.project(op.getW());
  ScalarBuilder &b = cell.b;
  int64_t hidden = cell.hidden;
  ScalarBuilder::Values further = {cell.recurrent};
  bool peeps = bool(op.getP()), couples = op.getInputForget();
  if (peeps)
    further.push_back(lowering[op.getP()]);
  auto results = cell.run(
      "lstm", {lowering[op.getInitialH()], lowering[op.getInitialC()]}, further,
      [&](Value direction, Value sums, ValueRange state,
          ValueRange inputs) -> ScalarBuilder::Values {
        sums = cell.multiply(inputs[0], direction, state[0], sums, 0, 4 * hidden);
        auto next = cell.forUnits(state, [&](Value j, ValueRange current) -> ScalarBuilder::Values {
          // Gates stand in the order input, output, forget, cell.
          auto sum = [&](int64_t gate) { return b.load(sums, b.add(j, gate * hidden)); };
          auto peep = [&](int64_t which, Value c) {
            Value weight =
                b.convert(b.load(inputs[1], {direction, b.add(j, which * hidden)}), cell.type);
            return b.mul(weight, c);
          };
          Value c = b.load(current[1], j), i = sum(0), f = sum(2), o = sum(1);
          if (peeps) {
            i = b.add(i, peep(0, c));
            f = b.add(f, peep(2, c));
          }
          i = cell.activate(0, direction, i);
          f = couples ? b.sub(cell.number(1), i) : cell.activate(0, direction, f);
          Value candidate = cell.activate(1, direction, sum(3)),
                newC = b.add(b.mul(f, c), b.mul(i, candidate));
          if (peeps)
            o = b.add(o, peep(1, newC));
          o = cell.activate(0, direction, o);
          Value h = b.mul(o, cell.activate(2, direction, newC));
          return {b.store(h, current[0], j), b.store(newC, current[1], j)};
        });
        next.push_back(sums);
        return next;
      });
  return mapResults(lowering, {op.getY(), op.getYH(), op.getYC()}, results);
}

static LogicalResult lowerGRU(onnx::GRUOp op, Lowering &lowering) {
  Recurrence cell(op, lowering, 3, {"Sigmoid", "Tanh"});
  if (failed(cell.verify()))
    return failure();
  ScalarBuilder &b = cell.b;
  int64_t hidden = cell.hidden;
  bool resetsAfter = op.getLinearBeforeReset();
  // With linear_before_reset the candidate's recurrent bias is reset together with its recurrent
  // product.
  auto inSum = [&](Value n) {
    ScalarBuilder s(lowering.getLoc(), lowering);
    return s.less(n, s.index(2 * hidden));
  };
  llvm::function_ref<Value(Value)> all = nullptr, gatesOnly = inSum;
  cell.project(op.getW(), resetsAfter ? gatesOnly : all);
  ScalarBuilder::Values further = {cell.recurrent};
  bool ownBias = resetsAfter && cell.bias;
  if (ownBias)
    further.push_back(cell.bias);
  auto results = cell.run(
      "gru", {lowering[op.getInitialH()]}, further,
      [&](Value direction, Value sums, ValueRange state,
          ValueRange inputs) -> ScalarBuilder::Values {
        // Gates stand in the order update, reset, hidden.
        Value h = state[0], size = b.index(hidden), zero = b.index(0);
        sums = cell.multiply(inputs[0], direction, h, sums, 0, 2 * hidden);
        auto reset = [&](Value j) {
          return cell.activate(0, direction, b.load(sums, b.add(j, hidden)));
        };
        Value vector = b.forLoop(zero, size, b.empty(cell.type, size), [&](Value j, Value values) {
          Value initial = cell.number(0);
          if (!resetsAfter)
            initial = b.mul(reset(j), b.load(h, j));
          else if (ownBias)
            initial = b.convert(b.load(inputs[1], {direction, b.add(j, 5 * hidden)}), cell.type);
          return b.store(initial, values, j);
        });
        Value candidates;
        if (resetsAfter) {
          candidates = cell.multiply(inputs[0], direction, h, vector, 2 * hidden, hidden);
        } else {
          candidates = b.forLoop(zero, size, b.empty(cell.type, size), [&](Value j, Value values) {
            return b.store(cell.number(0), values, j);
          });
          candidates = cell.multiply(inputs[0], direction, vector, candidates, 2 * hidden, hidden);
        }
        auto next = cell.forUnits(h, [&](Value j, ValueRange current) -> ScalarBuilder::Values {
          Value z = cell.activate(0, direction, b.load(sums, j)), product = b.load(candidates, j);
          if (resetsAfter)
            product = b.mul(reset(j), product);
          Value candidate =
              cell.activate(1, direction, b.add(b.load(sums, b.add(j, 2 * hidden)), product));
          Value old = b.load(current[0], j);
          return {b.store(b.add(b.mul(b.sub(cell.number(1), z), candidate), b.mul(z, old)),
                          current[0], j)};
        });
        return {next[0], sums};
      });
  return mapResults(lowering, {op.getY(), op.getYH()}, results);
}

static LogicalResult lowerRNN(onnx::RNNOp op, Lowering &lowering) {
  Recurrence cell(op, lowering, 1, {"Tanh"});
  if (failed(cell.verify()))
    return failure();
  cell.project(op.getW());
  ScalarBuilder &b = cell.b;
  auto results = cell.run(
      "rnn", {lowering[op.getInitialH()]}, cell.recurrent,
      [&](Value direction, Value sums, ValueRange state,
          ValueRange inputs) -> ScalarBuilder::Values {
        sums = cell.multiply(inputs[0], direction, state[0], sums, 0, cell.hidden);
        auto next = cell.forUnits(state, [&](Value j, ValueRange current) -> ScalarBuilder::Values {
          return {b.store(cell.activate(0, direction, b.load(sums, j)), current[0], j)};
        });
        return {next[0], sums};
      });
  return mapResults(lowering, {op.getY(), op.getYH()}, results);
}

void addRecurrentLowerings(LoweringTable &table) {
  table.add<onnx::LSTMOp>(lowerLSTM);
  table.add<onnx::GRUOp>(lowerGRU);
  table.add<onnx::RNNOp>(lowerRNN);
}

} // namespace azulejo::lower
