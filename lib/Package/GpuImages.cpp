#include "lib/Package/GpuImages.h"
#include "lib/GPU/EmitPtx.h"
#include "lib/GPU/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"

using namespace mlir;

namespace azulejo::package {

static std::vector<KernelReason> getReasons(mlir::gpu::GPUModuleOp module) {
  std::vector<KernelReason> reasons;
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>())
    for (auto [name, lacks] :
         {std::pair(gpu::noTilesAttribute, "tiles"), std::pair(gpu::noWgmmaAttribute, "wgmma")})
      if (auto reason = kernel->getAttrOfType<StringAttr>(name))
        reasons.push_back({kernel.getName().str(), lacks, reason.str()});
  return reasons;
}

FailureOr<std::vector<GpuImage>> makeGpuImages(ModuleOp module, bool assembles) {
  SmallVector<mlir::gpu::GPUModuleOp> modules(module.getOps<mlir::gpu::GPUModuleOp>());
  std::vector<GpuImage> images(modules.size());
  std::optional<std::string> ptxas;
  if (assembles && !modules.empty() && !(ptxas = findPtxas()))
    llvm::errs() << "azulejo: note: there is no ptxas (AZULEJO_PTXAS, CUDA_HOME, PATH): the "
                    "artifact holds PTX alone, which the driver compiles when it loads it\n";
  gpu::registerPtxTranslations(*module.getContext());
  LogicalResult result =
      failableParallelForEachN(module.getContext(), 0, modules.size(), [&](size_t i) {
        GpuImage &image = images[i];
        image.arch = modules[i].getName().str();
        image.reasons = getReasons(modules[i]);
        FailureOr<std::string> ptx = gpu::emitPtx(modules[i]);
        if (failed(ptx))
          return failure();
        image.ptx = std::move(*ptx);
        if (!ptxas)
          return success();
        llvm::Expected<Assembled> assembled = assemble(*ptxas, image.ptx, image.arch);
        if (!assembled)
          return LogicalResult(emitError(module.getLoc()) << llvm::toString(assembled.takeError()));
        image.assembled = std::move(*assembled);
        return success();
      });
  if (failed(result))
    return failure();
  return images;
}

std::optional<int64_t> countSlots(ModuleOp module, StringRef name) {
  for (auto nested : module.getOps<mlir::gpu::GPUModuleOp>()) {
    auto kernel = nested.lookupSymbol<LLVM::LLVMFuncOp>(name);
    if (!kernel)
      continue;
    int64_t slots = 0;
    for (unsigned i = 0; i < kernel.getNumArguments(); ++i)
      if (!kernel.getArgAttr(i, LLVM::LLVMDialect::getByValAttrName())) // tensor maps
        ++slots;
    return slots - 3; // fault, first check, workspace
  }
  return std::nullopt;
}

} // namespace azulejo::package
