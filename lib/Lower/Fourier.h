//===- Fourier.h - The fast transform ---------------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_FOURIER_H
#define AZULEJO_LIB_LOWER_FOURIER_H

#include "lib/Lower/ScalarBuilder.h"

namespace azulejo::lower {

struct FourierTransform {
  mlir::Value length; // an index
  int64_t axis;
  bool inverse;
  /// Of the input: real, or pairs of a real and an imaginary part; nothing where only the run
  /// knows.
  std::optional<bool> isReal;
};

/// Whether the length is a product of small primes, of which `emitTransform` makes a pass each; of
/// one that only the run knows an i1.
bool isSmooth(int64_t length);
mlir::Value isSmooth(ScalarBuilder &b, mlir::Value length);

/// Inside of a kernel, with the roots of unity as a table of f64 (n, cosine and sine of the n-th):
/// the transform along `axis` of `input`, from whose end on there are zeros. `output` has pairs as
/// its last dimension and takes as much of the spectrum as it has room for.
ScalarBuilder::Values emitTransform(ScalarBuilder &b, const FourierTransform &transform,
                                    mlir::Value input, mlir::Value roots, mlir::Value output,
                                    mlir::Type computed);

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_FOURIER_H
