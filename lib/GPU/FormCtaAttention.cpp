//===- FormCtaAttention.cpp - Attention a tile of keys at a time ------------------------------===//
//
// Of each row of scores a block keeps the greatest so far, m, the sum of exp(score - m), l, and the
// weighted sum of values; a tile of keys with a greater score scales what is there by exp(m - m').
// Scores never leave registers:
//
//     for each tile of keys:  S = Q K^T,  m' = max(m, rows of S),  P = exp(S - m')
//                             l = l exp(m - m') + rows of P,  O = O exp(m - m') + P V
//     Y = O / l
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/TileProgram.h"
#include "lib/GPU/WarpGroups.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace azulejo::gpu {

namespace {

class Attention {
public:
  Attention(TileProgram &program, ImplicitLocOpBuilder &b, tile::AttentionOp op, bool allowTF32,
            Span queries, Span depth)
      : program(program), b(b), op(op), queries(queries), depth(depth) {
    element = getElementTypeOrSelf(op.getQ().getType());
    type = element.isF64() ? Type(b.getF64Type()) : Type(b.getF32Type());
    tf32 = allowTF32 && element.isF32();
    rows = queries.extent;
    // More keys at a time need registers for their scores, fewer more barriers.
    keys = depth.extent <= 128 ? 64 : 32;
    if (element.isF32() && !tf32)
      keys /= 2; // what fused multiply-adds read takes registers as well
    if (multipliesByWarpGroups() && depth.extent <= 128)
      keys = op.getMask() ? 64 : 128;
  }

  Value run();

private:
  /// Whether azulejo-pipeline-loads will find keys and values that the tensor memory accelerator
  /// copies: their tiles are in shared memory then, and registers are for scores.
  bool multipliesByWarpGroups() {
    if (!program.getGpu().has("wgmma") || rows % rowsOfWarpGroup ||
        !(element.isF16() || element.isBF16()))
      return false;
    return llvm::all_of(ValueRange{op.getK(), op.getV()}, [&](Value tensor) {
      MemRefType memory = program.getMemoryOfRows(tensor);
      return memory && whyNoTma(memory, 16).empty();
    });
  }
  Span whole(Value tensor, int64_t dim) {
    OpFoldResult size = program.getSize(tensor, dim);
    auto known = getConstantIntValue(size);
    if (!known)
      return program.refuse("the size of a head is not known"), Span{size, 0, size};
    return {b.getIndexAttr(0), std::max<int64_t>(16, llvm::PowerOf2Ceil(*known)), size};
  }
  Span unit() { return {b.getIndexAttr(0), 1, b.getIndexAttr(1)}; }
  Value constant(double value, ArrayRef<int64_t> shape) {
    return program.splat(value, type, shape);
  }
  Value lowest(ArrayRef<int64_t> shape) {
    return constant(-std::numeric_limits<double>::infinity(), shape);
  }
  Value spread(Value rowTile, int64_t columns) {
    return program.broadcast(rowTile, {0}, {rows, columns});
  }
  /// As an operand of a product whose other operand is of this type.
  Value narrow(Value tile, Type to) {
    auto from = cast<RankedTensorType>(tile.getType());
    if (from.getElementType() == to)
      return tile;
    return arith::TruncFOp::create(b, RankedTensorType::get(from.getShape(), to), tile);
  }
  Value widen(Value tile, Type to) {
    auto from = cast<RankedTensorType>(tile.getType());
    if (from.getElementType() == to)
      return tile;
    return arith::ExtFOp::create(b, RankedTensorType::get(from.getShape(), to), tile);
  }
  Value multiply(Value left, Value right, Value sum) {
    // Tensor cores sum f16 and bf16 in f32; f64 and f32 are products in their own type.
    return cta::DotOp::create(b, left, right, sum, tf32);
  }
  Value maskScores(Value scores, Value first, OpFoldResult left);

