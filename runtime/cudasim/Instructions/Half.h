//===- Half.h - The 16-bit formats f16 and bf16 ---------------------------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_HALF_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_HALF_H

#include "runtime/cudasim/Instructions/Rounding.h"
#include <immintrin.h>

/// Arithmetic in 16 bits is done in f32 and rounded once more. Where f32's own rounding could be
/// seen in the result, f32 is rounded to odd first (Rounding.h).
///
/// A format has
///   widen(from, to, count)   exact
///   narrow(from, to, count)  to nearest even; NaN becomes canonicalHalfNaN
/// with `count` a multiple of 8, and its least normal number.
namespace azulejo::cudasim {

struct F16 {
  static constexpr float leastNormal = 0x1p-14f;
  static constexpr uint16_t infinity = 0x7c00, one = 0x3c00;

  static void widen(const uint16_t *from, float *to, unsigned count) {
    for (unsigned i = 0; i < count; i += 8)
      _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + i))));
  }
  /// `direction`: _MM_FROUND_TO_NEAREST_INT and its like.
  template <int direction = _MM_FROUND_TO_NEAREST_INT>
  static void narrow(const float *from, uint16_t *to, unsigned count) {
    for (unsigned i = 0; i < count; i += 8) {
      __m256 x = _mm256_loadu_ps(from + i);
      __m128i half = _mm256_cvtps_ph(x, direction | _MM_FROUND_NO_EXC);
      __m128i magnitude = _mm_and_si128(half, _mm_set1_epi16(0x7fff));
      __m128i nan = _mm_cmpgt_epi16(magnitude, _mm_set1_epi16(infinity));
      _mm_storeu_si128((__m128i *)(to + i),
                       _mm_blendv_epi8(half, _mm_set1_epi16(canonicalHalfNaN), nan));
    }
  }
};

struct BF16 {
  static constexpr float leastNormal = 0x1p-126f;
  static constexpr uint16_t infinity = 0x7f80, one = 0x3f80;

  static float widen(uint16_t x) { return bitCast<float>(uint32_t(x) << 16); }
  static uint16_t narrow(float x) {
    uint32_t bits = bitsOf(x);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return x == x ? uint16_t(rounded) : canonicalHalfNaN;
  }
  static void widen(const uint16_t *from, float *to, unsigned count) {
#pragma clang loop unroll(disable)
    for (unsigned i = 0; i < count; ++i)
      to[i] = widen(from[i]);
  }
  static void narrow(const float *from, uint16_t *to, unsigned count) {
#pragma clang loop unroll(disable)
    for (unsigned i = 0; i < count; ++i)
      to[i] = narrow(from[i]);
  }
};

/// Subnormal numbers of the format become zeros of their sign.
template <class Format> float flushHalf(float x) {
  return std::fabs(x) < Format::leastNormal ? bitCast<float>(bitsOf(x) & 0x80000000u) : x;
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_HALF_H
