//===- EmitPtx.h - From NVVM's dialect to PTX -------------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_EMITPTX_H
#define AZULEJO_LIB_GPU_EMITPTX_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include <string>

namespace azulejo::gpu {

/// To be called before emitPtx, which several threads may run.
void registerPtxTranslations(mlir::MLIRContext &context);

/// Compiles a module of kernels, whose name is its architecture ("sm_90a"), to PTX. What kernels
/// call of the kernel library comes along. The same module gives the same text.
mlir::FailureOr<std::string> emitPtx(mlir::gpu::GPUModuleOp module);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_EMITPTX_H
