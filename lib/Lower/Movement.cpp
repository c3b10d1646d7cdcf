#include "dialects/ONNX/Movement.h"
#include "lib/Lower/Host.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

static RankedTensorType getType(Value tensor) { return cast<RankedTensorType>(tensor.getType()); }
static int64_t getRank(Value tensor) { return getType(tensor).getRank(); }

//===------------------------------------------------------------------------------------------===//
// Types
//===------------------------------------------------------------------------------------------===//

static LogicalResult lowerCast(CastOp op, Lowering &b) {
  Type from = getElementType(op.getInput()), to = getElementType(op.getOutput());
  if (from == to)
    return b.map(op.getOutput(), b[op.getInput()]), success();
  if (isa<plan::StringType>(from) || isa<plan::StringType>(to))
    return lowerToHost(op, b);
  bool saturate = op.getSaturate() != 0;
  std::string roundMode = op.getRoundMode().str();
  b.map(op.getOutput(),
        b.elementwise(
            op.getOutput(), op.getInput(),
            [&](ValueRange x) { return b.convert(x[0], from, to, saturate, roundMode); },
            Lowering::Floats::AsIs));
  return success();
}

static Value lowerBitCast(BitCastOp op, Lowering &b) {
  Type from = lowerType(getElementType(op.getInput())),
       to = lowerType(getElementType(op.getOutput()));
  if (from == to)
    return b[op.getInput()];
  return b.elementwise(
      op.getOutput(), op.getInput(),
      [&](ValueRange x) -> Value {
        // A bool is a byte in ONNX, and a bit here.
        if (from.isInteger(1))
          return b.createOrFold<arith::BitcastOp>(to,
                                                  arith::ExtUIOp::create(b, b.getI8Type(), x[0]));
        if (to.isInteger(1)) {
          Value byte = b.createOrFold<arith::BitcastOp>(b.getI8Type(), x[0]);
          return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, byte,
                                       b.constantInt(b.getI8Type(), 0));
        }
        return arith::BitcastOp::create(b, to, x[0]);
      },
      Lowering::Floats::AsIs);
}

//===------------------------------------------------------------------------------------------===//
// Shapes
//===------------------------------------------------------------------------------------------===//

static Value lowerShape(ShapeOp op, Lowering &b) {
  int64_t rank = getRank(op.getData());
  auto clamp = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  int64_t start = clamp(op.getStart()), end = clamp(op.getEnd().value_or(rank));
  SmallVector<Value> sizes;
  for (int64_t i = start; i < end; ++i)
    sizes.push_back(
        b.createOrFold<arith::IndexCastOp>(b.getI64Type(), b.asIndex(b.getSize(op.getData(), i))));
  auto type = RankedTensorType::get(int64_t(sizes.size()), b.getI64Type());
  if (sizes.empty())
    return b.fill(0.0, OpFoldResult(b.getIndexAttr(0)), b.getI64Type());
  return tensor::FromElementsOp::create(b, type, sizes);
}

static Value reshapeTo(Value data, Value result, ArrayRef<OpFoldResult> sizes, Lowering &b) {
  return b.reshape(b[data], onnx::getDims(getType(data)), onnx::getDims(getType(result)), sizes);
}

/// The sizes that a result is given must have as many elements as its source, none of them
/// negative.
static void requireElementCount(Value data, Value result, ArrayRef<OpFoldResult> sizes,
                                Lowering &b) {
  auto product = [](Value tensor) {
    std::optional<SymbolicExpr> count = SymbolicExpr(1);
    for (const auto &dim : onnx::getDims(getType(tensor)))
      count = count && dim ? std::optional(*count * *dim) : std::nullopt;
    return count;
  };
  std::optional<SymbolicExpr> from = product(data), to = product(result);
  if (from && to && *from == *to)
    return;
  for (OpFoldResult size : sizes)
    b.requireAtMost(b.getIndexAttr(0), size, "a dimension of the shape must not be below {}: {}");
  b.requireEqual(b.product(sizes), b.product(b.getSizes(data)),
                 "the shape has {} elements, and data has {}");
}

