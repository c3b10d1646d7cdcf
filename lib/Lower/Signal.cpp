//===- Signal.cpp - DFT -----------------------------------------------------------------------===//
#include "dialects/ONNX/Signal.h"
#include "lib/Lower/Lowering.h"
#include "lib/Lower/ScalarBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace azulejo::lower {

/// The sum as it is defined, in f64, with the N roots of unity from a table. The axis may be known
/// at run time only: indices along it are then chosen by comparison.
static Value lowerDFT(onnx::DFTOp op, Lowering &lowering) {
  Value x = lowering[op.getInput()];
  auto xType = cast<RankedTensorType>(x.getType());
  int64_t rank = xType.getRank(), parts = xType.getDimSize(rank - 1);
  bool inverse = op.getInverse(), onesided = op.getOnesided();
  // A one-sided spectrum gives a real signal back.
  bool toReal = inverse && onesided;
  ScalarBuilder b(lowering.getLoc(), lowering);
  Type elementType = getElementType(x), f64 = b.getF64Type();

  std::optional<int64_t> knownAxis;
  Value axis;
  if (!op.getAxis())
    knownAxis = rank - 2;
  else if (auto constant = lowering.getConstantInts(op.getAxis()))
    knownAxis = (*constant)[0] < 0 ? (*constant)[0] + rank : (*constant)[0];
  axis = knownAxis ? b.index(*knownAxis)
                   : b.wrap(lowering.readIndex(lowering[op.getAxis()]), b.index(rank));

  // The size along the axis, among sizes or indices.
  auto along = [&](ValueRange values, Value axis) {
    if (knownAxis)
      return values[*knownAxis];
    Value result = values[0];
    for (int64_t i = 1; i < rank - 1; ++i)
      result = b.select(b.equal(axis, b.index(i)), values[i], result);
    return result;
  };
  ScalarBuilder::Values xSizes;
  for (OpFoldResult size : lowering.getSizes(op.getInput()))
    xSizes.push_back(lowering.asIndex(size));
  Value available = along(xSizes, axis);
  Value length = op.getDftLength() ? lowering.readIndex(lowering[op.getDftLength()])
                 : toReal          ? b.mul(b.sub(available, 1), 2)
                                   : available;
  auto sizes = lowering.getResultSizes(op.getOutput(), [&](int64_t dim) -> OpFoldResult {
    if (dim == rank - 1)
      return lowering.getIndexAttr(toReal ? 1 : 2);
    Value changed = onesided && !inverse ? b.add(b.div(length, b.index(2)), 1) : length;
    return getAsOpFoldResult(b.select(b.equal(axis, b.index(dim)), changed, xSizes[dim]));
  });

  SmallVector<OpFoldResult> tableSizes = {getAsOpFoldResult(length), lowering.getIndexAttr(2)};
  Value roots = createKernel(
      b, "dft_roots", {}, lowering.empty(tableSizes, f64), length,
      [&](ScalarBuilder &, const KernelArguments &arguments) {
        Value count = arguments.scalars[0];
        constexpr double kTurn = 6.283185307179586476925286766559;
        return b.forLoop(
            b.index(0), count, arguments.outputs,
            [&](Value n, ValueRange table) -> ScalarBuilder::Values {
              Value angle =
                  b.mul(b.constant(f64, kTurn), b.div(b.convert(n, f64), b.convert(count, f64)));
              Value withCosine = b.store(math::CosOp::create(b, angle), table[0], {n, b.index(0)});
              return {b.store(math::SinOp::create(b, angle), withCosine, {n, b.index(1)})};
            });
      })[0];

  auto body = [&](ScalarBuilder &, const KernelArguments &arguments) {
    Value input = arguments.inputs[0], table = arguments.inputs[1], count = arguments.scalars[0],
          where = arguments.scalars[1];
    Value zero = b.index(0), one = b.index(1);
    Value terms =
        b.min(along(b.dims(input), where), toReal ? b.add(b.div(count, b.index(2)), 1) : count);
    return forEachRow(
        b, arguments.outputs, rank - 1,
        [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
          ScalarBuilder::Values place(outer);
          place.push_back(zero);
          Value k = along(place, where), nothing = b.constant(f64, 0);
          auto sums = b.forLoop(
              zero, terms, {nothing, nothing},
              [&](Value n, ValueRange carried) -> ScalarBuilder::Values {
                ScalarBuilder::Values from(place);
                for (int64_t i = 0; i < rank - 1; ++i)
                  from[i] = knownAxis ? (i == *knownAxis ? n : place[i])
                                      : b.select(b.equal(where, b.index(i)), n, place[i]);
                Value real = b.convert(b.load(input, from), f64), imaginary = nothing;
                if (parts == 2) {
                  from.back() = one;
                  imaginary = b.convert(b.load(input, from), f64);
                }
                Value turn = b.rem(b.mul(k, n), count);
                Value cosine = b.load(table, {turn, zero}), sine = b.load(table, {turn, one});
                if (!inverse)
                  sine = b.sub(nothing, sine);
                Value sumReal = b.sub(b.mul(real, cosine), b.mul(imaginary, sine));
                Value sumImaginary = b.add(b.mul(real, sine), b.mul(imaginary, cosine));
                if (toReal) {
                  // Every term but the first and that of N / 2 stands for its conjugate too.
                  Value alone = b.logicalOr(b.equal(n, zero), b.equal(b.mul(n, 2), count));
                  sumReal = b.mul(sumReal, b.select(alone, b.constant(f64, 1), b.constant(f64, 2)));
                }
                return {b.add(carried[0], sumReal), b.add(carried[1], sumImaginary)};
              });
          Value row = rows[0], divisor = b.convert(count, f64);
          for (int64_t part = 0; part < (toReal ? 1 : 2); ++part) {
            Value sum = inverse ? b.div(sums[part], divisor) : sums[part];
            row = b.store(b.convert(sum, elementType), row, b.index(part));
          }
          return {row};
        });
  };
  return createKernel(b, "dft", {x, roots}, lowering.empty(sizes, elementType), {length, axis},
                      body)[0];
}

void addSignalLowerings(LoweringTable &table) { table.add<onnx::DFTOp>(lowerDFT); }

} // namespace azulejo::lower
