//===- Dot.cpp - The inner products of the tensor instructions, fast ------===//
#include "runtime/cudasim/Instructions/Dot.h"
#include "runtime/cudasim/Instructions/Fragments.h"
#include <cmath>
#include <cstring>
#include <immintrin.h>
#include <utility>

using namespace azulejo::cudasim;
using ptx::Type;

namespace {

// --- From 16 bytes to words ----------------------------------------------------------------------

__m128i loadChunk(const uint8_t *chunk) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i *>(chunk));
}
__m256i halvesToFloats(__m128i halves) { return _mm256_castps_si256(_mm256_cvtph_ps(halves)); }

/// unfold() writes `steps` words, as `steps / 8` vectors (one, half used, where there are four).
template <Type> struct Element;

template <> struct Element<Type::F16> {
  static constexpr unsigned steps = 8;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] = halvesToFloats(loadChunk(chunk));
  }
};
template <> struct Element<Type::BF16> {
  static constexpr unsigned steps = 8;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] = _mm256_slli_epi32(_mm256_cvtepu16_epi32(loadChunk(chunk)), 16);
  }
};
template <> struct Element<Type::TF32> {
  static constexpr unsigned steps = 4;
  /// The low 13 bits of the register are not looked at.
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] =
        _mm256_zextsi128_si256(_mm_and_si128(loadChunk(chunk), _mm_set1_epi32(int(0xffffe000))));
  }
};
template <> struct Element<Type::E5M2> {
  static constexpr unsigned steps = 16;
  /// e5m2 is the upper byte of f16.
  static void unfold(const uint8_t *chunk, __m256i *to) {
    __m128i bytes = loadChunk(chunk);
    to[0] = halvesToFloats(_mm_unpacklo_epi8(_mm_setzero_si128(), bytes));
    to[1] = halvesToFloats(_mm_unpackhi_epi8(_mm_setzero_si128(), bytes));
  }
};
template <> struct Element<Type::E4M3> {
  static constexpr unsigned steps = 16;
  /// Shifted into the place of f16's, exponent and mantissa give 2^-8 of the value (the biases are
  /// 7 and 15), subnormals too. The one pattern that is a NaN gives 480.
  static __m256i widen(__m128i words) {
    __m128i half = _mm_or_si128(_mm_slli_epi16(_mm_and_si128(words, _mm_set1_epi16(0x80)), 8),
                                _mm_slli_epi16(_mm_and_si128(words, _mm_set1_epi16(0x7f)), 7));
    __m256 value = _mm256_mul_ps(_mm256_cvtph_ps(half), _mm256_set1_ps(256.0f));
    __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), value);
    return _mm256_castps_si256(
        _mm256_or_ps(value, _mm256_cmp_ps(magnitude, _mm256_set1_ps(480.0f), _CMP_EQ_OQ)));
  }
  static void unfold(const uint8_t *chunk, __m256i *to) {
    __m128i bytes = loadChunk(chunk);
    to[0] = widen(_mm_cvtepu8_epi16(bytes));
    to[1] = widen(_mm_unpackhi_epi8(bytes, _mm_setzero_si128()));
  }
};
template <> struct Element<Type::S8> {
  static constexpr unsigned steps = 8;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] = _mm256_cvtepi8_epi16(loadChunk(chunk));
  }
};
template <> struct Element<Type::U8> {
  static constexpr unsigned steps = 8;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] = _mm256_cvtepu8_epi16(loadChunk(chunk));
  }
};
/// The lower nibble comes first.
template <> struct Element<Type::U4> {
  static constexpr unsigned steps = 16;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    __m128i bytes = loadChunk(chunk), mask = _mm_set1_epi8(15);
    __m128i low = _mm_and_si128(bytes, mask), high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
    to[0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(low, high));
    to[1] = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(low, high));
  }
};
template <> struct Element<Type::S4> {
  static constexpr unsigned steps = 16;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    Element<Type::U4>::unfold(chunk, to);
    __m256i eight = _mm256_set1_epi16(8);
    for (unsigned i = 0; i < 2; ++i)
      to[i] = _mm256_sub_epi16(_mm256_xor_si256(to[i], eight), eight);
  }
};
template <> struct Element<Type::B1> {
  static constexpr unsigned steps = 4;
  static void unfold(const uint8_t *chunk, __m256i *to) {
    to[0] = _mm256_zextsi128_si256(loadChunk(chunk));
  }
};

// --- From eight rows to panels -------------------------------------------------------------------

void store(uint32_t *to, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), value);
}

