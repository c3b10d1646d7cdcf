//===- DistributeWgmma.cpp - Matrix products by groups of four warps
//------------------------------------===//
//
// Every four warps multiply 64 rows of A at a time; what rows there are more go round the groups.
// The descriptors of A and B point into the tiles as TMA and cp.async wrote them (SharedMap.h):
// along K, a step is 32 bytes within a panel where K is innermost, and rows where it is not.
//
// The instruction is inline PTX: nvvm.wgmma.mma_async has neither A in registers nor a scale of D
// that is known only at run time.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/SharedMap.h"
#include "dialects/Cta/TileLayouts.h"
#include "lib/GPU/ScalarGrid.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

constexpr int64_t rowsOfGroup = 64, mostColumns = 256, stepBytes = 32;

namespace {

/// A matrix in shared memory as descriptors see it. `outer` is M or N.
class DescribedOperand {
public:
  DescribedOperand(TileDistributor &d, Value operand, bool kIsInner)
      : d(d), type(cast<SharedType>(operand.getType())), kIsInner(kIsInner) {
    int64_t swizzle = type.getSwizzle(), rows = type.getTileShape()[0];
    panel = rows * swizzle;
    uint64_t mode = swizzle == 128 ? 1 : swizzle == 64 ? 2 : 3;
    // From eight rows to the next; and where K is outer, from panel to panel.
    uint64_t stride = 8 * swizzle, leading = kIsInner ? 16 : panel;
    bits = mode << 62 | (stride >> 4) << 32 | (leading >> 4) << 16;
    start = d.getSharedAddress(d.get(operand)[0]);
  }

  /// The bytes to the first element of a step along K and of a position in the other dimension.
  int64_t getOffset(int64_t outer, int64_t step) const {
    int64_t elements = stepBytes / type.getElementBytes();
    SharedMap map(type);
    if (!kIsInner)
      return outer * type.getElementBytes() / type.getSwizzle() * panel +
             step * elements * type.getSwizzle();
    int64_t byte = step * stepBytes;
    return byte / type.getSwizzle() * panel + byte % type.getSwizzle() + outer * type.getSwizzle();
  }

  /// `dynamicOffset` is in bytes and may be null.
  Value describe(int64_t offset, Value dynamicOffset = {}) {
    ImplicitLocOpBuilder &b = d.getBuilder();
    Value address = arith::AddIOp::create(b, start, d.makeI32(offset));
    if (dynamicOffset)
      address = arith::AddIOp::create(b, address, dynamicOffset);
    Value low = arith::ShRUIOp::create(b, arith::AndIOp::create(b, address, d.makeI32(0x3ffff)),
                                       d.makeI32(4));
    return arith::OrIOp::create(b, arith::ExtUIOp::create(b, b.getI64Type(), low),
                                d.makeI64(static_cast<int64_t>(bits)));
  }

private:
  TileDistributor &d;
  SharedType type;
  bool kIsInner;
  int64_t panel;
  uint64_t bits;
  Value start;
};

/// One instruction: D += A * B for 64 rows.
struct Instruction {
  Type element, sum;
  int64_t columns;
  bool transposeA, transposeB;

  SmallVector<Value> emit(TileDistributor &d, ArrayRef<Value> sums, ArrayRef<Value> a, Value b,
                          Value keep) const {
    bool isInteger = element.isInteger(), isHalf = element.isF16() || element.isBF16();
    int64_t k = stepBytes * 8 / element.getIntOrFloatBitWidth();
    StringRef name = element.isF16()    ? "f16"
                     : element.isBF16() ? "bf16"
                     : isInteger        ? "s8"
                                        : "tf32";
    std::string text, constraints;
    llvm::raw_string_ostream code(text), list(constraints);
    size_t count = sums.size(), next = 2 * count;
    StringRef sumConstraint = isInteger ? "r" : "f";
    for (size_t i = 0; i < count; ++i)
      list << (i ? "," : "") << "=" << sumConstraint;
    for (size_t i = 0; i < count; ++i)
      list << "," << i;
    SmallVector<Value> operands(sums);
    code << "{ .reg .pred p; setp.ne.b32 p, ";
    if (keep)
      code << "$" << next + a.size() + 1;
    else
      code << "1";
    code << ", 0; wgmma.mma_async.sync.aligned.m64n" << columns << "k" << k << "."
         << (isInteger ? "s32" : "f32") << "." << name << "." << name << " {";
    for (size_t i = 0; i < count; ++i)
      code << (i ? ", $" : "$") << i;
    code << "}, ";
    bool inRegisters = a.size() > 1;
    if (inRegisters)
      code << "{";
    for (auto [i, value] : llvm::enumerate(a)) {
      code << (i ? ", $" : "$") << next++;
      list << (inRegisters ? ",r" : ",l");
      operands.push_back(value);
    }
    code << (inRegisters ? "}, $" : ", $") << next << ", p";
    list << ",l";
    operands.push_back(b);
    if (!isInteger)
      code << ", 1, 1";
    if (isHalf && !inRegisters)
      code << ", " << transposeA;
    if (isHalf)
      code << ", " << transposeB;
    code << "; }";
    if (keep) {
      list << ",r";
      operands.push_back(keep);
    }
    ImplicitLocOpBuilder &builder = d.getBuilder();
    Type result =
        LLVM::LLVMStructType::getLiteral(builder.getContext(), SmallVector<Type>(count, sum));
    auto assembly = LLVM::InlineAsmOp::create(
        builder, result, operands, code.str(), list.str(), /*has_side_effects=*/true,
        /*is_align_stack=*/false, LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
        ArrayAttr());
    SmallVector<Value> results;
    for (size_t i = 0; i < count; ++i)
      results.push_back(
          LLVM::ExtractValueOp::create(builder, assembly.getResult(0), static_cast<int64_t>(i)));
    return results;
  }
};

} // namespace

