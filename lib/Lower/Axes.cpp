//===- Axes.cpp - Axes that only the run knows ------------------------------------------------===//
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

SmallVector<Value> Lowering::readAxes(Value axes, int64_t rank, bool allIfEmpty) {
  Lowering &b = *this;
  Type i1 = b.getI1Type();
  auto mark = [&](ValueRange marked, Value axis) {
    SmallVector<Value> result;
    for (int64_t dim = 0; dim < rank; ++dim) {
      auto equals = [&](int64_t value) -> Value {
        return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(value));
      };
      Value isThis = arith::OrIOp::create(b, equals(dim), equals(dim - rank));
      result.push_back(b.createOrFold<arith::OrIOp>(marked[dim], isThis));
    }
    return result;
  };
  SmallVector<Value> marked(rank, b.constantInt(i1, 0));
  OpFoldResult count = cast<RankedTensorType>(axes.getType()).getRank() == 0
                           ? OpFoldResult(b.getIndexAttr(1))
                           : b.getLoweredSize(axes, 0);
  if (auto known = getConstantIntValue(count)) {
    for (int64_t i = 0; i < *known; ++i)
      marked = mark(marked, b.readIndex(axes, i));
    return marked;
  }
  auto loop = scf::ForOp::create(b, b.index(0), b.asIndex(count), b.index(1), marked,
                                 [&](OpBuilder &nested, Location, Value i, ValueRange carried) {
                                   OpBuilder::InsertionGuard guard(b);
                                   b.restoreInsertionPoint(nested.saveInsertionPoint());
                                   Value axis = b.toIndex(tensor::ExtractOp::create(b, axes, i));
                                   scf::YieldOp::create(b, mark(carried, axis));
                                 });
  marked.assign(loop.getResults().begin(), loop.getResults().end());
  if (allIfEmpty) {
    Value isEmpty =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, b.asIndex(count), b.index(0));
    for (Value &value : marked)
      value = arith::OrIOp::create(b, value, isEmpty);
  }
  return marked;
}

OpFoldResult Lowering::getKeptSize(int64_t wanted, ArrayRef<Value> isDropped,
                                   ArrayRef<OpFoldResult> sizes) {
  Lowering &b = *this;
  Value before = b.index(0), size = b.index(1);
  for (auto [dropped, own] : llvm::zip_equal(isDropped, sizes)) {
    Value isWanted = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, before, b.index(wanted));
    Value next = arith::AddIOp::create(b, before, b.index(1));
    size = b.select(dropped, size, b.select(isWanted, b.asIndex(own), size));
    before = b.select(dropped, before, next);
  }
  return size;
}

OpFoldResult Lowering::getInsertedSize(int64_t wanted, ArrayRef<Value> isInserted,
                                       ArrayRef<OpFoldResult> sizes) {
  Lowering &b = *this;
  // The dimension stands for the source's with as many others before it as were not inserted.
  Value before = b.index(0);
  for (Value inserted : isInserted.take_front(wanted))
    before = b.select(inserted, before, arith::AddIOp::create(b, before, b.index(1)));
  Value size = b.index(1);
  for (auto [i, own] : llvm::enumerate(sizes)) {
    Value isThis = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, before, b.index(i));
    size = b.select(isThis, b.asIndex(own), size);
  }
  return b.select(isInserted[wanted], b.index(1), size);
}

} // namespace azulejo::lower
