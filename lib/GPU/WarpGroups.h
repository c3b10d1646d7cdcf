//===- WarpGroups.h - What groups of four warps multiply and the accelerator copies -----------===//
#ifndef AZULEJO_LIB_GPU_WARPGROUPS_H
#define AZULEJO_LIB_GPU_WARPGROUPS_H

#include "mlir/IR/BuiltinTypes.h"

namespace azulejo::gpu {

/// Rows of a product that a group of four warps multiplies by wgmma, and its most columns.
constexpr int64_t rowsOfWarpGroup = 64, mostWgmmaColumns = 256;

/// The widest swizzle, with the fewest bank conflicts, for rows of so many bytes; 0 for none.
inline int64_t getTmaSwizzle(int64_t rowBytes) {
  for (int64_t bytes : {128, 64, 32})
    if (rowBytes % bytes == 0)
      return bytes;
  return 0;
}

/// Why the accelerator cannot copy boxes with rows of so many columns out of a tensor, swizzled as
/// wgmma reads them; empty where it can.
inline llvm::StringRef whyNoTma(mlir::MemRefType memory, int64_t columns) {
  constexpr int64_t strideBytes = 16; // what strides must be a multiple of
  int64_t rank = memory.getRank(), bytes = memory.getElementTypeBitWidth() / 8;
  if (rank < 2 || rank > 5 || !memory.getLayout().isIdentity())
    return "an operand is not contiguous, of 2 to 5 dimensions";
  // From the second dimension on; strides further out are multiples of this one.
  if (memory.isDynamicDim(rank - 1) || memory.getDimSize(rank - 1) * bytes % strideBytes)
    return "rows of an operand are not aligned to 16 bytes";
  return getTmaSwizzle(columns * bytes) ? "" : "a row of a tile is shorter than 32 bytes";
}

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_WARPGROUPS_H
