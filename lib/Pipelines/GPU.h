//===- GPU.h - From thread blocks to NVIDIA's entries -----------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_GPU_H
#define AZULEJO_LIB_PIPELINES_GPU_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Each architecture's module of kernels becomes a gpu.module of entries in LLVM's and NVVM's
/// dialects, and each kernel has a host function `@"k.ARCH"` that says how to launch it. With
/// `allowTF32`, products of f32 may be rounded to tf32.
void buildGpuPipeline(mlir::OpPassManager &pm, bool allowTF32 = false);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_GPU_H
