//===- TileGroup.h - A kernel's operations as one group, and its loop over workgroups ---------===//
#ifndef AZULEJO_LIB_TILING_TILEGROUP_H
#define AZULEJO_LIB_TILING_TILEGROUP_H

#include "lib/Tiling/TileableLoops.h"
#include "mlir/IR/PatternMatch.h"

namespace azulejo::tiling {

/// The operations of a kernel's body as a group that leads to `outputs`, or nothing if it is none:
/// several ends, control flow, operations that have no tiles, a loop that is there already.
std::optional<Group> getGroup(mlir::Block &body, mlir::ValueRange outputs);

/// Tiles the group's sink by `sizes` (chooseTileSizes's), and computes the others tile by tile in
/// the same scf.forall. Where the outputs were used by an operation that `isEnd`, what the loop
/// gives is.
mlir::LogicalResult tileGroup(mlir::RewriterBase &rewriter, const Group &group,
                              llvm::ArrayRef<mlir::OpFoldResult> sizes,
                              llvm::function_ref<bool(mlir::Operation *)> isEnd);

/// Merges and simplifies the slices that tiling leaves.
void cleanUpTiles(mlir::Operation *root);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_TILEGROUP_H
