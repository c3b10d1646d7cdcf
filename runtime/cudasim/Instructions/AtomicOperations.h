//===- AtomicOperations.h - What atom and red compute ---------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_ATOMICOPERATIONS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_ATOMICOPERATIONS_H

#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Program/Decoder.h"
#include "runtime/cudasim/Ptx/Type.h"
#include <cstring>
#include <string_view>

/// The operations of atom, red, red.async and cp.reduce.async.bulk: new = f(old, b, c). `global`
/// says that the place is in global memory, where f32 additions flush subnormal numbers.
namespace azulejo::cudasim {

using Bits128 = unsigned __int128;

enum class AtomicOp : uint8_t { Add, Min, Max, And, Or, Xor, Inc, Dec, Exchange, CompareAndSwap };

template <class T> struct AtomicAdd {
  static T apply(T old, T b, T, bool) { return T(old + b); }
};
template <class T> struct AtomicMin {
  static T apply(T old, T b, T, bool) { return b < old ? b : old; }
};
template <class T> struct AtomicMax {
  static T apply(T old, T b, T, bool) { return b > old ? b : old; }
};
template <class T> struct AtomicAnd {
  static T apply(T old, T b, T, bool) { return old & b; }
};
template <class T> struct AtomicOr {
  static T apply(T old, T b, T, bool) { return old | b; }
};
template <class T> struct AtomicXor {
  static T apply(T old, T b, T, bool) { return old ^ b; }
};
template <class T> struct AtomicInc {
  static T apply(T old, T b, T, bool) { return old >= b ? 0 : old + 1; }
};
template <class T> struct AtomicDec {
  static T apply(T old, T b, T, bool) { return old == 0 || old > b ? b : old - 1; }
};
template <class T> struct AtomicExchange {
  static T apply(T, T b, T, bool) { return b; }
};
template <class T> struct AtomicCompareAndSwap {
  static T apply(T old, T b, T c, bool) { return old == b ? c : old; }
};

/// Floating-point values are handled as the bits that memory holds.
struct AtomicAddF32 {
  static uint32_t apply(uint32_t old, uint32_t b, uint32_t, bool global) {
    float x = bitCast<float>(old), y = bitCast<float>(b);
    float sum = global ? flush(flush(x) + flush(y)) : x + y;
    return bitsOf(canonical(sum));
  }
};
struct AtomicAddF64 {
  static uint64_t apply(uint64_t old, uint64_t b, uint64_t, bool) {
    return bitsOf(bitCast<double>(old) + bitCast<double>(b));
  }
};

struct HalfBits {
  static float widen(uint16_t x) { return _cvtsh_ss(x); }
  /// f32 has more than twice the digits of f16: rounding a sum twice is rounding it once.
  static uint16_t narrow(float x) {
    return x == x ? uint16_t(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT)) : canonicalHalfNaN;
  }
};
struct BrainBits {
  static float widen(uint16_t x) { return BF16::widen(x); }
  static uint16_t narrow(float x) { return BF16::narrow(x); }
};

template <class Format> struct AtomicAddHalf {
  static uint16_t apply(uint16_t old, uint16_t b, uint16_t, bool) {
    return Format::narrow(Format::widen(old) + Format::widen(b));
  }
};
/// min and max: a number wins over NaN, and -0 is below +0.
template <class Format, bool isMin> struct AtomicExtremeHalf {
  static uint16_t apply(uint16_t old, uint16_t b, uint16_t, bool) {
    float x = Format::widen(old), y = Format::widen(b);
    if (x != x)
      return y != y ? canonicalHalfNaN : b;
    if (y != y)
      return old;
    bool less = x < y || (x == y && (old & 0x8000) > (b & 0x8000));
    return less == isMin ? old : b;
  }
};
template <class Half> struct AtomicPacked {
  static uint32_t apply(uint32_t old, uint32_t b, uint32_t, bool global) {
    uint32_t low = Half::apply(uint16_t(old), uint16_t(b), 0, global);
    uint32_t high = Half::apply(uint16_t(old >> 16), uint16_t(b >> 16), 0, global);
    return low | high << 16;
  }
};

/// Replaces what `place` holds by f(it, b, c), in one step for other host threads as well where
/// `contended`. Returns what it held.
template <class T, class F>
inline T updateAtomically(uint8_t *place, T b, T c, bool global, bool contended) {
  T old;
  std::memcpy(&old, place, sizeof old);
  if (!contended) {
    T next = F::apply(old, b, c, global);
    std::memcpy(place, &next, sizeof next);
    return old;
  }
  for (;;) {
    T seen =
        __sync_val_compare_and_swap(reinterpret_cast<T *>(place), old, F::apply(old, b, c, global));
    if (seen == old)
      return old;
    old = seen;
  }
}

/// `.add`, `.min` …: what reductions have, too; or -1.
inline int takeReductionOp(Modifiers &m) {
  return m.one<int>({{"add", int(AtomicOp::Add)},
                     {"min", int(AtomicOp::Min)},
                     {"max", int(AtomicOp::Max)},
                     {"and", int(AtomicOp::And)},
                     {"or", int(AtomicOp::Or)},
                     {"xor", int(AtomicOp::Xor)},
                     {"inc", int(AtomicOp::Inc)},
                     {"dec", int(AtomicOp::Dec)}},
                    -1);
}