/// The order of columns in a right panel, and back: even ones, then odd ones.
constexpr unsigned columnOrder[8] = {0, 2, 4, 6, 1, 3, 5, 7};
__m256i evenThenOdd(__m256i v) {
  return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}
__m256i interleaved(__m256i v) {
  return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

void transpose(__m256i r[8]) {
  __m256 t[8], u[8];
  for (unsigned i = 0; i < 4; ++i) {
    __m256 a = _mm256_castsi256_ps(r[2 * i]), b = _mm256_castsi256_ps(r[2 * i + 1]);
    t[2 * i] = _mm256_unpacklo_ps(a, b);
    t[2 * i + 1] = _mm256_unpackhi_ps(a, b);
  }
  for (unsigned i = 0; i < 8; i += 4) {
    u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  for (unsigned i = 0; i < 4; ++i) {
    r[i] = _mm256_castps_si256(_mm256_permute2f128_ps(u[i], u[i + 4], 0x20));
    r[i + 4] = _mm256_castps_si256(_mm256_permute2f128_ps(u[i], u[i + 4], 0x31));
  }
}

template <Type T> void unfoldLeft(const uint8_t *const rows[8], uint32_t *words, unsigned pitch) {
  constexpr unsigned steps = Element<T>::steps;
  for (unsigned row = 0; row < 8; ++row) {
    __m256i v[2];
    Element<T>::unfold(rows[row], v);
    uint32_t *to = words + row * pitch;
    if constexpr (steps == 4) {
      _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm256_castsi256_si128(v[0]));
    } else {
      for (unsigned i = 0; i < steps / 8; ++i)
        store(to + 8 * i, v[i]);
    }
  }
}

template <Type T> void unfoldRight(const uint8_t *const rows[8], uint32_t *words, unsigned) {
  constexpr unsigned steps = Element<T>::steps, vectors = steps == 4 ? 1 : steps / 8;
  __m256i v[vectors][8];
  for (unsigned i = 0; i < 8; ++i) {
    __m256i row[2];
    Element<T>::unfold(rows[columnOrder[i]], row);
    for (unsigned j = 0; j < vectors; ++j)
      v[j][i] = row[j];
  }
  for (unsigned j = 0; j < vectors; ++j) {
    transpose(v[j]);
    for (unsigned i = 0; i < (steps == 4 ? 4 : 8); ++i)
      store(words + (j * 8 + i) * 8, v[j][i]);
  }
}

template <Type T>
void unfoldLeftTransposed(const uint8_t *const rows[8], uint32_t *words, unsigned pitch) {
  __m256i v[8];
  for (unsigned step = 0; step < 8; ++step)
    Element<T>::unfold(rows[step], &v[step]);
  transpose(v);
  for (unsigned row = 0; row < 8; ++row)
    store(words + row * pitch, v[row]);
}

template <Type T>
void unfoldRightTransposed(const uint8_t *const rows[8], uint32_t *words, unsigned) {
  for (unsigned step = 0; step < 8; ++step) {
    __m256i v;
    Element<T>::unfold(rows[step], &v);
    store(words + step * 8, evenThenOdd(v));
  }
}

template <Type T> constexpr Unfolding unfolding() {
  Unfolding result{unfoldLeft<T>, unfoldRight<T>, nullptr, nullptr};
  if constexpr (T == Type::F16 || T == Type::BF16) {
    result.leftTransposed = unfoldLeftTransposed<T>;
    result.rightTransposed = unfoldRightTransposed<T>;
  }
  return result;
}

// --- Arithmetic ----------------------------------------------------------------------------------

/// The accumulation of one vector of eight columns: the sum starts from zeros, takes a step's left
/// word (in all elements) and right words at a time, and finish(sum, c) adds C.
struct FloatDot {
  static __m256i step(__m256i sum, __m256i a, __m256i b) {
    return _mm256_castps_si256(
        _mm256_fmadd_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), _mm256_castsi256_ps(sum)));
  }
  static __m256i finish(__m256i sum, __m256i c) {
    __m256 value = _mm256_add_ps(_mm256_castsi256_ps(sum), _mm256_castsi256_ps(c));
    return _mm256_castps_si256(_mm256_blendv_ps(value,
                                                _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff)),
                                                _mm256_cmp_ps(value, value, _CMP_UNORD_Q)));
  }
};
struct IntegerDot {
  static __m256i step(__m256i sum, __m256i a, __m256i b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }
  static __m256i finish(__m256i sum, __m256i c) { return _mm256_add_epi32(sum, c); }
};
/// The products of one instruction cannot overflow (at most 64 of 2^16); only their sum with C can.
struct SaturatingDot : IntegerDot {
  static __m256i finish(__m256i sum, __m256i c) {
    __m256i wrapped = _mm256_add_epi32(sum, c);
    // Overflow: both summands have the sign that the result has not.
    __m256i overflow =
        _mm256_andnot_si256(_mm256_xor_si256(sum, c), _mm256_xor_si256(sum, wrapped));
    __m256i limit = _mm256_xor_si256(_mm256_srai_epi32(sum, 31), _mm256_set1_epi32(0x7fffffff));
    return _mm256_castps_si256(_mm256_blendv_ps(
        _mm256_castsi256_ps(wrapped), _mm256_castsi256_ps(limit), _mm256_castsi256_ps(overflow)));
  }
};
template <bool isXor> struct PopcDot {
  static __m256i step(__m256i sum, __m256i a, __m256i b) {
    __m256i bits = isXor ? _mm256_xor_si256(a, b) : _mm256_and_si256(a, b);
    __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, //
                                      0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    __m256i mask = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_add_epi8(
        _mm256_shuffle_epi8(counts, _mm256_and_si256(bits, mask)),
        _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(bits, 4), mask)));
    __m256i pairs = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  static __m256i finish(__m256i sum, __m256i c) { return _mm256_add_epi32(sum, c); }
};

