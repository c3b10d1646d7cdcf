#include "lib/Pipelines/Tiling.h"
#include "lib/Fuse/Passes.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildTilingPipeline(OpPassManager &pm, const hardware::CpuDescription &cpu) {
  tiling::TileKernelsOptions tile;
  tile.tileRows = cpu.tileRows();
  tile.tileColumns = cpu.tileColumns(/*elementBytes=*/4);
  // Before tiling, which cuts columns at panels.
  pm.addPass(tiling::createPackWeights({cpu.vectorBytes}));
  pm.addNestedPass<func::FuncOp>(tiling::createTileKernels(tile));
  pm.addNestedPass<func::FuncOp>(tiling::createDecomposeAttention());
  // Bodies are compared as text, so that they must be in one form.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(fuse::createMergeEqual());
  pm.addPass(tiling::createOutlineKernels());
  pm.addPass(tiling::createDeduplicateKernels());
}
