//===- Transcendental.h - ex2 lg2 sin cos tanh in double ------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H

#include "runtime/cudasim/Instructions/Rounding.h"

/// Each to about 2^-40, so that rounding to f32 is nearly always correct rounding, far within what
/// PTX allows its approximations. They consist of IEEE operations alone and so give the same bits
/// on every host, and they have no branches. NaN in, NaN out.
namespace azulejo::cudasim {

/// 2^k for a whole number |k| < 1023: adding 1.5 * 2^52 moves it into the lowest bits.
inline double powerOfTwo(double k) { return bitCast<double>((bitsOf(k + 0x1.8p52) + 1023) << 52); }

/// 2^x for |x| < 1000.
inline double exp2Double(double x) {
  double k = std::rint(x), f = (x - k) * 0.69314718055994530942;
  double p = 1.0 / 39916800;
  for (double reciprocal : {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                            1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0, 1.0})
    p = __builtin_fma(p, f, reciprocal);
  return p * powerOfTwo(k);
}
inline double clampTo(double x, double bound) {
  return x > bound ? bound : x < -bound ? -bound : x;
}
inline double ex2Double(double x) {
  double y = exp2Double(clampTo(x, 400));
  return x == x ? y : x;
}

/// log2(x) for a positive normal x: x = 2^k * m with m in [sqrt(1/2), sqrt(2)).
inline double log2Positive(double x) {
  constexpr uint64_t rootHalf = 0x3fe6a09e667f3bcd;
  uint64_t fromRoot = bitsOf(x) - rootHalf + (uint64_t(1023) << 52); // its exponent is k + 1023
  double m = bitCast<double>((fromRoot & 0x000fffffffffffff) + rootHalf);
  double k = bitCast<double>(fromRoot >> 52 | 0x4330000000000000) - (0x1p52 + 1023);
  // log(m) = 2 atanh(s)
  double s = (m - 1) / (m + 1), square = s * s;
  double p = 1.0 / 19;
  for (double reciprocal :
       {1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0})
    p = __builtin_fma(p, square, reciprocal);
  return k + s * p * 2.8853900817779268147; // 2 / log(2)
}
inline double lg2Double(double x) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double y = log2Positive(x > 0 ? x : 1.0);
  y = x == infinity ? infinity : x == 0 ? -infinity : y;
  return x >= 0 ? y : std::numeric_limits<double>::quiet_NaN();
}

/// Whole quarter turns of an angle, and the rest in [-pi/4, pi/4]. Beyond 2^50 quarter turns an
/// angle has no meaningful rest: it counts as 0.
struct Angle {
  uint64_t quarters;
  double rest;
};
inline Angle reduce(double x) {
  double turns = x * 0.63661977236758134308, k = std::rint(turns); // 2 / pi
  bool far = std::fabs(turns) > 0x1p50;
  double rest = (turns - k) * 1.5707963267948966192;
  return {far ? 0 : bitsOf(k + 0x1.8p52), far ? turns - turns : rest};
}
inline double sinReduced(double r) {
  double square = r * r, p = 1.0 / 6227020800;
  for (double each : {-1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6, 1.0})
    p = __builtin_fma(p, square, each);
  return p * r;
}
inline double cosReduced(double r) {
  double square = r * r, p = -1.0 / 87178291200;
  for (double each :
       {1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24, -1.0 / 2, 1.0})
    p = __builtin_fma(p, square, each);
  return p;
}
/// sin(x + addend * pi / 2)
inline double sinAfter(double x, uint64_t addend) {
  Angle angle = reduce(x);
  uint64_t quarters = angle.quarters + addend;
  double y = quarters & 1 ? cosReduced(angle.rest) : sinReduced(angle.rest);
  return quarters & 2 ? -y : y;
}
inline double sine(double x) { return x == 0 ? x : sinAfter(x, 0); }
inline double cosine(double x) { return sinAfter(x, 1); }

inline double tanhDouble(double x) {
  double e = exp2Double(clampTo(x, 20) * 2.8853900817779268147); // exp(2x)
  double y = (e - 1) / (e + 1), square = x * x;
  double small = x * (1 + square * (-1.0 / 3 + square * (2.0 / 15 - square * (17.0 / 315))));
  y = std::fabs(x) < 0x1p-7 ? small : y;
  return x == x ? y : x;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H
