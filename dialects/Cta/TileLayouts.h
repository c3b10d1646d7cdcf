//===- TileLayouts.h - The layouts that hardware asks for -------------------------------------===//
//
// Wide accesses to memory ask for consecutive elements in a thread and neighbours in the next one;
// tensor cores ask for fragments.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_TILELAYOUTS_H
#define AZULEJO_DIALECTS_CTA_TILELAYOUTS_H

#include "dialects/Cta/LinearLayout.h"

namespace azulejo::cta {

/// `vector` elements along order[0] in each thread, threads along order[0] and then along the other
/// dimensions in order, whatever is left in further registers.
LinearLayout getBlockedLayout(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> order,
                              int64_t vector, unsigned warpBits);

/// How the warps of a block share the rows and columns of a matrix product: 2^rows times 2^columns.
struct WarpGrid {
  unsigned rows, columns;
  unsigned getBits() const { return rows + columns; }
};

/// The tensor cores' instruction for elements of some width: mma.m16n8k16 for 16 bits, m16n8k8 for
/// 32 (tf32), m16n8k32 for 8, m8n8k4 for 64.
struct MmaShape {
  int64_t m, n, k;
  /// Elements that share a 32-bit register.
  int64_t packed;
};
MmaShape getMmaShape(unsigned elementBits);

/// Accumulators of mma.sync, and of wgmma where all warps share rows. Each warp's rows of one
/// instruction are followed by the next warp's.
LinearLayout getAccumulatorLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                  WarpGrid warps);
/// A of [M, K], for mma.sync or, in registers, for wgmma.
LinearLayout getLeftOperandLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                  WarpGrid warps);
/// B of [K, N].
LinearLayout getRightOperandLayout(llvm::ArrayRef<int64_t> shape, unsigned elementBits,
                                   WarpGrid warps);

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_TILELAYOUTS_H
