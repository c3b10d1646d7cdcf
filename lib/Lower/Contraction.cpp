//===- Contraction.cpp - MatMul, MatMulInteger, Det -------------------------------------------===//
//
// A product keeps the form that Fuse recognises: linalg.matmul where B has no batch (A's leading
// dimensions are rows then), a batch product where both have the same batch, and tile.matmul where
// one operand's batch is a suffix of the result's. Any other broadcasting is made explicit first.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/Contraction.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace azulejo::lower {

static int64_t getRank(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getRank(); }

/// An original operand of a product, and its lowered elements as they are to be multiplied.
struct Factor {
  Value original, lowered;
  int64_t rank() const { return getRank(original); }
  bool isOne(int64_t dim) const {
    return cast<RankedTensorType>(original.getType()).getDimSize(dim) == 1;
  }
  /// How many batch dimensions are left without the leading ones of size 1.
  int64_t batchRank() const {
    int64_t dim = 0;
    while (dim < rank() - 2 && isOne(dim))
      ++dim;
    return rank() - 2 - dim;
  }
};

/// The last `count` batch dimensions and the matrix.
static Value dropLeadingOnes(Lowering &b, const Factor &factor, int64_t count) {
  return b.squeeze(factor.lowered,
                   llvm::to_vector(llvm::seq<int64_t>(0, factor.rank() - 2 - count)));
}

/// Repeats a factor over the batch dimensions of `sizes` (the result's sizes).
static Value broadcastBatch(Lowering &b, const Factor &factor, ArrayRef<OpFoldResult> sizes) {
  int64_t rank = sizes.size(), offset = rank - factor.rank();
  SmallVector<OpFoldResult> full(sizes.drop_back(2));
  SmallVector<AffineExpr> exprs;
  SmallVector<int64_t> ones;
  for (int64_t i = 0; i < factor.rank(); ++i) {
    if (i < factor.rank() - 2 && factor.isOne(i))
      ones.push_back(i);
    else
      exprs.push_back(b.getAffineDimExpr(i + offset));
  }
  for (int64_t i = factor.rank() - 2; i < factor.rank(); ++i)
    full.push_back(b.getLoweredSize(factor.lowered, i));
  Value narrow = b.squeeze(factor.lowered, ones);
  return b.parallel({{narrow, AffineMap::get(rank, 0, exprs, b.getContext())}}, full,
                    getElementType(factor.lowered), [](ValueRange x) { return x[0]; });
}

/// Batch dimensions of a factor that may be 1 at run time, where the other factor's are not, are
/// repeated then.
static void repeatUndecidedBatch(Lowering &b, Value originalResult, Factor &factor,
                                 const Factor &other, ArrayRef<OpFoldResult> sizes) {
  int64_t rank = sizes.size(), offset = rank - factor.rank();
  auto type = cast<RankedTensorType>(factor.original.getType());
  SmallVector<int64_t> undecided;
  for (int64_t i = 0; i < factor.rank() - 2; ++i) {
    int64_t theirs = i + offset - (rank - other.rank());
    bool decidesAlone = theirs < 0 || other.isOne(theirs);
    if (type.isDynamicDim(i) && !decidesAlone &&
        !Lowering::sameSize(factor.original, i, other.original, theirs) &&
        !Lowering::sameSize(factor.original, i, originalResult, i + offset))
      undecided.push_back(i);
  }
  if (!undecided.empty())
    factor.lowered = b.repeatOnes(factor.lowered, b.getLoweredSizes(factor.lowered),
                                  sizes.drop_front(offset), undecided);
}

