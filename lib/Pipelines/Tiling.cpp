#include "lib/Pipelines/Tiling.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildTilingPipeline(OpPassManager &pm, const hardware::CpuDescription &cpu) {
  tiling::TileKernelsOptions tile;
  tile.tileRows = cpu.tileRows();
  tile.tileColumns = cpu.tileColumns(/*elementBytes=*/4);
  pm.addNestedPass<func::FuncOp>(tiling::createTileKernels(tile));
  // Bodies are compared as text, so that they must be in one form.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(tiling::createOutlineKernels());
  pm.addPass(tiling::createDeduplicateKernels());
}
