/*===- Library.c - What compiled kernels call
 * ------------------------------------------------------===
 *
 * Built to bitcode, embedded into the compiler and linked into every object before optimisation:
 * what is used is inlined and vectorised with the loop around it, so that objects need no math
 * library. Therefore: no branches where a selection does, no tables, no undefined behaviour on NaN,
 * no intrinsic that becomes a call (fma on a CPU without it).
 *
 * Single precision has its own approximations where speed matters; elsewhere it goes through double
 * precision and is then correctly rounded but for rare ties. Double precision is within a few units
 * in the last place.
 *
 *===------------------------------------------------------------------------------------------===*/
#include "azulejo/Artifact/Format.h"

#pragma STDC FP_CONTRACT ON

typedef float f32;
typedef double f64;
typedef uint32_t u32;
typedef uint64_t u64;

#define EXPORT __attribute__((always_inline)) inline
#define INTERNAL static inline __attribute__((always_inline))

INTERNAL u32 bits32(f32 x) { return __builtin_bit_cast(u32, x); }
INTERNAL f32 float32(u32 x) { return __builtin_bit_cast(f32, x); }
INTERNAL u64 bits64(f64 x) { return __builtin_bit_cast(u64, x); }
INTERNAL f64 float64(u64 x) { return __builtin_bit_cast(f64, x); }
INTERNAL f32 abs32(f32 x) { return __builtin_fabsf(x); }
INTERNAL f64 abs64(f64 x) { return __builtin_fabs(x); }

static const f32 kInf32 = __builtin_inff(), kNaN32 = __builtin_nanf("");
static const f64 kInf64 = __builtin_inf(), kNaN64 = __builtin_nan("");

/*===--------------------------------------------------------------------------------------------===
 * Scratch memory, and indices that data holds
 *===------------------------------------------------------------------------------------------===*/

#ifdef __NVPTX__

/* Leaves a note of the first fault and goes on within bounds; where nothing is within bounds, the
 * thread ends (barriers count those that are left). */
