#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "lib/Tiling/TileSizes.h"
#include "lib/Tiling/TileableLoops.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_TILEKERNELS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;
using namespace azulejo::tiling;

namespace {

struct TileKernels : tiling::impl::TileKernelsBase<TileKernels> {
  using TileKernelsBase::TileKernelsBase;

  void runOnOperation() override {
    SmallVector<tile::KernelOp> kernels;
    getOperation().walk([&](tile::KernelOp kernel) { kernels.push_back(kernel); });
    for (tile::KernelOp kernel : kernels)
      if (failed(tileKernel(kernel))) {
        kernel.emitOpError("could not be tiled");
        return signalPassFailure();
      }
    cleanUp();
  }

  /// The body as a group, or nothing if it is not one: several ends, control flow, operations that
  /// have no tiles.
  std::optional<Group> groupOf(tile::KernelOp kernel) {
    Group group;
    auto yield = cast<tile::YieldOp>(kernel.getBodyBlock()->getTerminator());
    for (Operation &op : kernel.getBodyBlock()->without_terminator()) {
      if (isa<TilingInterface>(op) && !isa<tensor::PadOp>(op))
        group.members.insert(&op);
      else if (!isa<tensor::EmptyOp, tensor::ExtractSliceOp, tensor::DimOp>(op) &&
               op.getNumResults() != 0 &&
               llvm::any_of(op.getResultTypes(), llvm::IsaPred<TensorType>) &&
               !op.hasTrait<OpTrait::ConstantLike>())
        return std::nullopt;
    }
    for (Value value : yield.getValues()) {
      if (!value.getDefiningOp() || !group.members.contains(value.getDefiningOp()))
        return std::nullopt;
      group.outputs.insert(value);
    }
    if (group.members.empty())
      return std::nullopt;
    // The one that no other member reads.
    for (Operation *op : group.members) {
      bool isRead = llvm::any_of(op->getUsers(),
                                 [&](Operation *user) { return group.members.contains(user); });
      if (isRead)
        continue;
      if (group.sink)
        return std::nullopt;
      group.sink = op;
    }
    return group;
  }

  LogicalResult tileKernel(tile::KernelOp kernel) {
    bool isFormed = kernel
                        .walk([](Operation *op) {
                          return isa<scf::ForallOp, scf::ForOp, scf::WhileOp>(op)
                                     ? WalkResult::interrupt()
                                     : WalkResult::advance();
                        })
                        .wasInterrupted();
    std::optional<Group> group = isFormed ? std::nullopt : groupOf(kernel);
    if (!group)
      return success();
    MovedLoops moved;
    SmallVector<unsigned> loops = getTileableLoops(*group, &moved);
    if (loops.empty())
      return success();
    IRRewriter rewriter(&getContext());
    rewriter.setInsertionPoint(group->sink);
    SmallVector<OpFoldResult> sizes =
        chooseTileSizes(rewriter, *group, loops, moved, {tileRows, tileColumns});
    if (llvm::all_of(sizes, [](OpFoldResult size) { return isConstantIntValue(size, 0); }))
      return success();

    scf::SCFTileAndFuseOptions options;
    options.tilingOptions.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp)
        .setTileSizes(sizes);
    llvm::SetVector<Operation *> members = group->members;
    llvm::SetVector<Value> outputs = group->outputs;
    options.setFusionControlFn([members, outputs](tensor::ExtractSliceOp, OpResult producer, bool) {
      using Result = scf::SCFTileAndFuseOptions::ControlFnResult;
      if (!members.contains(producer.getOwner()))
        return std::optional<Result>();
      return std::optional<Result>(Result{outputs.contains(producer)});
    });
    FailureOr<scf::SCFTileAndFuseResult> tiled = scf::tileConsumerAndFuseProducersUsingSCF(
        rewriter, cast<TilingInterface>(group->sink), options);
    if (failed(tiled))
      return failure();
    for (auto [from, to] : tiled->replacements)
      from.replaceUsesWithIf(to,
                             [&](OpOperand &use) { return isa<tile::YieldOp>(use.getOwner()); });
    // The loops' bounds may be dimensions of a member's result: its destination has them too, and
    // stays.
    for (Operation *op : group->members)
      for (OpResult result : op->getResults())
        for (OpOperand &use : llvm::make_early_inc_range(result.getUses()))
          if (auto destination = dyn_cast<DestinationStyleOpInterface>(op);
              destination && isa<tensor::DimOp>(use.getOwner()))
            use.set(destination.getTiedOpOperand(result)->get());
    for (Operation *op : llvm::reverse(group->members))
      if (op->use_empty())
        op->erase();
    return success();
  }

  void cleanUp() {
    RewritePatternSet patterns(&getContext());
    linalg::populateLinalgTilingCanonicalizationPatterns(patterns);
    scf::ForallOp::getCanonicalizationPatterns(patterns, &getContext());
    tensor::populateMergeConsecutiveInsertExtractSlicePatterns(patterns);
    // A slice of an empty tensor is a smaller one.
    tensor::populateFoldTensorEmptyPatterns(patterns);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
