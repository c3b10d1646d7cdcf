//===- RoundingTest.cpp - Rounding helpers against exact arithmetic -------===//
#include "runtime/cudasim/Instructions/Rounding.h"
#include "runtime/cudasim/Instructions/Half.h"
#include "runtime/cudasim/Instructions/SmallFloat.h"
#include "runtime/cudasim/Instructions/Transcendental.h"
#include <gtest/gtest.h>
#include <random>
#include <vector>

/// Everything here is compared with `roundExactly`, which rounds a number given as an integer times
/// a power of two by integer arithmetic alone.
namespace azulejo::cudasim {
namespace {

using Wide = unsigned __int128;

struct Format {
  unsigned exponentBits, mantissaBits;
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  uint64_t infinity() const { return ((uint64_t(1) << exponentBits) - 1) << mantissaBits; }
  uint64_t sign() const { return uint64_t(1) << (exponentBits + mantissaBits); }
};
constexpr Format half{5, 10}, brain{8, 7}, single{8, 23};

/// (-1)^negative * value * 2^exponent, and something more than nothing but less than one unit of
/// value where `sticky`.
uint64_t roundExactly(Format format, bool negative, Wide value, int exponent, bool sticky,
                      Rounding rounding) {
  uint64_t sign = negative ? format.sign() : 0;
  if (value == 0 && !sticky)
    return sign;
  int top = -1; // of the highest bit
  for (Wide rest = value; rest; rest >>= 1)
    ++top;
  int least = 1 - format.bias() - int(format.mantissaBits); // exponent of the smallest number
  int unit = std::max(top + exponent - int(format.mantissaBits), least);
  // value * 2^exponent = kept * 2^unit + rest
  int drop = unit - exponent;
  Wide kept = drop <= 0 ? value << -drop : drop > 127 ? 0 : value >> drop;
  Wide rest = drop <= 0 ? 0 : drop > 127 ? value : value & ((Wide(1) << drop) - 1);
  bool inexact = rest != 0 || sticky;
  int againstHalf = -1; // rest against half a unit
  if (drop > 0 && drop <= 128) {
    Wide middle = Wide(1) << (drop - 1);
    againstHalf = rest > middle || (rest == middle && sticky) ? 1 : rest == middle ? 0 : -1;
  }
  bool up = false;
  switch (rounding) {
  case Rounding::Nearest:
    up = againstHalf > 0 || (againstHalf == 0 && (kept & 1));
    break;
  case Rounding::NearestAway:
    up = againstHalf >= 0;
    break;
  case Rounding::Zero:
    break;
  case Rounding::Down:
    up = negative && inexact;
    break;
  case Rounding::Up:
    up = !negative && inexact;
    break;
  }
  uint64_t code = uint64_t(kept + up) + (uint64_t(unit - least) << format.mantissaBits);
  if (code < format.infinity())
    return sign | code;
  bool toInfinity = rounding == Rounding::Nearest || rounding == Rounding::NearestAway ||
                    (rounding == Rounding::Up && !negative) ||
                    (rounding == Rounding::Down && negative);
  return sign | (toInfinity ? format.infinity() : format.infinity() - 1);
}

/// A finite double or float as an integer times a power of two.
struct Exact {
  bool negative;
  uint64_t value;
  int exponent;
};
Exact take(double x) {
  int exponent;
  double fraction = std::frexp(std::fabs(x), &exponent);
  return {std::signbit(x), uint64_t(std::ldexp(fraction, 53)), exponent - 53};
}
uint64_t roundExactly(Format format, double x, Rounding rounding) {
  Exact exact = take(x);
  return roundExactly(format, exact.negative, exact.value, exact.exponent, false, rounding);
}

constexpr Rounding directions[] = {Rounding::Nearest, Rounding::Zero, Rounding::Down, Rounding::Up};

/// Numbers at and around the boundaries of a format: each of its numbers, the middles between two,
/// and their neighbours, as doubles.
std::vector<double> boundaries(Format format, unsigned step) {
  std::vector<double> result;
  for (uint64_t code = 0; code < format.infinity(); code += step) {
    auto value = [&](uint64_t each) {
      uint64_t exponent = each >> format.mantissaBits,
               mantissa = each & ((uint64_t(1) << format.mantissaBits) - 1);
      if (exponent)
        mantissa |= uint64_t(1) << format.mantissaBits;
      return std::ldexp(double(mantissa),
                        int(exponent ? exponent : 1) - format.bias() - int(format.mantissaBits));
    };
    double low = value(code), high = value(code + 1), middle = low + (high - low) / 2;
    for (double x : {low, middle, low + (high - low) / 4})
      for (double y :
           {x, std::nextafter(x, 0.0), std::nextafter(x, 1e300),
            double(std::nextafterf(float(x), 0)), double(std::nextafterf(float(x), 3e38f))})
        for (double z : {y, -y})
          result.push_back(z);
  }
  return result;
}

std::vector<double> randomDoubles(unsigned count) {
  std::mt19937_64 random(7);
  std::vector<double> result;
  while (result.size() < count) {
    double x = std::ldexp(double(int64_t(random())), int(random() % 340) - 230);
    if (std::isfinite(float(x)))
      result.push_back(random() & 1 ? x : double(float(x)));
  }
  return result;
}

TEST(Rounding, NarrowToOddThenHalf) {
  for (const Format &format : {half, brain})
    for (const std::vector<double> &numbers :
         {boundaries(format, format.mantissaBits == 10 ? 7 : 5), randomDoubles(200000)})
      for (double x : numbers) {
        float odd = narrowToOdd(x);
        // Nothing may be lost for any direction: rounding twice is rounding once.
        for (Rounding rounding : directions)
          if (std::isfinite(odd))
            ASSERT_EQ(roundExactly(format, odd, rounding), roundExactly(format, x, rounding))
                << std::hexfloat << x;
      }
}

TEST(Rounding, NarrowToOddKeepsWhatIsNoNumber) {
  double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(narrowToOdd(infinity), std::numeric_limits<float>::infinity());
  EXPECT_EQ(narrowToOdd(-infinity), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(narrowToOdd(std::nan(""))));
  EXPECT_EQ(bitsOf(narrowToOdd(-0.0)), 0x80000000u);
  EXPECT_EQ(bitsOf(narrowToOdd(1e300)), 0x7f7fffffu);
}

CUDASIM_ROUNDED void narrowAll(const double *from, float *to, size_t count) {
  for (size_t i = 0; i < count; ++i)
    to[i] = float(from[i]);
}
CUDASIM_ROUNDED void addAll(const float *a, const float *b, float *to, size_t count) {
  for (size_t i = 0; i < count; ++i)
    to[i] = a[i] + b[i];
}
CUDASIM_ROUNDED void mulAll(const float *a, const float *b, float *to, size_t count) {
  for (size_t i = 0; i < count; ++i)
    to[i] = a[i] * b[i];
}

TEST(Rounding, ScopeRoundsInItsDirection) {
  std::vector<double> numbers = randomDoubles(100000);
  std::vector<float> narrow(numbers.size());
  for (Rounding rounding : directions) {
    {
      RoundingScope scope(rounding);
      narrowAll(numbers.data(), narrow.data(), numbers.size());
    }
    for (size_t i = 0; i < numbers.size(); ++i)
      ASSERT_EQ(bitsOf(narrow[i]), roundExactly(single, numbers[i], rounding))
          << std::hexfloat << numbers[i];
  }
  EXPECT_EQ(1.0f + 0x1p-25f, 1.0f); // and leaves nearest behind
  EXPECT_EQ(1.0f - 0x1p-26f, 1.0f);
}

/// Sums and products of floats whose exponents are near enough for 128 bits.
TEST(Rounding, SumsAndProducts) {
  std::mt19937_64 random(11);
  std::vector<float> a, b;
  for (unsigned i = 0; i < 200000; ++i) {
    uint32_t exponent = 60 + uint32_t(random() % 130);
    uint32_t other = exponent - 30 + uint32_t(random() % 60);
    uint32_t mantissa = uint32_t(random()) & (random() & 1 ? 0x807fffff : 0x80700001);
    a.push_back(bitCast<float>(exponent << 23 | mantissa));
    b.push_back(bitCast<float>(other << 23 | (uint32_t(random()) & 0x807fffff)));
  }
  std::vector<float> sums(a.size()), products(a.size());
  for (Rounding rounding : directions) {
    {
      RoundingScope scope(rounding);
      addAll(a.data(), b.data(), sums.data(), a.size());
      mulAll(a.data(), b.data(), products.data(), a.size());
    }
    for (size_t i = 0; i < a.size(); ++i) {
      Exact x = take(a[i]), y = take(b[i]);
      x.value >>= 29; // 24 bits are enough, and leave room
      x.exponent += 29;
      y.value >>= 29;
      y.exponent += 29;
      ASSERT_EQ(bitsOf(products[i]),
                roundExactly(single, x.negative != y.negative, Wide(x.value) * y.value,
                             x.exponent + y.exponent, false, rounding));
      int exponent = std::min(x.exponent, y.exponent);
      __int128 sum = __int128(x.value) << (x.exponent - exponent);
      __int128 addend = __int128(y.value) << (y.exponent - exponent);
      sum = (x.negative ? -sum : sum) + (y.negative ? -addend : addend);
      if (sum != 0)
        ASSERT_EQ(bitsOf(sums[i]), roundExactly(single, sum < 0, Wide(sum < 0 ? -sum : sum),
                                                exponent, false, rounding))
            << std::hexfloat << a[i] << " + " << b[i];
      // A sum rounded to odd may be rounded on in any direction.
      float odd = addToOdd(a[i], b[i]);
      if (sum != 0)
        ASSERT_EQ(
            roundExactly(half, odd, rounding),
            roundExactly(half, sum < 0, Wide(sum < 0 ? -sum : sum), exponent, false, rounding));
    }
  }
}

TEST(Half, EveryF16) {
  alignas(64) uint16_t codes[8];
  alignas(64) float values[8];
  for (uint32_t first = 0; first < 0x10000; first += 8) {
    for (unsigned k = 0; k < 8; ++k)
      codes[k] = uint16_t(first + k);
    F16::widen(codes, values, 8);
    alignas(64) uint16_t back[8];
    F16::narrow(values, back, 8);
    for (unsigned k = 0; k < 8; ++k) {
      bool nan = (codes[k] & 0x7fff) > F16::infinity;
      ASSERT_EQ(back[k], nan ? canonicalHalfNaN : codes[k]);
      if (!nan && (codes[k] & 0x7fff) != F16::infinity)
        ASSERT_EQ(roundExactly(half, values[k], Rounding::Zero), codes[k]);
    }
  }
}

TEST(Half, Boundaries) {
  std::vector<float> numbers;
  for (double x : boundaries(half, 1))
    numbers.push_back(float(x));
  numbers.resize(numbers.size() & ~size_t(7));
  std::vector<uint16_t> nearest(numbers.size()), zero(numbers.size()), up(numbers.size()),
      down(numbers.size());
  unsigned count = unsigned(numbers.size());
  F16::narrow(numbers.data(), nearest.data(), count);
  F16::narrow<_MM_FROUND_TO_ZERO>(numbers.data(), zero.data(), count);
  F16::narrow<_MM_FROUND_TO_POS_INF>(numbers.data(), up.data(), count);
  F16::narrow<_MM_FROUND_TO_NEG_INF>(numbers.data(), down.data(), count);
  for (size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(nearest[i], roundExactly(half, numbers[i], Rounding::Nearest));
    ASSERT_EQ(zero[i], roundExactly(half, numbers[i], Rounding::Zero));
    ASSERT_EQ(up[i], roundExactly(half, numbers[i], Rounding::Up));
    ASSERT_EQ(down[i], roundExactly(half, numbers[i], Rounding::Down));
  }
  for (double x : boundaries(brain, 1))
    ASSERT_EQ(BF16::narrow(float(x)), roundExactly(brain, float(x), Rounding::Nearest));
}

/// Nearest of the format's numbers by looking at all of them; ties to the even code.
template <class Small> uint32_t nearestCode(float x) {
  double magnitude = std::fabs(double(x));
  uint32_t best = 0;
  for (uint32_t code = 1; code <= Small::largest; ++code) {
    double distance = std::fabs(double(Small::decode(code)) - magnitude);
    double least = std::fabs(double(Small::decode(best)) - magnitude);
    if (distance < least || (distance == least && !(code & 1)))
      best = code;
  }
  return best | (std::signbit(x) ? Small::signBit : 0);
}

template <class Small> void checkSmall(Format format) {
  for (uint32_t code = 0; code <= Small::largest; ++code) {
    float value = Small::decode(code);
    if (code < format.infinity()) // formats without infinities go on beyond
      EXPECT_EQ(roundExactly(format, value, Rounding::Zero), code);
    EXPECT_EQ(Small::encode(value), code);
    EXPECT_EQ(bitsOf(Small::decode(code | Small::signBit)), bitsOf(-value));
    EXPECT_EQ(Small::encode(-value), code | Small::signBit);
    if (code == Small::largest)
      break;
    float next = Small::decode(code + 1), middle = value + (next - value) / 2;
    for (float x : {middle, std::nextafterf(middle, 0), std::nextafterf(middle, 1e9f),
                    value + (next - value) / 4})
      EXPECT_EQ(Small::encode(x), nearestCode<Small>(x)) << std::hexfloat << x;
  }
  float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Small::encode(infinity), Small::largest);
  EXPECT_EQ(Small::encode(-infinity), Small::largest | Small::signBit);
  EXPECT_EQ(Small::encode(3e38f), Small::largest);
  EXPECT_EQ(Small::encode(1e-40f), 0u);
  EXPECT_EQ(Small::encode(bitCast<float>(canonicalNaN)), Small::nan ? Small::nan : Small::largest);
  if (Small::nan)
    EXPECT_TRUE(std::isnan(Small::decode(Small::nan)));
  if (Small::infinity)
    EXPECT_EQ(Small::decode(Small::infinity), infinity);
  std::mt19937 random(3);
  for (unsigned i = 0; i < 20000; ++i) {
    float x = bitCast<float>(uint32_t((90 + random() % 60) << 23 | (random() & 0x807fffff)));
    ASSERT_EQ(Small::encode(x), nearestCode<Small>(x)) << std::hexfloat << x;
  }
}
TEST(SmallFloat, E4M3) { checkSmall<E4M3>({4, 3}); }
TEST(SmallFloat, E5M2) { checkSmall<E5M2>({5, 2}); }
TEST(SmallFloat, E2M3) { checkSmall<E2M3>({2, 3}); }
TEST(SmallFloat, E3M2) { checkSmall<E3M2>({3, 2}); }
TEST(SmallFloat, E2M1) { checkSmall<E2M1>({2, 1}); }

/// Of the approximations, what PTX promises, by a wide margin: 2^-34 against long double.
TEST(Transcendental, Precision) {
  std::mt19937 random(5);
  auto near = [](double got, long double wanted) {
    return std::fabs((long double)(got)-wanted) <= 0x1p-34L * std::fabs(wanted);
  };
  for (unsigned i = 0; i < 300000; ++i) {
    float x = bitCast<float>(uint32_t((80 + random() % 55) << 23 | (random() & 0x807fffff)));
    long double l = x;
    ASSERT_TRUE(near(ex2Double(x), std::exp2(l))) << x;
    ASSERT_TRUE(near(tanhDouble(x), std::tanh(l))) << x;
    ASSERT_LE(std::fabs(sine(x) - std::sin(l)), 0x1p-34L) << x;
    ASSERT_LE(std::fabs(cosine(x) - std::cos(l)), 0x1p-34L) << x;
    float y = bitCast<float>(uint32_t(random() % 0x7f800000u));
    if (y > 0 && y != 1)
      ASSERT_TRUE(near(lg2Double(y), std::log2((long double)(y)))) << y;
  }
}

} // namespace
} // namespace azulejo::cudasim
