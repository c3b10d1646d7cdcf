//===- Signal.cpp - DFT -----------------------------------------------------------------------===//
#include "dialects/ONNX/Signal.h"
#include "lib/Lower/Fourier.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace azulejo::lower {
namespace {

struct DFTLowering {
  onnx::DFTOp op;
  Lowering &lowering;
  ScalarBuilder b;
  Value x;
  int64_t rank, parts; // the last dimension, which only the run may know
  bool inverse, onesided;
  /// A one-sided spectrum gives a real signal back.
  bool toReal;
  Type elementType, f64;

  DFTLowering(onnx::DFTOp op, Lowering &lowering)
      : op(op), lowering(lowering), b(lowering.getLoc(), lowering), x(lowering[op.getInput()]),
        inverse(op.getInverse()), onesided(op.getOnesided()), toReal(inverse && onesided),
        elementType(getElementType(x)), f64(b.getF64Type()) {
    auto type = cast<RankedTensorType>(x.getType());
    rank = type.getRank();
    parts = type.getDimSize(rank - 1);
  }

  Value lower() {
    if (!op.getAxis())
      return lowerAlong(rank - 2);
    if (auto constant = lowering.getConstantInts(op.getAxis()))
      return lowerAlong((*constant)[0] < 0 ? (*constant)[0] + rank : (*constant)[0]);
    // Which axis it is only the run knows: a transform along each, of which it runs one.
    Value axis = b.wrap(lowering.readIndex(lowering[op.getAxis()]), b.index(rank));
    return lowerChoice(axis, 0);
  }

private:
  Value lowerChoice(Value axis, int64_t candidate) {
    if (candidate == rank - 2)
      return lowerAlong(candidate);
    auto type =
        RankedTensorType::get(SmallVector<int64_t>(rank, ShapedType::kDynamic), elementType);
    return choose(b.equal(axis, b.index(candidate)), type, [&](bool isThis) {
      return isThis ? lowerAlong(candidate) : lowerChoice(axis, candidate + 1);
    });
  }

  /// A transform whose length is a product of small primes is the fast one, also where only the run
  /// knows that. Any other is the sum as it is defined, in f64.
  Value lowerAlong(int64_t axis) {
    OpFoldResult available = lowering.getSize(op.getInput(), axis);
    OpFoldResult length = available;
    if (op.getDftLength())
      length = getAsOpFoldResult(lowering.readIndex(lowering[op.getDftLength()]));
    else if (toReal)
      length = lowering.mul(lowering.sub(available, b.getIndexAttr(1)), b.getIndexAttr(2));
    auto sizes = lowering.getResultSizes(op.getOutput(), [&](int64_t dim) -> OpFoldResult {
      if (dim == rank - 1)
        return b.getIndexAttr(toReal ? 1 : 2);
      if (dim != axis)
        return lowering.getSize(op.getInput(), dim);
      return onesided && !inverse
                 ? lowering.add(lowering.div(length, b.getIndexAttr(2)), b.getIndexAttr(1))
                 : length;
    });
    Value roots = makeRoots(length), output = lowering.empty(sizes, elementType);
    auto known = getConstantIntValue(length);
    if (toReal || (known && !isSmooth(*known)))
      return lowerSums(axis, length, roots, output);
    if (known)
      return lowerPasses(axis, length, roots, output);
    return choose(isSmooth(b, lowering.asIndex(length)), output.getType(), [&](bool isFast) {
      return isFast ? lowerPasses(axis, length, roots, output)
                    : lowerSums(axis, length, roots, output);
    });
  }

  Value lowerPasses(int64_t axis, OpFoldResult length, Value roots, Value output) {
    std::optional<bool> isReal;
    if (!ShapedType::isDynamic(parts))
      isReal = parts == 1;
    Type computed = lowering.computeType(elementType);
    return createKernel(b, "fft", {x, roots}, output, lowering.asIndex(length),
                        [&](ScalarBuilder &, const KernelArguments &arguments) {
                          FourierTransform transform{arguments.scalars[0], axis, inverse, isReal};
                          return emitTransform(b, transform, arguments.inputs[0],
                                               arguments.inputs[1], arguments.outputs[0], computed);
                        })[0];
  }

