//===- Attention.cpp - Attention, RotaryEmbedding ---------------------------------------------===//
#include "dialects/ONNX/Attention.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

static RankedTensorType getType(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }

namespace {

/// Attention. What tile.attention has no word for (a cache, windows, keys that are
/// padding) becomes concatenation and an additive mask.
struct AttentionLowering {
  onnx::AttentionOp op;
  Lowering &b;
  Type elementType;
  Value q, k, v;
  double scale = 0;
  int64_t left, right;
  bool causal;
  /// How many keys stand before the first query's own; null for none.
  Value offset;

  AttentionLowering(onnx::AttentionOp op, Lowering &b)
      : op(op), b(b), left(op.getLeftWindowSize()), right(op.getRightWindowSize()),
        causal(op.getIsCausal() != 0) {}

  /// The cache with what is new behind it, along the sequence.
  Value append(Value cache, Value added) {
    if (!cache)
      return added;
    Value result = tensor::ConcatOp::create(b, 2, ValueRange{cache, added});
    return result;
  }

  /// Heads of a rank 3 operand, [batch, sequence, heads * size], as a dimension of their own.
  Value splitHeads(Value lowered, int64_t heads) {
    int64_t width = getType(lowered).getDimSize(2);
    if (getType(lowered).getRank() == 4)
      return lowered;
    if (heads <= 0 || width == ShapedType::kDynamic)
      return {};
    SmallVector<OpFoldResult> sizes = {b.getLoweredSize(lowered, 0), b.getLoweredSize(lowered, 1),
                                       b.getIndexAttr(heads), b.getIndexAttr(width / heads)};
    SmallVector<int64_t> shape(getType(lowered).getShape().take_front(2));
    shape.append({heads, width / heads});
    Value split =
        tensor::ExpandShapeOp::create(b, RankedTensorType::get(shape, elementType), lowered,
                                      SmallVector<ReassociationIndices>{{0}, {1}, {2, 3}}, sizes);
    return b.transpose(split, {0, 2, 1, 3});
  }

  LogicalResult prepare() {
    elementType = getElementType(b[op.getQ()]);
    int64_t queryHeads = op.getQNumHeads().value_or(0), keyHeads = op.getKvNumHeads().value_or(0);
    q = splitHeads(b[op.getQ()], queryHeads);
    k = splitHeads(b[op.getK()], keyHeads);
    v = splitHeads(b[op.getV()], keyHeads);
    if (!q || !k || !v)
      return b.refuse(op, "the numbers of heads and their sizes must be known"), failure();
    k = append(b[op.getPastKey()], k);
    v = append(b[op.getPastValue()], v);
    if (op.getPastKey())
      offset = b.asIndex(b.getLoweredSize(b[op.getPastKey()], 2));
    if (auto given = op.getScale()) {
      scale = given->convertToFloat();
      return success();
    }
    int64_t size = getType(q).getDimSize(3);
    if (size == ShapedType::kDynamic)
      return b.refuse(op, "the scale must be given where the head size is not known"), failure();
    scale = 1.0 / std::sqrt(static_cast<double>(size));
    return success();
  }

  /// The mask at rank 4. One that is shorter than the keys hides those behind it.
  Value getMask() {
    Value mask = b[op.getAttnMask()];
    if (!mask)
      return mask;
    int64_t rank = getType(mask).getRank();
    int64_t own = getType(mask).getDimSize(rank - 1), keys = getType(k).getDimSize(2);
    bool mayBeShort = op.getNonpadKvSeqlen() || op.getPastKey() || own != ShapedType::kDynamic;
    if (mayBeShort && (own != keys || own == ShapedType::kDynamic)) {
      SmallVector<OpFoldResult> low(rank, b.getIndexAttr(0)), high(low);
      high[rank - 1] =
          b.max(b.sub(b.getLoweredSize(k, 2), b.getLoweredSize(mask, rank - 1)), b.getIndexAttr(0));
      Type type = getElementType(mask);
      Value hidden = type.isInteger(1) ? b.constant(type, 0) : b.lowest(type, false);
      mask = tensor::PadOp::create(b, Type(), mask, low, high, hidden);
    }
    return b.unsqueeze(mask, llvm::to_vector(llvm::seq<int64_t>(0, 4 - rank)));
  }

