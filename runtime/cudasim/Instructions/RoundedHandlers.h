//===- RoundedHandlers.h - Handlers of f32 and f64 in a rounding ----------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDEDHANDLERS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDEDHANDLERS_H

#include "runtime/cudasim/Instructions/Handlers.h"
#include "runtime/cudasim/Instructions/Rounding.h"

/// Arithmetic that is rounded is computed for 32 lanes by one function, from memory to memory,
/// which a handler calls in the rounding that the instruction says:
///
///   i.execute = inRounding<float, computeTwo<float, add, ftz, sat>, 2>(rounding);
namespace azulejo::cudasim {

/// Of as many sources as the operation has; the others are not looked at.
template <class T> using Compute = void (*)(const T *a, const T *b, const T *c, T *result);

template <class T, T (*f)(T), bool ftz>
inline void computeOne(const T *a, const T *, const T *, T *result) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = outcome<ftz, false>(f(flushIf<ftz>(a[lane])), a[lane], T(0), T(0));
}
template <class T, T (*f)(T, T), bool ftz, bool sat>
inline void computeTwo(const T *a, const T *b, const T *, T *result) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] =
        outcome<ftz, sat>(f(flushIf<ftz>(a[lane]), flushIf<ftz>(b[lane])), a[lane], b[lane], T(0));
}
template <class T, T (*f)(T, T, T), bool ftz, bool sat>
inline void computeThree(const T *a, const T *b, const T *c, T *result) {
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] =
        outcome<ftz, sat>(f(flushIf<ftz>(a[lane]), flushIf<ftz>(b[lane]), flushIf<ftz>(c[lane])),
                          a[lane], b[lane], c[lane]);
}

/// The same out of line, for use under a RoundingScope.
template <class T, Compute<T> compute>
CUDASIM_ROUNDED void rounded(const T *a, const T *b, const T *c, T *result) {
  compute(a, b, c, result);
}

template <class T, Compute<T> compute, unsigned operands, Rounding rounding>
void executeRounded(Warp &warp, const Instruction &i, LaneMask active) {
  const T *a = warp.read<T>(i.source(0));
  const T *b = operands >= 2 ? warp.read<T>(i.source(1)) : a;
  const T *c = operands == 3 ? warp.read<T>(i.source(2)) : b;
  alignas(64) T result[warpSize];
  if constexpr (rounding == Rounding::Nearest) {
    compute(a, b, c, result);
  } else {
    RoundingScope scope(rounding);
    rounded<T, compute>(a, b, c, result);
  }
  store(warp, i.destination(), active, result);
}

template <class T, Compute<T> compute, unsigned operands> Execute inRounding(Rounding rounding) {
  return forRounding(rounding, [](auto r) -> Execute {
    return executeRounded<T, compute, operands, decltype(r)::value>;
  });
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDEDHANDLERS_H
