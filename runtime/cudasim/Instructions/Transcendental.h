//===- Transcendental.h - ex2 lg2 sin cos tanh in double ------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H

#include "runtime/cudasim/Instructions/Rounding.h"
#include <initializer_list>

/// Each to about 2^-38, so that rounding to f32 is nearly always correct rounding, far within what
/// PTX allows its approximations. They consist of IEEE operations alone and so give the same bits
/// on every host, and they have no branches. NaN in, NaN out. The polynomials interpolate at
/// Chebyshev's nodes.
namespace azulejo::cudasim {

/// A polynomial, its highest coefficient first.
inline double horner(double x, std::initializer_list<double> coefficients) {
  const double *each = coefficients.begin();
  double p = *each;
  while (++each != coefficients.end())
    p = __builtin_fma(p, x, *each);
  return p;
}

/// 2^k for a whole number |k| < 1023: adding 1.5 * 2^52 moves it into the lowest bits.
inline double powerOfTwo(double k) { return bitCast<double>((bitsOf(k + 0x1.8p52) + 1023) << 52); }

/// 2^x for |x| < 1000, NaN for NaN.
inline double exp2Double(double x) {
  double k = std::rint(x), f = x - k;
  double p = horner(f, {0x1.63b2d7971923fp-20, 0x1.00c0e4e15189cp-16, 0x1.4308c7183d6a2p-13,
                        0x1.5d877598350dep-10, 0x1.3b2ab70ad2565p-7, 0x1.c6b08da70cce3p-5,
                        0x1.ebfbdff82a734p-3, 0x1.62e42fef9cc69p-1}); // (2^f - 1) / f
  return __builtin_fma(p, f, 1.0) * powerOfTwo(k);
}
/// NaN stays.
inline double clampTo(double x, double bound) {
  x = bound < x ? bound : x;
  return -bound > x ? -bound : x;
}
inline double ex2Double(double x) { return exp2Double(clampTo(x, 400)); }

/// log2(x) for a positive normal x: x = 2^k * m with m in [sqrt(1/2), sqrt(2)).
inline double log2Positive(double x) {
  constexpr uint64_t rootHalf = 0x3fe6a09e667f3bcd;
  uint64_t fromRoot = bitsOf(x) - rootHalf + (uint64_t(1023) << 52); // its exponent is k + 1023
  double m = bitCast<double>((fromRoot & 0x000fffffffffffff) + rootHalf);
  double k = bitCast<double>(fromRoot >> 52 | 0x4330000000000000) - (0x1p52 + 1023);
  // log2(m) = 2 atanh(s) / log(2), a polynomial in s^2 times s
  double s = (m - 1) / (m + 1);
  double p = horner(s * s, {0x1.5ce3c1cf29785p-2, 0x1.a58dccf36a746p-2, 0x1.27777f49cf406p-1,
                            0x1.ec709d13bbdb4p-1, 0x1.71547652bed17p+1});
  return __builtin_fma(s, p, k);
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
  double square = r * r;
  double p =
      horner(square, {-0x1.aa285788aa95cp-26, 0x1.71d9a9f41c5a7p-19, -0x1.a019fd9b35ee5p-13,
                      0x1.1111110fd3d43p-7, -0x1.555555555516bp-3}); // (sin(r) / r - 1) / r^2
  return __builtin_fma(p * square, r, r);
}
inline double cosReduced(double r) {
  double square = r * r;
  double p = horner(square, {-0x1.2474e1a97d088p-22, 0x1.a01298d866455p-16, -0x1.6c16bae5ef6d4p-10,
                             0x1.555555514f774p-5, -0x1.fffffffffe697p-2}); // (cos(r) - 1) / r^2
  return __builtin_fma(p, square, 1.0);
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
  return std::fabs(x) < 0x1p-4 ? small : y;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_TRANSCENDENTAL_H
