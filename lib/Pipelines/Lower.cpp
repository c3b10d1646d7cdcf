#include "lib/Pipelines/Lower.h"
#include "lib/Fuse/Passes.h"
#include "lib/Lower/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildLowerPipeline(OpPassManager &pm) {
  pm.addPass(lower::createLowerOnnx());
  // Each lowering computes the sizes it needs and casts where it knows more than its result's type:
  // most of that is said twice, and the arithmetic on shapes that Graph's types made superfluous
  // has no users.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(fuse::createMergeEqual());
  // Equal sizes are one value by now, which need no check.
  pm.addNestedPass<func::FuncOp>(lower::createCheckSizes());
  pm.addPass(fuse::createMergeEqual());
  // Last, since folding makes the constants that it takes out.
  pm.addNestedPass<func::FuncOp>(lower::createOutlineConstants());
  pm.addPass(lower::createVerifyLowered());
}
