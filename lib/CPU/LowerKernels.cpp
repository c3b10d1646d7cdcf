#include "lib/CPU/Passes.h"
#include "lib/Codegen/Memory.h"
#include "lib/Codegen/Passes.h"
#include "lib/Codegen/Workgroups.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_LOWERKERNELS
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;

void azulejo::cpu::buildKernelPipeline(OpPassManager &pm,
                                       const hardware::CpuDescription &description) {
  auto onKernels = [&](std::unique_ptr<Pass> pass) {
    pm.addNestedPass<func::FuncOp>(std::move(pass));
  };
  pm.addPass(codegen::createBufferizeKernels());
  onKernels(createCanonicalizerPass());
  onKernels(createCSEPass());

  // Contractions before the others: what they leave behind (unpacked operands, plain types) is
  // linalg again.
  ExpandMatmulOptions matmul;
  matmul.tileRows = description.tileRows();
  matmul.vectorBytes = description.vectorBytes;
  onKernels(createExpandMatmul(matmul));
  onKernels(createExpandStructuredOps({description.vectorBytes}));
  // Complex numbers become pairs of real ones before small floats and math functions are looked at.
  onKernels(createConvertComplexToStandardPass());
  onKernels(createCanonicalizerPass());

  pm.addPass(codegen::createExpandSmallFloats({description.hasHalfConversions}));
  pm.addPass(codegen::createCallLibrary());
  pm.addPass(createSplitWorkgroups());
  onKernels(createCanonicalizerPass());
  onKernels(createCSEPass());

  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(arith::createArithExpandOpsPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertComplexToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCSEPass());
}

namespace {

struct LowerKernels : cpu::impl::LowerKernelsBase<LowerKernels> {
  using LowerKernelsBase::LowerKernelsBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    LowerKernelsBase::getDependentDialects(registry);
    OpPassManager pm(ModuleOp::getOperationName());
    cpu::buildKernelPipeline(pm, {});
    pm.getDependentDialects(registry);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<hardware::CpuDescription> description = hardware::describeCpu(cpu);
    if (!description) {
      module.emitError(llvm::toString(description.takeError()));
      return signalPassFailure();
    }
    // A module of the kernels alone, since upstream's conversions take modules and know nothing of
    // @main.
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto kernels = ModuleOp::create(builder, module.getLoc());
    for (func::FuncOp kernel : codegen::getKernels(module))
      kernel->moveBefore(kernels.getBody(), kernels.getBody()->end());
    OpPassManager pm(ModuleOp::getOperationName());
    cpu::buildKernelPipeline(pm, *description);
    if (failed(runPipeline(pm, kernels)))
      return signalPassFailure();
    for (auto function : kernels.getOps<LLVM::LLVMFuncOp>())
      codegen::accessWholeBytes(function);
    Block *body = module.getBody();
    for (Operation &op : llvm::make_early_inc_range(*kernels.getBody()))
      op.moveBefore(body, body->end());
    kernels.erase();
  }
};

} // namespace
