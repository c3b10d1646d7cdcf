#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_DECOMPOSEATTENTION
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;
using utils::IteratorType;

namespace {

class Decomposition {
public:
  Decomposition(ImplicitLocOpBuilder &b, tile::AttentionOp op) : b(b), op(op) {
    inputType = cast<ShapedType>(op.getQ().getType()).getElementType();
    type = inputType.isF64() ? Type(b.getF64Type()) : Type(b.getF32Type());
    query = b.getAffineDimExpr(0);
    key = b.getAffineDimExpr(1);
  }

  Value run() {
    Value q = matrix(op.getQ()), k = matrix(op.getK()), v = matrix(op.getV()),
          y = matrix(op.getY());
    OpFoldResult queries = tensor::getMixedSize(b, b.getLoc(), q, 0),
                 keys = tensor::getMixedSize(b, b.getLoc(), k, 0),
                 depth = tensor::getMixedSize(b, b.getLoc(), v, 1);
    Value scores = tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>{queries, keys}, type);
    scores = tile::MatmulOp::create(b, q, k, scores, false, /*transposeB=*/true, false,
                                    /*overwrite=*/true)
                 .getResult(0);
    scores = maskScores(scores);
    Value most = reduce(scores, queries, negativeInfinity(),
                        [&](OpBuilder &nested, Location loc, Value x, Value y) -> Value {
                          return arith::MaximumFOp::create(nested, loc, x, y);
                        });
    Value weights = exponentials(scores, most);
    Value sums = reduce(weights, queries, constant(0.0),
                        [&](OpBuilder &nested, Location loc, Value x, Value y) -> Value {
                          return arith::AddFOp::create(nested, loc, x, y);
                        });
    Value product = tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>{queries, depth}, type);
    product =
        tile::MatmulOp::create(b, weights, v, product, false, false, false, /*overwrite=*/true)
            .getResult(0);
    return divide(product, sums, y);
  }

