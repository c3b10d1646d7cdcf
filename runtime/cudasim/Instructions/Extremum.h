//===- Extremum.h - Signs, minima and maxima of floating point ------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_EXTREMUM_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_EXTREMUM_H

#include "runtime/cudasim/Instructions/Rounding.h"
#include <type_traits>

namespace azulejo::cudasim {

template <class T> using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
template <class T> constexpr Bits<T> signBit = Bits<T>(1) << (8 * sizeof(T) - 1);

template <class T> T absolute(T a) { return bitCast<T>(bitsOf(a) & ~signBit<T>); }
template <class T> T negative(T a) { return bitCast<T>(bitsOf(a) ^ signBit<T>); }
inline float nanOf(float, float) { return bitCast<float>(canonicalNaN); }
inline double nanOf(double a, double b) { return quiet(a != a ? a : b); }

/// -0 is less than +0; a NaN loses against a number unless `nan` (`.NaN`), where it wins.
template <class T, bool isMin, bool nan> T extremum(T a, T b) {
  T chosen = (isMin ? a < b : a > b) ? a : b;
  if (a == b)
    chosen = bitCast<T>(isMin ? bitsOf(a) | bitsOf(b) : bitsOf(a) & bitsOf(b));
  bool aNaN = a != a, bNaN = b != b;
  chosen = aNaN ? b : bNaN ? a : chosen;
  return (nan ? aNaN || bNaN : aNaN && bNaN) ? nanOf(a, b) : chosen;
}
/// `.xorsign.abs`: of the magnitudes, with the product's sign.
template <bool isMin, bool nan, bool ftz, bool xorsign> float extremumModified(float a, float b) {
  a = flushIf<ftz>(a);
  b = flushIf<ftz>(b);
  if (!xorsign)
    return extremum<float, isMin, nan>(a, b);
  uint32_t sign = (bitsOf(a) ^ bitsOf(b)) & signBit<float>;
  float chosen = extremum<float, isMin, nan>(absolute(a), absolute(b));
  return chosen == chosen ? bitCast<float>(bitsOf(chosen) | sign) : chosen;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_EXTREMUM_H