  /// One of two tensors of this type, of which the run computes the one it needs.
  Value choose(Value condition, Type type, function_ref<Value(bool)> compute) {
    auto choice = scf::IfOp::create(b, type, condition, /*addThenBlock=*/true,
                                    /*addElseBlock=*/true);
    for (bool holds : {true, false}) {
      OpBuilder::InsertionGuard own(b), shared(lowering);
      Block *block = holds ? choice.thenBlock() : choice.elseBlock();
      b.setInsertionPointToStart(block);
      lowering.setInsertionPointToStart(block);
      Value result = compute(holds);
      scf::YieldOp::create(lowering, lowering.castShape(result, cast<RankedTensorType>(type)));
    }
    return choice.getResult(0);
  }

  /// Cosine and sine of the N roots of unity.
  Value makeRoots(OpFoldResult length) {
    SmallVector<OpFoldResult> sizes = {length, b.getIndexAttr(2)};
    return createKernel(
        b, "dft_roots", {}, lowering.empty(sizes, f64), lowering.asIndex(length),
        [&](ScalarBuilder &, const KernelArguments &arguments) {
          Value count = arguments.scalars[0];
          constexpr double kTurn = 6.283185307179586476925286766559;
          return b.forLoop(
              b.index(0), count, arguments.outputs,
              [&](Value n, ValueRange table) -> ScalarBuilder::Values {
                Value angle =
                    b.mul(b.constant(f64, kTurn), b.div(b.convert(n, f64), b.convert(count, f64)));
                Value withCosine =
                    b.store(math::CosOp::create(b, angle), table[0], {n, b.index(0)});
                return {b.store(math::SinOp::create(b, angle), withCosine, {n, b.index(1)})};
              });
        })[0];
  }

  Value lowerSums(int64_t axis, OpFoldResult length, Value roots, Value output) {
    auto body = [&](ScalarBuilder &, const KernelArguments &arguments) {
      Value input = arguments.inputs[0], table = arguments.inputs[1], count = arguments.scalars[0];
      Value zero = b.index(0), one = b.index(1);
      Value terms = b.min(b.dim(input, axis), toReal ? b.add(b.div(count, b.index(2)), 1) : count);
      return forEachRow(
          b, arguments.outputs, rank - 1,
          [&](ScalarBuilder &, ValueRange outer, ValueRange rows) -> ScalarBuilder::Values {
            ScalarBuilder::Values place(outer);
            place.push_back(zero);
            Value k = place[axis], nothing = b.constant(f64, 0);
            auto sums = b.forLoop(
                zero, terms, {nothing, nothing},
                [&](Value n, ValueRange carried) -> ScalarBuilder::Values {
                  ScalarBuilder::Values from(place);
                  from[axis] = n;
                  Value real = b.convert(b.load(input, from), f64), imaginary = nothing;
                  if (parts != 1) {
                    // Whether there is an imaginary part may only the run know.
                    Value isComplex = b.equal(b.dim(input, rank - 1), b.index(2));
                    from.back() = b.select(isComplex, one, zero);
                    imaginary = b.select(isComplex, b.convert(b.load(input, from), f64), nothing);
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
                    sumReal =
                        b.mul(sumReal, b.select(alone, b.constant(f64, 1), b.constant(f64, 2)));
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
    return createKernel(b, "dft", {x, roots}, output, lowering.asIndex(length), body)[0];
  }
};

} // namespace

static Value lowerDFT(onnx::DFTOp op, Lowering &lowering) {
  return DFTLowering(op, lowering).lower();
}

void addSignalLowerings(LoweringTable &table) { table.add<onnx::DFTOp>(lowerDFT); }

} // namespace azulejo::lower
