#include "dialects/Tile/Tile.h"
#include "lib/GPU/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_VERIFYGPUKERNELS
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;

namespace {

struct VerifyGpuKernels : azulejo::gpu::impl::VerifyGpuKernelsBase<VerifyGpuKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    for (Operation &op : *module.getBody()) {
      if (op.hasAttr(tile::TileDialect::getKernelAttrName())) {
        op.emitError("The GPU stage promises that kernels stand in their architectures' modules");
        return signalPassFailure();
      }
      if (auto target = dyn_cast<mlir::gpu::GPUModuleOp>(op))
        if (failed(verify(target, symbols)))
          return signalPassFailure();
    }
  }

  static LogicalResult verify(mlir::gpu::GPUModuleOp target, const SymbolTable &symbols) {
    WalkResult result = target.getBodyRegion().walk([&](Operation *op) {
      if (isa<LLVM::LLVMDialect, NVVM::NVVMDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitError() << "The GPU stage promises LLVM's dialects only, and '" << op->getName()
                      << "' is of another";
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return failure();
    for (auto function : target.getOps<LLVM::LLVMFuncOp>()) {
      if (!function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName()))
        continue;
      std::string host = (function.getSymName() + "." + target.getName()).str();
      if (!symbols.lookup<LLVM::LLVMFuncOp>(host))
        return function.emitError() << "The GPU stage promises a host function that says how to "
                                       "launch each kernel, and '"
                                    << host << "' is not there";
    }
    return success();
  }
};

} // namespace
