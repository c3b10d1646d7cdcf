//===- Lanes.h - 32 lanes at a time ---------------------------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_LANES_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_LANES_H

#include "runtime/cudasim/Machine/Warp.h"
#include <cstring>

/// How an instruction of one result reads: `forLanes` computes all 32 lanes, which the compiler
/// turns into vector code, and keeps the results of the active ones. f must therefore be total:
/// defined, and without side effect, on whatever bits an inactive lane holds (an integer division
/// by zero is not).
namespace azulejo::cudasim {

/// Stands before a loop over the lanes: it must not be unrolled before it has become vector code.
#define CUDASIM_LANES _Pragma("clang loop unroll(disable)")

/// Writes `values` into the active lanes of a register.
template <class T>
inline void store(Warp &warp, const Operand &destination, LaneMask active, const T *values) {
  T *to = warp.write<T>(destination);
  if (active == allLanes) {
    std::memcpy(to, values, warpSize * sizeof(T));
    return;
  }
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T value = values[lane], kept = to[lane]; // values, not places, are chosen between
    to[lane] = (active >> lane & 1) ? value : kept;
  }
}

template <class R, class A, class F>
inline void forLanes(Warp &warp, const Instruction &i, LaneMask active, F f) {
  const A *a = warp.read<A>(i.source(0));
  alignas(64) R result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = f(a[lane]);
  store(warp, i.destination(), active, result);
}

template <class R, class A, class B, class F>
inline void forLanes(Warp &warp, const Instruction &i, LaneMask active, F f) {
  const A *a = warp.read<A>(i.source(0));
  const B *b = warp.read<B>(i.source(1));
  alignas(64) R result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = f(a[lane], b[lane]);
  store(warp, i.destination(), active, result);
}

template <class R, class A, class B, class C, class F>
inline void forLanes(Warp &warp, const Instruction &i, LaneMask active, F f) {
  const A *a = warp.read<A>(i.source(0));
  const B *b = warp.read<B>(i.source(1));
  const C *c = warp.read<C>(i.source(2));
  alignas(64) R result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = f(a[lane], b[lane], c[lane]);
  store(warp, i.destination(), active, result);
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_LANES_H