/// Eight columns of one row of an accumulator core, in the order of right panels.
struct Words {
  static __m256i load(const void *const *c, unsigned core, unsigned row) {
    auto *even = static_cast<const uint32_t *>(c[2 * core]) + 4 * row;
    auto *odd = static_cast<const uint32_t *>(c[2 * core + 1]) + 4 * row;
    return _mm256_loadu2_m128i(reinterpret_cast<const __m128i *>(odd),
                               reinterpret_cast<const __m128i *>(even));
  }
  static void store(void *const *d, unsigned core, unsigned row, __m256i value) {
    auto *even = static_cast<uint32_t *>(d[2 * core]) + 4 * row;
    auto *odd = static_cast<uint32_t *>(d[2 * core + 1]) + 4 * row;
    _mm256_storeu2_m128i(reinterpret_cast<__m128i *>(odd), reinterpret_cast<__m128i *>(even),
                         value);
  }
};
struct Halves {
  static __m256i load(const void *const *c, unsigned core, unsigned row) {
    auto *from = static_cast<const uint8_t *>(c[core]) + 16 * row;
    return evenThenOdd(halvesToFloats(loadChunk(from)));
  }
  static void store(void *const *d, unsigned core, unsigned row, __m256i value) {
    auto *to = reinterpret_cast<__m128i *>(static_cast<uint8_t *>(d[core]) + 16 * row);
    _mm_storeu_si128(to, _mm256_cvtps_ph(_mm256_castsi256_ps(interleaved(value)),
                                         _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
};

/// `rows` rows of a row block by `blocks` column blocks: eight sums, which stay in registers, and
/// as many that do not wait for each other. A step costs a load of right words for each block and a
/// broadcast of left ones for each row.
template <class Dot, class C, class D, unsigned rows, unsigned blocks>
inline void multiplyTile(const Product &p, unsigned rowBlock, unsigned row, unsigned columnBlock) {
  static_assert(rows * blocks == 8);
  __m256i sum[rows][blocks];
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < blocks; ++j)
      sum[i][j] = _mm256_setzero_si256();
  const uint32_t *left = p.left + (rowBlock * 8 + row) * p.steps;
  const uint32_t *right = p.right + columnBlock * p.steps * 8;
  for (unsigned step = 0; step < p.steps; ++step) {
    __m256i b[blocks];
    for (unsigned j = 0; j < blocks; ++j)
      b[j] =
          _mm256_loadu_si256(reinterpret_cast<const __m256i *>(right + (j * p.steps + step) * 8));
    for (unsigned i = 0; i < rows; ++i) {
      __m256i a = _mm256_set1_epi32(int(left[i * p.steps + step]));
      for (unsigned j = 0; j < blocks; ++j)
        sum[i][j] = Dot::step(sum[i][j], a, b[j]);
    }
  }
  for (unsigned j = 0; j < blocks; ++j) {
    unsigned core = accumulatorRegister(rowBlock, columnBlock + j, p.rowBlocks, 1);
    for (unsigned i = 0; i < rows; ++i) {
      __m256i c = p.c ? C::load(p.c, core, row + i) : _mm256_setzero_si256();
      D::store(p.d, core, row + i, Dot::finish(sum[i][j], c));
    }
  }
}

template <class Dot, class C, class D> void multiply(const Product &p) {
  for (unsigned rowBlock = 0; rowBlock < p.rowBlocks; ++rowBlock) {
    const unsigned pairs = p.columnBlocks / 2 * 2;
    for (unsigned row = 0; row < 8; row += 4)
      for (unsigned columnBlock = 0; columnBlock < pairs; columnBlock += 2)
        multiplyTile<Dot, C, D, 4, 2>(p, rowBlock, row, columnBlock);
    if (pairs < p.columnBlocks)
      multiplyTile<Dot, C, D, 8, 1>(p, rowBlock, 0, pairs);
  }
}

} // namespace

unsigned azulejo::cudasim::stepsPerChunk(Type element) {
  switch (element) {
  case Type::TF32:
  case Type::B1:
    return 4;
  case Type::E4M3:
  case Type::E5M2:
  case Type::S4:
  case Type::U4:
    return 16;
  default:
    return 8;
  }
}

Unfolding azulejo::cudasim::findUnfolding(Type element) {
  switch (element) {
  case Type::F16:
    return unfolding<Type::F16>();
  case Type::BF16:
    return unfolding<Type::BF16>();
  case Type::TF32:
    return unfolding<Type::TF32>();
  case Type::E4M3:
    return unfolding<Type::E4M3>();
  case Type::E5M2:
    return unfolding<Type::E5M2>();
  case Type::S8:
    return unfolding<Type::S8>();
  case Type::U8:
    return unfolding<Type::U8>();
  case Type::S4:
    return unfolding<Type::S4>();
  case Type::U4:
    return unfolding<Type::U4>();
  case Type::B1:
    return unfolding<Type::B1>();
  default:
    return {};
  }
}

Multiply azulejo::cudasim::findMultiply(Arithmetic arithmetic, Type c, Type d) {
  bool words = c == Type::S32 && d == Type::S32;
  switch (arithmetic) {
  case Arithmetic::Float:
    if (c == Type::F32)
      return d == Type::F32   ? multiply<FloatDot, Words, Words>
             : d == Type::F16 ? multiply<FloatDot, Words, Halves>
                              : nullptr;
    if (c == Type::F16)
      return d == Type::F32   ? multiply<FloatDot, Halves, Words>
             : d == Type::F16 ? multiply<FloatDot, Halves, Halves>
                              : nullptr;
    return nullptr;
  case Arithmetic::Integer:
    return words ? multiply<IntegerDot, Words, Words> : nullptr;
  case Arithmetic::IntegerSaturating:
    return words ? multiply<SaturatingDot, Words, Words> : nullptr;
  case Arithmetic::AndPopc:
    return words ? multiply<PopcDot<false>, Words, Words> : nullptr;
  case Arithmetic::XorPopc:
    return words ? multiply<PopcDot<true>, Words, Words> : nullptr;
  }
  return nullptr;
}

/// Behind a call that is not inlined, so that no operation moves out from under the rounding mode.
[[gnu::noinline]] static void multiply64Rounded(const Product64 &p) {
  for (unsigned block = 0; block < p.columnBlocks; ++block)
    for (unsigned rowBlock = 0; rowBlock < p.rowBlocks; ++rowBlock) {
      unsigned core = accumulatorRegister(rowBlock, block, p.rowBlocks, 2);
      double sums[8][8];
      for (unsigned row = 0; row < 8; ++row)
        for (unsigned column = 0; column < 8; ++column) {
          double sum = p.c[core + column % 2][4 * row + column / 2];
          for (unsigned chunk = 0; chunk < p.chunks; ++chunk) {
            const double *a = p.a[multiplicandRegister(rowBlock, chunk, p.rowBlocks)] + 4 * row;
            const double *b = p.b[multiplicandRegister(block, chunk, p.columnBlocks)] + 4 * column;
            for (unsigned k = 0; k < 4; ++k)
              sum = __builtin_fma(a[k], b[k], sum);
          }
          sums[row][column] = sum;
        }
      for (unsigned row = 0; row < 8; ++row)
        for (unsigned column = 0; column < 8; ++column)
          p.d[core + column % 2][4 * row + column / 2] = sums[row][column];
    }
}

void azulejo::cudasim::multiply64(const Product64 &product) {
  static constexpr unsigned modes[] = {_MM_ROUND_NEAREST, _MM_ROUND_TOWARD_ZERO, _MM_ROUND_DOWN,
                                       _MM_ROUND_UP};
  unsigned saved = _mm_getcsr();
  if (product.rounding != Rounding64::Nearest)
    _mm_setcsr((saved & ~unsigned(_MM_ROUND_MASK)) | modes[unsigned(product.rounding)]);
  multiply64Rounded(product);
  if (product.rounding != Rounding64::Nearest)
    _mm_setcsr(saved);
}
