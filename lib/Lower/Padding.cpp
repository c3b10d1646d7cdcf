#include "dialects/ONNX/Movement.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

namespace {
/// What is added before and after one dimension; negative where it is cut.
struct Padding {
  OpFoldResult before, after;
};
} // namespace

/// The pads of each dimension of the data, from `pads` and, if given, `axes`.
static SmallVector<Padding> getPadding(PadOp op, Lowering &b) {
  int64_t rank = cast<RankedTensorType>(op.getData().getType()).getRank();
  auto ints = b.getConstantInts(op.getPads());
  auto entry = [&](int64_t i) -> OpFoldResult {
    return ints ? OpFoldResult(b.getIndexAttr((*ints)[i]))
                : OpFoldResult(b.readIndex(b[op.getPads()], i));
  };
  SmallVector<Padding> paddings(rank, Padding{b.getIndexAttr(0), b.getIndexAttr(0)});
  if (!op.getAxes()) {
    for (int64_t i = 0; i < rank; ++i)
      paddings[i] = {entry(i), entry(rank + i)};
    return paddings;
  }
  int64_t count = cast<RankedTensorType>(op.getAxes().getType()).getDimSize(0);
  auto axes = b.getConstantInts(op.getAxes());
  for (int64_t i = 0; i < count; ++i) {
    Padding padding{entry(i), entry(count + i)};
    if (axes) {
      paddings[(*axes)[i] < 0 ? (*axes)[i] + rank : (*axes)[i]] = padding;
      continue;
    }
    Value axis = b.readIndex(b[op.getAxes()], i);
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value isThis = arith::OrIOp::create(
          b, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(dim)),
          arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(dim - rank)));
      auto choose = [&](OpFoldResult x, OpFoldResult y) {
        return b.select(isThis, b.asIndex(x), b.asIndex(y));
      };
      paddings[dim] = {choose(padding.before, paddings[dim].before),
                       choose(padding.after, paddings[dim].after)};
    }
  }
  return paddings;
}

/// a modulo b with the sign of b, which is positive.
static Value floorModulo(Lowering &b, Value x, Value y) {
  Value remainder = arith::RemSIOp::create(b, x, y);
  return arith::RemSIOp::create(b, arith::AddIOp::create(b, remainder, y), y);
}

/// Which element of the data stands at position `at` (counted from the data's first) of a padded
/// dimension of size n.
static Value getSource(Lowering &b, StringRef mode, Value at, Value n) {
  Value zero = b.index(0), one = b.index(1);
  Value last = arith::MaxSIOp::create(b, arith::SubIOp::create(b, n, one), zero);
  if (mode == "wrap")
    return floorModulo(b, at, arith::MaxSIOp::create(b, n, one));
  if (mode == "reflect") {
    // There and back again: 0 1 2 3 2 1 | 0 1 2 3 ...
    Value period = arith::MulIOp::create(b, last, b.index(2));
    Value phase = floorModulo(b, at, arith::MaxSIOp::create(b, period, one));
    return arith::MinSIOp::create(b, phase, arith::SubIOp::create(b, period, phase));
  }
  return b.clampIndex(at, zero, last);
}

static Value lowerPad(PadOp op, Lowering &b) {
  Value data = op.getData(), lowered = b[data];
  auto type = cast<RankedTensorType>(lowered.getType());
  Type elementType = type.getElementType();
  int64_t rank = type.getRank();
  StringRef mode = op.getMode();
  bool constant = mode == "constant";
  SmallVector<Padding> paddings = getPadding(op, b);
  SmallVector<OpFoldResult> dataSizes = b.getSizes(data);
  SmallVector<OpFoldResult> sizes = b.getResultSizes(op.getOutput(), [&](int64_t dim) {
    return b.add(b.add(dataSizes[dim], paddings[dim].before), paddings[dim].after);
  });
  Value filler;
  if (constant)
    filler =
        op.getConstantValue() ? b.readScalar(b[op.getConstantValue()]) : b.constant(elementType, 0);
  if (llvm::any_of(dataSizes, [](OpFoldResult size) { return getConstantIntValue(size) == 0; }))
    return b.fill(filler ? filler : b.constant(elementType, 0), sizes);

  bool grows = llvm::all_of(paddings, [](const Padding &padding) {
    return getConstantIntValue(padding.before).value_or(-1) >= 0 &&
           getConstantIntValue(padding.after).value_or(-1) >= 0;
  });
  if (constant && grows) {
    auto before =
        llvm::map_to_vector(paddings, [](const Padding &padding) { return padding.before; });
    auto after =
        llvm::map_to_vector(paddings, [](const Padding &padding) { return padding.after; });
    SmallVector<int64_t> shape = llvm::map_to_vector(sizes, [](OpFoldResult size) {
      return getConstantIntValue(size).value_or(ShapedType::kDynamic);
    });
    return tensor::PadOp::create(b, RankedTensorType::get(shape, elementType), lowered, before,
                                 after, filler);
  }
  b.requireElements(data, llvm::to_vector(llvm::seq<int64_t>(0, rank)), "data");
  return b.parallel({}, sizes, elementType, [&](ValueRange) -> Value {
    SmallVector<Value> indices;
    Value inside = b.constantInt(b.getI1Type(), 1);
    for (int64_t i = 0; i < rank; ++i) {
      Value at = b.asIndex(b.sub(b.loopIndex(i), paddings[i].before)), n = b.asIndex(dataSizes[i]);
      indices.push_back(getSource(b, mode, at, n));
      // As an unsigned number, a negative index is large.
      inside = arith::AndIOp::create(b, inside,
                                     arith::CmpIOp::create(b, arith::CmpIPredicate::ult, at, n));
    }
    Value element = tensor::ExtractOp::create(b, lowered, indices);
    return constant ? b.select(inside, element, filler) : element;
  });
}

void addPaddingLowerings(LoweringTable &table) { table.add<PadOp>(lowerPad); }

} // namespace azulejo::lower
