//===- Class.h - The classes that warp instructions are counted in --------===//
#ifndef AZULEJO_CUDASIM_COUNT_CLASS_H
#define AZULEJO_CUDASIM_COUNT_CLASS_H

#include <cstdint>

namespace azulejo::cudasim {

enum class CounterClass : uint8_t {
  Integer,
  Half,
  Float,
  Double,
  SpecialFunction,
  Conversion,
  Move,
  Compare,
  Control,
  LoadGlobal,
  StoreGlobal,
  LoadShared,
  StoreShared,
  LoadLocal,
  StoreLocal,
  LoadConstant,
  Atomic,
  Warp,      // shuffles, votes, matches, warp reductions, elect
  Barrier,   // bar, barrier.cluster, mbarrier, fences
  AsyncCopy, // cp.async, cp.async.bulk, tensor copies
  Tensor,    // mma, wmma, wgmma
  Matrix,    // ldmatrix, stmatrix, movmatrix
  Other,
  Count
};

const char *name(CounterClass counterClass);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_COUNT_CLASS_H