INTERNAL int64_t checked(struct azm_fault *fault, int64_t check, int64_t index, int64_t wrapped,
                         int64_t low, int64_t size) {
  if (__builtin_expect((u64)wrapped < (u64)size, 1))
    return wrapped;
  int64_t none = 0;
  if (__atomic_compare_exchange_n(&fault->state, &none, 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    fault->check = check;
    fault->index = index;
    fault->low = low;
    fault->high = size;
  }
  if (size <= 0)
    __nvvm_exit();
  return 0;
}

EXPORT int64_t azm_checked_index(struct azm_fault *fault, int64_t index, int64_t size,
                                 int64_t check) {
  return checked(fault, check, index, index, 0, size);
}

EXPORT int64_t azm_checked_index_from_end(struct azm_fault *fault, int64_t index, int64_t size,
                                          int64_t check) {
  int64_t wrapped = index < 0 ? (int64_t)((u64)index + (u64)size) : index;
  return checked(fault, check, index, wrapped, -size, size);
}

#else

/* Not inlined: that what it returns aliases nothing is known only of a call. */
__attribute__((noinline, malloc)) void *azm_scratch_take(struct azm_scratch *scratch,
                                                         int64_t bytes) {
  bytes = (bytes + 63) & ~(int64_t)63;
  int64_t offset = scratch->used;
  scratch->used = offset + bytes;
  return bytes >= 0 && scratch->used <= scratch->size ? scratch->base + offset
                                                      : scratch->grow(scratch, bytes);
}

EXPORT int64_t azm_checked_index(struct azm_scratch *scratch, int64_t index, int64_t size,
                                 int64_t check) {
  if (__builtin_expect((u64)index >= (u64)size, 0)) {
    scratch->fail(scratch, check, index, 0, size);
    __builtin_unreachable();
  }
  return index;
}

EXPORT int64_t azm_checked_index_from_end(struct azm_scratch *scratch, int64_t index, int64_t size,
                                          int64_t check) {
  int64_t wrapped = index < 0 ? (int64_t)((u64)index + (u64)size) : index;
  if (__builtin_expect((u64)wrapped >= (u64)size, 0)) {
    scratch->fail(scratch, check, index, -size, size);
    __builtin_unreachable();
  }
  return wrapped;
}

#endif

/*===--------------------------------------------------------------------------------------------===
 * Exponentials and logarithms
 *===------------------------------------------------------------------------------------------===*/

/* Adding this rounds to an integer, which then stands in the low bits. */
#define MAGIC32 12582912.0f
#define MAGIC64 6755399441055744.0

/* p * 2^n in two steps, so that p may be scaled into the subnormal numbers and beyond the largest.
 */
INTERNAL f32 scale32(f32 p, int32_t n) {
  int32_t half = n >> 1;
  return p * float32((u32)(half + 127) << 23) * float32((u32)(n - half + 127) << 23);
}
INTERNAL f64 scale64(f64 p, int64_t n) {
  int64_t half = n >> 1;
  return p * float64((u64)(half + 1023) << 52) * float64((u64)(n - half + 1023) << 52);
}

EXPORT f32 azm_exp_f32(f32 x) {
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  f32 t = x * 1.44269504088896341f + MAGIC32;
  int32_t n = (int32_t)(bits32(t) - bits32(MAGIC32));
  f32 k = t - MAGIC32;
  f32 r = x - k * 0.693359375f;
  r = r + k * 2.12194440e-4f;
  f32 p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return scale32(p, n);
}

EXPORT f64 azm_exp_f64(f64 x) {
  x = x < -746.0 ? -746.0 : x;
  x = x > 710.0 ? 710.0 : x;
  f64 t = x * 1.44269504088896338700e+00 + MAGIC64;
  int64_t n = (int64_t)(bits64(t) - bits64(MAGIC64));
  f64 k = t - MAGIC64;
  f64 r = x - k * 6.93147180369123816490e-01;
  r = r - k * 1.90821492927058770002e-10;
  f64 p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * (r * r) + r + 1.0;
  return scale64(p, n);
}

EXPORT f64 azm_expm1_f64(f64 x) {
  f64 p = 1.0 / 1307674368000.0;
  p = p * x + 1.0 / 87178291200.0;
  p = p * x + 1.0 / 6227020800.0;
  p = p * x + 1.0 / 479001600.0;
  p = p * x + 1.0 / 39916800.0;
  p = p * x + 1.0 / 3628800.0;
  p = p * x + 1.0 / 362880.0;
  p = p * x + 1.0 / 40320.0;
  p = p * x + 1.0 / 5040.0;
  p = p * x + 1.0 / 720.0;
  p = p * x + 1.0 / 120.0;
  p = p * x + 1.0 / 24.0;
  p = p * x + 1.0 / 6.0;
  p = p * x + 0.5;
  f64 small = p * (x * x) + x;
  return abs64(x) < 0.4 ? small : azm_exp_f64(x) - 1.0;
}
EXPORT f32 azm_expm1_f32(f32 x) { return (f32)azm_expm1_f64(x); }

EXPORT f64 azm_exp2_f64(f64 x) {
  /* 2^n exactly: the exponential takes the fraction only. */
  x = x < -1080.0 ? -1080.0 : x;
  x = x > 1025.0 ? 1025.0 : x;
  f64 t = x + MAGIC64;
  int64_t n = (int64_t)(bits64(t) - bits64(MAGIC64));
  return scale64(azm_exp_f64((x - (t - MAGIC64)) * 0.693147180559945309417), n);
}
EXPORT f32 azm_exp2_f32(f32 x) { return (f32)azm_exp2_f64(x); }

EXPORT f32 azm_log_f32(f32 x) {
  f32 scaled = x < 1.17549435e-38f ? x * 8388608.0f : x;
  f32 e = x < 1.17549435e-38f ? -23.0f : 0.0f;
  u32 b = bits32(scaled);
  /* The mantissa between sqrt(1/2) and sqrt(2). */
  u32 shifted = b - 0x3f3504f3u;
  e += (f32)((int32_t)shifted >> 23);
  f32 r = float32((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  f32 z = r * r;
  f32 p = 7.0376836292e-2f;
  p = p * r - 1.1514610310e-1f;
  p = p * r + 1.1676998740e-1f;
  p = p * r - 1.2420140846e-1f;
  p = p * r + 1.4249322787e-1f;
  p = p * r - 1.6668057665e-1f;
  p = p * r + 2.0000714765e-1f;
  p = p * r - 2.4999993993e-1f;
  p = p * r + 3.3333331174e-1f;
  f32 y = p * r * z;
  y = y - e * 2.12194440e-4f;
  y = y - 0.5f * z;
  y = r + y;
  y = y + e * 0.693359375f;
  y = x == kInf32 ? kInf32 : y;
  y = x == 0.0f ? -kInf32 : y;
  return x < 0.0f || x != x ? kNaN32 : y;
}

/* log(x) = e * ln 2 + m: both parts, for x > 0 and finite. */
INTERNAL f64 logParts(f64 x, f64 *exponent) {
  int subnormal = x < 2.2250738585072014e-308;
  u64 b = bits64(subnormal ? x * 18014398509481984.0 : x);
  u64 shifted = b - 0x3fe6a09e667f3bcdull;
  *exponent = (f64)((int64_t)shifted >> 52) - (subnormal ? 54.0 : 0.0);
  f64 m = float64((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
  f64 s = (m - 1.0) / (m + 1.0), z = s * s;
  f64 p = 1.0 / 23.0;
  p = p * z + 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  return 2.0 * s + 2.0 * s * (z * p);
}
INTERNAL f64 logSpecial(f64 x, f64 y) {
  y = x == kInf64 ? kInf64 : y;
  y = x == 0.0 ? -kInf64 : y;
  return x < 0.0 || x != x ? kNaN64 : y;
}
EXPORT f64 azm_log_f64(f64 x) {
  f64 e, m = logParts(x, &e);
  return logSpecial(x, e * 6.93147180369123816490e-01 + (m + e * 1.90821492927058770002e-10));
}
EXPORT f64 azm_log2_f64(f64 x) {
  f64 e, m = logParts(x, &e);
  return logSpecial(x, e + m * 1.44269504088896338700);
}
EXPORT f32 azm_log2_f32(f32 x) { return (f32)azm_log2_f64(x); }
EXPORT f64 azm_log10_f64(f64 x) {
  f64 e, m = logParts(x, &e);
  return logSpecial(x, e * 0.301029995663981195214 + m * 0.434294481903251827651);
}
EXPORT f32 azm_log10_f32(f32 x) { return (f32)azm_log10_f64(x); }
EXPORT f64 azm_log1p_f64(f64 x) {
  f64 u = 1.0 + x;
  f64 y = azm_log_f64(u) + (u == kInf64 || u == 0.0 ? 0.0 : (x - (u - 1.0)) / u);
  return u == 1.0 ? x : y;
}
EXPORT f32 azm_log1p_f32(f32 x) { return (f32)azm_log1p_f64(x); }

EXPORT f64 azm_pow_f64(f64 x, f64 y) {
  f64 magnitude = azm_exp_f64(y * azm_log_f64(abs64(x)));
  f64 rounded = __builtin_trunc(y), halved = __builtin_trunc(y * 0.5) * 2.0;
  int isInteger = rounded == y, isOdd = isInteger && halved != y;
  f64 result = abs64(x) == 1.0 ? 1.0 : magnitude;
  result = __builtin_signbit(x) && isOdd ? -result : result;
  result = x < 0.0 && x != -kInf64 && !isInteger ? kNaN64 : result;
  result = x != x || y != y ? kNaN64 : result;
  return y == 0.0 || x == 1.0 ? 1.0 : result;
}
EXPORT f32 azm_pow_f32(f32 x, f32 y) { return (f32)azm_pow_f64(x, y); }

EXPORT f64 azm_cbrt_f64(f64 x) {
  f64 a = abs64(x), t = azm_exp_f64(azm_log_f64(a) * (1.0 / 3.0));
  t = t - (t * t * t - a) / (3.0 * t * t);
  t = x == 0.0 || a == kInf64 ? a : t;
  return __builtin_copysign(t, x);
}
EXPORT f32 azm_cbrt_f32(f32 x) { return (f32)azm_cbrt_f64(x); }

/*===--------------------------------------------------------------------------------------------===
 * Circular functions
 *===------------------------------------------------------------------------------------------===*/

/* x = n * pi/2 + r; the two low bits of n. Exact enough for |x| below 2^30; beyond, r is still
 * bounded. */
INTERNAL f64 reduce(f64 x, u64 *n) {
  f64 t = x * 0.636619772367581343076 + MAGIC64;
  *n = bits64(t);
  f64 k = t - MAGIC64;
  f64 r = x - k * 1.57079632673412561417e+00;
  r = r - k * 6.07710050630396597660e-11;
  r = r - k * 2.02226624879595063154e-21;
  return abs64(x) < 1e15 ? r : x - x;
}
INTERNAL f64 sinPolynomial(f64 r) {
  f64 z = r * r, p = 1.0 / 355687428096000.0;
  p = p * z - 1.0 / 1307674368000.0;
  p = p * z + 1.0 / 6227020800.0;
  p = p * z - 1.0 / 39916800.0;
  p = p * z + 1.0 / 362880.0;
  p = p * z - 1.0 / 5040.0;
  p = p * z + 1.0 / 120.0;
  p = p * z - 1.0 / 6.0;
  return r + r * (z * p);
}
INTERNAL f64 cosPolynomial(f64 r) {
  f64 z = r * r, p = -1.0 / 6402373705728000.0;
  p = p * z + 1.0 / 20922789888000.0;
  p = p * z - 1.0 / 87178291200.0;
  p = p * z + 1.0 / 479001600.0;
  p = p * z - 1.0 / 3628800.0;
  p = p * z + 1.0 / 40320.0;
  p = p * z - 1.0 / 720.0;
  p = p * z + 1.0 / 24.0;
  p = p * z - 0.5;
  return 1.0 + z * p;
}
EXPORT f64 azm_sin_f64(f64 x) {
  u64 n;
  f64 r = reduce(x, &n), s = sinPolynomial(r), c = cosPolynomial(r);
  f64 y = n & 1 ? c : s;
  return n & 2 ? -y : y;
}
EXPORT f64 azm_cos_f64(f64 x) {
  u64 n;
  f64 r = reduce(x, &n), s = sinPolynomial(r), c = cosPolynomial(r);
  f64 y = n & 1 ? s : c;
  return (n + 1) & 2 ? -y : y;
}
EXPORT f64 azm_tan_f64(f64 x) {
  u64 n;
  f64 r = reduce(x, &n), s = sinPolynomial(r), c = cosPolynomial(r);
  return n & 1 ? -c / s : s / c;
}
EXPORT f32 azm_sin_f32(f32 x) { return (f32)azm_sin_f64(x); }
EXPORT f32 azm_cos_f32(f32 x) { return (f32)azm_cos_f64(x); }
EXPORT f32 azm_tan_f32(f32 x) { return (f32)azm_tan_f64(x); }

EXPORT f64 azm_atan_f64(f64 x) {
  f64 a = abs64(x);
  int i0 = a >= 0.4375, i1 = a >= 0.6875, i2 = a >= 1.1875, i3 = a >= 2.4375;
  f64 over = i3 ? -1.0 : i2 ? a - 1.5 : i1 ? a - 1.0 : i0 ? 2.0 * a - 1.0 : a;
  f64 under = i3 ? a : i2 ? 1.0 + 1.5 * a : i1 ? a + 1.0 : i0 ? 2.0 + a : 1.0;
  f64 high = i3   ? 1.57079632679489655800e+00
             : i2 ? 9.82793723247329054082e-01
             : i1 ? 7.85398163397448278999e-01
             : i0 ? 4.63647609000806093515e-01
                  : 0.0;
  f64 low = i3   ? 6.12323399573676603587e-17
            : i2 ? 1.39033110312309984516e-17
            : i1 ? 3.06161699786838301793e-17
            : i0 ? 2.26987774529616870924e-17
                 : 0.0;
  f64 t = over / under, z = t * t;
  f64 p = 1.62858201153657823623e-02;
  p = p * z - 3.65315727442169155270e-02;
  p = p * z + 4.97687799461593236017e-02;
  p = p * z - 5.83357013379057348645e-02;
  p = p * z + 6.66107313738753120669e-02;
  p = p * z - 7.69187620504482999495e-02;
  p = p * z + 9.09088713343650656196e-02;
  p = p * z - 1.11111104054623557880e-01;
  p = p * z + 1.42857142725034663711e-01;
  p = p * z - 1.99999999998764832476e-01;
  p = p * z + 3.33333333333329318027e-01;
  f64 y = high - ((t * (z * p) - low) - t);
  return __builtin_copysign(a == kInf64 ? 1.57079632679489655800e+00 : y, x);
}
EXPORT f64 azm_atan2_f64(f64 y, f64 x) {
  const f64 pi = 3.14159265358979311600e+00;
  f64 a = abs64(y), b = abs64(x);
  f64 quotient = a == b ? 1.0 : a / b;
  quotient = a == 0.0 && b == 0.0 ? 0.0 : quotient;
  f64 t = azm_atan_f64(quotient);
  t = __builtin_signbit(x) ? (pi - t) + 1.22464679914735317720e-16 : t;
  t = __builtin_copysign(t, y);
  return x != x || y != y ? kNaN64 : t;
}
EXPORT f64 azm_asin_f64(f64 x) { return azm_atan2_f64(x, __builtin_sqrt((1.0 - x) * (1.0 + x))); }
EXPORT f64 azm_acos_f64(f64 x) { return azm_atan2_f64(__builtin_sqrt((1.0 - x) * (1.0 + x)), x); }
EXPORT f32 azm_atan_f32(f32 x) { return (f32)azm_atan_f64(x); }
EXPORT f32 azm_atan2_f32(f32 y, f32 x) { return (f32)azm_atan2_f64(y, x); }
EXPORT f32 azm_asin_f32(f32 x) { return (f32)azm_asin_f64(x); }
EXPORT f32 azm_acos_f32(f32 x) { return (f32)azm_acos_f64(x); }

/*===--------------------------------------------------------------------------------------------===
 * Hyperbolic functions
 *===------------------------------------------------------------------------------------------===*/

EXPORT f32 azm_tanh_f32(f32 x) {
  f32 c = x > 7.90531110763549805f ? 7.90531110763549805f : x;
  c = c < -7.90531110763549805f ? -7.90531110763549805f : c;
  f32 z = c * c;
  f32 p = -2.76076847742355e-16f;
  p = p * z + 2.00018790482477e-13f;
  p = p * z - 8.60467152213735e-11f;
  p = p * z + 5.12229709037114e-08f;
  p = p * z + 1.48572235717979e-05f;
  p = p * z + 6.37261928875436e-04f;
  p = p * z + 4.89352455891786e-03f;
  f32 q = 1.19825839466702e-06f;
  q = q * z + 1.18534705686654e-04f;
  q = q * z + 2.26843463243900e-03f;
  q = q * z + 4.89352518554385e-03f;
  return abs32(x) < 0.0004f ? x : c * p / q;
}
EXPORT f64 azm_tanh_f64(f64 x) {
  f64 a = abs64(x), e = azm_expm1_f64(a > 20.0 ? 40.0 : 2.0 * a);
  return __builtin_copysign(x != x ? x : e / (e + 2.0), x);
}
EXPORT f64 azm_sinh_f64(f64 x) {
  f64 a = abs64(x), e = azm_expm1_f64(a), half = azm_exp_f64(a * 0.5);
  f64 y = a > 30.0 ? 0.5 * half * half : 0.5 * (e + e / (e + 1.0));
  return __builtin_copysign(y, x);
}
EXPORT f64 azm_cosh_f64(f64 x) {
  f64 half = azm_exp_f64(abs64(x) * 0.5), e = half * half;
  return 0.5 * half * half + (e > 1e300 ? 0.0 : 0.5 / e);
}
EXPORT f64 azm_asinh_f64(f64 x) {
  f64 a = abs64(x), z = a * a;
  f64 y = a > 1e8 ? azm_log_f64(a) + 0.693147180559945309417
                  : azm_log1p_f64(a + z / (1.0 + __builtin_sqrt(1.0 + z)));
  return __builtin_copysign(y, x);
}
EXPORT f64 azm_acosh_f64(f64 x) {
  f64 t = x - 1.0;
  f64 y = x > 1e8 ? azm_log_f64(x) + 0.693147180559945309417
                  : azm_log1p_f64(t + __builtin_sqrt(2.0 * t + t * t));
  return x < 1.0 ? kNaN64 : y;
}
EXPORT f64 azm_atanh_f64(f64 x) {
  f64 a = abs64(x);
  return __builtin_copysign(0.5 * azm_log1p_f64(2.0 * a / (1.0 - a)), x);
}
EXPORT f32 azm_sinh_f32(f32 x) { return (f32)azm_sinh_f64(x); }
EXPORT f32 azm_cosh_f32(f32 x) { return (f32)azm_cosh_f64(x); }
EXPORT f32 azm_asinh_f32(f32 x) { return (f32)azm_asinh_f64(x); }
EXPORT f32 azm_acosh_f32(f32 x) { return (f32)azm_acosh_f64(x); }
EXPORT f32 azm_atanh_f32(f32 x) { return (f32)azm_atanh_f64(x); }

/*===--------------------------------------------------------------------------------------------===
 * The error function
 *===------------------------------------------------------------------------------------------===*/

EXPORT f32 azm_erf_f32(f32 x) {
  f32 t = abs32(x), s = x * x;
  /* 1 - exp(polynomial) beyond the middle, an odd polynomial within. */
  f32 r = -1.72853470e-5f * t + 3.83197126e-4f, u = -3.88396438e-3f * t + 2.42546219e-2f;
  r = r * s + u;
  r = r * t - 1.06777877e-1f;
  r = r * t - 6.34846687e-1f;
  r = r * t - 1.28717512e-1f;
  r = r * t - t;
  r = t > 4.0f ? -100.0f : r;
  f32 outer = __builtin_copysignf(1.0f - azm_exp_f32(r), x);
  f32 q = -5.96761703e-4f;
  q = q * s + 4.99119423e-3f;
  q = q * s - 2.67681349e-2f;
  q = q * s + 1.12819925e-1f;
  q = q * s - 3.76125336e-1f;
  q = q * s + 1.28379166e-1f;
  f32 inner = q * x + x;
  f32 y = t > 0.927734375f ? outer : inner;
  return x != x ? x : y;
}

/* erfc(a) for a >= 2, by its continued fraction. */
INTERNAL f64 erfcTail(f64 a) {
  f64 f = a;
  for (int k = 80; k > 0; --k)
    f = a + 0.5 * k / f;
  return a > 27.5 ? 0.0 : azm_exp_f64(-a * a) / (f * 1.77245385090551602730);
}
/* erf(a) for 0 <= a < 2, by a series of positive terms. */
INTERNAL f64 erfSeries(f64 a) {
  f64 term = a, sum = a;
  for (int k = 1; k < 50; ++k) {
    term = term * (2.0 * a * a) / (2.0 * k + 1.0);
    sum += term;
  }
  return 1.12837916709551257390 * azm_exp_f64(-a * a) * sum;
}
EXPORT f64 azm_erf_f64(f64 x) {
  f64 a = abs64(x);
  f64 y = a < 2.0 ? erfSeries(a) : 1.0 - erfcTail(a);
  return x != x ? x : __builtin_copysign(y, x);
}
EXPORT f64 azm_erfc_f64(f64 x) {
  f64 a = abs64(x);
  f64 y = a < 2.0 ? 1.0 - erfSeries(a) : erfcTail(a);
  return x != x ? x : x < 0.0 ? 2.0 - y : y;
}
EXPORT f32 azm_erfc_f32(f32 x) { return (f32)azm_erfc_f64(x); }

/*===--------------------------------------------------------------------------------------------===
 * Rounding and remainders
 *===------------------------------------------------------------------------------------------===*/

EXPORT f32 azm_rsqrt_f32(f32 x) { return 1.0f / __builtin_sqrtf(x); }
EXPORT f64 azm_rsqrt_f64(f64 x) { return 1.0 / __builtin_sqrt(x); }
/* Halves go away from zero; the addend is the largest number below a half. */
EXPORT f32 azm_round_f32(f32 x) {
  return __builtin_truncf(x + __builtin_copysignf(0.49999997f, x));
}
EXPORT f64 azm_round_f64(f64 x) {
  return __builtin_trunc(x + __builtin_copysign(0.49999999999999994, x));
}

/* The exact remainder of division with the dividend's sign. */
EXPORT f64 azm_fmod_f64(f64 x, f64 y) {
  f64 a = abs64(x), b = abs64(y);
  if (!(a < kInf64) || b == 0.0 || y != y)
    return kNaN64;
  /* Each step takes off the largest multiple of b by a power of two that fits. */
  while (a >= b) {
    int64_t shift = (int64_t)(bits64(a) >> 52) - (int64_t)(bits64(b) >> 52);
    f64 multiple = b;
    for (; shift > 500; shift -= 500)
      multiple *= 0x1p500;
    multiple *= float64((u64)(1023 + (shift > 0 ? shift : 0)) << 52);
    a -= multiple <= a ? multiple : multiple * 0.5;
  }
  return __builtin_copysign(a, x);
}
EXPORT f32 azm_fmod_f32(f32 x, f32 y) { return (f32)azm_fmod_f64(x, y); }

INTERNAL u64 power(u64 base, u64 exponent) {
  u64 result = 1;
  for (; exponent; exponent >>= 1, base *= base)
    result = exponent & 1 ? result * base : result;
  return result;
}
/* Integer powers, modulo the width; a negative exponent gives what is left of the fraction. */
EXPORT int64_t azm_ipow(int64_t base, int64_t exponent) {
  if (exponent >= 0)
    return (int64_t)power((u64)base, (u64)exponent);
  return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
}
EXPORT f64 azm_fpowi_f64(f64 base, int64_t exponent) {
  f64 result = 1.0;
  for (u64 n = exponent < 0 ? -(u64)exponent : (u64)exponent; n; n >>= 1, base *= base)
    result = n & 1 ? result * base : result;
  return exponent < 0 ? 1.0 / result : result;
}
EXPORT f32 azm_fpowi_f32(f32 base, int64_t exponent) { return (f32)azm_fpowi_f64(base, exponent); }

/*===--------------------------------------------------------------------------------------------===
 * Small floats: bits to f32, and f32 to bits, rounding to nearest even
 *
 * E exponent bits, M of mantissa. `specials`: what the largest codes mean.
 *===------------------------------------------------------------------------------------------===*/

enum specials {
  IEEE,  /* the largest exponent is infinity and NaN */
  FN,    /* all ones is NaN, no infinity */
  FNUZ,  /* the sign bit alone is NaN, no infinity, no negative zero */
  FINITE /* no infinity, no NaN */
};

INTERNAL f32 extend(u32 code, int E, int M, int bias, enum specials specials) {
  u32 sign = (code >> (E + M)) & 1, exponent = (code >> M) & ((1u << E) - 1),
      mantissa = code & ((1u << M) - 1);
  f32 normal = float32(((exponent + 127 - bias) << 23) | (mantissa << (23 - M)));
  f32 subnormal = (f32)mantissa * float32((u32)(127 + 1 - bias - M) << 23);
  f32 y = exponent ? normal : subnormal;
  u32 most = (1u << E) - 1;
  if (specials == IEEE)
    y = exponent == most ? (mantissa ? kNaN32 : kInf32) : y;
  if (specials == FN)
    y = exponent == most && mantissa == (1u << M) - 1 ? kNaN32 : y;
  y = sign ? -y : y;
  if (specials == FNUZ)
    y = code == (1u << (E + M)) ? kNaN32 : y;
  return y;
}

INTERNAL u32 truncate(f32 x, int E, int M, int bias, enum specials specials) {
  u32 b = bits32(x), sign = b >> 31, magnitude = b & 0x7fffffffu;
  /* Normal results: round the mantissa's bits beyond M, a carry goes into the exponent. */
  u32 drop = 23 - M;
  u32 rounded = (magnitude + ((1u << (drop - 1)) - 1) + ((magnitude >> drop) & 1)) >> drop;
  int32_t normal = (int32_t)rounded - ((127 - bias) << M);
  /* Subnormal results: adding 2^k leaves the multiple of the smallest number in the low bits. */
  f32 anchor = float32((u32)(127 + 1 - bias - M + 23) << 23);
  u32 subnormal = bits32(float32(magnitude) + anchor) - bits32(anchor);
  u32 code = magnitude < ((u32)(127 + 1 - bias) << 23) ? subnormal : (u32)normal;
  u32 most = (1u << (E + M)) - 1;
  int nan = magnitude > 0x7f800000u;
  if (specials == IEEE) {
    u32 infinity = ((1u << E) - 1) << M;
    code = code > infinity || magnitude >= 0x7f800000u ? infinity : code;
    code = nan ? infinity | (1u << (M - 1)) : code;
  } else if (specials == FN) {
    code = code > most || magnitude >= 0x7f800000u || nan ? most : code;
  } else if (specials == FNUZ) {
    int overflow = code > most || magnitude >= 0x7f800000u || nan;
    return overflow ? most + 1 : code ? (sign << (E + M)) | code : 0;
  } else {
    code = code > most || magnitude >= 0x7f800000u ? most : code;
  }
  return (sign << (E + M)) | code;
}

#define SMALL_FLOAT(NAME, TYPE, E, M, BIAS, SPECIALS)                                              \
  EXPORT f32 azm_extend_##NAME(TYPE code) { return extend(code, E, M, BIAS, SPECIALS); }           \
  EXPORT TYPE azm_truncate_##NAME(f32 x) { return (TYPE)truncate(x, E, M, BIAS, SPECIALS); }

SMALL_FLOAT(f16, uint16_t, 5, 10, 15, IEEE)
SMALL_FLOAT(f8E5M2, uint8_t, 5, 2, 15, IEEE)
SMALL_FLOAT(f8E4M3FN, uint8_t, 4, 3, 7, FN)
SMALL_FLOAT(f8E5M2FNUZ, uint8_t, 5, 2, 16, FNUZ)
SMALL_FLOAT(f8E4M3FNUZ, uint8_t, 4, 3, 8, FNUZ)
SMALL_FLOAT(f4E2M1FN, uint8_t, 2, 1, 1, FINITE)

EXPORT f32 azm_extend_bf16(uint16_t code) { return float32((u32)code << 16); }
EXPORT uint16_t azm_truncate_bf16(f32 x) {
  u32 b = bits32(x);
  u32 rounded = (b + 0x7fff + ((b >> 16) & 1)) >> 16;
  return (uint16_t)(x != x ? (b >> 16) | 0x40 : rounded);
}
/* Powers of two without a sign; 255 is NaN, and there is no zero. */
EXPORT f32 azm_extend_f8E8M0FNU(uint8_t code) {
  f32 y = code ? float32((u32)code << 23) : 5.87747175e-39f;
  return code == 255 ? kNaN32 : y;
}
EXPORT uint8_t azm_truncate_f8E8M0FNU(f32 x) {
  u32 magnitude = bits32(x) & 0x7fffffffu;
  u32 code = (magnitude + 0x3fffff + ((magnitude >> 23) & 1)) >> 23;
  return (uint8_t)(code > 254 ? (magnitude > 0x7f800000u ? 255 : 254) : code);
}

/* From f64 through f32 without rounding twice: an inexact f32 gets an odd last bit. */
EXPORT f32 azm_narrow_to_odd(f64 x) {
  f32 y = (f32)x;
  f64 back = (f64)y;
  u32 b = bits32(y);
  u32 towardsZero = abs64(back) > abs64(x) ? b - 1 : b;
  return back == x || x != x ? y : float32(towardsZero | 1);
}