  /// Everything that hides a key from a query, as numbers to be added to the scores.
  Value getBias(Value mask) {
    Value valid = b[op.getNonpadKvSeqlen()];
    SmallVector<OpFoldResult> sizes = {b.getIndexAttr(1), b.getIndexAttr(1), b.getLoweredSize(q, 2),
                                       b.getLoweredSize(k, 2)};
    SmallVector<MappedValue> inputs;
    if (mask) {
      SmallVector<AffineExpr> exprs;
      for (int64_t i = 0; i < 4; ++i) {
        bool repeats = getType(mask).getDimSize(i) == 1;
        exprs.push_back(repeats ? b.getAffineConstantExpr(0) : b.getAffineDimExpr(i));
        if (i < 2)
          sizes[i] = b.getLoweredSize(mask, i);
      }
      inputs.push_back({mask, AffineMap::get(4, 0, exprs, b.getContext())});
    }
    if (valid) {
      sizes[0] = b.getLoweredSize(q, 0);
      inputs.push_back({valid, AffineMap::get(4, 0, b.getAffineDimExpr(0))});
    }
    Value queries = b.asIndex(b.getLoweredSize(q, 2));
    return b.parallel(inputs, sizes, elementType, [&](ValueRange x) -> Value {
      ScalarBuilder s(b.getLoc(), b);
      Value hidden = s.lowest(elementType), bias = s.constant(elementType, 0);
      if (mask)
        bias = x[0].getType().isInteger(1) ? s.select(x[0], bias, hidden)
                                           : s.convert(x[0], elementType);
      Value i = b.loopIndex(2), j = b.loopIndex(3), seen = s.boolean(true), position = i;
      if (offset)
        position = s.add(i, offset);
      if (valid) {
        Value count = s.toIndex(x.back());
        seen = s.less(j, count);
        if (!offset)
          position = s.add(i, s.sub(count, queries));
      }
      if (causal)
        seen = s.logicalAnd(seen, s.lessEqual(j, position));
      Value distance = s.sub(position, j);
      if (left >= 0)
        seen = s.logicalAnd(seen, s.lessEqual(distance, s.index(left)));
      if (right >= 0)
        seen = s.logicalAnd(seen, s.lessEqual(s.index(-right), distance));
      return s.select(seen, bias, hidden);
    });
  }

  /// The scores as the operator shows them: scaled (mode 0), capped (1), masked (2) or after
  /// softmax (3).
  Value getScores(Value bias) {
    int64_t mode = op.getQkMatmulOutputMode();
    double cap = op.getSoftcap().convertToFloat();
    ScalarBuilder s(b.getLoc(), b);
    Type type = b.computeType(elementType);
    SmallVector<OpFoldResult> sizes = {b.getLoweredSize(q, 0), b.getLoweredSize(q, 1),
                                       b.getLoweredSize(q, 2), b.getLoweredSize(k, 2)};
    ScalarBuilder::Values inputs = {q, k};
    bool addsBias = bias && mode >= 2;
    if (addsBias)
      inputs.push_back(bias);
    auto scores = [&](ScalarBuilder &, const KernelArguments &arguments) {
      Value queries = arguments.inputs[0], keys = arguments.inputs[1], zero = s.index(0);
      Value group = s.div(s.dim(queries, 1), s.dim(keys, 1));
      return forEachRow(
          s, arguments.outputs, 3,
          [&](ScalarBuilder &, ValueRange at, ValueRange rows) -> ScalarBuilder::Values {
            Value length = s.dim(rows[0], 0), head = s.div(at[1], group);
            Value values = s.forLoop(zero, length, s.empty(type, length), [&](Value j, Value row) {
              Value sum = s.forLoop(
                  zero, s.dim(queries, 3), s.constant(type, 0), [&](Value d, Value partial) {
                    Value x = s.load(queries, {at[0], at[1], at[2], d});
                    Value y = s.load(keys, {at[0], head, j, d});
                    return s.add(partial, s.mul(s.convert(x, type), s.convert(y, type)));
                  });
              Value score = s.mul(sum, s.constant(type, scale));
              if (cap > 0 && mode >= 1) {
                Value ratio = s.div(score, s.constant(type, cap));
                score = s.mul(math::TanhOp::create(s, ratio), s.constant(type, cap));
              }
              if (addsBias) {
                ScalarBuilder::Values from(at);
                from.push_back(j);
                for (int64_t i = 0; i < 2; ++i)
                  if (getType(bias).getDimSize(i) == 1)
                    from[i] = zero;
                score = s.add(score, s.convert(s.load(arguments.inputs[2], from), type));
              }
              return s.store(score, row, j);
            });
            if (mode == 3) {
              Value lowest = s.lowest(type), none = s.constant(type, 0);
              Value most = s.forLoop(zero, length, lowest, [&](Value j, Value best) {
                return s.max(best, s.load(values, j));
              });
              // A query that sees no key has no probabilities.
              Value isEmpty = s.equal(most, lowest);
              most = s.select(isEmpty, none, most);
              auto sums = s.forLoop(zero, length, {values, none},
                                    [&](Value j, ValueRange carried) -> ScalarBuilder::Values {
                                      Value x = s.sub(s.load(carried[0], j), most);
                                      Value e = math::ExpOp::create(s, x);
                                      return {s.store(e, carried[0], j), s.add(carried[1], e)};
                                    });
              Value total = s.select(isEmpty, s.constant(type, 1), sums[1]);
              values = s.forLoop(zero, length, sums[0], [&](Value j, Value row) {
                return s.store(s.div(s.load(row, j), total), row, j);
              });
            }
            return {s.forLoop(zero, length, rows[0], [&](Value j, Value row) {
              return s.store(s.convert(s.load(values, j), elementType), row, j);
            })};
          });
    };
    return createKernel(s, "attention_scores", inputs, b.empty(sizes, elementType), {}, scores)[0];
  }

