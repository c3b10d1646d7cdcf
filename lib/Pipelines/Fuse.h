//===- Fuse.h - From linalg and tile to kernels -----------------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_FUSE_H
#define AZULEJO_LIB_PIPELINES_FUSE_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Every computing operation of @main ends up in a tile.kernel. `forCpu` allows what only CPUs have
/// kernels for: Winograd's convolution.
void buildFusePipeline(mlir::OpPassManager &pm, bool forCpu);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_FUSE_H
