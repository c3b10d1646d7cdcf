//===- Fuse.h - From linalg and tile to kernels -----------------------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_FUSE_H
#define AZULEJO_LIB_PIPELINES_FUSE_H

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Every computing operation of @main ends up in a tile.kernel.
void buildFusePipeline(mlir::OpPassManager &pm);

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_FUSE_H
