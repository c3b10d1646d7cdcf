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

void azulejo::buildGpuTilingPipeline(OpPassManager &pm, ArrayRef<std::string> targets) {
  // Equal kernels become one while there is one of each, and in one form: bodies are compared as
  // text.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(fuse::createMergeEqual());
  pm.addPass(tiling::createOutlineKernels());
  pm.addPass(tiling::createDeduplicateKernels());
  // From here on each architecture goes its own way, since tile sizes differ.
  tiling::SpecializeTargetsOptions specialize;
  specialize.targets.assign(targets.begin(), targets.end());
  pm.addPass(tiling::createSpecializeTargets(specialize));
  pm.nest<ModuleOp>().addPass(tiling::createTileBlocks());
}
