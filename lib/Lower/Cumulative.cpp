#include "dialects/ONNX/Indexing.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

/// Running sums or products. The tensor is taken as [outer, n, inner] around its axis, which may be
/// known only at run time, and flat: each of the outer * inner rows is a sequential loop with a
/// stride.
template <typename OpTy, bool product> static Value lowerCumulative(OpTy op, Lowering &b) {
  Value x = op.getX();
  auto type = cast<RankedTensorType>(x.getType());
  int64_t rank = type.getRank();
  Type elementType = lowerType(type.getElementType()), computed = b.computeType(elementType);
  bool exclusive = op.getExclusive() != 0, reverse = op.getReverse() != 0;

  SmallVector<OpFoldResult> sizes = b.getSizes(x);
  OpFoldResult total = b.product(sizes), count, inner;
  if (auto known = b.getConstantInts(op.getAxis())) {
    int64_t axis = (*known)[0] < 0 ? (*known)[0] + rank : (*known)[0];
    count = sizes[axis];
    inner = b.product(ArrayRef<OpFoldResult>(sizes).drop_front(axis + 1));
  } else {
    Value axis = b.readIndex(b[op.getAxis()]);
    b.requireAtMost(b.getIndexAttr(-rank), axis, "axis must be at least {}, not {}");
    b.requireAtMost(axis, b.getIndexAttr(rank - 1), "axis is {}, and the last one is {}");
    Value isNegative = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, axis, b.index(0));
    axis = b.select(isNegative, arith::AddIOp::create(b, axis, b.index(rank)), axis);
    count = inner = b.getIndexAttr(1);
    for (int64_t i = 0; i < rank; ++i) {
      Value size = b.asIndex(sizes[i]);
      Value isAxis = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(i));
      Value isInner = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, axis, b.index(i));
      count = b.select(isAxis, size, b.asIndex(count));
      inner = b.mul(inner, b.select(isInner, size, b.index(1)));
    }
  }

  SmallVector<std::optional<SymbolicExpr>> dims = onnx::getDims(type), unknown(1);
  Value flat = b.reshape(b[x], dims, unknown, total);
  // Divided by at least 1: there are no rows if the total is zero.
  Value rows = b.asIndex(b.div(total, b.max(count, b.getIndexAttr(1))));
  auto kernel = tile::KernelOp::create(b, product ? "cumprod" : "cumsum", ValueRange(flat),
                                       ValueRange(b.empty(total, elementType)),
                                       ValueRange{rows, b.asIndex(count), b.asIndex(inner)});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(kernel.getBodyBlock());
    Value source = kernel.getInputArguments()[0], target = kernel.getOutputArguments()[0];
    Value rowCount = kernel.getScalarArguments()[0], n = kernel.getScalarArguments()[1],
          stride = kernel.getScalarArguments()[2];
    auto forall = scf::ForallOp::create(b, ArrayRef<OpFoldResult>{rowCount}, ValueRange(target),
                                        std::nullopt);
    tile::YieldOp::create(b, forall.getResults());

    b.setInsertionPointToStart(forall.getBody());
    Value row = forall.getInductionVar(0), shared = forall.getRegionIterArgs()[0];
    Value zero = b.index(0), one = b.index(1);
    // first = (row / inner) * n * inner + row % inner
    Value outer = arith::DivUIOp::create(b, row, stride),
          within = arith::RemUIOp::create(b, row, stride);
    Value first = arith::AddIOp::create(
        b, arith::MulIOp::create(b, outer, arith::MulIOp::create(b, n, stride)), within);
    SmallVector<OpFoldResult> offsets{first}, lengths{n}, strides{stride};
    Value init = tensor::ExtractSliceOp::create(b, shared, offsets, lengths, strides);
    Value start = b.constant(computed, product ? 1 : 0);
    auto loop = scf::ForOp::create(
        b, zero, n, one, ValueRange{init, start},
        [&](OpBuilder &nested, Location, Value i, ValueRange carried) {
          OpBuilder::InsertionGuard guard(b);
          b.restoreInsertionPoint(nested.saveInsertionPoint());
          Value at = i;
          if (reverse)
            at = arith::SubIOp::create(b, arith::SubIOp::create(b, n, one), i);
          Value position = arith::AddIOp::create(b, first, arith::MulIOp::create(b, at, stride));
          Value element = b.extend(tensor::ExtractOp::create(b, source, position));
          Value next =
              product ? b.scalarMul(carried[1], element) : b.scalarAdd(carried[1], element);
          Value stored = b.truncate(exclusive ? carried[1] : next, elementType);
          Value written = tensor::InsertOp::create(b, stored, carried[0], at);
          scf::YieldOp::create(b, ValueRange{written, next});
        });
    b.setInsertionPointToStart(forall.getTerminator().getBody());
    tensor::ParallelInsertSliceOp::create(b, loop.getResult(0), shared, offsets, lengths, strides);
  }
  return b.reshape(kernel.getResult(0), unknown, dims, sizes);
}

void addCumulativeLowerings(LoweringTable &table) {
  table.add<CumProdOp>(lowerCumulative<CumProdOp, true>);
  table.add<CumSumOp>(lowerCumulative<CumSumOp, false>);
}

} // namespace azulejo::lower
