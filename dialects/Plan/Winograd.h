//===- Winograd.h - The matrices of Winograd's convolution ------------------------------------===//
#ifndef AZULEJO_DIALECTS_PLAN_WINOGRAD_H
#define AZULEJO_DIALECTS_PLAN_WINOGRAD_H

#include "llvm/ADT/ArrayRef.h"

namespace azulejo::plan {

/// F(m x m, 3 x 3) of A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR
/// 2016, section 4): m x m outputs of a 3 x 3 convolution with stride 1 from T x T inputs d, T = m
/// + 2, and a filter g,
///
///     Y = A^T [ (G g G^T) * (B^T d B) ] A,
///
/// where * multiplies element by element. Summed over the channels, each of the T^2 elements is a
/// matrix product. A direct convolution multiplies 9 m^2 times where this does T^2 times: 2.25
/// times as often for m = 2, 4 times for m = 4. What it costs is precision, see
/// docs/performance.md.
struct Winograd {
  /// m: 2 or 4.
  static Winograd get(int64_t m);
  static bool isKnown(int64_t m) { return m == 2 || m == 4; }

  int64_t outputs, inputs;
  /// Row-major: G is inputs x 3, B^T inputs x inputs, A^T outputs x inputs.
  llvm::ArrayRef<double> g, bT, aT;
};

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_WINOGRAD_H