static Value lowerReshape(ReshapeOp op, Lowering &b) {
  Value data = op.getData(), result = op.getReshaped();
  int64_t rank = getRank(result);
  // What `shape` says of a dimension, with a 0 replaced by the size it stands for.
  auto read = [&](int64_t dim) -> Value {
    Value entry = b.readIndex(b[op.getShape()], dim);
    if (op.getAllowzero() || dim >= getRank(data))
      return entry;
    Value isZero = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, entry, b.index(0));
    return b.select(isZero, b.asIndex(b.getSize(data, dim)), entry);
  };
  SmallVector<OpFoldResult> sizes = b.getResultSizes(result, [&](int64_t dim) -> OpFoldResult {
    Value entry = read(dim);
    // If it is -1, it is what the others leave. They are read even if it is not: then their product
    // may be anything.
    OpFoldResult others = b.getIndexAttr(1);
    for (int64_t i = 0; i < rank; ++i)
      if (i != dim)
        others = b.mul(others, getType(result).isDynamicDim(i)
                                   ? OpFoldResult(read(i))
                                   : OpFoldResult(b.getIndexAttr(getType(result).getDimSize(i))));
    OpFoldResult rest = b.div(b.product(b.getSizes(data)), b.max(others, b.getIndexAttr(1)));
    Value isRest = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, entry, b.index(0));
    return b.select(isRest, b.asIndex(rest), entry);
  });
  requireElementCount(data, result, sizes, b);
  return reshapeTo(data, result, sizes, b);
}

static Value lowerSqueeze(SqueezeOp op, Lowering &b) {
  Value data = op.getData(), result = op.getSqueezed();
  int64_t rank = getRank(data);
  SmallVector<Value> isRemoved;
  SmallVector<OpFoldResult> sizes = b.getResultSizes(result, [&](int64_t dim) {
    if (isRemoved.empty())
      isRemoved = op.getAxes() ? b.readAxes(b[op.getAxes()], rank, false)
                               : SmallVector<Value>(rank, b.constantInt(b.getI1Type(), 0));
    return b.getKeptSize(dim, isRemoved, b.getSizes(data));
  });
  requireElementCount(data, result, sizes, b);
  return reshapeTo(data, result, sizes, b);
}

static Value lowerUnsqueeze(UnsqueezeOp op, Lowering &b) {
  Value data = op.getData(), result = op.getExpanded();
  SmallVector<Value> isAdded;
  SmallVector<OpFoldResult> sizes = b.getResultSizes(result, [&](int64_t dim) {
    if (isAdded.empty())
      isAdded = b.readAxes(b[op.getAxes()], getRank(result), false);
    return b.getInsertedSize(dim, isAdded, b.getSizes(data));
  });
  requireElementCount(data, result, sizes, b);
  return reshapeTo(data, result, sizes, b);
}

//===------------------------------------------------------------------------------------------===//
// Copies
//===------------------------------------------------------------------------------------------===//

static Value lowerTranspose(TransposeOp op, Lowering &b) {
  int64_t rank = getRank(op.getData());
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  if (auto perm = op.getPerm())
    permutation.assign(perm->begin(), perm->end());
  return b.transpose(b[op.getData()], permutation);
}

/// Each size that `shape` asks for is 1 or the result's; the input's are looked at where it is
/// broadcast.
static void requireExpandable(ExpandOp op, ArrayRef<OpFoldResult> sizes, Lowering &b) {
  int64_t shapeRank = getType(op.getShape()).getDimSize(0), offset = sizes.size() - shapeRank;
  if (shapeRank == ShapedType::kDynamic || b.getConstantInts(op.getShape()))
    return;
  for (int64_t i = 0; i < shapeRank; ++i) {
    Value wanted = b.readIndex(b[op.getShape()], i), size = b.asIndex(sizes[i + offset]);
    auto equals = [&](Value other) {
      return b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, wanted, other);
    };
    b.require(b.createOrFold<arith::OrIOp>(equals(b.index(1)), equals(size)),
              "dimension " + Twine(i) + " of shape is {}, and of input {}", {wanted, size});
  }
}

