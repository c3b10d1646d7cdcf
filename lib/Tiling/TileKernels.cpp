#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "lib/Tiling/TileGroup.h"
#include "lib/Tiling/TileSizes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

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
    cleanUpTiles(getOperation());
  }

  LogicalResult tileKernel(tile::KernelOp kernel) {
    Block &body = *kernel.getBodyBlock();
    std::optional<Group> group =
        getGroup(body, cast<tile::YieldOp>(body.getTerminator()).getValues());
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
    return tileGroup(rewriter, *group, sizes, llvm::IsaPred<tile::YieldOp>);
  }
};

} // namespace
