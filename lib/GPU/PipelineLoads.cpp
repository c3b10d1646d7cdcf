//===- PipelineLoads.cpp - azulejo-pipeline-loads ---------------------------------------------===//
//
// Where there is wgmma and a tensor memory accelerator, by those (PipelineTma.h); else by cp.async:
// a ring of S stages in shared memory for each operand. While stage s is multiplied, the S - 1
// behind it are under way. One barrier a step suffices: behind it every thread's part of stage s
// has arrived, and nobody reads the stage before s any more, which the step then fills.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "lib/GPU/LayoutChoice.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/PipelineTma.h"
#include "lib/GPU/WarpSpecialization.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_PIPELINELOADS
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using namespace azulejo::gpu;

namespace {

/// The bytes of one asynchronous copy.
constexpr int64_t kChunkBytes = 16;

/// Whether only products read a tile, through transposes.
bool isOperandOnly(Value tile) {
  return llvm::all_of(tile.getUsers(), [&](Operation *user) {
    if (auto dot = dyn_cast<cta::DotOp>(user))
      return dot.getC() != tile;
    return isa<cta::TransposeOp>(user) && isOperandOnly(user->getResult(0));
  });
}

/// Whether rows of a tile are whole chunks in global memory, wherever the tile starts.
bool hasAlignedRows(cta::LoadOp load) {
  auto tile = cast<RankedTensorType>(load.getType());
  auto memory = cast<MemRefType>(load.getSource().getType());
  if (tile.getRank() != 2 || load.getPad() || load.getDims()[1] != memory.getRank() - 1 ||
      load.getDims()[0] >= load.getDims()[1] || !memory.getLayout().isIdentity())
    return false;
  int64_t bytes = tile.getElementTypeBitWidth() / 8, chunk = bytes ? kChunkBytes / bytes : 0;
  return chunk && tile.getDimSize(1) % chunk == 0 && !memory.isDynamicDim(memory.getRank() - 1) &&
         memory.getDimSize(memory.getRank() - 1) % chunk == 0;
}

int64_t getSwizzle(RankedTensorType tile) {
  int64_t rowBytes = tile.getDimSize(1) * tile.getElementTypeBitWidth() / 8;
  for (int64_t candidate : {128, 64, 32})
    if (rowBytes % candidate == 0)
      return candidate;
  return 0;
}

cta::SharedType getRingType(cta::LoadOp load, int64_t stages) {
  auto tile = cast<RankedTensorType>(load.getType());
  return cta::SharedType::get(load.getContext(), {stages, tile.getDimSize(0), tile.getDimSize(1)},
                              tile.getElementType(), getSwizzle(tile));
}

/// Fused multiply-adds read their operands from shared memory a few at a time, as a thread's rows
/// and columns of a whole step are more than its registers hold. So what is not there goes there.
void moveToShared(cta::DotOp dot, OpOperand &operand) {
  SmallVector<Operation *> transposes;
  Value tile = operand.get();
  for (Operation *op = tile.getDefiningOp(); isa_and_nonnull<cta::TransposeOp>(op);
       op = tile.getDefiningOp()) {
    transposes.push_back(op);
    tile = op->getOperand(0);
  }
  if (isa_and_nonnull<cta::LoadSharedOp, cta::SplatOp>(tile.getDefiningOp()))
    return;
  auto type = cast<RankedTensorType>(tile.getType());
  ImplicitLocOpBuilder b(dot.getLoc(), dot);
  b.setInsertionPointAfterValue(tile);
  Value memory =
      cta::AllocOp::create(b, cta::SharedType::get(b.getContext(), type.getShape(),
                                                   type.getElementType(), getSwizzle(type)));
  cta::BarrierOp::create(b);
  cta::StoreSharedOp::create(b, tile, memory);
  cta::BarrierOp::create(b);
  b.setInsertionPoint(dot);
  Value read = cta::LoadSharedOp::create(b, memory);
  for (Operation *op : llvm::reverse(transposes)) {
    IRMapping map;
    map.map(op->getOperand(0), read);
    read = b.clone(*op, map)->getResult(0);
  }
  operand.set(read);
}

class Pipeline {
public:
  Pipeline(scf::ForOp loop, SmallVector<cta::LoadOp> loads, int64_t stages)
      : loop(loop), loads(std::move(loads)), stages(stages), b(loop.getLoc(), loop) {}

  void run() {
    for (cta::LoadOp load : loads)
      rings.push_back(cta::AllocOp::create(b, getRingType(load, stages)));
    for (int64_t stage = 0; stage + 1 < stages; ++stage) {
      Value ahead = b.createOrFold<arith::AddIOp>(
          loop.getLowerBound(), b.createOrFold<arith::MulIOp>(loop.getStep(), index(stage)));
      start(ahead, index(stage));
    }
    writeLoop();
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }

  /// Starts the copies of the step whose induction variable `ahead` is, if there is one.
  void start(Value ahead, Value stage) {
    Value exists =
        b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, ahead, loop.getUpperBound());
    {
      OpBuilder::InsertionGuard guard(b);
      auto branch = scf::IfOp::create(b, exists, /*withElseRegion=*/false);
      b.setInsertionPointToStart(branch.thenBlock());
      IRMapping map;
      map.map(loop.getInductionVar(), ahead);
      for (auto [load, ring] : llvm::zip_equal(loads, rings)) {
        SmallVector<Value> indices;
        for (Value value : load.getIndices())
          indices.push_back(cloneForStep(b, loop, value, map));
        SmallVector<OpFoldResult> valid = load.getMixedValid();
        for (OpFoldResult &size : valid)
          if (auto value = dyn_cast<Value>(size))
            size = cloneForStep(b, loop, value, map);
        Value target = cta::StageOp::create(b, ring, stage);
        cta::CopyAsyncOp::create(b, load.getSource(), indices, load.getDims(), target, valid);
      }
    }
    cta::AsyncCommitOp::create(b);
  }

