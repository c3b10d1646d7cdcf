#include "lib/GPU/WarpSpecialization.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace azulejo::gpu {

/// The longest side of a box.
constexpr int64_t kMostBox = 256;
constexpr int64_t kGroupWarps = 4;

StringRef whyNoWgmma(RankedTensorType sum) {
  if (!sum.getElementType().isF32())
    return "its sums are not f32";
  int64_t m = sum.getDimSize(0), n = sum.getDimSize(1);
  if (m % rowsOfWarpGroup || m > mostConsumers * rowsOfWarpGroup)
    return "a block has rows for no whole warp groups";
  return n % 8 || n > mostWgmmaColumns ? "its columns are no multiple of 8 up to 256" : "";
}

//===------------------------------------------------------------------------------------------===//
// Operands
//===------------------------------------------------------------------------------------------===//

std::optional<TmaOperand> TmaOperand::match(Value value) {
  TmaOperand operand;
  if (auto transpose = value.getDefiningOp<cta::TransposeOp>()) {
    if (!value.hasOneUse())
      return std::nullopt;
    operand.transposed = true;
    value = transpose.getTile();
  }
  operand.load = value.getDefiningOp<cta::LoadOp>();
  if (!operand.load || !value.hasOneUse())
    return std::nullopt;
  return operand;
}

cta::SharedType TmaOperand::getStages(int64_t count) {
  RankedTensorType tile = getType();
  int64_t rowBytes = tile.getDimSize(1) * tile.getElementTypeBitWidth() / 8;
  return cta::SharedType::get(load.getContext(), {count, tile.getDimSize(0), tile.getDimSize(1)},
                              tile.getElementType(), getTmaSwizzle(rowBytes));
}

StringRef TmaOperand::whyNoBox() {
  auto memory = cast<MemRefType>(load.getSource().getType());
  RankedTensorType tile = getType();
  int64_t rank = memory.getRank();
  if (tile.getRank() != 2 || load.getPad() ||
      load.getDims() != ArrayRef<int64_t>{rank - 2, rank - 1} ||
      !isa<BlockArgument>(load.getSource()) ||
      !isa<func::FuncOp>(load.getSource().getParentBlock()->getParentOp()))
    return "an operand is no matrix of rows in memory";
  if (tile.getDimSize(0) > kMostBox)
    return "a tile of an operand is longer than a box";
  return whyNoTma(memory, tile.getDimSize(1));
}

bool TmaOperand::endsWithTensor(bool isLeft) {
  int64_t tileDim = isLeft != transposed ? 1 : 0;
  SmallVector<OpFoldResult> valid = load.getMixedValid();
  int64_t extent = getType().getDimSize(tileDim);
  if (valid.empty())
    return true;
  int64_t dim = load.getDims()[tileDim];
  auto memory = cast<MemRefType>(load.getSource().getType());
  Value start = load.getIndices()[dim];
  if (auto known = getConstantIntValue(valid[tileDim]))
    return *known >= extent || (matchPattern(start, m_Zero()) && *known == memory.getDimSize(dim));
  auto difference = cast<Value>(valid[tileDim]).getDefiningOp<arith::SubIOp>();
  if (!difference || difference.getRhs() != start)
    return false;
  APInt size;
  if (matchPattern(difference.getLhs(), m_ConstantInt(&size)))
    return size.getSExtValue() == memory.getDimSize(dim);
  auto dimOp = difference.getLhs().getDefiningOp<memref::DimOp>();
  return dimOp && dimOp.getSource() == load.getSource() && dimOp.getConstantIndex() == dim;
}

//===------------------------------------------------------------------------------------------===//
// Rings
//===------------------------------------------------------------------------------------------===//

TileRing::TileRing(ImplicitLocOpBuilder &b, ArrayRef<TmaOperand> tiles, int64_t stages,
                   int64_t consumers)
    : operands(tiles), stages(stages) {
  for (TmaOperand &operand : operands)
    memory.push_back(cta::AllocOp::create(b, operand.getStages(stages)));
  auto barriers = cta::BarriersType::get(b.getContext(), stages);
  full = cta::BarriersOp::create(b, barriers, /*arrivals=*/1);
  if (consumers)
    empty = cta::BarriersOp::create(b, barriers, consumers);
  for (TmaOperand &operand : operands) {
    Value source = operand.load.getSource();
    auto type =
        cta::TensorMapType::get(b.getContext(), cast<MemRefType>(source.getType()).getRank(),
                                operand.getStages(1).getStageType());
    maps.push_back(cta::TensorMapOp::create(b, type, source));
  }
}

void TileRing::fill(ImplicitLocOpBuilder &b, scf::ForOp loop, Value stage, Value phase,
                    IRMapping &step) {
  if (empty)
    cta::WaitOp::create(b, empty, stage, phase);
  int64_t bytes = 0;
  for (TmaOperand &operand : operands)
    bytes += operand.getBytes();
  cta::ArriveOp::create(b, full, stage, b.getI64IntegerAttr(bytes));
  for (auto [operand, map, ring] : llvm::zip_equal(operands, maps, memory)) {
    SmallVector<Value> indices;
    for (Value value : operand.load.getIndices())
      indices.push_back(cloneForStep(b, loop, value, step));
    Value target = cta::StageOp::create(b, ring, stage);
    cta::TmaLoadOp::create(b, map, indices, target, full, stage);
  }
}