static Value lowerExpand(ExpandOp op, Lowering &b) {
  Value input = op.getInput(), output = op.getOutput();
  int64_t rank = getRank(output), inputRank = getRank(input),
          shapeRank = getType(op.getShape()).getDimSize(0);
  SmallVector<OpFoldResult> sizes = b.getResultSizes(output, [&](int64_t dim) -> OpFoldResult {
    int64_t inShape = dim - (rank - shapeRank), own = dim - (rank - inputRank);
    OpFoldResult size = own < 0 ? OpFoldResult(b.getIndexAttr(1)) : b.getSize(input, own);
    if (inShape < 0 || getConstantIntValue(size).value_or(1) != 1)
      return size;
    Value wanted = b.readIndex(b[op.getShape()], inShape);
    if (getConstantIntValue(size))
      return wanted;
    Value isOne = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, b.asIndex(size), b.index(1));
    return b.select(isOne, wanted, b.asIndex(size));
  });
  requireExpandable(op, sizes, b);
  return b.parallel(b.broadcast(input, output, sizes, std::nullopt), sizes,
                    lowerType(getElementType(input)), [](ValueRange x) { return x[0]; });
}

static Value lowerConcat(ConcatOp op, Lowering &b) {
  SmallVector<Value> inputs = b[op.getInputs()];
  if (inputs.size() == 1)
    return inputs[0];
  int64_t rank = getRank(op.getConcatResult()), axis = int64_t(op.getAxis());
  for (int64_t i = 0; i < rank; ++i)
    for (size_t k = 1; i != (axis < 0 ? axis + rank : axis) && k < inputs.size(); ++k)
      b.requireSameSize(op.getInputs()[k], i, "input " + std::to_string(k), op.getInputs()[0], i,
                        "input 0");
  return tensor::ConcatOp::create(b, axis < 0 ? axis + rank : axis, inputs);
}

namespace {
/// One dimension of a slice; `step` is known if it is a constant.
struct SliceDim {
  OpFoldResult start, size, step;
};
} // namespace

/// The first index and the number of indices, from what `starts` and `ends` say. ONNX counts
/// negative ones from the end and clamps all to the dimension.
static SliceDim clampSlice(Lowering &b, OpFoldResult size, OpFoldResult start, OpFoldResult end,
                           OpFoldResult step) {
  Value zero = b.index(0), one = b.index(1), n = b.asIndex(size);
  // The least number has no magnitude.
  Value s = b.asIndex(b.max(step, b.getIndexAttr(-INT64_MAX)));
  auto less = [&](Value x, Value y) {
    return b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, x, y);
  };
  auto fromEnd = [&](OpFoldResult at) {
    Value value = b.asIndex(at);
    return b.select(less(value, zero), b.asIndex(b.add(value, n)), value);
  };
  Value backwards = less(s, zero), last = b.asIndex(b.sub(n, one));
  Value high = b.select(backwards, last, n), endLow = b.select(backwards, b.index(-1), zero);
  auto clamp = [&](Value value, Value low) { return b.asIndex(b.min(b.max(value, low), high)); };
  Value first = clamp(fromEnd(start), zero), stop = clamp(fromEnd(end), endLow);
  // Both are negative when stepping backwards.
  Value distance =
      b.asIndex(b.sub(b.select(backwards, first, stop), b.select(backwards, stop, first)));
  Value magnitude = b.select(backwards, b.asIndex(b.sub(zero, s)), s);
  Value count = b.asIndex(b.ceilDiv(b.max(distance, zero), b.max(magnitude, one)));
  return {getAsOpFoldResult(first), getAsOpFoldResult(count), getAsOpFoldResult(s)};
}

