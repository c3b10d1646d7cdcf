#include "dialects/Tile/Tile.h"
#include "lib/CPU/Passes.h"
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
  pm.addPass(createBufferizeKernels());
  onKernels(createCanonicalizerPass());
  onKernels(createCSEPass());

  // Contractions before the others: what they leave behind (unpacked operands, plain types) is
  // linalg again.
  ExpandMatmulOptions matmul;
  matmul.tileRows = description.tileRows();
  matmul.vectorBytes = description.vectorBytes;
  onKernels(createExpandMatmul(matmul));
  onKernels(createExpandStructuredOps());
  // Complex numbers become pairs of real ones before small floats and math functions are looked at.
  onKernels(createConvertComplexToStandardPass());
  onKernels(createCanonicalizerPass());

  pm.addPass(createExpandSmallFloats({description.hasHalfConversions}));
  pm.addPass(createCallLibrary());
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

/// LLVM packs i1 and narrower integers into vectors of bits, but a buffer has a byte for each:
/// reads and writes go through i8.
void accessWholeBytes(LLVM::LLVMFuncOp function) {
  auto isNarrow = [](Type type) { return type.isInteger() && type.getIntOrFloatBitWidth() < 8; };
  function.walk([&](Operation *op) {
    OpBuilder builder(op);
    Type byte = builder.getI8Type();
    if (auto load = dyn_cast<LLVM::LoadOp>(op); load && isNarrow(load.getType())) {
      Type type = load.getType();
      load.getResult().setType(byte);
      builder.setInsertionPointAfter(op);
      auto narrow = LLVM::TruncOp::create(builder, op->getLoc(), type, load.getResult());
      load.getResult().replaceAllUsesExcept(narrow, narrow);
    } else if (auto store = dyn_cast<LLVM::StoreOp>(op);
               store && isNarrow(store.getValue().getType())) {
      store.getValueMutable().assign(
          LLVM::ZExtOp::create(builder, op->getLoc(), byte, store.getValue()));
    } else if (auto gep = dyn_cast<LLVM::GEPOp>(op); gep && isNarrow(gep.getElemType())) {
      gep.setElemType(byte);
    } else if (auto alloca = dyn_cast<LLVM::AllocaOp>(op);
               alloca && isNarrow(alloca.getElemType())) {
      alloca.setElemType(byte);
    }
  });
}

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
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()))
        function->moveBefore(kernels.getBody(), kernels.getBody()->end());
    OpPassManager pm(ModuleOp::getOperationName());
    cpu::buildKernelPipeline(pm, *description);
    if (failed(runPipeline(pm, kernels)))
      return signalPassFailure();
    for (auto function : kernels.getOps<LLVM::LLVMFuncOp>())
      accessWholeBytes(function);
    Block *body = module.getBody();
    for (Operation &op : llvm::make_early_inc_range(*kernels.getBody()))
      op.moveBefore(body, body->end());
    kernels.erase();
  }
};

} // namespace