  LogicalResult lower() {
    if (failed(prepare()))
      return failure();
    Value mask = getMask(), bias;
    bool spellsOut = left >= 0 || right >= 0 || op.getNonpadKvSeqlen();
    bool showsMask = op.getQkMatmulOutput() && op.getQkMatmulOutputMode() >= 2;
    if (spellsOut || (showsMask && (mask || causal)))
      bias = getBias(mask);
    bool isSplit = getType(op.getQ()).getRank() == 3;
    SmallVector<OpFoldResult> sizes = b.getLoweredSizes(q);
    sizes[3] = b.getLoweredSize(v, 3);
    if (!isSplit)
      sizes = b.getResultSizes(op.getY(), [&](int64_t dim) { return sizes[dim]; });
    Value init = b.empty(sizes, elementType);
    bool ownCausal = causal && !bias;
    Value y = tile::AttentionOp::create(b, q, k, v, bias ? bias : mask, init, scale,
                                        op.getSoftcap().convertToFloat(), ownCausal,
                                        ownCausal ? offset : Value(), /*zeroMaskedRows=*/true)
                  .getResult(0);
    if (isSplit)
      y = tensor::CollapseShapeOp::create(b, b.transpose(y, {0, 2, 1, 3}),
                                          SmallVector<ReassociationIndices>{{0}, {1}, {2, 3}});
    b.map(op.getY(), y);
    if (op.getPresentKey())
      b.map(op.getPresentKey(), k);
    if (op.getPresentValue())
      b.map(op.getPresentValue(), v);
    if (op.getQkMatmulOutput())
      b.map(op.getQkMatmulOutput(), getScores(bias));
    return success();
  }
};

} // namespace

static LogicalResult lowerAttention(onnx::AttentionOp op, Lowering &b) {
  return AttentionLowering(op, b).lower();
}