/// The product of `a` and `c` in `accumulator`, an element type at least as wide as theirs.
static Value multiply(Lowering &b, Value originalResult, Factor a, Factor c, Type accumulator) {
  int64_t rank = getRank(originalResult);
  auto sizes = b.getResultSizes(originalResult, [&](int64_t dim) -> OpFoldResult {
    if (dim == rank - 2)
      return b.getSize(a.original, a.rank() - 2);
    if (dim == rank - 1)
      return b.getSize(c.original, c.rank() - 1);
    OpFoldResult size = b.getIndexAttr(1);
    for (const Factor &factor : {a, c}) {
      int64_t own = dim - (rank - factor.rank());
      if (own < 0 || factor.isOne(own))
        continue;
      // Of two that are not known to be equal, one may be 1 at run time.
      OpFoldResult next = b.getSize(factor.original, own);
      Value current = b.asIndex(size);
      Value isOne = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, current, b.index(1));
      size = getAsOpFoldResult(b.select(isOne, b.asIndex(next), current));
    }
    return size;
  });
  repeatUndecidedBatch(b, originalResult, a, c, sizes);
  repeatUndecidedBatch(b, originalResult, c, a, sizes);

  if (c.batchRank() == 0) {
    Value matrix = dropLeadingOnes(b, c, 0), rows = a.lowered;
    int64_t leading = a.rank() - 1;
    SmallVector<OpFoldResult> aSizes = b.getSizes(a.original);
    SmallVector<OpFoldResult> rowSizes(ArrayRef<OpFoldResult>(aSizes).take_front(leading));
    SmallVector<ReassociationIndices> groups = {llvm::to_vector(llvm::seq<int64_t>(0, leading)),
                                                {leading}};
    if (leading > 1)
      rows = tensor::CollapseShapeOp::create(b, rows, groups);
    Value init = b.fill(0.0, {b.product(rowSizes), sizes.back()}, accumulator);
    Value product =
        linalg::MatmulOp::create(b, ValueRange{rows, matrix}, ValueRange{init}).getResult(0);
    // The result may have more leading dimensions than A: ones of B's.
    if (rank == 2)
      return product;
    rowSizes.insert(rowSizes.begin(), rank - a.rank(), b.getIndexAttr(1));
    rowSizes.push_back(sizes.back());
    SmallVector<int64_t> shape;
    for (OpFoldResult size : rowSizes)
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    // A leading dimension of 0 makes the product's rows a constant, whatever the others are.
    if (llvm::is_contained(ArrayRef<int64_t>(shape).drop_back(), ShapedType::kDynamic))
      product = b.castShape(
          product, RankedTensorType::get({ShapedType::kDynamic, shape.back()}, accumulator));
    return tensor::ExpandShapeOp::create(
        b, RankedTensorType::get(shape, accumulator), product,
        SmallVector<ReassociationIndices>{llvm::to_vector(llvm::seq<int64_t>(0, rank - 1)),
                                          {rank - 1}},
        rowSizes);
  }

  Value init = b.fill(0.0, sizes, accumulator);
  // Whether a factor has each of its batch dimensions in full, and none of size 1 among them.
  auto isSuffix = [&](const Factor &factor) {
    for (int64_t i = factor.rank() - 2 - factor.batchRank(); i < factor.rank() - 2; ++i)
      if (factor.isOne(i) && getConstantIntValue(sizes[i + rank - factor.rank()]) != 1)
        return false;
    return true;
  };
  int64_t batch = rank - 2;
  auto isWhole = [&](const Factor &factor) {
    if (factor.rank() != rank)
      return false;
    for (int64_t i = 0; i < batch; ++i)
      if (factor.isOne(i) && getConstantIntValue(sizes[i]) != 1)
        return false;
    return true;
  };
  if (!(isWhole(a) && isWhole(c))) {
    if (isSuffix(a) && isSuffix(c)) {
      Value left = dropLeadingOnes(b, a, a.batchRank()),
            right = dropLeadingOnes(b, c, c.batchRank());
      return tile::MatmulOp::create(b, left, right, init).getResult(0);
    }
    a.lowered = broadcastBatch(b, a, sizes);
    c.lowered = broadcastBatch(b, c, sizes);
  }
  if (batch == 1)
    return linalg::BatchMatmulOp::create(b, ValueRange{a.lowered, c.lowered}, ValueRange{init})
        .getResult(0);

  // Loops: batch..., m, n, k.
  auto map = [&](int64_t row, int64_t column) {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < batch; ++i)
      exprs.push_back(b.getAffineDimExpr(i));
    exprs.append({b.getAffineDimExpr(row), b.getAffineDimExpr(column)});
    return AffineMap::get(batch + 3, 0, exprs, b.getContext());
  };
  SmallVector<utils::IteratorType> loops(batch + 2, utils::IteratorType::parallel);
  loops.push_back(utils::IteratorType::reduction);
  return b.generic(
      {{a.lowered, map(batch, batch + 2)}, {c.lowered, map(batch + 2, batch + 1)}},
      {{init, map(batch, batch + 1)}}, loops, [&](ValueRange x) -> SmallVector<Value> {
        ScalarBuilder s(b.getLoc(), b);
        return {s.add(x[2], s.mul(s.convert(x[0], accumulator), s.convert(x[1], accumulator)))};
      })[0];
}

static Value castElements(Lowering &b, Value lowered, Type elementType) {
  if (getElementType(lowered) == elementType)
    return lowered;
  int64_t rank = getRank(lowered);
  return b.parallel(
      {{lowered, b.identityMap(rank)}}, b.getLoweredSizes(lowered), elementType,
      [&](ValueRange x) { return ScalarBuilder(b.getLoc(), b).convert(x[0], elementType); });
}

static Value lowerMatMul(onnx::MatMulOp op, Lowering &b) {
  Type elementType = getElementType(b[op.getA()]);
  // Products of narrow floats are summed in f32 and rounded once.
  Type accumulator = b.computeType(elementType);
  Value product =
      multiply(b, op.getY(), {op.getA(), b[op.getA()]}, {op.getB(), b[op.getB()]}, accumulator);
  return castElements(b, product, elementType);
}

