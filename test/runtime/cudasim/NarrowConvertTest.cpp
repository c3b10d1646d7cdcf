//===- NarrowConvertTest.cpp - fp6, fp4 and ue8m0 -------------------------===//
#include "runtime/cudasim/Instructions/Rounding.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

/// No GPU that is simulated today has these conversions: here is one with the name of one that
/// does.
namespace azulejo::cudasim::test {
namespace {

Architecture blackwell() {
  Architecture architecture = *findArchitecture("sm_90a");
  architecture.name = "sm_100a";
  architecture.major = 10;
  architecture.minor = 0;
  return architecture;
}

/// Runs `body`, which computes `result` (%out, of `resultBytes`) from %f1 and %f2, on pairs of
/// numbers.
std::vector<uint32_t> convert(const std::string &body, const std::vector<float> &a,
                              const std::vector<float> &b) {
  std::string text = R"(.version 8.8
.target sm_100a
.address_size 64
.entry k(.param .u64 a, .param .u64 b, .param .u64 out)
{
	.reg .b8 %c<3>;
	.reg .b16 %h<3>;
	.reg .b32 %r<5>;
	.reg .f32 %f<3>;
	.reg .b64 %d<4>;
	mov.u32 %r1, %ctaid.x;
	mov.u32 %r2, %tid.x;
	mad.lo.u32 %r1, %r1, 32, %r2;
	ld.param.u64 %d1, [a];
	ld.param.u64 %d2, [b];
	ld.param.u64 %d3, [out];
	mad.wide.u32 %d1, %r1, 4, %d1;
	mad.wide.u32 %d2, %r1, 4, %d2;
	mad.wide.u32 %d3, %r1, 4, %d3;
	ld.global.f32 %f1, [%d1];
	ld.global.f32 %f2, [%d2];
)" + body + R"(
	st.global.b32 [%d3], %r3;
	ret;
}
)";
  static const Architecture architecture = blackwell();
  PtxModule module(text, architecture);
  EXPECT_EQ(module.refusal, "");
  uint64_t first = module.upload(a), second = module.upload(b);
  uint64_t out = module.upload(std::vector<uint32_t>(a.size()));
  LaunchResult result =
      module.launch("k", {uint32_t(a.size() / 32), 1, 1}, {32, 1, 1}, 0, {first, second, out});
  EXPECT_EQ(describe(result), "");
  return module.download<uint32_t>(out, a.size());
}

/// A format without infinities or NaNs, from its definition.
struct Small {
  unsigned exponentBits, mantissaBits;
  double value(uint32_t code) const {
    int bias = (1 << (exponentBits - 1)) - 1;
    uint32_t exponent = code >> mantissaBits & ((1u << exponentBits) - 1);
    double mantissa = code & ((1u << mantissaBits) - 1), unit = 1 << mantissaBits;
    double magnitude = exponent ? std::ldexp(1 + mantissa / unit, int(exponent) - bias)
                                : std::ldexp(mantissa / unit, 1 - bias);
    return code >> (exponentBits + mantissaBits) & 1 ? -magnitude : magnitude;
  }
  uint32_t largest() const { return (1u << (exponentBits + mantissaBits)) - 1; }
  uint32_t nearest(float x, bool relu) const {
    if (x != x)
      return largest();
    if (relu && std::signbit(x))
      return 0;
    uint32_t best = 0;
    for (uint32_t code = 1; code <= largest(); ++code) {
      double distance = std::fabs(value(code) - std::fabs(double(x))),
             least = std::fabs(value(best) - std::fabs(double(x)));
      if (distance < least || (distance == least && !(code & 1)))
        best = code;
    }
    if (std::fabs(x) > value(largest()))
      best = largest();
    return best | uint32_t(std::signbit(x)) << (exponentBits + mantissaBits);
  }
};

std::vector<float> numbers(uint32_t seed) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> result = {
      0.0f,    -0.0f,    infinity, -infinity, NAN,    1e-40f,    -1e-40f,     0.25f,
      0.75f,   1.25f,    1.75f,    2.5f,      3.5f,   5.0f,      -5.0f,       6.0f,
      7.0f,    7.25f,    7.5f,     7.75f,     28.0f,  29.0f,     30.0f,       -31.0f,
      0.0625f, 0.03125f, 0.09375f, 3e38f,     -3e38f, 0x1p-127f, 0x1.8p-127f, 0x1.fffffep127f};
  std::mt19937 random(seed);
  while (result.size() < 2048)
    result.push_back(bitCast<float>(uint32_t(
        (110 + random() % 30) << 23 | (random() & (random() & 1 ? 0x80700000 : 0x807fffff)))));
  return result;
}