private:
  /// The matrix of a tensor whose first two dimensions are 1.
  Value matrix(Value value) {
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), value);
    auto whole = cast<RankedTensorType>(value.getType());
    auto reduced = RankedTensorType::get(whole.getShape().take_back(2), whole.getElementType());
    return tensor::ExtractSliceOp::create(b, reduced, value,
                                          SmallVector<OpFoldResult>(4, b.getIndexAttr(0)), sizes,
                                          SmallVector<OpFoldResult>(4, b.getIndexAttr(1)));
  }
  Value constant(double value) {
    return arith::ConstantOp::create(b, cast<TypedAttr>(b.getFloatAttr(type, value)));
  }
  Value negativeInfinity() { return constant(-std::numeric_limits<double>::infinity()); }
  AffineMap both() { return b.getMultiDimIdentityMap(2); }
  AffineMap rows() { return AffineMap::get(2, 0, query); }

  /// Scale, softcap, mask and causality, in place.
  Value maskScores(Value scores) {
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    Type maskType;
    if (Value mask = op.getMask()) {
      auto shape = cast<RankedTensorType>(mask.getType());
      maskType = shape.getElementType();
      Value flat = matrix(mask);
      inputs.push_back(flat);
      // A broadcast dimension is dropped rather than read at index 0: loops over linalg want
      // projections.
      SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), flat);
      SmallVector<AffineExpr> exprs;
      SmallVector<int64_t> kept;
      for (int64_t i = 0; i < 2; ++i) {
        if (shape.getDimSize(2 + i) == 1)
          continue;
        exprs.push_back(i == 0 ? query : key);
        kept.push_back(shape.getDimSize(2 + i));
      }
      if (kept.size() < 2)
        inputs.back() =
            tensor::ExtractSliceOp::create(b, RankedTensorType::get(kept, maskType), flat,
                                           SmallVector<OpFoldResult>(2, b.getIndexAttr(0)), sizes,
                                           SmallVector<OpFoldResult>(2, b.getIndexAttr(1)));
      maps.push_back(AffineMap::get(2, 0, exprs, b.getContext()));
    }
    maps.push_back(both());
    double softcap = op.getSoftcap().convertToDouble();
    Value scale = constant(op.getScale().convertToDouble()), lowest = negativeInfinity();
    Value cap = softcap > 0 ? constant(softcap) : Value(),
          capInverse = softcap > 0 ? constant(1 / softcap) : Value();
    Value offset = op.getCausalOffset();
    return linalg::GenericOp::create(
               b, scores.getType(), inputs, scores, maps,
               SmallVector<IteratorType>(2, IteratorType::parallel),
               [&](OpBuilder &nested, Location loc, ValueRange args) {
                 Value score = arith::MulFOp::create(nested, loc, args.back(), scale);
                 if (cap) {
                   score = math::TanhOp::create(
                       nested, loc, arith::MulFOp::create(nested, loc, score, capInverse));
                   score = arith::MulFOp::create(nested, loc, score, cap);
                 }
                 if (maskType && maskType.isInteger(1)) {
                   score = arith::SelectOp::create(nested, loc, args[0], score, lowest);
                 } else if (maskType) {
                   Value mask = args[0];
                   if (mask.getType() != type)
                     mask = cast<FloatType>(mask.getType()).getWidth() <
                                    cast<FloatType>(type).getWidth()
                                ? Value(arith::ExtFOp::create(nested, loc, type, mask))
                                : Value(arith::TruncFOp::create(nested, loc, type, mask));
                   score = arith::AddFOp::create(nested, loc, score, mask);
                 }
                 if (op.getCausal()) {
                   Value last = linalg::IndexOp::create(nested, loc, 0);
                   if (offset)
                     last = arith::AddIOp::create(nested, loc, last, offset);
                   Value seen =
                       arith::CmpIOp::create(nested, loc, arith::CmpIPredicate::sle,
                                             linalg::IndexOp::create(nested, loc, 1), last);
                   score = arith::SelectOp::create(nested, loc, seen, score, lowest);
                 }
                 linalg::YieldOp::create(nested, loc, score);
               })
        .getResult(0);
  }

  Value reduce(Value from, OpFoldResult count, Value start,
               llvm::function_ref<Value(OpBuilder &, Location, Value, Value)> combine) {
    Value init = tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>{count}, type);
    init = linalg::FillOp::create(b, start, init).getResult(0);
    return linalg::GenericOp::create(
               b, init.getType(), from, init, ArrayRef<AffineMap>{both(), rows()},
               ArrayRef<IteratorType>{IteratorType::parallel, IteratorType::reduction},
               [&](OpBuilder &nested, Location loc, ValueRange args) {
                 linalg::YieldOp::create(nested, loc, combine(nested, loc, args[0], args[1]));
               })
        .getResult(0);
  }

  /// exp(score - most), in place.
  Value exponentials(Value scores, Value most) {
    Value zero = constant(0.0), lowest = negativeInfinity();
    return linalg::GenericOp::create(
               b, scores.getType(), most, scores, ArrayRef<AffineMap>{rows(), both()},
               SmallVector<IteratorType>(2, IteratorType::parallel),
               [&](OpBuilder &nested, Location loc, ValueRange args) {
                 Value shift = args[0];
                 if (op.getZeroMaskedRows()) {
                   // Minus infinity less itself is no number; less zero it gives a weight of zero.
                   Value none =
                       arith::CmpFOp::create(nested, loc, arith::CmpFPredicate::OEQ, shift, lowest);
                   shift = arith::SelectOp::create(nested, loc, none, zero, shift);
                 }
                 linalg::YieldOp::create(
                     nested, loc,
                     Value(math::ExpOp::create(
                         nested, loc, arith::SubFOp::create(nested, loc, args[1], shift))));
               })
        .getResult(0);
  }

  Value divide(Value product, Value sums, Value y) {
    Value zero = constant(0.0), one = constant(1.0);
    return linalg::GenericOp::create(b, y.getType(), ValueRange{product, sums}, y,
                                     ArrayRef<AffineMap>{both(), rows(), both()},
                                     SmallVector<IteratorType>(2, IteratorType::parallel),
                                     [&](OpBuilder &nested, Location loc, ValueRange args) {
                                       Value sum = args[1];
                                       if (op.getZeroMaskedRows()) {
                                         Value none = arith::CmpFOp::create(
                                             nested, loc, arith::CmpFPredicate::OEQ, sum, zero);
                                         sum = arith::SelectOp::create(nested, loc, none, one, sum);
                                       }
                                       Value result =
                                           arith::DivFOp::create(nested, loc, args[0], sum);
                                       if (Type out = args[2].getType(); out != type)
                                         result = arith::TruncFOp::create(nested, loc, out, result);
                                       linalg::YieldOp::create(nested, loc, result);
                                     })
        .getResult(0);
  }

  ImplicitLocOpBuilder &b;
  tile::AttentionOp op;
  Type inputType, type;
  AffineExpr query, key;
};

struct DecomposeAttention : tiling::impl::DecomposeAttentionBase<DecomposeAttention> {
  void runOnOperation() override {
    SmallVector<tile::AttentionOp> ops;
    getOperation().walk([&](tile::AttentionOp op) { ops.push_back(op); });
    for (tile::AttentionOp op : ops) {
      auto y = cast<RankedTensorType>(op.getY().getType());
      if (y.getDimSize(0) != 1 || y.getDimSize(1) != 1) {
        op.emitOpError("was not tiled to single heads");
        return signalPassFailure();
      }
      ImplicitLocOpBuilder b(op.getLoc(), op);
      Value result = Decomposition(b, op).run();
      SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), op.getY());
      Value whole = tensor::InsertSliceOp::create(
          b, result, op.getY(), SmallVector<OpFoldResult>(4, b.getIndexAttr(0)), sizes,
          SmallVector<OpFoldResult>(4, b.getIndexAttr(1)));
      op.getResult(0).replaceAllUsesWith(whole);
      op.erase();
    }
  }
};

} // namespace
