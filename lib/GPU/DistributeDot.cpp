//===- DistributeDot.cpp - Matrix products on registers
//-----------------------------------------------===//
//
// mma.sync where the operands' layouts are its fragments, fused multiply-adds where a thread has
// whole rows of A and columns of B. azulejo-assign-layouts chooses which.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/TileLayouts.h"
#include "lib/GPU/ScalarGrid.h"
#include "lib/GPU/SharedAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace azulejo::cta;

namespace azulejo::gpu {

namespace {

/// What mma.sync calls a type, and the type of its registers.
std::pair<NVVM::MMATypes, Type> getMmaType(Type element) {
  MLIRContext *context = element.getContext();
  if (element.isF16())
    return {NVVM::MMATypes::f16, VectorType::get(2, element)};
  if (element.isBF16())
    return {NVVM::MMATypes::bf16, IntegerType::get(context, 32)};
  if (element.isF32())
    return {NVVM::MMATypes::tf32, IntegerType::get(context, 32)};
  if (element.isF64())
    return {NVVM::MMATypes::f64, element};
  return {NVVM::MMATypes::s8, IntegerType::get(context, 32)};
}

/// f32 rounded to tf32, as its bits.
Value roundToTf32(TileDistributor &d, Value scalar) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  return NVVM::ConvertFloatToTF32Op::create(b, b.getI32Type(), scalar, NVVM::FPRoundingMode::RNA,
                                            NVVM::SaturationMode::NONE, /*relu=*/false);
}

} // namespace

static void distributeMma(TileDistributor &d, DotOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Type element = cast<RankedTensorType>(op.getA().getType()).getElementType();
  Type sum = cast<RankedTensorType>(op.getC().getType()).getElementType();
  MmaShape mma = getMmaShape(element.getIntOrFloatBitWidth());
  ScalarGrid a(d, op.getA()), bGrid(d, op.getB()), c(d, op.getC());
  NVVM::MMATypes mmaType = getMmaType(element).first;
  Type word = getMmaType(element).second;
  SmallVector<Value> result(d.get(op.getC()));

  // The registers of one fragment, from its first coordinates.
  int64_t rows = mma.m / 8, halves = mma.m == 16 ? 2 : 1, half = 4 * mma.packed;
  auto packWord = [&](SmallVector<Value> scalars) {
    return element.isF32() ? roundToTf32(d, scalars[0]) : d.pack(scalars, word);
  };
  std::map<std::pair<int64_t, int64_t>, SmallVector<Value>> fragmentsOfA, fragmentsOfB;
  auto getA = [&](int64_t m, int64_t k) -> ArrayRef<Value> {
    SmallVector<Value> &words = fragmentsOfA[{m, k}];
    for (int64_t i = 0; words.size() < size_t(rows * halves); ++i) {
      SmallVector<Value> scalars;
      for (int64_t p = 0; p < mma.packed; ++p)
        scalars.push_back(a.get(m + i % rows * 8, k + i / rows * half + p));
      words.push_back(packWord(scalars));
    }
    return words;
  };
  auto getB = [&](int64_t k, int64_t n) -> ArrayRef<Value> {
    SmallVector<Value> &words = fragmentsOfB[{k, n}];
    for (int64_t i = 0; words.size() < size_t(halves); ++i) {
      SmallVector<Value> scalars;
      for (int64_t p = 0; p < mma.packed; ++p)
        scalars.push_back(bGrid.get(k + i * half + p, n));
      words.push_back(packWord(scalars));
    }
    return words;
  };

  bool packsSum = sum.isF16();
  Type sumWord = packsSum ? VectorType::get(2, sum) : sum;
  int64_t sumWords = packsSum ? rows : 2 * rows;
  Type resultType =
      LLVM::LLVMStructType::getLiteral(b.getContext(), SmallVector<Type>(sumWords, sumWord));
  int64_t kSize = cast<RankedTensorType>(op.getA().getType()).getDimSize(1);
  for (int64_t k = 0; k < kSize; k += mma.k)
    for (int64_t m : c.getRows())
      for (int64_t n : c.getColumns()) {
        if (m % mma.m || n % mma.n)
          continue; // inside of a fragment
        SmallVector<int64_t> numbers;
        for (int64_t i = 0; i < 2 * rows; ++i)
          numbers.push_back(c.getNumber(m + i / 2 * 8, n + i % 2));
        SmallVector<Value> words;
        for (int64_t i = 0; i < 2 * rows; i += packsSum ? 2 : 1)
          words.push_back(packsSum ? d.pack({result[numbers[i]], result[numbers[i + 1]]}, sumWord)
                                   : result[numbers[i]]);
        Value product = NVVM::MmaOp::create(
            b, resultType, getA(m, k), getB(k, n), words, {mma.m, mma.n, mma.k},
            /*b1Op=*/std::nullopt,
            element.isInteger() ? std::optional(NVVM::MMAIntOverflow::wrapped) : std::nullopt,
            std::array<NVVM::MMATypes, 2>{mmaType, mmaType},
            std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row, NVVM::MMALayout::col});
        for (int64_t i = 0; i < sumWords; ++i) {
          Value part = LLVM::ExtractValueOp::create(b, product, i);
          for (auto [p, value] : llvm::enumerate(d.unpack(part, sum, packsSum ? 2 : 1)))
            result[numbers[packsSum ? 2 * i + p : i]] = value;
        }
      }
  d.set(op.getResult(), result);
}