void TileRing::waitFull(ImplicitLocOpBuilder &b, Value stage, Value phase) {
  cta::WaitOp::create(b, full, stage, phase);
}

void TileRing::release(ImplicitLocOpBuilder &b, Value stage) {
  cta::ArriveOp::create(b, empty, stage, IntegerAttr());
}

Value TileRing::getTile(ImplicitLocOpBuilder &b, unsigned operand, Value stage) {
  return cta::StageOp::create(b, memory[operand], stage);
}

//===------------------------------------------------------------------------------------------===//
// Roles
//===------------------------------------------------------------------------------------------===//

Value WarpSpecialization::index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }

Value WarpSpecialization::parity(int64_t value) {
  return arith::ConstantOp::create(b, b.getI32IntegerAttr(static_cast<int32_t>(value)));
}

std::pair<Value, Value> WarpSpecialization::advance(Value stage, Value phase, int64_t stages) {
  Value next = arith::AddIOp::create(b, stage, index(1));
  Value wraps = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, next, index(stages));
  Value flipped = arith::XOrIOp::create(b, phase, parity(1));
  return {arith::SelectOp::create(b, wraps, index(0), next),
          arith::SelectOp::create(b, wraps, flipped, phase)};
}

void WarpSpecialization::moveTilesBehind() {
  for (Operation &op : *loop->getBlock()) {
    if (&op == loop)
      break;
    if (llvm::any_of(op.getResultTypes(), llvm::IsaPred<RankedTensorType>))
      ahead.push_back(&op);
  }
  for (Operation *op : ahead)
    op->moveBefore(loop);
}

void WarpSpecialization::createRoles() {
  // Registers that a block of three groups can give its producer and its consumers.
  bool trades = groups == mostConsumers;
  roles = cta::RolesOp::create(b, ArrayRef<int64_t>{kGroupWarps, groups * kGroupWarps},
                               trades ? ArrayRef<int64_t>{40, 232} : ArrayRef<int64_t>{0, 0},
                               ArrayRef<int64_t>{0}, /*bodiesCount=*/2);
  loop->getParentOfType<func::FuncOp>()->setAttr(cta::CtaDialect::getWarpsAttrName(),
                                                 b.getI64IntegerAttr((groups + 1) * kGroupWarps));
  for (::mlir::Region &body : roles.getBodies()) {
    b.createBlock(&body);
    cta::YieldOp::create(b);
  }
}

scf::ForOp WarpSpecialization::createLoop(ValueRange starts) {
  return scf::ForOp::create(b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), starts);
}

void WarpSpecialization::takeAhead() {
  for (Operation *op : ahead)
    op->moveBefore(getConsumers().getTerminator());
}

void WarpSpecialization::finish(ValueRange results) {
  // Everything behind the loop is of its results.
  SmallVector<Operation *> behind;
  for (Operation *op = roles->getNextNode(); op && !op->hasTrait<OpTrait::IsTerminator>();
       op = op->getNextNode())
    if (op != loop)
      behind.push_back(op);
  loop.replaceAllUsesWith(results);
  loop.erase();
  for (Operation *op : behind)
    op->moveBefore(getConsumers().getTerminator());
}

int64_t getEpilogueBytes(scf::ForOp loop) {
  int64_t most = 0;
  for (Operation *op = loop->getNextNode(); op; op = op->getNextNode()) {
    RankedTensorType tile;
    unsigned bits = 32; // that of sums
    if (auto store = dyn_cast<cta::StoreOp>(op)) {
      tile = cast<RankedTensorType>(store.getTile().getType());
      bits = tile.getElementTypeBitWidth();
    } else if (auto load = dyn_cast<cta::LoadOp>(op)) {
      tile = cast<RankedTensorType>(load.getType());
    }
    if (tile && tile.getRank() == 2)
      most = std::max<int64_t>(most, tile.getNumElements() * bits / 8);
  }
  return most;
}

int64_t getRingBytes(scf::ForOp loop, const hardware::GpuDescription &gpu) {
  constexpr int64_t barrierBytes = 1024;
  return gpu.sharedBytesPerBlock - barrierBytes - getEpilogueBytes(loop);
}

Value cloneForStep(OpBuilder &builder, scf::ForOp loop, Value value, IRMapping &map) {
  Operation *op = value.getDefiningOp();
  if (map.contains(value) || !op || !loop->isProperAncestor(op))
    return map.lookupOrDefault(value);
  for (Value operand : op->getOperands())
    cloneForStep(builder, loop, operand, map);
  builder.clone(*op, map);
  return map.lookup(value);
}

} // namespace azulejo::gpu
