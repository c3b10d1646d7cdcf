//===- ConvertTypes.h - Types and registers of conversions ----------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H

#include "runtime/cudasim/Instructions/Handlers.h"

/// Registers of cvt may be wider than its types (section 9.4.1): reading takes the lower bits,
/// writing extends by the destination type's signedness.
namespace azulejo::cudasim {

inline bool isInteger(ptx::Type type) { return type >= ptx::Type::U8 && type <= ptx::Type::S64; }

using Write = void (*)(Warp &warp, const Operand &to, LaneMask active, const void *values);

/// Values of T to a register of R.
template <class T, class R>
void writeAs(Warp &warp, const Operand &to, LaneMask active, const void *values) {
  const T *x = static_cast<const T *>(values);
  alignas(64) R result[warpSize];
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = R(x[lane]);
  store(warp, to, active, result);
}

inline Write writeOf(ptx::Type type, unsigned bytes) {
  if (!isInteger(type))
    type = ptx::sizeInBits(type) == 16   ? ptx::Type::U16
           : ptx::sizeInBits(type) == 32 ? ptx::Type::U32
                                         : ptx::Type::U64;
  return forInteger<1>(type, [&](auto t) {
    return forWidth<sizeof(t)>(bytes,
                               [](auto r) -> Write { return writeAs<decltype(t), decltype(r)>; });
  });
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H
