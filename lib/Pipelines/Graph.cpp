#include "lib/Pipelines/Graph.h"
#include "lib/Graph/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildGraphPipeline(OpPassManager &pm) {
  // Functions first, so that every later pass sees one flat graph.
  pm.addPass(graph::createInlineFunctions());
  pm.addNestedPass<func::FuncOp>(graph::createUpgradeOpset());
  pm.addNestedPass<func::FuncOp>(graph::createInferShapes({/*requireRanked=*/false}));
  pm.addNestedPass<func::FuncOp>(graph::createDecompose());
  pm.addNestedPass<func::FuncOp>(graph::createInferShapes());
  pm.addPass(createCSEPass());
  pm.addPass(graph::createVerifyCore());
}