/// `original` as i32, less its zero point: one for all, or one a row of A (`dim` is the matrix's
/// rows or columns), or of any shape that broadcasts.
static Value subtractZeroPoint(Lowering &b, Value original, Value zeroPoint, int64_t dim) {
  Value lowered = b[original];
  int64_t rank = getRank(lowered);
  SmallVector<MappedValue> inputs = {{lowered, b.identityMap(rank)}};
  if (zeroPoint) {
    Value zero = b[zeroPoint];
    auto type = cast<RankedTensorType>(zero.getType());
    // One whose size only the run knows may have one element, too.
    if (type.getRank() == 1 && type.isDynamicDim(0) &&
        !Lowering::sameSize(zeroPoint, 0, original, dim))
      zero = b.repeatOnes(zero, b.getSizes(zeroPoint), {b.getLoweredSize(lowered, dim)}, {0});
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < type.getRank(); ++i) {
      int64_t position = type.getRank() == 1 ? dim : i + rank - type.getRank();
      exprs.push_back(type.getDimSize(i) == 1 ? b.getAffineConstantExpr(0)
                                              : b.getAffineDimExpr(position));
    }
    inputs.push_back({zero, AffineMap::get(rank, 0, exprs, b.getContext())});
  }
  bool isUnsignedInput = isUnsigned(original);
  return b.parallel(inputs, b.getLoweredSizes(lowered), b.getI32Type(), [&](ValueRange x) {
    ScalarBuilder s(b.getLoc(), b);
    Value value = s.convert(x[0], b.getI32Type(), isUnsignedInput);
    return zeroPoint ? s.sub(value, s.convert(x[1], b.getI32Type(), isUnsignedInput)) : value;
  });
}

static Value lowerMatMulInteger(onnx::MatMulIntegerOp op, Lowering &b) {
  Value left = subtractZeroPoint(b, op.getA(), op.getAZeroPoint(), getRank(op.getA()) - 2);
  Value right = subtractZeroPoint(b, op.getB(), op.getBZeroPoint(), getRank(op.getB()) - 1);
  return multiply(b, op.getY(), {op.getA(), left}, {op.getB(), right}, b.getI32Type());
}

/// Gaussian elimination with partial pivoting on a copy of each matrix; the determinant is the
/// product of the pivots, negated at each exchange of rows.
static Value lowerDet(onnx::DetOp op, Lowering &lowering) {
  Value x = lowering[op.getX()];
  int64_t rank = getRank(x);
  lowering.requireSameSize(op.getX(), rank - 2, "X", op.getX(), rank - 1, "X");
  SmallVector<OpFoldResult> xSizes = lowering.getSizes(op.getX());
  SmallVector<OpFoldResult> sizes(ArrayRef<OpFoldResult>(xSizes).drop_back(2));
  Type elementType = getElementType(x), type = lowering.computeType(elementType);
  ScalarBuilder b(lowering.getLoc(), lowering);
  auto determinant = [&](ScalarBuilder &, const KernelArguments &arguments,
                         ValueRange index) -> ScalarBuilder::Values {
    Value source = arguments.inputs[0], n = b.dim(source, rank - 1), zero = b.index(0);
    Value matrix =
        b.forLoops({n, n}, b.empty(type, {n, n}), [&](ValueRange at, ValueRange carried) {
          ScalarBuilder::Values from(index);
          from.append({at[0], at[1]});
          return ScalarBuilder::Values{
              b.store(b.convert(b.load(source, from), type), carried[0], at)};
        })[0];
    auto absolute = [&](Value v) { return b.createOrFold<math::AbsFOp>(v); };
    return {b.convert(
        b.forLoop(zero, n, {b.constant(type, 1), matrix},
                  [&](Value column, ValueRange carried) -> ScalarBuilder::Values {
                    Value current = carried[1];
                    Value pivot =
                        b.forLoop(b.add(column, 1), n, column, [&](Value row, Value best) {
                          return b.select(b.less(absolute(b.load(current, {best, column})),
                                                 absolute(b.load(current, {row, column}))),
                                          row, best);
                        });
                    current = b.forLoop(column, n, current, [&](Value j, Value m) {
                      Value upper = b.load(m, {column, j}), lower = b.load(m, {pivot, j});
                      return b.store(upper, b.store(lower, m, {column, j}), {pivot, j});
                    });
                    Value diagonal = b.load(current, {column, column});
                    current = b.forLoop(b.add(column, 1), n, current, [&](Value row, Value m) {
                      Value factor = b.div(b.load(m, {row, column}), diagonal);
                      factor = b.select(b.equal(diagonal, b.constant(type, 0)), b.constant(type, 0),
                                        factor);
                      return b.forLoop(column, n, m, [&](Value j, Value inner) {
                        Value value = b.sub(b.load(inner, {row, j}),
                                            b.mul(factor, b.load(inner, {column, j})));
                        return b.store(value, inner, {row, j});
                      });
                    });
                    Value sign =
                        b.select(b.equal(pivot, column), b.constant(type, 1), b.constant(type, -1));
                    return {b.mul(carried[0], b.mul(sign, diagonal)), current};
                  })[0],
        elementType)};
  };
  return createElementKernel(b, "det", x, lowering.empty(sizes, elementType), {}, determinant)[0];
}

void addContractionLowerings(LoweringTable &table) {
  table.add<onnx::MatMulOp>(lowerMatMul);
  table.add<onnx::MatMulIntegerOp>(lowerMatMulInteger);
  table.add<onnx::DetOp>(lowerDet);
}

} // namespace azulejo::lower
