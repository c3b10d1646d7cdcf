#include "lib/Pipelines/Schedule.h"
#include "lib/Schedule/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace azulejo {

void buildSchedulePipeline(OpPassManager &passes, const ScheduleOptions &options) {
  auto simplify = [&] {
    passes.addNestedPass<func::FuncOp>(createCanonicalizerPass());
    passes.addNestedPass<func::FuncOp>(createCSEPass());
  };
  // Reads of a tensor that the host has just made fold now, and would be reads of memory later.
  simplify();
  passes.addPass(createPlanBuffers());
  // Equal sizes become one value, by which the passes below recognise them; loop arguments that
  // nothing changes go away.
  simplify();
  // In-place updates first: a buffer that is gone needs neither a place nor an output. It leaves
  // loop arguments that only pass through, which would count as carried by the loop.
  passes.addNestedPass<func::FuncOp>(createElideCopies());
  simplify();
  // What the caller owns is not planned.
  passes.addNestedPass<func::FuncOp>(createPlaceOutputs());
  passes.addNestedPass<func::FuncOp>(createPlanMemory());
  // Only now is it known which buffers the arena cannot hold.
  passes.addNestedPass<func::FuncOp>(createPlanPool());
  simplify();
  passes.addPass(createDeclarePeakMemory());
  passes.addPass(createVerifyPlan());
  if (!options.toLLVM)
    return;
  passes.addNestedPass<func::FuncOp>(createLowerAffinePass());
  passes.addNestedPass<func::FuncOp>(arith::createArithExpandOpsPass());
  passes.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  passes.addPass(createConvertPlanToLLVM());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

void registerSchedulePipeline() {
  registerSchedulePasses();
  struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
    Option<bool> toLLVM{*this, "to-llvm", llvm::cl::desc("go on to LLVM code"),
                        llvm::cl::init(true)};
  };
  PassPipelineRegistration<PipelineOptions>(
      "azulejo-schedule", "From kernels to the host program",
      [](OpPassManager &passes, const PipelineOptions &options) {
        buildSchedulePipeline(passes, {options.toLLVM});
      });
}

} // namespace azulejo
