//===- PipelineTma.cpp - Producer and consumers around a ring of mbarriers --------------------===//
//
//     producer, one thread              consumers, a warp group for 64 rows of C
//       wait until empty[stage]           wait until full[stage]
//       expect the bytes at full[stage]   multiply the stage, asynchronously
//       copy A and B into the stage       wait until the product before is done
//                                         arrive at empty[stage before]
//
// The parity of the phase that is waited for flips whenever the ring has been gone around. A new
// barrier is in phase 0, and waiting for parity 1 does not wait: so the producer starts with 1 and
// finds all stages empty, and the consumers start with 0.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/GPU/PipelineTma.h"
#include "dialects/Cta/Cta.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace azulejo::gpu {

namespace {

/// Rows of C that a group of four warps multiplies.
constexpr int64_t kRowsPerGroup = 64;
/// What the accelerator wants strides to be a multiple of.
constexpr int64_t kStrideBytes = 16;
/// Its swizzle with the fewest bank conflicts, and the longest side of a box.
constexpr int64_t kSwizzle = 128, kMostBox = 256;

/// One operand of the product: a tile in memory, perhaps read as its transpose.
struct Operand {
  cta::LoadOp load;
  bool transposed = false;

  static std::optional<Operand> match(Value value) {
    Operand operand;
    if (auto transpose = value.getDefiningOp<cta::TransposeOp>()) {
      operand.transposed = true;
      value = transpose.getTile();
    }
    operand.load = value.getDefiningOp<cta::LoadOp>();
    if (!operand.load || !value.hasOneUse())
      return std::nullopt;
    return operand;
  }

  RankedTensorType getType() { return cast<RankedTensorType>(load.getType()); }
  cta::SharedType getStages(int64_t count) {
    return cta::SharedType::get(load.getContext(),
                                {count, getType().getDimSize(0), getType().getDimSize(1)},
                                getType().getElementType(), kSwizzle);
  }
};

/// Whether what is beyond `valid` in one dimension is beyond the tensor, too, so that the
/// accelerator makes it zero.
bool endsWithTensor(cta::LoadOp load, int64_t tileDim) {
  SmallVector<OpFoldResult> valid = load.getMixedValid();
  if (valid.empty() || getConstantIntValue(valid[tileDim]) == load.getType().getDimSize(tileDim))
    return true;
  int64_t dim = load.getDims()[tileDim];
  auto left = dyn_cast<Value>(valid[tileDim]);
  auto difference = left ? left.getDefiningOp<arith::SubIOp>() : arith::SubIOp();
  if (!difference || difference.getRhs() != load.getIndices()[dim])
    return false;
  auto memory = cast<MemRefType>(load.getSource().getType());
  APInt size;
  if (matchPattern(difference.getLhs(), m_ConstantInt(&size)))
    return size.getSExtValue() == memory.getDimSize(dim);
  auto dimOp = difference.getLhs().getDefiningOp<memref::DimOp>();
  return dimOp && dimOp.getSource() == load.getSource() && dimOp.getConstantIndex() == dim;
}

/// Whether the accelerator can copy the tile.
bool isBox(Operand operand) {
  cta::LoadOp load = operand.load;
  auto memory = cast<MemRefType>(load.getSource().getType());
  RankedTensorType tile = operand.getType();
  int64_t rank = memory.getRank(), bytes = tile.getElementTypeBitWidth() / 8;
  if (tile.getRank() != 2 || rank > 5 || !memory.getLayout().isIdentity() || load.getPad() ||
      load.getDims() != ArrayRef<int64_t>{rank - 2, rank - 1} ||
      !isa<BlockArgument>(load.getSource()) ||
      !isa<func::FuncOp>(load.getSource().getParentBlock()->getParentOp()))
    return false;
  // Strides from the second dimension on; those further out are multiples of this one.
  return !memory.isDynamicDim(rank - 1) &&
         memory.getDimSize(rank - 1) * bytes % kStrideBytes == 0 &&
         tile.getDimSize(1) * bytes % kSwizzle == 0 && tile.getDimSize(0) <= kMostBox;
}

class WarpSpecialization {
public:
  WarpSpecialization(scf::ForOp loop, cta::DotOp dot, Operand left, Operand right, int64_t stages,
                     int64_t groups)
      : loop(loop), dot(dot), left(left), right(right), stages(stages), groups(groups),
        b(loop.getLoc(), loop) {}

