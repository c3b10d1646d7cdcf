#include "lib/Pipelines/Fuse.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildFusePipeline(OpPassManager &pm, bool forCpu) {
  if (forCpu)
    pm.addNestedPass<func::FuncOp>(fuse::createWinogradConvs());
  // While each computation is an operation of its own, and no product overwrites its destination.
  pm.addNestedPass<func::FuncOp>(fuse::createEraseEmpty());
  // Contractions first: as matmuls they are out of reach of the elementwise fusion, which would
  // take them for reductions.
  pm.addNestedPass<func::FuncOp>(fuse::createDecomposeStructuredOps());
  // Concatenations are slices now, which may be of nothing.
  pm.addNestedPass<func::FuncOp>(fuse::createEraseEmpty());
  if (forCpu)
    pm.addNestedPass<func::FuncOp>(fuse::createNarrowWeights());
  pm.addPass(fuse::createMergeEqual());
  pm.addNestedPass<func::FuncOp>(fuse::createFuseElementwise());
  // Equal producers, fused into different consumers, are only now equal again.
  pm.addPass(fuse::createMergeEqual());
  pm.addPass(fuse::createFormKernels());
  pm.addPass(fuse::createMergeEqual());
  pm.addPass(fuse::createVerifyKernels());
}
