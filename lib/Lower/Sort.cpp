#include "lib/Lower/Sort.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

// Merges runs of 1, 2, 4, ... elements from one row of a buffer to the other and back. Both rows
// are one tensor, so that the loops carry one buffer and update it in place.
Value sortIndices(ScalarBuilder &b, Value count, llvm::function_ref<Value(Value, Value)> before) {
  Value zero = b.index(0), one = b.index(1), two = b.index(2);
  Type i64 = b.getI64Type();
  Value rows = b.forLoop(zero, count, b.empty(i64, {two, count}), [&](Value i, Value buffer) {
    return b.store(b.convert(i, i64), buffer, {zero, i});
  });
  auto sorted = b.whileLoop(
      {one, zero, rows}, [&](ValueRange state) { return b.less(state[0], count); },
      [&](ValueRange state) -> ScalarBuilder::Values {
        Value width = state[0], source = state[1], target = b.sub(one, source),
              step = b.mul(width, 2);
        Value merged =
            b.forLoop(zero, b.ceilDiv(count, step), state[2], [&](Value run, Value buffer) {
              Value begin = b.mul(run, step), middle = b.min(b.add(begin, width), count),
                    end = b.min(b.add(begin, step), count);
              return b.forLoop(
                  begin, end, {begin, middle, buffer},
                  [&](Value out, ValueRange merge) -> ScalarBuilder::Values {
                    Value left = merge[0], right = merge[1], last = b.sub(count, one);
                    Value leftItem = b.load(merge[2], {source, b.min(left, last)});
                    Value rightItem = b.load(merge[2], {source, b.min(right, last)});
                    Value hasLeft = b.less(left, middle), hasRight = b.less(right, end);
                    Value rightFirst = before(b.toIndex(rightItem), b.toIndex(leftItem));
                    Value takesRight =
                        b.logicalAnd(hasRight, b.logicalOr(b.logicalNot(hasLeft), rightFirst));
                    Value item = b.select(takesRight, rightItem, leftItem);
                    return {b.select(takesRight, left, b.add(left, one)),
                            b.select(takesRight, b.add(right, one), right),
                            b.store(item, merge[2], {target, out})};
                  })[2];
            });
        return {step, target, merged};
      });
  auto type = cast<RankedTensorType>(sorted[2].getType());
  Value offset = sorted[1];
  SmallVector<OpFoldResult> offsets = {offset, b.getIndexAttr(0)},
                            sizes = {b.getIndexAttr(1), getAsOpFoldResult(b.dim(sorted[2], 1))},
                            strides(2, b.getIndexAttr(1));
  auto rowType = RankedTensorType::get(type.getDimSize(1), i64);
  return tensor::ExtractSliceOp::create(b, rowType, sorted[2], offsets, sizes, strides);
}

} // namespace azulejo::lower