/// Calls make.template choose<T, F>() for the operation on values of `type`; false if there is
/// none.
template <class Make> bool chooseAtomic(AtomicOp op, ptx::Type type, Make &&make) {
  using ptx::Type;
  switch (op) {
  case AtomicOp::Add:
    switch (type) {
    case Type::U32:
    case Type::S32:
      return make.template choose<uint32_t, AtomicAdd<uint32_t>>();
    case Type::U64:
    case Type::S64:
      return make.template choose<uint64_t, AtomicAdd<uint64_t>>();
    case Type::F32:
      return make.template choose<uint32_t, AtomicAddF32>();
    case Type::F64:
      return make.template choose<uint64_t, AtomicAddF64>();
    case Type::F16:
      return make.template choose<uint16_t, AtomicAddHalf<HalfBits>>();
    case Type::BF16:
      return make.template choose<uint16_t, AtomicAddHalf<BrainBits>>();
    case Type::F16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicAddHalf<HalfBits>>>();
    case Type::BF16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicAddHalf<BrainBits>>>();
    default:
      return false;
    }
  case AtomicOp::Min:
    switch (type) {
    case Type::U32:
      return make.template choose<uint32_t, AtomicMin<uint32_t>>();
    case Type::S32:
      return make.template choose<int32_t, AtomicMin<int32_t>>();
    case Type::U64:
      return make.template choose<uint64_t, AtomicMin<uint64_t>>();
    case Type::S64:
      return make.template choose<int64_t, AtomicMin<int64_t>>();
    case Type::F16:
      return make.template choose<uint16_t, AtomicExtremeHalf<HalfBits, true>>();
    case Type::BF16:
      return make.template choose<uint16_t, AtomicExtremeHalf<BrainBits, true>>();
    case Type::F16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicExtremeHalf<HalfBits, true>>>();
    case Type::BF16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicExtremeHalf<BrainBits, true>>>();
    default:
      return false;
    }
  case AtomicOp::Max:
    switch (type) {
    case Type::U32:
      return make.template choose<uint32_t, AtomicMax<uint32_t>>();
    case Type::S32:
      return make.template choose<int32_t, AtomicMax<int32_t>>();
    case Type::U64:
      return make.template choose<uint64_t, AtomicMax<uint64_t>>();
    case Type::S64:
      return make.template choose<int64_t, AtomicMax<int64_t>>();
    case Type::F16:
      return make.template choose<uint16_t, AtomicExtremeHalf<HalfBits, false>>();
    case Type::BF16:
      return make.template choose<uint16_t, AtomicExtremeHalf<BrainBits, false>>();
    case Type::F16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicExtremeHalf<HalfBits, false>>>();
    case Type::BF16x2:
      return make.template choose<uint32_t, AtomicPacked<AtomicExtremeHalf<BrainBits, false>>>();
    default:
      return false;
    }
  case AtomicOp::And:
    return type == Type::B32   ? make.template choose<uint32_t, AtomicAnd<uint32_t>>()
           : type == Type::B64 ? make.template choose<uint64_t, AtomicAnd<uint64_t>>()
                               : false;
  case AtomicOp::Or:
    return type == Type::B32   ? make.template choose<uint32_t, AtomicOr<uint32_t>>()
           : type == Type::B64 ? make.template choose<uint64_t, AtomicOr<uint64_t>>()
                               : false;
  case AtomicOp::Xor:
    return type == Type::B32   ? make.template choose<uint32_t, AtomicXor<uint32_t>>()
           : type == Type::B64 ? make.template choose<uint64_t, AtomicXor<uint64_t>>()
                               : false;
  case AtomicOp::Inc:
    return type == Type::U32 ? make.template choose<uint32_t, AtomicInc<uint32_t>>() : false;
  case AtomicOp::Dec:
    return type == Type::U32 ? make.template choose<uint32_t, AtomicDec<uint32_t>>() : false;
  case AtomicOp::Exchange:
    return type == Type::B32    ? make.template choose<uint32_t, AtomicExchange<uint32_t>>()
           : type == Type::B64  ? make.template choose<uint64_t, AtomicExchange<uint64_t>>()
           : type == Type::B128 ? make.template choose<Bits128, AtomicExchange<Bits128>>()
                                : false;
  case AtomicOp::CompareAndSwap:
    return type == Type::B16    ? make.template choose<uint16_t, AtomicCompareAndSwap<uint16_t>>()
           : type == Type::B32  ? make.template choose<uint32_t, AtomicCompareAndSwap<uint32_t>>()
           : type == Type::B64  ? make.template choose<uint64_t, AtomicCompareAndSwap<uint64_t>>()
           : type == Type::B128 ? make.template choose<Bits128, AtomicCompareAndSwap<Bits128>>()
                                : false;
  }
  return false;
}

/// Reduces `count` bytes of `from` into `to`, element by element: red.async, cp.reduce.async.bulk.
using ReduceBytes = void (*)(uint8_t *to, const uint8_t *from, uint64_t count, bool global);

namespace detail {
template <class T, class F>
void reduceBytes(uint8_t *to, const uint8_t *from, uint64_t count, bool global) {
  for (uint64_t i = 0; i < count; i += sizeof(T)) {
    T b;
    std::memcpy(&b, from + i, sizeof b);
    updateAtomically<T, F>(to + i, b, b, global, global);
  }
}
struct ChooseReduction {
  ReduceBytes chosen = nullptr;
  template <class T, class F> bool choose() {
    chosen = reduceBytes<T, F>;
    return true;
  }
};
} // namespace detail

/// Null where the operation does not exist for the type.
inline ReduceBytes findReduction(AtomicOp op, ptx::Type type) {
  detail::ChooseReduction reduction;
  return chooseAtomic(op, type, reduction) ? reduction.chosen : nullptr;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_ATOMICOPERATIONS_H
