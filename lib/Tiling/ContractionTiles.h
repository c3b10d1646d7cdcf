//===- ContractionTiles.h - How a GPU's blocks share a contraction ----------------------------===//
//
// Pure functions of the problem and the GPU: TileBlocks asks for the tile of a block, and whoever
// writes the block's program for how it goes through the contracted dimension.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_TILING_CONTRACTIONTILES_H
#define AZULEJO_LIB_TILING_CONTRACTIONTILES_H

#include "lib/Hardware/Gpu.h"
#include "mlir/IR/BuiltinTypes.h"

namespace azulejo::tiling {

/// C[batch, m, n] += A[batch, m, k] * B[batch, k, n]; sizes that are not known are
/// ShapedType::kDynamic.
struct ContractionShape {
  int64_t batch = 1, m, n, k;
  mlir::Type a, b, c;
  /// Whether f32 may be rounded to tf32.
  bool allowTF32 = false;
};

/// Rows and columns of C that a block computes.
struct BlockTile {
  int64_t m, n;
};

/// How a block goes through K: so much of it at a time, by so many warps.
struct BlockSteps {
  int64_t k, warps;
};

/// The name by which GpuDescription knows the type that tensor cores multiply; empty where they do
/// not take the product.
llvm::StringRef getTensorCoreType(const hardware::GpuDescription &gpu,
                                  const ContractionShape &shape);

/// The tile with which all blocks are done soonest, by a model of what a multiprocessor multiplies
/// and what it reads in a clock. Sides are powers of two of at least 16, whatever the sizes.
BlockTile chooseBlockTile(const hardware::GpuDescription &gpu, const ContractionShape &shape);

/// For a tile that chooseBlockTile gave.
BlockSteps chooseBlockSteps(const hardware::GpuDescription &gpu, const ContractionShape &shape,
                            BlockTile tile);

/// Queries that a block of an attention kernel over such elements takes, a multiple of 16 for each
/// warp: `queries` and `headSize` as in ContractionShape.
int64_t chooseAttentionRows(const hardware::GpuDescription &gpu, mlir::Type element,
                            int64_t queries, int64_t headSize);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_CONTRACTIONTILES_H
