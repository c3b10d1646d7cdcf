//===- GpuImages.h - Kernels of GPUs as the artifact holds them -------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_GPUIMAGES_H
#define AZULEJO_LIB_PACKAGE_GPUIMAGES_H

#include "lib/Package/Ptxas.h"
#include "mlir/IR/BuiltinOps.h"
#include <vector>

namespace azulejo::package {

/// Why a kernel lacks what others have: "tiles" or "wgmma".
struct KernelReason {
  std::string kernel, lacks, reason;
};

/// All kernels of a model for one architecture.
struct GpuImage {
  std::string arch;
  std::string ptx;
  Assembled assembled; // empty where there is no ptxas
  std::vector<KernelReason> reasons;
};

/// Compiles the gpu.modules of `module`, each named by its architecture, and has ptxas assemble
/// them if `assembles`. Where there is no ptxas, a note on standard error says so.
mlir::FailureOr<std::vector<GpuImage>> makeGpuImages(mlir::ModuleOp module, bool assembles);

/// The number of slots that kernel `name` takes; nothing where the module has no such kernel of
/// GPUs.
std::optional<int64_t> countSlots(mlir::ModuleOp module, llvm::StringRef name);

} // namespace azulejo::package

#endif // AZULEJO_LIB_PACKAGE_GPUIMAGES_H