  void writeLoop() {
    SmallVector<Value> starts(loop.getInitArgs());
    starts.append({index(0), index(stages - 1)});
    auto pipelined =
        scf::ForOp::create(b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), starts);
    Block *body = pipelined.getBody();
    b.setInsertionPointToStart(body);
    Value now = body->getArgument(body->getNumArguments() - 2),
          later = body->getArgument(body->getNumArguments() - 1),
          step = pipelined.getInductionVar();
    cta::AsyncWaitOp::create(b, stages - 2);
    cta::BarrierOp::create(b);
    start(b.createOrFold<arith::AddIOp>(
              step, b.createOrFold<arith::MulIOp>(loop.getStep(), index(stages - 1))),
          later);
    for (auto [load, ring] : llvm::zip_equal(loads, rings)) {
      Value source = cta::StageOp::create(b, ring, now);
      Value tile = cta::LoadSharedOp::create(b, source);
      load.replaceAllUsesWith(tile);
      load.erase();
    }
    auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
    SmallVector<Value> results(yield.getResults());
    yield.erase();
    loop.getInductionVar().replaceAllUsesWith(step);
    for (auto [from, to] : llvm::zip(loop.getRegionIterArgs(), pipelined.getRegionIterArgs()))
      from.replaceAllUsesWith(to);
    body->getOperations().splice(body->end(), loop.getBody()->getOperations());
    b.setInsertionPointToEnd(body);
    for (Value stage : {now, later}) {
      Value next = arith::AddIOp::create(b, stage, index(1));
      Value wraps = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, next, index(stages));
      results.push_back(arith::SelectOp::create(b, wraps, index(0), next));
    }
    scf::YieldOp::create(b, results);
    b.setInsertionPointAfter(pipelined);
    // Nothing is under way into memory, and nobody reads it, when it serves something else.
    cta::AsyncWaitOp::create(b, 0);
    cta::BarrierOp::create(b);
    loop.replaceAllUsesWith(pipelined.getResults().drop_back(2));
    loop.erase();
  }

  scf::ForOp loop;
  SmallVector<cta::LoadOp> loads;
  int64_t stages;
  ImplicitLocOpBuilder b;
  SmallVector<Value> rings;
};

struct PipelineLoads : gpu::impl::PipelineLoadsBase<PipelineLoads> {
  void runOnOperation() override {
    auto arch = getOperation()->getAttrOfType<StringAttr>("azulejo.gpu");
    if (!arch)
      return;
    auto gpu = hardware::describeGpu(arch.getValue());
    if (!gpu) {
      getOperation().emitError() << llvm::toString(gpu.takeError());
      return signalPassFailure();
    }
    if (!gpu->has("cp.async"))
      return;
    for (auto function : getOperation().getOps<func::FuncOp>())
      pipeline(function, *gpu);
  }

  /// Why the kernel's products do not go by wgmma; empty, and it is done, where they do.
  static StringRef specialize(MutableArrayRef<scf::ForOp> loops,
                              const hardware::GpuDescription &gpu) {
    if (loops.empty())
      return "a product of one step has nothing to fetch ahead";
    if (loops.size() > 1)
      return "it has several loops of products"; // and there is one set of roles to a kernel
    auto dots = loops.front().getOps<cta::DotOp>();
    if (!llvm::all_of(dots, hasTensorCore))
      return "tensor cores do not multiply these types";
    return llvm::hasSingleElement(dots) ? pipelineByTma(loops.front(), gpu)
                                        : pipelineAttentionByTma(loops.front(), gpu);
  }

  void pipeline(func::FuncOp function, const hardware::GpuDescription &gpu) {
    SmallVector<scf::ForOp> loops;
    bool multiplies = false;
    function.walk([&](cta::DotOp dot) {
      multiplies = true;
      auto loop = dyn_cast<scf::ForOp>(dot->getParentOp());
      if (loop && !llvm::is_contained(loops, loop))
        loops.push_back(loop);
    });
    if (gpu.has("wgmma") && multiplies) {
      StringRef why = specialize(loops, gpu);
      if (why.empty())
        return;
      function->setAttr(noWgmmaAttribute, StringAttr::get(&getContext(), why));
    }
    for (scf::ForOp loop : loops) {
      SmallVector<cta::LoadOp> loads;
      int64_t stageBytes = 0;
      for (auto load : loop.getOps<cta::LoadOp>())
        if (hasAlignedRows(load) && isOperandOnly(load.getResult())) {
          loads.push_back(load);
          stageBytes += getRingType(load, 1).getStageBytes();
        }
      if (loads.empty())
        continue;
      // Half of what there is, so that two blocks hide each other's waits.
      int64_t bytes =
          std::min(gpu.sharedBytesPerBlock / 2, gpu.sharedBytesPerBlock - getEpilogueBytes(loop));
      int64_t stages = std::clamp<int64_t>(bytes / stageBytes, 2, 4);
      Pipeline(loop, std::move(loads), stages).run();
    }
    function.walk([](cta::DotOp dot) {
      if (hasTensorCore(dot))
        return;
      moveToShared(dot, dot.getAMutable());
      moveToShared(dot, dot.getBMutable());
    });
  }
};

} // namespace