  void run() {
    moveTilesBehind();
    ringA = cta::AllocOp::create(b, left.getStages(stages));
    ringB = cta::AllocOp::create(b, right.getStages(stages));
    auto barriers = cta::BarriersType::get(b.getContext(), stages);
    full = cta::BarriersOp::create(b, barriers, /*arrivals=*/1);
    empty = cta::BarriersOp::create(b, barriers, groups);
    mapA = createMap(left);
    mapB = createMap(right);
    constexpr int64_t groupWarps = 4;
    // Registers that a block of three groups can give its producer and its consumers.
    bool trades = groups == 2;
    auto roles = cta::RolesOp::create(b, ArrayRef<int64_t>{groupWarps, groups * groupWarps},
                                      trades ? ArrayRef<int64_t>{40, 232} : ArrayRef<int64_t>{0, 0},
                                      ArrayRef<int64_t>{0}, /*bodiesCount=*/2);
    auto function = loop->getParentOfType<func::FuncOp>();
    function->setAttr(cta::CtaDialect::getWarpsAttrName(),
                      b.getI64IntegerAttr((groups + 1) * groupWarps));
    for (::mlir::Region &body : roles.getBodies()) {
      b.createBlock(&body);
      cta::YieldOp::create(b);
    }
    writeProducer(roles.getBodies()[0].front());
    writeConsumers(roles);
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }
  Value parity(int64_t value) {
    return arith::ConstantOp::create(b, b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value createMap(Operand operand) {
    auto memory = cast<MemRefType>(operand.load.getSource().getType());
    auto type = cta::TensorMapType::get(b.getContext(), memory.getRank(),
                                        operand.getStages(1).getStageType());
    return cta::TensorMapOp::create(b, type, operand.load.getSource());
  }

  /// What makes tiles ahead of the loop is the consumers' business: behind the numbers that the
  /// producer shares.
  void moveTilesBehind() {
    for (Operation &op : *loop->getBlock()) {
      if (&op == loop)
        break;
      if (llvm::any_of(op.getResultTypes(), llvm::IsaPred<RankedTensorType>))
        ahead.push_back(&op);
    }
    for (Operation *op : ahead)
      op->moveBefore(loop);
  }

  /// The stage and parity of the next step.
  std::pair<Value, Value> advance(Value stage, Value phase) {
    Value next = arith::AddIOp::create(b, stage, index(1));
    Value wraps = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, next, index(stages));
    Value flipped = arith::XOrIOp::create(b, phase, parity(1));
    return {arith::SelectOp::create(b, wraps, index(0), next),
            arith::SelectOp::create(b, wraps, flipped, phase)};
  }

  void copy(Operand operand, Value map, Value ring, Value stage, IRMapping &step) {
    SmallVector<Value> indices;
    for (Value value : operand.load.getIndices())
      indices.push_back(cloneForStep(b, loop, value, step));
    Value target = cta::StageOp::create(b, ring, stage);
    cta::TmaLoadOp::create(b, map, indices, target, full, stage);
  }

  void writeProducer(Block &body) {
    b.setInsertionPoint(body.getTerminator());
    auto fetch = scf::ForOp::create(b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(),
                                    ValueRange{index(0), parity(1)});
    b.setInsertionPointToStart(fetch.getBody());
    Value stage = fetch.getRegionIterArg(0), phase = fetch.getRegionIterArg(1);
    cta::WaitOp::create(b, empty, stage, phase);
    int64_t bytes = left.getStages(1).getStageBytes() + right.getStages(1).getStageBytes();
    cta::ArriveOp::create(b, full, stage, b.getI64IntegerAttr(bytes));
    IRMapping step;
    step.map(loop.getInductionVar(), fetch.getInductionVar());
    copy(left, mapA, ringA, stage, step);
    copy(right, mapB, ringB, stage, step);
    auto [nextStage, nextPhase] = advance(stage, phase);
    scf::YieldOp::create(b, ValueRange{nextStage, nextPhase});
  }

  void writeConsumers(cta::RolesOp roles) {
    Block &body = roles.getBodies()[1].front();
    Operation *end = body.getTerminator();
    for (Operation *op : ahead)
      op->moveBefore(end);
    // Everything behind the loop is of its result.
    SmallVector<Operation *> behind;
    for (Operation *op = roles->getNextNode(); op && !op->hasTrait<OpTrait::IsTerminator>();
         op = op->getNextNode())
      if (op != loop)
        behind.push_back(op);

    b.setInsertionPoint(end);
    Value none = index(-1);
    auto multiply =
        scf::ForOp::create(b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(),
                           ValueRange{loop.getInitArgs()[0], index(0), parity(0), none});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(multiply.getBody());
      Value sum = multiply.getRegionIterArg(0), stage = multiply.getRegionIterArg(1),
            phase = multiply.getRegionIterArg(2), before = multiply.getRegionIterArg(3);
      cta::WaitOp::create(b, full, stage, phase);
      Value a = cta::StageOp::create(b, ringA, stage), c = cta::StageOp::create(b, ringB, stage);
      auto product = cta::WgmmaOp::create(b, sum.getType(), a, c, sum, /*keep=*/Value(),
                                          left.transposed, right.transposed, dot.getTf32());
      cta::WgmmaWaitOp::create(b, /*pending=*/1, ValueRange());
      Value exists = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, before, index(0));
      {
        OpBuilder::InsertionGuard inner(b);
        auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
        b.setInsertionPointToStart(branch.thenBlock());
        cta::ArriveOp::create(b, empty, before, IntegerAttr());
      }
      auto [nextStage, nextPhase] = advance(stage, phase);
      scf::YieldOp::create(b, ValueRange{product.getResult(), nextStage, nextPhase, stage});
    }
    auto done = cta::WgmmaWaitOp::create(b, /*pending=*/0, ValueRange{multiply.getResult(0)});
    loop.getResult(0).replaceAllUsesWith(done.getResult(0));
    loop.erase();
    for (Operation *op : behind)
      op->moveBefore(end);
  }