namespace {

/// The allocation that a piece of shared memory is of.
Value getAllocation(Value memory) {
  while (auto stage = memory.getDefiningOp<StageOp>())
    memory = stage.getRing();
  return memory;
}

/// An operand of fused multiply-adds. What was read from shared memory is read once more, where it
/// is multiplied, so that a thread holds a few elements at a time and not all of its rows; LLVM
/// drops the reads before.
class FmaOperand {
public:
  FmaOperand(TileDistributor &d, Value tile, DotOp dot) : grid(d, tile) {
    Value source = tile;
    bool transposed = false;
    while (auto transpose = source.getDefiningOp<TransposeOp>()) {
      source = transpose.getTile();
      transposed = !transposed;
    }
    auto load = source.getDefiningOp<LoadSharedOp>();
    if (!load || isOverwritten(load, dot))
      return;
    this->transposed = transposed;
    places.emplace(d, source);
    reader = SharedReader::get(d, load);
  }

  Value get(int64_t row, int64_t column) {
    if (!reader)
      return grid.get(row, column);
    return reader->get(transposed ? places->getNumber(column, row)
                                  : places->getNumber(row, column));
  }
  const std::set<int64_t> &getColumns() const { return grid.getColumns(); }

private:
  /// Whether something between may write what was read.
  static bool isOverwritten(LoadSharedOp load, DotOp dot) {
    if (load->getBlock() != dot->getBlock())
      return true;
    Value memory = getAllocation(load.getSource());
    for (Operation *op = load; op != dot; op = op->getNextNode()) {
      WalkResult result = op->walk([&](Operation *inner) {
        bool writes =
            isa<StoreSharedOp, CopyAsyncOp, GatherAsyncOp, TmaLoadOp>(inner) &&
            llvm::any_of(inner->getOperands(), [&](Value operand) {
              return isa<SharedType>(operand.getType()) && getAllocation(operand) == memory;
            });
        return writes ? WalkResult::interrupt() : WalkResult::advance();
      });
      if (result.wasInterrupted())
        return true;
    }
    return false;
  }

  ScalarGrid grid;
  bool transposed = false;
  std::optional<ScalarGrid> places; // of what is read
  std::optional<SharedReader> reader;
};

} // namespace

static void distributeFma(TileDistributor &d, DotOp op) {
  ImplicitLocOpBuilder &b = d.getBuilder();
  Type sum = cast<RankedTensorType>(op.getC().getType()).getElementType();
  FmaOperand a(d, op.getA(), op), bOperand(d, op.getB(), op);
  ScalarGrid c(d, op.getC());
  auto extend = [&](Value scalar) -> Value {
    if (scalar.getType() == sum)
      return scalar;
    if (isa<FloatType>(sum))
      return arith::ExtFOp::create(b, sum, scalar);
    return arith::ExtSIOp::create(b, sum, scalar);
  };
  SmallVector<Value> result(d.get(op.getC()));
  for (int64_t k : a.getColumns())
    for (int64_t m : c.getRows())
      for (int64_t n : c.getColumns()) {
        Value &total = result[c.getNumber(m, n)];
        Value x = extend(a.get(m, k)), y = extend(bOperand.get(k, n));
        if (isa<FloatType>(sum))
          total = math::FmaOp::create(b, x, y, total);
        else
          total = arith::AddIOp::create(b, total, arith::MulIOp::create(b, x, y));
      }
  d.set(op.getResult(), result);
}

LogicalResult distributeDot(TileDistributor &d, DotOp op) {
  const LinearLayout &a = getLayout(op.getA()), &b = getLayout(op.getB()),
                     &c = getLayout(op.getC());
  unsigned bits =
      cast<RankedTensorType>(op.getA().getType()).getElementType().getIntOrFloatBitWidth();
  // A thread with whole rows multiplies by itself.
  if (a.dropDimension(1) == c.dropDimension(1) && b.dropDimension(0) == c.dropDimension(0) &&
      a == a.dropDimension(1).insertDimension(1, a.getShape()[1]) &&
      b == b.dropDimension(0).insertDimension(0, b.getShape()[0])) {
    distributeFma(d, op);
    return success();
  }
  // The warps' grid, as the accumulators have it.
  for (unsigned rows = 0; rows <= c.getWarpBits(); ++rows) {
    WarpGrid grid{rows, c.getWarpBits() - rows};
    if (getAccumulatorLayout(c.getShape(), bits, grid) == c &&
        getLeftOperandLayout(a.getShape(), bits, grid) == a &&
        getRightOperandLayout(b.getShape(), bits, grid) == b) {
      distributeMma(d, op);
      return success();
    }
  }
  return op.emitOpError("has operands in layouts that no multiplication takes");
}

} // namespace azulejo::gpu
