#include "dialects/ONNX/Generation.h"
#include "lib/Lower/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::onnx;

namespace azulejo::lower {

static Value lowerConstantOp(ConstantOp op, Lowering &b) {
  std::optional<TypedAttr> value = op.getValue();
  if (auto strings = dyn_cast_or_null<DenseStringElementsAttr>(value.value_or(TypedAttr()))) {
    SmallVector<StringRef> texts(strings.getRawStringData());
    auto type = strings.getType();
    if (strings.isSplat())
      texts.assign(type.getNumElements(), StringRef(texts.front()));
    return b.constantStrings(texts, type.getShape());
  }
  TypedAttr lowered = value ? lowerConstant(*value) : TypedAttr();
  if (!lowered)
    return b.refuse(op, "the constant is no tensor");
  auto type = cast<RankedTensorType>(lowered.getType());
  if (type.getNumElements() == 0)
    return b.fill(0.0, getAsIndexOpFoldResult(b.getContext(), type.getShape()),
                  type.getElementType());
  if (fitsInCode(lowered))
    return arith::ConstantOp::create(b, lowered);
  return plan::ConstantOp::create(b, lowered.getType(), lowered);
}

//===------------------------------------------------------------------------------------------===//
// Range
//===------------------------------------------------------------------------------------------===//

/// max(0, ceil((limit - start) / delta)), computed on the host.
static OpFoldResult getRangeSize(Lowering &b, Value start, Value limit, Value delta,
                                 Type elementType) {
  Value distance, zero = b.index(0);
  if (isa<FloatType>(elementType)) {
    Type f64 = b.getF64Type();
    auto wide = [&](Value x) { return b.convert(x, elementType, f64); };
    Value quotient = b.scalarDiv(b.scalarSub(wide(limit), wide(start)), wide(delta), false);
    distance =
        b.toIndex(arith::FPToSIOp::create(b, b.getI64Type(), math::CeilOp::create(b, quotient)));
  } else {
    Type i64 = b.getI64Type();
    auto wide = [&](Value x) { return b.convert(x, elementType, i64); };
    Value span = b.scalarSub(wide(limit), wide(start)), step = wide(delta);
    // Rounded up: what a truncated quotient misses, if it is positive.
    Value quotient = b.scalarDiv(span, step, false);
    Value exact = b.scalarEqual(b.scalarMul(quotient, step), span);
    Value sameSign = b.scalarEqual(b.scalarLess(span, b.constantInt(i64, 0), false),
                                   b.scalarLess(step, b.constantInt(i64, 0), false));
    Value next = b.scalarAdd(quotient, b.constantInt(i64, 1));
    distance = b.toIndex(b.select(exact, quotient, b.select(sameSign, next, quotient)));
  }
  return b.max(distance, zero);
}

static Value lowerRange(RangeOp op, Lowering &b) {
  Type elementType = getElementType(op.getOutput()), lowered = lowerType(elementType),
       computed = b.computeType(lowered);
  Value start = b.readScalar(b[op.getStart()]), delta = b.readScalar(b[op.getDelta()]);
  Value isZero = b.scalarEqual(b.extend(delta), b.constant(computed, 0));
  b.require(b.createOrFold<arith::XOrIOp>(isZero, b.constantInt(b.getI1Type(), 1)),
            "delta is zero");
  SmallVector<OpFoldResult> sizes = b.getResultSizes(op.getOutput(), [&](int64_t) {
    return getRangeSize(b, start, b.readScalar(b[op.getLimit()]), delta, elementType);
  });
  Value wideStart = b.extend(start), wideDelta = b.extend(delta);
  return b.parallel({}, sizes, lowered, [&](ValueRange) {
    Value at = arith::IndexCastOp::create(b, b.getI64Type(), b.loopIndex(0));
    Value steps = b.convert(at, b.getI64Type(), computed);
    return b.truncate(b.scalarAdd(wideStart, b.scalarMul(steps, wideDelta)), lowered);
  });
}

//===------------------------------------------------------------------------------------------===//
// Random numbers
//===------------------------------------------------------------------------------------------===//

/// Philox 4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): four random
/// words for a counter and a key. An element's words depend on its position and the node's seed
/// only, so that neither tiles nor threads change them.
static SmallVector<Value> philox(Lowering &b, Value counterLow, Value counterHigh, uint64_t key) {
  Type i32 = b.getI32Type();
  auto constant = [&](uint32_t value) { return b.constantInt(i32, int32_t(value)); };
  SmallVector<Value> words{counterLow, counterHigh, constant(0), constant(0)};
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    auto first = arith::MulUIExtendedOp::create(b, words[0], constant(0xd2511f53));
    auto second = arith::MulUIExtendedOp::create(b, words[2], constant(0xcd9e8d57));
    auto exclusiveOr = [&](Value x, Value y) -> Value { return arith::XOrIOp::create(b, x, y); };
    words = {exclusiveOr(exclusiveOr(second.getHigh(), words[1]), constant(key0)), second.getLow(),
             exclusiveOr(exclusiveOr(first.getHigh(), words[3]), constant(key1)), first.getLow()};
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  return words;
}

/// A node's key: its seed if it has one, else its name, so that two nodes differ and two runs do
/// not.
static uint64_t getKey(Operation *op, std::optional<APFloat> seed) {
  uint64_t key = 0xcbf29ce484222325; // FNV-1a
  std::string text;
  if (seed) {
    key ^= seed->bitcastToAPInt().getZExtValue();
  } else {
    llvm::raw_string_ostream stream(text);
    op->getLoc().print(stream);
  }
  for (char c : text)
    key = (key ^ uint8_t(c)) * 0x100000001b3;
  return key;
}

/// `distribution` gets the random words of an element.
static Value lowerRandom(Value input, Value output, uint64_t key, Lowering &b,
                         function_ref<Value(ArrayRef<Value>)> distribution) {
  Type elementType = getElementType(output);
  SmallVector<OpFoldResult> sizes = b.getSizes(input);
  return b.parallel({}, sizes, elementType, [&](ValueRange) {
    Value position = b.index(0);
    for (auto [i, size] : llvm::enumerate(sizes))
      position = b.asIndex(b.add(b.mul(position, size), b.loopIndex(i)));
    Value wide = arith::IndexCastOp::create(b, b.getI64Type(), position);
    Value low = arith::TruncIOp::create(b, b.getI32Type(), wide);
    Value high = arith::TruncIOp::create(
        b, b.getI32Type(), arith::ShRUIOp::create(b, wide, b.constantInt(b.getI64Type(), 32)));
    return b.convert(distribution(philox(b, low, high, key)), b.getF32Type(), elementType);
  });
}

/// A number in [0, 1) from the upper 24 bits of a word.
static Value toUnit(Lowering &b, Value word) {
  Value bits = arith::ShRUIOp::create(b, word, b.constantInt(b.getI32Type(), 8));
  Value number = arith::SIToFPOp::create(b, b.getF32Type(), bits);
  return b.scalarMul(number, b.constant(b.getF32Type(), 0x1p-24));
}

static Value lowerRandomUniformLike(RandomUniformLikeOp op, Lowering &b) {
  double low = op.getLow().convertToDouble(), high = op.getHigh().convertToDouble();
  return lowerRandom(
      op.getInput(), op.getOutput(), getKey(op, op.getSeed()), b, [&](ArrayRef<Value> words) {
        Type f32 = b.getF32Type();
        return b.scalarAdd(b.scalarMul(toUnit(b, words[0]), b.constant(f32, high - low)),
                           b.constant(f32, low));
      });
}

/// Box and Muller: sqrt(-2 log u) cos(2 pi v), with u in (0, 1].
static Value lowerRandomNormalLike(RandomNormalLikeOp op, Lowering &b) {
  double mean = op.getMean().convertToDouble(), scale = op.getScale().convertToDouble();
  return lowerRandom(
      op.getInput(), op.getOutput(), getKey(op, op.getSeed()), b, [&](ArrayRef<Value> words) {
        Type f32 = b.getF32Type();
        Value u = b.scalarSub(b.constant(f32, 1), toUnit(b, words[0]));
        Value radius =
            math::SqrtOp::create(b, b.scalarMul(b.constant(f32, -2), math::LogOp::create(b, u)));
        Value angle = b.scalarMul(toUnit(b, words[1]), b.constant(f32, 6.283185307179586));
        Value normal = b.scalarMul(radius, math::CosOp::create(b, angle));
        return b.scalarAdd(b.scalarMul(normal, b.constant(f32, scale)), b.constant(f32, mean));
      });
}

void addGenerationLowerings(LoweringTable &table) {
  table.add<ConstantOp>(lowerConstantOp);
  table.add<RandomNormalLikeOp>(lowerRandomNormalLike);
  table.add<RandomUniformLikeOp>(lowerRandomUniformLike);
  table.add<RangeOp>(lowerRange);
}

} // namespace azulejo::lower