  scf::ForOp loop;
  cta::DotOp dot;
  Operand left, right;
  int64_t stages, groups;
  ImplicitLocOpBuilder b;
  SmallVector<Operation *> ahead;
  Value ringA, ringB, full, empty, mapA, mapB;
};

} // namespace

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

Value cloneForStep(OpBuilder &builder, scf::ForOp loop, Value value, IRMapping &map) {
  Operation *op = value.getDefiningOp();
  if (map.contains(value) || !op || !loop->isProperAncestor(op))
    return map.lookupOrDefault(value);
  for (Value operand : op->getOperands())
    cloneForStep(builder, loop, operand, map);
  builder.clone(*op, map);
  return map.lookup(value);
}

bool pipelineByTma(scf::ForOp loop, const hardware::GpuDescription &gpu) {
  if (!gpu.has("wgmma") || loop.getNumResults() != 1)
    return false;
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  auto dot = yield.getResults()[0].getDefiningOp<cta::DotOp>();
  if (!dot || dot.getC() != loop.getRegionIterArg(0) || !dot->hasOneUse())
    return false;
  auto sum = cast<RankedTensorType>(dot.getType());
  auto left = Operand::match(dot.getA()), right = Operand::match(dot.getB());
  if (!left || !right || !sum.getElementType().isF32() || !isBox(*left) || !isBox(*right))
    return false;
  Type element = left->getType().getElementType();
  bool is16 = element.isF16() || element.isBF16();
  // tf32 only with K innermost: A as it is, B transposed.
  if (!is16 && !(dot.getTf32() && !left->transposed && right->transposed))
    return false;
  int64_t m = sum.getDimSize(0), n = sum.getDimSize(1);
  if (m % kRowsPerGroup || m > 2 * kRowsPerGroup || n % 8 || n > kMostBox)
    return false;
  // Of rows and columns beyond the end nothing is kept; along K they would be summed.
  if (!endsWithTensor(left->load, left->transposed ? 0 : 1) ||
      !endsWithTensor(right->load, right->transposed ? 1 : 0))
    return false;
  int64_t stageBytes = left->getStages(1).getStageBytes() + right->getStages(1).getStageBytes();
  constexpr int64_t barrierBytes = 1024;
  int64_t stages = std::min<int64_t>(
      4, (gpu.sharedBytesPerBlock - barrierBytes - getEpilogueBytes(loop)) / stageBytes);
  if (stages < 2)
    return false;
  WarpSpecialization(loop, dot, *left, *right, stages, m / kRowsPerGroup).run();
  return true;
}

} // namespace azulejo::gpu
