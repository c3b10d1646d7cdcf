#include "lib/Pipelines/GPU.h"
#include "lib/Codegen/Passes.h"
#include "lib/GPU/Passes.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void azulejo::buildGpuPipeline(OpPassManager &pm, bool allowTF32) {
  // One module for each architecture; @main is none of them.
  OpPassManager &target = pm.nest<ModuleOp>();
  auto onKernels = [&](std::unique_ptr<Pass> pass) {
    target.addNestedPass<func::FuncOp>(std::move(pass));
  };
  auto simplify = [&] {
    onKernels(createCanonicalizerPass());
    onKernels(createCSEPass());
  };
  // What computes on bounded tiles is written as a block's program over them, and then as what one
  // thread of it does. Loads are moved ahead while tiles have no layouts, so that those of products
  // are chosen knowing that their operands lie in shared memory.
  target.addPass(azulejo::gpu::createFormCta({allowTF32}));
  simplify();
  target.addPass(azulejo::gpu::createPipelineLoads());
  simplify();
  onKernels(azulejo::gpu::createAssignLayouts());
  simplify();
  onKernels(azulejo::gpu::createPlaceShared());
  target.addPass(azulejo::gpu::createDistributeTiles());

  // Everything else is bufferized and shared out.
  onKernels(tiling::createDecomposeAttention());
  target.addPass(codegen::createBufferizeKernels());
  simplify();
  // A copy of a buffer to itself is one only now that equal views are one value.
  onKernels(createCanonicalizerPass());

  // Structured operations become one thread's share of them, while it is still plain what each
  // reads and writes: barriers stand where that says so.
  onKernels(azulejo::gpu::createDistributeToThreads());
  // Complex numbers become pairs of real ones before small floats and math functions are looked at.
  onKernels(createConvertComplexToStandardPass());
  simplify();
  target.addPass(codegen::createExpandSmallFloats());
  target.addPass(codegen::createCallLibrary());
  target.addPass(azulejo::gpu::createSplitBlocks());
  simplify();

  target.addPass(memref::createExpandStridedMetadataPass());
  target.addPass(createLowerAffinePass());
  target.addPass(arith::createArithExpandOpsPass());
  target.addPass(createLoopInvariantCodeMotionPass());
  target.addPass(createSCFToControlFlowPass());
  target.addPass(createConvertVectorToLLVMPass());
  target.addPass(createConvertComplexToLLVMPass());
  target.addPass(createConvertMathToLLVMPass());
  target.addPass(createArithToLLVMConversionPass());
  target.addPass(createConvertIndexToLLVMPass());
  target.addPass(createFinalizeMemRefToLLVMConversionPass());
  target.addPass(createConvertFuncToLLVMPass());
  target.addPass(createConvertControlFlowToLLVMPass());
  target.addPass(createUBToLLVMConversionPass());
  target.addPass(createReconcileUnrealizedCastsPass());
  target.addPass(createCSEPass());

  pm.addPass(azulejo::gpu::createFormGpuModules());
  pm.addPass(azulejo::gpu::createVerifyGpuKernels());
}
