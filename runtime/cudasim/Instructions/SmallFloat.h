//===- SmallFloat.h - Floating point of 8 bits and less -------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_SMALLFLOAT_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_SMALLFLOAT_H

#include "runtime/cudasim/Instructions/Rounding.h"

namespace azulejo::cudasim {

/// A format with a sign, `exponentBits` and `mantissaBits`. `largest` is the greatest number;
/// `nan` is the code that conversions give a NaN (0: the format has none and NaNs become the
/// largest number), and above `infinity` (0: it has none) codes are NaNs.
template <unsigned exponentBits, unsigned mantissaBits, uint32_t largestCode, uint32_t infinityCode,
          uint32_t nanCode>
struct SmallFloat {
  static constexpr unsigned bits = 1 + exponentBits + mantissaBits;
  static constexpr uint32_t signBit = 1u << (bits - 1);
  static constexpr int bias = (1 << (exponentBits - 1)) - 1;
  static constexpr uint32_t largest = largestCode, infinity = infinityCode, nan = nanCode;

  /// Exact.
  static float decode(uint32_t code) {
    uint32_t magnitude = code & (signBit - 1);
    // The code's fields moved to where f32 has them make the number, scaled by the biases'
    // difference; subnormal numbers are normalised by that multiplication.
    float value = bitCast<float>(magnitude << (23 - mantissaBits)) *
                  bitCast<float>(uint32_t(127 + 127 - bias) << 23);
    if (infinity && magnitude == infinity)
      value = std::numeric_limits<float>::infinity();
    if ((infinity && magnitude > infinity) || (nan && magnitude == nan))
      value = bitCast<float>(canonicalNaN);
    return code & signBit ? -value : value;
  }

  /// To nearest even; what is greater than the largest number, infinity too, becomes that
  /// (`.satfinite`).
  static uint32_t encode(float x) {
    uint32_t sign = bitsOf(x) >> 31 ? signBit : 0;
    float magnitude = std::fabs(x);
    constexpr uint32_t leastExponent = uint32_t(127 + 1 - bias);
    uint32_t exponent = bitsOf(magnitude) >> 23;
    exponent = exponent < leastExponent ? leastExponent : exponent > 200 ? 200 : exponent;
    // Adding and subtracting 2^23 quanta rounds to a multiple of the quantum.
    float shift = bitCast<float>((exponent + 23 - mantissaBits) << 23);
    float rounded = (magnitude + shift) - shift;
    float least = bitCast<float>(leastExponent << 23);
    uint32_t normal =
        (bitsOf(rounded) >> (23 - mantissaBits)) - ((leastExponent - 1) << mantissaBits);
    uint32_t subnormal =
        uint32_t(int32_t((rounded < least ? rounded : 0) *
                         bitCast<float>((127 + 127 - leastExponent + mantissaBits) << 23)));
    uint32_t code = rounded < least ? subnormal : normal;
    code = magnitude > decode(largest) || code > largest ? largest : code;
    return x == x ? sign | code : nan ? nan : largest;
  }
};

using E4M3 = SmallFloat<4, 3, 0x7e, 0, 0x7f>;
using E5M2 = SmallFloat<5, 2, 0x7b, 0x7c, 0x7f>;
using E2M3 = SmallFloat<2, 3, 0x1f, 0, 0>;
using E3M2 = SmallFloat<3, 2, 0x1f, 0, 0>;
using E2M1 = SmallFloat<2, 1, 0x7, 0, 0>;

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_SMALLFLOAT_H