LogicalResult distributeWgmma(TileDistributor &d, WgmmaOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  SharedType typeOfB = op.getB().getType();
  Type element = typeOfB.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  auto type = cast<RankedTensorType>(op.getC().getType());
  const LinearLayout &layout = getLayout(type);
  WarpGrid grid{layout.getWarpBits(), 0};
  if (grid.rows < 2 || layout != getAccumulatorLayout(type.getShape(), bits, grid))
    return op.emitOpError("needs an accumulator whose rows are dealt out to groups of four warps");
  auto tileOfA = dyn_cast<RankedTensorType>(op.getA().getType());
  if (tileOfA && getLayout(tileOfA) != getLeftOperandLayout(tileOfA.getShape(), bits, grid))
    return op.emitOpError("needs its left operand as a fragment");

  int64_t columns = type.getDimSize(1);
  while (columns > mostColumns)
    columns /= 2;
  if (columns % 8 || type.getDimSize(1) % columns)
    return op.emitOpError() << "cannot cut " << type.getDimSize(1) << " columns into instructions";
  bool kIsInnerInB = op.getTransposeB();
  Instruction instruction{element, type.getElementType(), columns, op.getTransposeA(),
                          !kIsInnerInB};
  DescribedOperand right(d, op.getB(), kIsInnerInB);
  std::optional<DescribedOperand> left;
  std::optional<ScalarGrid> leftScalars;
  Value groupOffset;
  if (tileOfA) {
    leftScalars.emplace(d, op.getA());
  } else {
    left.emplace(d, op.getA(), !op.getTransposeA());
    Value group = arith::ShRUIOp::create(b, d.group.thread, d.makeI32(7));
    if (d.group.warps > 4)
      groupOffset = arith::MulIOp::create(b, group, d.makeI32(left->getOffset(rowsOfGroup, 0)));
  }
  Value keep =
      op.getKeep() ? arith::ExtUIOp::create(b, b.getI32Type(), op.getKeep()).getResult() : Value();
  ScalarGrid sums(d, op.getC());
  SmallVector<Value> result(d.get(op.getC()));
  int64_t k = typeOfB.getTileShape()[kIsInnerInB ? 1 : 0];
  int64_t perStep = stepBytes * 8 / bits, packed = 32 / bits;
  NVVM::WgmmaFenceAlignedOp::create(b);
  for (int64_t m : sums.getRows()) {
    if (m % 16)
      continue;
    for (int64_t n = 0; n < type.getDimSize(1); n += columns) {
      SmallVector<int64_t> numbers;
      for (int64_t i = 0; i < columns / 2; ++i)
        numbers.push_back(sums.getNumber(m + i / 2 % 2 * 8, n + i / 4 * 8 + i % 2));
      for (int64_t step = 0; step < k / perStep; ++step) {
        SmallVector<Value> a, before;
        if (left)
          a.push_back(left->describe(left->getOffset(m, step), groupOffset));
        for (int64_t i = 0; leftScalars && i < 4; ++i) {
          SmallVector<Value> scalars;
          for (int64_t p = 0; p < packed; ++p)
            scalars.push_back(
                leftScalars->get(m + i % 2 * 8, step * perStep + i / 2 * (perStep / 2) + p));
          a.push_back(d.pack(scalars, b.getI32Type()));
        }
        for (int64_t number : numbers)
          before.push_back(result[number]);
        SmallVector<Value> after = instruction.emit(
            d, before, a, right.describe(right.getOffset(n, step)), step == 0 ? keep : Value());
        for (auto [number, value] : llvm::zip(numbers, after))
          result[number] = value;
      }
    }
  }
  NVVM::WgmmaGroupSyncAlignedOp::create(b);
  d.set(op.getResult(), result);
  return success();
}

LogicalResult distributeWgmmaWait(TileDistributor &d, WgmmaWaitOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  NVVM::WgmmaWaitGroupSyncOp::create(b, op.getPending());
  // Nothing is computed from the sums above the wait: they pass through an empty instruction.
  for (auto [tile, result] : llvm::zip(op.getTiles(), op.getResults())) {
    ArrayRef<Value> scalars = d.get(tile);
    size_t count = scalars.size();
    std::string constraints;
    llvm::raw_string_ostream list(constraints);
    StringRef constraint = scalars[0].getType().isInteger() ? "r" : "f";
    for (size_t i = 0; i < count; ++i)
      list << (i ? "," : "") << "=" << constraint;
    for (size_t i = 0; i < count; ++i)
      list << "," << i;
    Type type = LLVM::LLVMStructType::getLiteral(b.getContext(),
                                                 SmallVector<Type>(count, scalars[0].getType()));
    auto assembly = LLVM::InlineAsmOp::create(
        b, type, scalars, "", list.str(), /*has_side_effects=*/true, /*is_align_stack=*/false,
        LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
    SmallVector<Value> after;
    for (size_t i = 0; i < count; ++i)
      after.push_back(
          LLVM::ExtractValueOp::create(b, assembly.getResult(0), static_cast<int64_t>(i)));
    d.set(result, after);
  }
  return success();
}

} // namespace azulejo::gpu
