//===- ConvertTypes.h - Types and registers of conversions ----------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H

#include "runtime/cudasim/Instructions/Handlers.h"

/// Registers of cvt may be wider than its types (section 9.4.1): reading takes the lower bits,
/// writing extends by the destination type's signedness.
namespace azulejo::cudasim {

inline bool isInteger(ptx::Type type) { return type >= ptx::Type::U8 && type <= ptx::Type::S64; }

/// Calls `make` with a zero of the C++ type that holds the integer type.
template <class F> auto forAnyInteger(ptx::Type type, F make) {
  switch (type) {
  case ptx::Type::U8:
    return make(uint8_t());
  case ptx::Type::S8:
    return make(int8_t());
  case ptx::Type::U16:
    return make(uint16_t());
  case ptx::Type::S16:
    return make(int16_t());
  case ptx::Type::U32:
    return make(uint32_t());
  case ptx::Type::S32:
    return make(int32_t());
  case ptx::Type::U64:
    return make(uint64_t());
  default:
    return make(int64_t());
  }
}
/// Calls `make` with the unsigned type of a register's width, which is at least `least`.
template <unsigned least, class F> auto forRegister(unsigned bytes, F make) {
  if constexpr (least <= 1)
    if (bytes == 1)
      return make(uint8_t());
  if constexpr (least <= 2)
    if (bytes == 2)
      return make(uint16_t());
  if constexpr (least <= 4)
    if (bytes == 4)
      return make(uint32_t());
  return make(uint64_t());
}

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
  return forAnyInteger(type, [&](auto t) {
    return forRegister<sizeof(t)>(
        bytes, [](auto r) -> Write { return writeAs<decltype(t), decltype(r)>; });
  });
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_CONVERTTYPES_H
