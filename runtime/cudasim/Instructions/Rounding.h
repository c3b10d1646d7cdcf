//===- Rounding.h - Directed rounding, flushing, NaNs ---------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDING_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDING_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

/// The host rounds to nearest even everywhere but under a RoundingScope.
namespace azulejo::cudasim {

enum class Rounding : uint8_t { Nearest, Zero, Down, Up, NearestAway };

/// Calls `make` with the rounding, but for NearestAway, as a compile-time constant.
template <class F> auto forRounding(Rounding rounding, F make) {
  using std::integral_constant;
  switch (rounding) {
  case Rounding::Zero:
    return make(integral_constant<Rounding, Rounding::Zero>());
  case Rounding::Down:
    return make(integral_constant<Rounding, Rounding::Down>());
  case Rounding::Up:
    return make(integral_constant<Rounding, Rounding::Up>());
  default:
    return make(integral_constant<Rounding, Rounding::Nearest>());
  }
}

/// Sets the direction in which the host's SSE and AVX instructions round. The compiler does not
/// know that arithmetic depends on it: what shall be rounded so must be computed by a function that
/// is not inlined into the scope's (CUDASIM_ROUNDED), from memory to memory.
class RoundingScope {
public:
  explicit RoundingScope(Rounding rounding) {
    constexpr uint32_t maskAll = 0x1f80; // no traps; x86's RC field is bits 13 and 14
    load(maskAll | (rounding == Rounding::Zero ? 3u
                    : rounding == Rounding::Up ? 2u
                                               : uint32_t(rounding == Rounding::Down))
                       << 13);
  }
  ~RoundingScope() { load(0x1f80); }
  RoundingScope(const RoundingScope &) = delete;

private:
  static void load(uint32_t control) { asm volatile("ldmxcsr %0" : : "m"(control) : "memory"); }
};
#define CUDASIM_ROUNDED __attribute__((noinline))

template <class To, class From> inline To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}
inline uint32_t bitsOf(float x) { return bitCast<uint32_t>(x); }
inline uint64_t bitsOf(double x) { return bitCast<uint64_t>(x); }

/// The NaN that single-precision instructions return, and their half-precision relatives'.
constexpr uint32_t canonicalNaN = 0x7fffffff;
constexpr uint16_t canonicalHalfNaN = 0x7fff;

inline float canonical(float x) { return x == x ? x : bitCast<float>(canonicalNaN); }

/// `.ftz`: subnormal numbers become zeros of their sign.
inline float flush(float x) {
  return std::fabs(x) < std::numeric_limits<float>::min() ? bitCast<float>(bitsOf(x) & 0x80000000u)
                                                          : x;
}
template <bool ftz> float flushIf(float x) { return ftz ? flush(x) : x; }

/// `.sat`: [0, 1]; NaN and -0 become +0.
inline float saturateUnit(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }
inline double saturateUnit(double x) { return x > 0 ? (x < 1 ? x : 1.0) : 0.0; }

inline double quiet(double x) { return bitCast<double>(bitsOf(x) | 0x0008000000000000); }
/// f64 keeps NaNs: the first NaN operand, made quiet; an invalid operation gives
/// 0xfff8000000000000.
inline double keepNaN(double result, double a, double b, double c) {
  return result == result ? result
         : a != a         ? quiet(a)
         : b != b         ? quiet(b)
         : c != c         ? quiet(c)
                          : bitCast<double>(uint64_t(0xfff8000000000000));
}

/// The inputs and the result of an operation with `.ftz` and `.sat`; f32's NaN is canonical.
template <bool ftz, bool sat> inline float outcome(float x, float, float, float) {
  return sat ? saturateUnit(flushIf<ftz>(x)) : flushIf<ftz>(canonical(x));
}
template <bool ftz, bool sat> inline double outcome(double x, double a, double b, double c) {
  return keepNaN(x, a, b, c);
}
template <bool ftz> double flushIf(double x) { return x; }

/// `sum` is a number rounded to nearest, `error` has the sign of what is missing from it (exactly:
/// sum + error is the number), and 0 if nothing is. Returns the number rounded to odd: truncated,
/// with the last bit set if it was inexact. Rounding that again to a format with at least two bits
/// less gives what rounding the number itself would give, in any direction.
inline double roundToOdd(double sum, double error) {
  uint64_t bits = bitsOf(sum);
  bool inexact = error < 0 || error > 0;
  bool away = (error < 0) != (sum < 0); // |number| < |sum|
  return bitCast<double>(inexact && !(bits & 1) ? bits - away + !away : bits);
}
inline float roundToOdd(float sum, float error) {
  uint32_t bits = bitsOf(sum);
  bool inexact = error < 0 || error > 0;
  bool away = (error < 0) != (sum < 0);
  return bitCast<float>(inexact && !(bits & 1) ? bits - away + !away : bits);
}

/// a + b rounded to odd. The error is exact (Knuth's TwoSum) unless something overflows, which
/// leaves a NaN there and the infinity as it is.
template <class T> inline T addToOdd(T a, T b) {
  T sum = a + b, bPart = sum - a, aPart = sum - bPart;
  return roundToOdd(sum, (a - aPart) + (b - bPart));
}

/// Narrows with rounding to odd; numbers too large for float become the largest one, infinity
/// stays.
inline float narrowToOdd(double x) {
  constexpr double largest = std::numeric_limits<float>::max();
  double magnitude = std::fabs(x);
  bool finite = magnitude < std::numeric_limits<double>::infinity();
  double clamped = finite && magnitude > largest ? std::copysign(largest, x) : x;
  float rounded = float(clamped);
  uint32_t bits = bitsOf(rounded);
  bool inexact = double(rounded) != clamped && x == x;
  bool away = std::fabs(double(rounded)) > std::fabs(clamped);
  bool overflow = finite && magnitude > largest;
  return bitCast<float>((inexact && !(bits & 1) ? bits - away + !away : bits) | uint32_t(overflow));
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_ROUNDING_H
