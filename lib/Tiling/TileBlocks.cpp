#include "dialects/Tile/Tile.h"
#include "lib/Hardware/Gpu.h"
#include "lib/Tiling/Passes.h"
#include "lib/Tiling/TileGroup.h"
#include "lib/Tiling/TileSizes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_TILEBLOCKS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;
using namespace azulejo::tiling;

namespace {

struct TileBlocks : tiling::impl::TileBlocksBase<TileBlocks> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto target = module->getAttrOfType<StringAttr>(gpuAttribute);
    if (!target)
      return;
    llvm::Expected<hardware::GpuDescription> gpu = hardware::describeGpu(target.getValue());
    if (!gpu) {
      module.emitError(llvm::toString(gpu.takeError()));
      return signalPassFailure();
    }
    for (auto kernel : module.getOps<func::FuncOp>())
      if (kernel->hasAttr(tile::TileDialect::getKernelAttrName()) &&
          failed(tileKernel(kernel, *gpu))) {
        kernel.emitOpError("could not be tiled");
        return signalPassFailure();
      }
    cleanUpTiles(module);
  }

  LogicalResult tileKernel(func::FuncOp kernel, const hardware::GpuDescription &gpu) {
    Block &body = kernel.getBody().front();
    SmallVector<Value> outputs;
    for (auto store : body.getOps<bufferization::MaterializeInDestinationOp>())
      outputs.push_back(store.getSource());
    std::optional<Group> group = getGroup(body, outputs);
    if (!group)
      return success();
    MovedLoops moved;
    SmallVector<unsigned> loops = getTileableLoops(*group, &moved);
    if (loops.empty())
      return success();
    IRRewriter rewriter(&getContext());
    rewriter.setInsertionPoint(group->sink);
    SmallVector<OpFoldResult> sizes = chooseBlockSizes(rewriter, *group, loops, moved, gpu);
    if (llvm::all_of(sizes, [](OpFoldResult size) { return isConstantIntValue(size, 0); }))
      return success();
    return tileGroup(rewriter, *group, sizes,
                     llvm::IsaPred<bufferization::MaterializeInDestinationOp>);
  }
};

} // namespace
