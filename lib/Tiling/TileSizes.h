//===- TileSizes.h - How much one workgroup computes ------------------------------------------===//
#ifndef AZULEJO_LIB_TILING_TILESIZES_H
#define AZULEJO_LIB_TILING_TILESIZES_H

#include "lib/Hardware/Gpu.h"
#include "lib/Tiling/TileableLoops.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace azulejo::tiling {

/// The register tile of the target, for f32.
struct RegisterTile {
  int64_t rows, columns;
};

/// A tile size for each loop of the group's sink: 0 for those that are not cut. Sizes may depend on
/// dynamic dimensions; `builder` stands before the sink. `loops` and `moved` are
/// getTileableLoops's.
llvm::SmallVector<mlir::OpFoldResult> chooseTileSizes(mlir::OpBuilder &builder, const Group &group,
                                                      llvm::ArrayRef<unsigned> loops,
                                                      const MovedLoops &moved,
                                                      RegisterTile registerTile);

/// The same for the thread blocks of a GPU.
llvm::SmallVector<mlir::OpFoldResult> chooseBlockSizes(mlir::OpBuilder &builder, const Group &group,
                                                       llvm::ArrayRef<unsigned> loops,
                                                       const MovedLoops &moved,
                                                       const hardware::GpuDescription &gpu);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_TILESIZES_H