static Value lowerSlice(SliceOp op, Lowering &b) {
  Value data = op.getData(), output = op.getOutput();
  int64_t rank = getRank(data), count = getType(op.getStarts()).getDimSize(0);
  if (ShapedType::isDynamic(count))
    return b.refuse(op, "the number of its starts is not known before it runs");
  auto axes = op.getAxes() ? b.getConstantInts(op.getAxes())
                           : std::optional(llvm::to_vector(llvm::seq<int64_t>(0, count)));
  // An entry of one of the operands: an attribute if the operand is a constant.
  auto entry = [&](Value operand, int64_t i, int64_t otherwise) -> OpFoldResult {
    if (!operand)
      return b.getIndexAttr(otherwise);
    if (auto ints = b.getConstantInts(operand))
      return b.getIndexAttr((*ints)[i]);
    return b.readIndex(b[operand], i);
  };

  SmallVector<SliceDim> dims;
  for (int64_t dim = 0; dim < rank; ++dim) {
    OpFoldResult size = b.getSize(data, dim);
    SliceDim slice{b.getIndexAttr(0), size, b.getIndexAttr(1)};
    for (int64_t i = 0; i < count; ++i) {
      if (axes && ((*axes)[i] < 0 ? (*axes)[i] + rank : (*axes)[i]) != dim)
        continue;
      SliceDim cut = clampSlice(b, size, entry(op.getStarts(), i, 0), entry(op.getEnds(), i, 0),
                                entry(op.getSteps(), i, 1));
      if (axes) {
        slice = cut;
        continue;
      }
      Value axis = b.readIndex(b[op.getAxes()], i);
      Value isThis = arith::OrIOp::create(
          b, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(dim)),
          arith::CmpIOp::create(b, arith::CmpIPredicate::eq, axis, b.index(dim - rank)));
      auto choose = [&](OpFoldResult x, OpFoldResult y) {
        return b.select(isThis, b.asIndex(x), b.asIndex(y));
      };
      slice = {choose(cut.start, slice.start), choose(cut.size, slice.size),
               choose(cut.step, slice.step)};
    }
    dims.push_back(slice);
  }

  SmallVector<OpFoldResult> sizes =
      b.getResultSizes(output, [&](int64_t dim) { return dims[dim].size; });
  // An offset at the end is no valid one for a view, even of nothing.
  auto isZero = [](OpFoldResult size) { return getConstantIntValue(size) == 0; };
  if (llvm::any_of(sizes, isZero) || llvm::is_contained(getType(data).getShape(), 0))
    return b.fill(0.0, sizes, lowerType(getElementType(data)));
  for (int64_t i = 0; i < rank; ++i)
    b.requireEqual(sizes[i], dims[i].size,
                   "dimension " + Twine(i) + " of the result would be {}, and the slice has {}");
  // A single element is there whatever the step; with a step of 1 there is one way to drop its
  // dimension.
  for (auto [size, dim] : llvm::zip_equal(sizes, dims))
    if (getConstantIntValue(size) == 1)
      dim.step = b.getIndexAttr(1);
  bool forwards = llvm::all_of(
      dims, [](const SliceDim &dim) { return getConstantIntValue(dim.step).value_or(-1) > 0; });
  if (forwards) {
    auto starts = llvm::map_to_vector(dims, [](const SliceDim &dim) { return dim.start; });
    auto steps = llvm::map_to_vector(dims, [](const SliceDim &dim) { return dim.step; });
    return b.createOrFold<tensor::ExtractSliceOp>(b[data], starts, sizes, steps);
  }
  return b.parallel({}, sizes, lowerType(getElementType(data)), [&](ValueRange) -> Value {
    SmallVector<Value> indices;
    for (int64_t i = 0; i < rank; ++i)
      indices.push_back(b.asIndex(b.add(dims[i].start, b.mul(b.loopIndex(i), dims[i].step))));
    return tensor::ExtractOp::create(b, b[data], indices);
  });
}

void addMovementLowerings(LoweringTable &table) {
  table.add<BitCastOp>(lowerBitCast);
  table.add<CastOp>(lowerCast);
  table.add<ConcatOp>(lowerConcat);
  table.add<ExpandOp>(lowerExpand);
  table.add<ReshapeOp>(lowerReshape);
  table.add<ShapeOp>(lowerShape);
  table.add<SliceOp>(lowerSlice);
  table.add<SqueezeOp>(lowerSqueeze);
  table.add<TransposeOp>(lowerTranspose);
  table.add<UnsqueezeOp>(lowerUnsqueeze);
}

} // namespace azulejo::lower
