#include "lib/Codegen/Memory.h"
#include "lib/Codegen/Workgroups.h"
#include "lib/GPU/Accesses.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/RowLoop.h"
#include "lib/GPU/Structured.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_DISTRIBUTETOTHREADS
#include "lib/GPU/Passes.h.inc"

bool isStructured(mlir::Operation *op) {
  return mlir::isa<mlir::linalg::LinalgOp, tile::MatmulOp, tile::Im2colOp, tile::DepthwiseConvOp>(
      op);
}
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;
using azulejo::gpu::Accesses;

namespace {

// mlir::gpu is another one.
namespace gpu = azulejo::gpu;

/// Buffers of one thread of at most this many bytes live in registers or local memory.
constexpr int64_t kLocalBytes = 256;
constexpr int64_t kThreads = 256, kThreadsOfScalarCode = 128;

/// Whether the threads of a block share out something inside of the operation, or the operation.
bool isShared(Operation *op) {
  return op
      ->walk([](Operation *nested) {
        return gpu::isStructured(nested) || isa<scf::ForallOp>(nested) ? WalkResult::interrupt()
                                                                       : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether each iteration is scalar code, to be run by one thread.
bool isForThreads(scf::ForallOp forall) {
  return llvm::none_of(forall.getBody()->without_terminator(),
                       [](Operation &op) { return isShared(&op); });
}

/// Walks over the code that all threads of a block run together.
class Distribution {
public:
  Distribution(gpu::Team team) : team(team) {}

  /// Whatever `pending` holds is what threads did since the last barrier.
  void runBlock(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
      run(&op);
  }

private:
  void run(Operation *op) {
    if (isa<memref::DeallocOp>(op))
      return op->erase();
    if (isa<memref::AllocOp, memref::AllocaOp>(op) || isMemoryEffectFree(op))
      return;
    if (!isShared(op)) {
      separate(op);
      // Reads alone may be done by every thread for itself.
      if (!gpu::getAccesses(op).writes.empty())
        runOnOneThread(op);
      return;
    }
    if (gpu::isStructured(op)) {
      separate(op);
      return distribute(op);
    }
    if (auto forall = dyn_cast<scf::ForallOp>(op)) {
      if (isForThreads(forall)) {
        separate(op);
        return distributeIterations(forall);
      }
      IRRewriter rewriter(op->getContext());
      rewriter.setInsertionPoint(op);
      SmallVector<Operation *> loops;
      (void)scf::forallToForLoop(rewriter, forall, &loops);
      return run(loops.front());
    }
    runControlFlow(op);
  }

  /// Control flow in which all threads take part: what decides is the same for all of them.
  void runControlFlow(Operation *op) {
    bool repeats = isa<LoopLikeOpInterface>(op);
    Accesses all = gpu::getAccesses(op), before = pending, after = pending;
    for (Region &region : op->getRegions())
      for (Block &block : region) {
        pending = before;
        runBlock(block);
        // The next iteration must not touch what others still use.
        if (repeats && pending.conflictWith(all))
          barrier(block.getTerminator());
        after.add(pending);
      }
    pending = after;
  }

  /// A barrier before the operation, if it must not run before others have come that far.
  void separate(Operation *op) {
    Accesses accesses = gpu::getAccesses(op);
    if (pending.conflictWith(accesses))
      barrier(op);
    pending.add(accesses);
  }

  void barrier(Operation *before) {
    OpBuilder builder(before);
    NVVM::Barrier0Op::create(builder, before->getLoc());
    pending = Accesses();
  }

  void distribute(Operation *op) {
    ImplicitLocOpBuilder b(op->getLoc(), op);
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](linalg::LinalgOp linalgOp) { gpu::distributeLinalg(b, team, linalgOp); })
        .Case([&](tile::MatmulOp matmul) { gpu::distributeMatmul(b, team, matmul); })
        .Case([&](tile::Im2colOp im2col) { gpu::distributeIm2col(b, team, im2col); })
        .Case([&](tile::DepthwiseConvOp conv) { gpu::distributeDepthwiseConv(b, team, conv); });
    op->erase();
  }

  void distributeIterations(scf::ForallOp forall) {
    ImplicitLocOpBuilder b(forall.getLoc(), forall);
    forall.walk([](memref::AllocOp alloc) {
      alloc->setAttr(gpu::perThreadAttribute, UnitAttr::get(alloc.getContext()));
    });
    SmallVector<Value> counts = codegen::getStepCounts(b, forall);
    gpu::forEachPoint(b, team, gpu::multiply(b, counts), [&](Value point) {
      SmallVector<Value> counters = codegen::getCounters(b, forall, counts, point);
      codegen::inlineWorkgroup(forall, counters, b.getInsertionBlock()->getTerminator());
    });
  }

  /// Results come back to the others through memory.
  void runOnOneThread(Operation *op) {
    if (llvm::any_of(op->getResultTypes(), llvm::IsaPred<MemRefType>))
      return runControlFlow(op);
    ImplicitLocOpBuilder b(op->getLoc(), op);
    SmallVector<Value> results;
    for (Type type : op->getResultTypes())
      results.push_back(memref::AllocOp::create(b, MemRefType::get({}, type)));
    auto isFirst =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, team.thread, gpu::constantIndex(b, 0));
    auto branch = scf::IfOp::create(b, isFirst);
    op->moveBefore(branch.thenBlock()->getTerminator());
    if (results.empty())
      return;
    b.setInsertionPointAfter(op);
    for (auto [value, buffer] : llvm::zip(op->getResults(), results))
      memref::StoreOp::create(b, value, buffer);
    b.setInsertionPointAfter(branch);
    NVVM::Barrier0Op::create(b);
    pending = Accesses();
    for (auto [value, buffer] : llvm::zip(op->getResults(), results)) {
      Value loaded = memref::LoadOp::create(b, buffer, ValueRange());
      value.replaceUsesWithIf(
          loaded, [&](OpOperand &use) { return !branch->isProperAncestor(use.getOwner()); });
    }
  }

  gpu::Team team;
  Accesses pending;
};

struct DistributeToThreads : gpu::impl::DistributeToThreadsBase<DistributeToThreads> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    // What is written for threads already came here as a tile program.
    if (!kernel->hasAttr(tile::TileDialect::getKernelAttrName()) || kernel.isExternal() ||
        kernel->hasAttr(gpu::threadsAttribute))
      return;
    scf::ForallOp blocks = codegen::findWorkgroups(kernel);
    if (!blocks)
      blocks = codegen::makeOneWorkgroup(kernel);
    bool isScalar = isForThreads(blocks);
    auto b = ImplicitLocOpBuilder::atBlockBegin(kernel.getLoc(), &kernel.getBody().front());
    gpu::Team team{isScalar ? kThreadsOfScalarCode : kThreads, Value()};
    team.thread = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                               NVVM::ThreadIdXOp::create(b, b.getI32Type()));
    kernel->setAttr(gpu::threadsAttribute, b.getI64IntegerAttr(team.size));
    if (isScalar)
      blocks = shareIterations(blocks, team);
    else
      Distribution(team).runBlock(*blocks.getBody());
    kernel.walk([](memref::AllocOp alloc) { placeInRegisters(alloc); });
  }

  /// Iterations of scalar code go to the threads of all blocks; those that write a row, to several.
  static scf::ForallOp shareIterations(scf::ForallOp iterations, const gpu::Team &team) {
    ImplicitLocOpBuilder b(iterations.getLoc(), iterations);
    iterations.walk([](memref::AllocOp alloc) {
      alloc->setAttr(gpu::perThreadAttribute, UnitAttr::get(alloc.getContext()));
    });
    SmallVector<Value> counts = codegen::getStepCounts(b, iterations);
    Value total = gpu::multiply(b, counts);
    std::optional<gpu::RowLoop> row = gpu::RowLoop::find(iterations);
    Value lanes = row ? gpu::constantIndex(b, row->getLanes()) : Value();
    if (row)
      total = arith::MulIOp::create(b, total, lanes);
    auto blocks = scf::ForallOp::create(
        b, ArrayRef<OpFoldResult>{b.getIndexAttr(0)}, ArrayRef<OpFoldResult>{total},
        ArrayRef<OpFoldResult>{b.getIndexAttr(team.size)}, ValueRange(), std::nullopt);
    b.setInsertionPointToStart(blocks.getBody());
    Value number = arith::AddIOp::create(b, blocks.getInductionVar(0), team.thread);
    auto isOne = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, number, total);
    auto branch = scf::IfOp::create(b, isOne);
    b.setInsertionPointToStart(branch.thenBlock());
    if (row) {
      row->distribute(arith::RemUIOp::create(b, number, lanes));
      number = arith::DivUIOp::create(b, number, lanes);
    }
    SmallVector<Value> counters = codegen::getCounters(b, iterations, counts, number);
    codegen::inlineWorkgroup(iterations, counters, branch.thenBlock()->getTerminator());
    return blocks;
  }

  static void placeInRegisters(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (!alloc->hasAttr(gpu::perThreadAttribute) || !type.hasStaticShape() ||
        type.getNumElements() * codegen::getElementBytes(type.getElementType()) > kLocalBytes)
      return;
    ImplicitLocOpBuilder b(alloc.getLoc(), alloc);
    b.setInsertionPointToStart(&alloc->getParentOfType<func::FuncOp>().getBody().front());
    auto local = memref::AllocaOp::create(b, type);
    local.setAlignment(16);
    alloc.replaceAllUsesWith(local.getResult());
    alloc.erase();
  }
};

} // namespace
