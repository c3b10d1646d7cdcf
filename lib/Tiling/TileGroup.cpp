#include "lib/Tiling/TileGroup.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace azulejo::tiling {

std::optional<Group> getGroup(Block &body, ValueRange outputs) {
  bool isFormed = body.walk([](Operation *op) {
                        return isa<scf::ForallOp, scf::ForOp, scf::WhileOp>(op)
                                   ? WalkResult::interrupt()
                                   : WalkResult::advance();
                      })
                      .wasInterrupted();
  if (isFormed)
    return std::nullopt;
  Group group;
  for (Operation &op : body.without_terminator()) {
    if (isa<TilingInterface>(op) && !isa<tensor::PadOp>(op))
      group.members.insert(&op);
    else if (!isa<tensor::EmptyOp, tensor::ExtractSliceOp, tensor::DimOp,
                  bufferization::ToTensorOp>(op) &&
             op.getNumResults() != 0 &&
             llvm::any_of(op.getResultTypes(), llvm::IsaPred<TensorType>) &&
             !op.hasTrait<OpTrait::ConstantLike>())
      return std::nullopt;
  }
  for (Value value : outputs) {
    if (!value.getDefiningOp() || !group.members.contains(value.getDefiningOp()))
      return std::nullopt;
    group.outputs.insert(value);
  }
  if (group.members.empty())
    return std::nullopt;
  // The one that no other member reads.
  for (Operation *op : group.members) {
    bool isRead =
        llvm::any_of(op->getUsers(), [&](Operation *user) { return group.members.contains(user); });
    if (isRead)
      continue;
    if (group.sink)
      return std::nullopt;
    group.sink = op;
  }
  return group;
}

LogicalResult tileGroup(RewriterBase &rewriter, const Group &group, ArrayRef<OpFoldResult> sizes,
                        llvm::function_ref<bool(Operation *)> isEnd) {
  scf::SCFTileAndFuseOptions options;
  options.tilingOptions.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp).setTileSizes(sizes);
  llvm::SetVector<Operation *> members = group.members;
  llvm::SetVector<Value> outputs = group.outputs;
  options.setFusionControlFn([members, outputs](tensor::ExtractSliceOp, OpResult producer, bool) {
    using Result = scf::SCFTileAndFuseOptions::ControlFnResult;
    if (!members.contains(producer.getOwner()))
      return std::optional<Result>();
    return std::optional<Result>(Result{outputs.contains(producer)});
  });
  FailureOr<scf::SCFTileAndFuseResult> tiled = scf::tileConsumerAndFuseProducersUsingSCF(
      rewriter, cast<TilingInterface>(group.sink), options);
  if (failed(tiled))
    return failure();
  for (auto [from, to] : tiled->replacements)
    from.replaceUsesWithIf(to, [&](OpOperand &use) { return isEnd(use.getOwner()); });
  // The loops' bounds may be dimensions of a member's result: its destination has them too, and
  // stays.
  for (Operation *op : group.members)
    for (OpResult result : op->getResults())
      for (OpOperand &use : llvm::make_early_inc_range(result.getUses()))
        if (auto destination = dyn_cast<DestinationStyleOpInterface>(op);
            destination && isa<tensor::DimOp>(use.getOwner()))
          use.set(destination.getTiedOpOperand(result)->get());
  for (Operation *op : llvm::reverse(group.members))
    if (op->use_empty())
      op->erase();
  return success();
}

void cleanUpTiles(Operation *root) {
  RewritePatternSet patterns(root->getContext());
  linalg::populateLinalgTilingCanonicalizationPatterns(patterns);
  scf::ForallOp::getCanonicalizationPatterns(patterns, root->getContext());
  tensor::populateMergeConsecutiveInsertExtractSlicePatterns(patterns);
  // A slice of an empty tensor is a smaller one.
  tensor::populateFoldTensorEmptyPatterns(patterns);
  (void)applyPatternsGreedily(root, std::move(patterns));
}

} // namespace azulejo::tiling