void checkBytes(const char *type, Small small) {
  std::vector<float> a = numbers(1), b = numbers(2);
  std::reverse(b.begin(), b.end());
  for (bool relu : {false, true}) {
    std::vector<uint32_t> codes =
        convert(std::string("cvt.rn.satfinite") + (relu ? ".relu." : ".") + type +
                    ".f32 %h1, %f1, %f2;\n cvt.u32.u16 %r3, %h1;",
                a, b);
    for (size_t i = 0; i < a.size(); ++i)
      ASSERT_EQ(codes[i], small.nearest(a[i], relu) << 8 | small.nearest(b[i], relu))
          << a[i] << ' ' << b[i];
  }
  // Every code, and back.
  std::vector<float> code;
  for (uint32_t k = 0; k < 64; ++k)
    code.push_back(float(k));
  std::vector<uint32_t> halves =
      convert(std::string("cvt.rzi.u16.f32 %h1, %f1;\n shl.b16 %h2, %h1, 8;\n or.b16 %h1, %h1, %h2;"
                          "\n cvt.rn.f16x2.") +
                  type + " %r3, %h1;",
              code, code);
  for (uint32_t k = 0; k < 64; ++k) {
    _Float16 value = _Float16(small.value(k));
    uint16_t bits = bitCast<uint16_t>(value);
    EXPECT_EQ(halves[k], bits * 0x10001u) << k;
  }
}
TEST(NarrowConvert, E2M3) { checkBytes("e2m3x2", {2, 3}); }
TEST(NarrowConvert, E3M2) { checkBytes("e3m2x2", {3, 2}); }

TEST(NarrowConvert, E2M1) {
  Small small{2, 1};
  std::vector<float> a = numbers(3), b = numbers(4);
  std::reverse(b.begin(), b.end());
  std::vector<uint32_t> codes =
      convert("cvt.rn.satfinite.e2m1x2.f32 %c1, %f1, %f2;\n cvt.u32.u8 %r3, %c1;", a, b);
  for (size_t i = 0; i < a.size(); ++i)
    ASSERT_EQ(codes[i], small.nearest(a[i], false) << 4 | small.nearest(b[i], false))
        << a[i] << ' ' << b[i];
  std::vector<uint32_t> halves = convert("cvt.rn.satfinite.e2m1x2.f32 %c1, %f1, %f2;\n"
                                         " cvt.rn.f16x2.e2m1x2 %r3, %c1;",
                                         a, b);
  for (size_t i = 0; i < a.size(); ++i) {
    uint16_t high = bitCast<uint16_t>(_Float16(small.value(small.nearest(a[i], false)))),
             low = bitCast<uint16_t>(_Float16(small.value(small.nearest(b[i], false))));
    ASSERT_EQ(halves[i], uint32_t(high) << 16 | low);
  }
}

/// The power of two below or above |x|; 2^-127 is code 0, what is less is too.
uint32_t powerCode(float x, bool up, bool satfinite) {
  if (x != x)
    return 255;
  double magnitude = std::fabs(double(x));
  if (std::isinf(magnitude))
    return satfinite ? 254 : 255;
  for (int code = 0; code < 255; ++code) {
    double power = std::ldexp(1.0, code - 127);
    if (up ? magnitude <= power : magnitude < 2 * power)
      return uint32_t(code);
  }
  return satfinite ? 254 : 255;
}
TEST(NarrowConvert, UE8M0) {
  std::vector<float> a = numbers(5), b = numbers(6);
  std::reverse(b.begin(), b.end());
  for (bool up : {false, true})
    for (bool satfinite : {false, true}) {
      std::string modes = std::string(up ? ".rp" : ".rz") + (satfinite ? ".satfinite" : "");
      std::vector<uint32_t> codes =
          convert("cvt" + modes + ".ue8m0x2.f32 %h1, %f1, %f2;\n cvt.u32.u16 %r3, %h1;", a, b);
      for (size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(codes[i], powerCode(a[i], up, satfinite) << 8 | powerCode(b[i], up, satfinite))
            << a[i] << ' ' << b[i];
    }
  std::vector<uint32_t> back = convert("cvt.rz.satfinite.ue8m0x2.f32 %h1, %f1, %f2;\n"
                                       " cvt.rn.bf16x2.ue8m0x2 %r3, %h1;",
                                       a, b);
  for (size_t i = 0; i < a.size(); ++i) {
    float power = std::ldexp(1.0f, int(powerCode(a[i], false, true)) - 127);
    uint32_t wanted = a[i] != a[i] ? 0x7fff : bitsOf(power) >> 16;
    ASSERT_EQ(back[i] >> 16, wanted) << a[i];
  }
}

} // namespace
} // namespace azulejo::cudasim::test
