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
#include "lib/GPU/WarpGroups.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

constexpr int64_t stepBytes = 32;

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

  /// Whether what D was before counts: as `value` says, or, without one, `always` or never.
  struct Keep {
    bool always = true;
    Value value;
  };

  SmallVector<Value> emit(TileDistributor &d, ArrayRef<Value> sums, ArrayRef<Value> a, Value b,
                          Keep keep) const {
    bool isInteger = element.isInteger(), isHalf = element.isF16() || element.isBF16();
    int64_t k = stepBytes * 8 / element.getIntOrFloatBitWidth();
    StringRef name = element.isF16()    ? "f16"
                     : element.isBF16() ? "bf16"
                     : isInteger        ? "s8"
                                        : "tf32";
    std::string text, constraints;
    llvm::raw_string_ostream code(text), list(constraints);
    size_t count = sums.size();
    StringRef sumConstraint = isInteger ? "r" : "f";
    for (size_t i = 0; i < count; ++i)
      list << (i ? "," : "") << "=" << sumConstraint;
    // A sum that starts here has no registers that something would have to be written to first.
    bool starts = !keep.always && !keep.value;
    SmallVector<Value> operands;
    if (!starts) {
      for (size_t i = 0; i < count; ++i)
        list << "," << i;
      llvm::append_range(operands, sums);
    }
    size_t next = count + operands.size();
    code << "{ .reg .pred p; setp.ne.b32 p, ";
    if (keep.value)
      code << "$" << next + a.size() + 1;
    else
      code << keep.always;
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
    if (keep.value) {
      list << ",r";
      operands.push_back(keep.value);
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

/// Passes registers of one type through an empty instruction that stays where it is: what they hold
/// is computed above it, and what is computed of them below.
void pin(TileDistributor &d, MutableArrayRef<Value> registers) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  size_t count = registers.size();
  std::string constraints;
  llvm::raw_string_ostream list(constraints);
  StringRef constraint = registers[0].getType().isInteger() ? "r" : "f";
  for (size_t i = 0; i < count; ++i)
    list << (i ? "," : "") << "=" << constraint;
  for (size_t i = 0; i < count; ++i)
    list << "," << i;
  Type type = LLVM::LLVMStructType::getLiteral(b.getContext(),
                                               SmallVector<Type>(count, registers[0].getType()));
  auto assembly = LLVM::InlineAsmOp::create(
      b, type, registers, "", list.str(), /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
  for (size_t i = 0; i < count; ++i)
    registers[i] = LLVM::ExtractValueOp::create(b, assembly.getResult(0), static_cast<int64_t>(i));
}

/// Whether products are still added to what a product starts from. The yield of the loop around it
/// is in its block and not distributed yet.
bool startsUnderWay(WgmmaOp op) {
  if (op.getC().getDefiningOp<WgmmaOp>())
    return true;
  auto argument = dyn_cast<BlockArgument>(op.getC());
  auto yield = dyn_cast<scf::YieldOp>(op->getBlock()->getTerminator());
  if (!argument || !yield || !isa<scf::ForOp>(yield->getParentOp()) ||
      argument.getArgNumber() > yield.getNumOperands())
    return false;
  return yield.getOperand(argument.getArgNumber() - 1).getDefiningOp<WgmmaOp>() != nullptr;
}

/// A in registers: the four of each step of each instruction's rows, packed.
class PackedOperand {
public:
  PackedOperand(TileDistributor &d, Value tile, int64_t perStep) : grid(d, tile) {
    auto type = cast<RankedTensorType>(tile.getType());
    for (int64_t m : grid.getRows()) {
      if (m % 16)
        continue;
      starts[m] = registers.size();
      for (int64_t k = 0; k < type.getDimSize(1); k += perStep)
        for (int64_t i = 0; i < 4; ++i) {
          SmallVector<Value> scalars;
          for (int64_t p = 0; p < 32 / type.getElementTypeBitWidth(); ++p)
            scalars.push_back(grid.get(m + i % 2 * 8, k + i / 2 * (perStep / 2) + p));
          registers.push_back(d.pack(scalars, d.getBuilder().getI32Type()));
        }
    }
    pin(d, registers);
  }

  ArrayRef<Value> get(int64_t m, int64_t step) const {
    return ArrayRef(registers).slice(starts.lookup(m) + 4 * step, 4);
  }

private:
  ScalarGrid grid;
  SmallVector<Value> registers;
  llvm::DenseMap<int64_t, size_t> starts;
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
  while (columns > mostWgmmaColumns)
    columns /= 2;
  if (columns % 8 || type.getDimSize(1) % columns)
    return op.emitOpError() << "cannot cut " << type.getDimSize(1) << " columns into instructions";
  bool kIsInnerInB = op.getTransposeB();
  Instruction instruction{element, type.getElementType(), columns, op.getTransposeA(),
                          !kIsInnerInB};
  DescribedOperand right(d, op.getB(), kIsInnerInB);
  std::optional<DescribedOperand> left;
  std::optional<PackedOperand> leftRegisters;
  Value groupOffset;
  int64_t perStep = stepBytes * 8 / bits;
  if (tileOfA) {
    leftRegisters.emplace(d, op.getA(), perStep);
  } else {
    left.emplace(d, op.getA(), !op.getTransposeA());
    Value group = arith::ShRUIOp::create(b, d.group.thread, d.makeI32(7));
    if (d.group.warps > 4)
      groupOffset = arith::MulIOp::create(b, group, d.makeI32(left->getOffset(rowsOfWarpGroup, 0)));
  }
  Instruction::Keep keep;
  if (Value condition = op.getKeep()) {
    keep.always = matchPattern(condition, m_One());
    if (!keep.always && !matchPattern(condition, m_Zero()))
      keep.value = arith::ExtUIOp::create(b, b.getI32Type(), condition);
  }
  ScalarGrid sums(d, op.getC());
  SmallVector<Value> result(d.get(op.getC()));
  int64_t k = typeOfB.getTileShape()[kIsInnerInB ? 1 : 0];
  // The fence orders what was written to registers before the products that read them.
  if ((keep.always || keep.value) && !startsUnderWay(op))
    pin(d, result);
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
        else
          llvm::append_range(a, leftRegisters->get(m, step));
        for (int64_t number : numbers)
          before.push_back(result[number]);
        SmallVector<Value> after =
            instruction.emit(d, before, a, right.describe(right.getOffset(n, step)),
                             step == 0 ? keep : Instruction::Keep());
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
  NVVM::WgmmaWaitGroupSyncOp::create(d.getBuilder(), op.getPending());
  // Nothing is computed from the sums above the wait.
  for (auto [tile, result] : llvm::zip(op.getTiles(), op.getResults())) {
    SmallVector<Value> scalars(d.get(tile));
    pin(d, scalars);
    d.set(result, scalars);
  }
  return success();
}

} // namespace azulejo::gpu