  TileProgram &program;
  ImplicitLocOpBuilder &b;
  tile::AttentionOp op;
  Span queries, depth;
  Type element, type;
  bool tf32;
  int64_t rows, keys;
};

/// Scale, softcap, mask, causality, and no key where there is none. `first` is the tile's first key
/// and `left` how many there are from it on.
Value Attention::maskScores(Value scores, Value first, OpFoldResult left) {
  SmallVector<int64_t> shape = {rows, keys};
  scores = arith::MulFOp::create(b, scores, constant(op.getScale().convertToDouble(), shape));
  if (double cap = op.getSoftcap().convertToDouble(); cap > 0) {
    scores = arith::MulFOp::create(b, scores, constant(1 / cap, shape));
    scores = math::TanhOp::create(b, scores);
    scores = arith::MulFOp::create(b, scores, constant(cap, shape));
  }
  if (Value mask = op.getMask()) {
    auto maskType = cast<RankedTensorType>(mask.getType());
    Spans region = {unit(), unit()};
    SmallVector<int64_t> dims;
    for (int64_t dim : {0, 1}) {
      bool repeats = maskType.getDimSize(2 + dim) == 1;
      region.push_back(repeats    ? unit()
                       : dim == 0 ? queries
                                  : Span{OpFoldResult(first), keys, left});
      if (!repeats)
        dims.push_back(dim);
    }
    Value tile = program.get(mask, region);
    if (!tile)
      return tile;
    tile = program.broadcast(tile, dims, shape);
    Type from = maskType.getElementType();
    auto to = RankedTensorType::get(shape, type);
    if (from.isInteger(1)) {
      scores = arith::SelectOp::create(b, tile, scores, lowest(shape));
    } else {
      if (from.getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
        tile = arith::ExtFOp::create(b, to, tile);
      else if (from != type)
        tile = arith::TruncFOp::create(b, to, tile);
      scores = arith::AddFOp::create(b, scores, tile);
    }
  }
  if (op.getCausal()) {
    OpFoldResult last = queries.offset;
    if (Value offset = op.getCausalOffset())
      last = program.add(last, OpFoldResult(offset));
    Value seen = arith::CmpIOp::create(b, arith::CmpIPredicate::sle,
                                       program.iota(shape, 1, OpFoldResult(first)),
                                       program.iota(shape, 0, last));
    scores = arith::SelectOp::create(b, seen, scores, lowest(shape));
  }
  if (getConstantIntValue(left) == keys)
    return scores;
  return arith::SelectOp::create(b, program.isInside(shape, 1, left), scores, lowest(shape));
}

Value Attention::run() {
  Span head = whole(op.getQ(), 3);
  if (!head.extent)
    return {};
  Value q = program.get(op.getQ(), {unit(), unit(), queries, head});
  if (!q)
    return q;
  OpFoldResult length = program.getSize(op.getK(), 2);
  Value end = program.asValue(length);
  if (op.getCausal()) {
    // Keys behind the last query's own are seen by none.
    OpFoldResult last = program.add(queries.offset, b.getIndexAttr(rows));
    if (Value offset = op.getCausalOffset())
      last = program.add(last, OpFoldResult(offset));
    end = arith::MinSIOp::create(b, end, program.asValue(last));
  }
  SmallVector<Value> start = {lowest({rows}), constant(0, {rows}),
                              constant(0, {rows, depth.extent})};
  auto loop = scf::ForOp::create(b, program.asValue(b.getIndexAttr(0)), end,
                                 program.asValue(b.getIndexAttr(keys)), start);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value first = loop.getInductionVar(), most = loop.getRegionIterArg(0),
          sum = loop.getRegionIterArg(1), output = loop.getRegionIterArg(2);
    auto getLeft = [&](Value tensor) -> OpFoldResult {
      OpFoldResult size = program.getSize(tensor, 2);
      auto known = getConstantIntValue(size);
      return known && *known % keys == 0 ? OpFoldResult(b.getIndexAttr(keys))
                                         : program.subtract(size, first);
    };
    OpFoldResult left = getLeft(op.getK());
    Value k = program.get(op.getK(), {unit(), unit(), {OpFoldResult(first), keys, left}, head});
    if (!k)
      return k;
    Value transposed = cta::TransposeOp::create(
        b, RankedTensorType::get({head.extent, keys}, getElementTypeOrSelf(k)), k,
        ArrayRef<int64_t>{1, 0});
    Value scores = multiply(q, transposed, constant(0, {rows, keys}));
    scores = maskScores(scores, first, left);
    if (!scores)
      return scores;
    Value next = arith::MaximumFOp::create(
        b, most, program.reduce(scores, 1, [](OpBuilder &nested, Location loc, Value x, Value y) {
          return arith::MaximumFOp::create(nested, loc, x, y).getResult();
        }));
    // Where no key was seen so far, minus infinity less itself would be no number.
    Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, next, lowest({rows}));
    Value shift = arith::SelectOp::create(b, none, constant(0, {rows}), next);
    Value weights =
        math::ExpOp::create(b, arith::SubFOp::create(b, scores, spread(shift, keys)).getResult());
    Value scale = math::ExpOp::create(b, arith::SubFOp::create(b, most, shift).getResult());
    // As they are multiplied, rounded: so they sum up to what they are divided by.
    weights = narrow(weights, getElementTypeOrSelf(op.getV()));
    Value added = program.reduce(widen(weights, type), 1,
                                 [](OpBuilder &nested, Location loc, Value x, Value y) {
                                   return arith::AddFOp::create(nested, loc, x, y).getResult();
                                 });
    sum = arith::AddFOp::create(b, arith::MulFOp::create(b, sum, scale), added);
    output = arith::MulFOp::create(b, output, spread(scale, depth.extent));
    Value v = program.get(op.getV(), {unit(), unit(), {first, keys, getLeft(op.getV())}, depth});
    if (!v)
      return v;
    output = multiply(weights, v, output);
    scf::YieldOp::create(b, ValueRange{next, sum, output});
  }
  Value sum = loop.getResult(1), output = loop.getResult(2);
  if (op.getZeroMaskedRows()) {
    Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, constant(0, {rows}));
    sum = arith::SelectOp::create(b, none, constant(1, {rows}), sum);
  }
  output = arith::DivFOp::create(b, output, spread(sum, depth.extent));
  return narrow(output, getElementTypeOrSelf(op.getY().getType()));
}

} // namespace

Value TileProgram::getAttention(tile::AttentionOp op, ArrayRef<Span> region) {
  if (!region[0].isUnit() || !region[1].isUnit())
    return refuse("several heads are in one block");
  auto size = getConstantIntValue(getSize(op.getV(), 3));
  if (!size || getConstantIntValue(region[3].offset) != 0 || region[3].extent < *size)
    return refuse("a head is not computed whole");
  int64_t rows = region[2].extent;
  if (rows < 16 || rows > 128 || region[3].extent > 256)
    return refuse("a tile of queries is not of 16 to 128, or a head has more than 256");
  for (Value operand : {op.getQ(), op.getK(), op.getV()})
    if (!isa<FloatType>(getElementTypeOrSelf(operand.getType())) ||
        getElementTypeOrSelf(operand.getType()) != getElementTypeOrSelf(op.getQ().getType()))
      return refuse("attention over several types");
  warps = std::max<int64_t>(1, std::min<int64_t>(8, rows / 16));
  contraction = true;
  return Attention(*this, b, op, allowTF32, region[2], region[3]).run();
}

} // namespace azulejo::gpu