/// What the kernel reads of caches and positions must be there.
static void requireCaches(onnx::RotaryEmbeddingOp op, Lowering &b) {
  if (Value positions = op.getPositionIds()) {
    b.requireSameSize(positions, 0, "position_ids", op.getX(), 0, "X");
    b.requireSameSize(positions, 1, "position_ids", op.getX(), 2, "X");
  }
  OpFoldResult half = op.getRotaryEmbeddingDim() > 0
                          ? OpFoldResult(b.getIndexAttr(op.getRotaryEmbeddingDim() / 2))
                          : b.div(b.getSize(op.getX(), 3), b.getIndexAttr(2));
  b.requireAtMost(b.mul(half, b.getIndexAttr(2)), b.getSize(op.getX(), 3),
                  "rotary_embedding_dim is {}, and a head has {}");
  for (auto [cache, name] :
       {std::pair(op.getCosCache(), "cos_cache"), {op.getSinCache(), "sin_cache"}}) {
    auto type = cast<RankedTensorType>(cache.getType());
    int64_t last = type.getRank() - 1;
    b.requireAtMost(half, b.getSize(cache, last),
                    "{} angles are needed, and " + Twine(name) + " has {}");
    if (op.getPositionIds()) {
      b.requireSameSize(op.getSinCache(), 0, "sin_cache", op.getCosCache(), 0, "cos_cache");
      continue;
    }
    if (!Lowering::sameSize(cache, 1, op.getX(), 2))
      b.requireAtMost(b.getSize(op.getX(), 2), b.getSize(cache, 1),
                      "{} positions are needed, and " + Twine(name) + " has {}");
    if (type.getDimSize(0) != 1)
      b.requireSameSize(cache, 0, name, op.getX(), 0, "X");
  }
}

/// Rotates pairs of elements by the angles whose cosines and sines the caches hold; elements beyond
/// the rotated ones pass through.
static Value lowerRotaryEmbedding(onnx::RotaryEmbeddingOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  if (getType(x).getRank() != 4)
    return lowering.refuse(op, "the operand must have rank 4");
  ScalarBuilder::Values inputs = {x, lowering[op.getCosCache()], lowering[op.getSinCache()]};
  if (op.getPositionIds())
    inputs.push_back(lowering[op.getPositionIds()]);
  int64_t rotated = op.getRotaryEmbeddingDim();
  bool interleaved = op.getInterleaved();
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  requireCaches(op, lowering);
  ScalarBuilder b(lowering.getLoc(), lowering);
  Value output = lowering.empty(lowering.getSizes(op.getX()), elementType);
  return createKernel(
      b, "rotary_embedding", inputs, output, {},
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value input = arguments.inputs[0], zero = b.index(0), one = b.index(1), two = b.index(2);
        Value size = b.dim(input, 3), half = rotated > 0 ? b.index(rotated / 2) : b.div(size, two);
        return forEachRow(
            b, arguments.outputs, 3,
            [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
              ScalarBuilder::Values from(outer), angle;
              from.push_back(Value());
              if (op.getPositionIds())
                angle = {b.checkIndex(b.toIndex(b.load(arguments.inputs[3], {outer[0], outer[2]})),
                                      b.dim(arguments.inputs[1], 0), "position_ids"),
                         Value()};
              else
                // Caches gathered by position; one for all of the batch may have a batch dimension
                // of 1.
                angle = {getType(arguments.inputs[1]).getDimSize(0) == 1 ? zero : outer[0],
                         outer[2], Value()};
              auto read = [&](Value tensor, ScalarBuilder::Values &at, Value last) {
                at.back() = last;
                return b.convert(b.load(tensor, at), type);
              };
              Value row = b.forLoop(zero, half, rows[0], [&](Value j, Value current) {
                Value first = interleaved ? b.mul(j, two) : j,
                      second = interleaved ? b.add(first, one) : b.add(j, half);
                Value p = read(input, from, first), q = read(input, from, second);
                Value cosine = read(arguments.inputs[1], angle, j),
                      sine = read(arguments.inputs[2], angle, j);
                Value real = b.sub(b.mul(cosine, p), b.mul(sine, q)),
                      imaginary = b.add(b.mul(sine, p), b.mul(cosine, q));
                current = b.store(b.convert(real, elementType), current, first);
                return b.store(b.convert(imaginary, elementType), current, second);
              });
              return {b.forLoop(b.mul(half, two), size, row, [&](Value j, Value current) {
                from.back() = j;
                return b.store(b.load(input, from), current, j);
              })};
            });
      })[0];
}

void addAttentionLowerings(LoweringTable &table) {
  table.add<onnx::AttentionOp>(lowerAttention);
  table.add<onnx::RotaryEmbeddingOp>(lowerRotaryEmbedding);
}

} // namespace azulejo::lower
