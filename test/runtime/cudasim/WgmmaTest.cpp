//===- WgmmaTest.cpp - Every wgmma against plain matrix products ----------===//
#include "test/runtime/cudasim/MatrixValues.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <gtest/gtest.h>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

namespace {

struct Case {
  unsigned n, k;
  Type a, b, d;
  bool aInRegisters = false, aTransposed = false, bTransposed = false;
  unsigned aSwizzle = 128, bSwizzle = 128; // bytes; 16 is none
  int scaleA = 1, scaleB = 1;
  bool accumulates = true, saturates = false;
};

unsigned depthOf(Type type) { return 256 / bitsOf(type); }

std::vector<Case> makeCases() {
  std::vector<Case> cases;
  auto add = [&](unsigned n, Type a, Type b, Type d) -> Case & {
    cases.push_back({n, depthOf(a), a, b, d});
    unsigned i = unsigned(cases.size());
    cases.back().aInRegisters = i % 5 == 0;
    cases.back().aSwizzle = 16u << i % 4;
    cases.back().bSwizzle = 16u << i / 4 % 4;
    cases.back().accumulates = i % 3 != 0;
    return cases.back();
  };
  // Every N once, with types in turn.
  for (unsigned n = 8; n <= 256; n += 8) {
    add(n, Type::F16, Type::F16, n % 16 ? Type::F32 : Type::F16);
    add(n, Type::BF16, Type::BF16, Type::F32);
    add(n, Type::TF32, Type::TF32, Type::F32);
    add(n, n % 16 ? Type::E4M3 : Type::E5M2, n % 24 ? Type::E5M2 : Type::E4M3,
        n % 32 ? Type::F32 : Type::F16);
    if (n <= 32 ? n != 20 : n % 16 == 0) {
      add(n, n % 32 ? Type::S8 : Type::U8, n % 48 ? Type::U8 : Type::S8, Type::S32).saturates =
          n % 64 == 0;
      add(n, Type::B1, Type::B1, Type::S32).aInRegisters = n % 32 == 0;
    }
  }
  // Every pair of types.
  for (Type a : {Type::E4M3, Type::E5M2})
    for (Type b : {Type::E4M3, Type::E5M2})
      for (Type d : {Type::F16, Type::F32})
        add(64, a, b, d);
  for (Type a : {Type::S8, Type::U8})
    for (Type b : {Type::S8, Type::U8})
      for (bool saturates : {false, true})
        add(64, a, b, Type::S32).saturates = saturates;
  // Every layout of both operands, and signs.
  for (Type type : {Type::F16, Type::BF16})
    for (unsigned swizzleA : {16, 32, 64, 128})
      for (unsigned swizzleB : {16, 32, 64, 128})
        for (unsigned transposed = 0; transposed < 4; ++transposed) {
          Case &each = add(128, type, type, Type::F32);
          each.aInRegisters = false;
          each.aSwizzle = swizzleA;
          each.bSwizzle = swizzleB;
          each.aTransposed = transposed & 1;
          each.bTransposed = transposed & 2;
          each.scaleA = cases.size() % 3 ? 1 : -1;
          each.scaleB = cases.size() % 4 ? 1 : -1;
        }
  for (Type type : {Type::TF32, Type::E4M3, Type::S8, Type::B1})
    for (unsigned swizzleA : {16, 32, 64, 128})
      for (unsigned swizzleB : {16, 32, 64, 128}) {
        Case &each = add(32, type, type,
                         bitsOf(type) == 8 && !isFloat(type) ? Type::S32
                         : type == Type::B1                  ? Type::S32
                                                             : Type::F32);
        each.aInRegisters = false;
        each.aSwizzle = swizzleA;
        each.bSwizzle = swizzleB;
      }
  return cases;
}

std::string nameOf(const Case &test) {
  std::string text = "m64n" + std::to_string(test.n) + "k" + std::to_string(test.k);
  for (Type type : {test.d, test.a, test.b})
    text += "_" + std::string(name(type));
  text += test.aInRegisters ? "_registers"
                            : "_a" + std::to_string(test.aSwizzle) + (test.aTransposed ? "t" : "");
  return text + "_b" + std::to_string(test.bSwizzle) + (test.bTransposed ? "t" : "") +
         (test.accumulates ? "" : "_fresh") + (test.saturates ? "_satfinite" : "");
}

/// An operand in shared memory, by the canonical layouts of the ISA (and of CUTLASS): in units of
/// 16 bytes, with T elements each,
///   K-major   ((8, m), 2) : ((W/16, stride), leading or 1)
///   MN-major  ((T, W/16, m), (8, k)) : ((1, T, leading), (W, stride)), without swizzle leading and
///             stride change places
/// and bits 4 … of the address exclusive-ored with bits 7 ….
struct Layout {
  unsigned width; // bytes of an atom's row
  bool transposed;
  unsigned start, leading, stride;

  unsigned address(unsigned mn, unsigned k, unsigned bits) const {
    unsigned perChunk = 128 / bits, linear;
    if (!transposed) {
      unsigned chunk = k / perChunk;
      linear = mn / 8 * stride + mn % 8 * width + chunk * (width == 16 ? leading : 16);
    } else {
      unsigned chunk = mn / perChunk, chunks = width / 16;
      linear = width == 16 ? chunk * stride + k / 8 * leading + k % 8 * 16
                           : chunk / chunks * leading + chunk % chunks * 16 + k / 8 * stride +
                                 k % 8 * width;
    }
    linear += start;
    unsigned phase = linear >> 7 & (width / 16 - 1);
    return linear ^ phase << 4;
  }
  uint64_t descriptor() const {
    uint64_t mode = width == 128 ? 1 : width == 64 ? 2 : width == 32 ? 3 : 0;
    return uint64_t(start >> 4) | uint64_t(leading >> 4) << 16 | uint64_t(stride >> 4) << 32 |
           mode << 62;
  }
};

/// Atoms one behind the other, some space between them, K before MN or the other way round.
Layout makeLayout(unsigned width, bool transposed, unsigned mn, unsigned start, uint64_t random) {
  unsigned atom = 8 * width, gap = random % 2 ? atom : 0;
  Layout layout{width, transposed, start, 0, 0};
  if (!transposed && width != 16) {
    layout.stride = atom + gap;
    layout.leading = 16;
    if (random % 3 == 0)
      layout.start += random % (width / 32) * 32; // further along K within the atom
  } else if (!transposed) {
    layout.stride = 2 * atom + gap;
    layout.leading = atom;
  } else {
    unsigned alongMN = atom, alongK = (mn * 2 + width - 1) / width * atom + gap;
    layout.leading = width == 16 ? alongK : alongMN;
    layout.stride = width == 16 ? alongMN : alongK;
  }
  return layout;
}

const char *registerType(Type type) { return type == Type::F32 ? "f32" : "b32"; }

class Wgmma : public ::testing::TestWithParam<Case> {};

constexpr unsigned imageBytes = 128 * 1024;

std::string makeKernel(const Case &test, unsigned registers) {
  std::string d = "{", load, store,
              shape = "m64n" + std::to_string(test.n) + "k" + std::to_string(test.k);
  for (unsigned r = 0; r < registers; ++r) {
    std::string reg = "%d" + std::to_string(r), at = "[%pd+" + std::to_string(r * 512) + "];\n";
    d += (r ? ", " : "") + reg;
    load += std::string("  ld.global.") + registerType(test.d) + " " + reg + ", " + at;
    store += std::string("  st.global.") + registerType(test.d) + " [%pd+" +
             std::to_string(r * 512) + "], " + reg + ";\n";
  }
  bool half = test.a == Type::F16 || test.a == Type::BF16, whole = !isFloat(test.a);
  std::string tail;
  if (!whole)
    tail += ", " + std::to_string(test.scaleA) + ", " + std::to_string(test.scaleB);
  if (half && !test.aInRegisters)
    tail += test.aTransposed ? ", 1" : ", 0";
  if (half)
    tail += test.bTransposed ? ", 1" : ", 0";
  return ".version 8.7\n.target sm_90a\n.address_size 64\n.extern .shared .align 1024 .b8 tile[];\n"
         ".visible .entry k(.param .u64 pImage, .param .u64 pA, .param .u64 pD, .param .u64 "
         "pDescA, "
         ".param .u64 pDescB, .param .u64 pScale)\n{\n  .reg .b64 %image, %pa, %pd, %da, %db, "
         "%scale;\n"
         "  .reg .b32 %me, %i, %s, %a<4>;\n  .reg .b64 %g;\n  .reg .pred %more, %p;\n  .reg .b32 "
         "%x0, %x1, %x2, %x3;\n  .reg ." +
         std::string(registerType(test.d)) + " %d<" + std::to_string(registers) +
         ">;\n  ld.param.u64 %image, [pImage];\n  ld.param.u64 %pa, [pA];\n  ld.param.u64 %pd, "
         "[pD];\n  ld.param.u64 %da, [pDescA];\n  ld.param.u64 %db, [pDescB];\n  ld.param.u64 "
         "%scale, [pScale];\n  mov.u32 %me, %tid.x;\n  mad.wide.u32 %pa, %me, 4, %pa;\n"
         "  mad.wide.u32 %pd, %me, 4, %pd;\n  shl.b32 %i, %me, 4;\n"
         "fill:\n  cvt.u64.u32 %g, %i;\n  add.u64 %g, %g, %image;\n  ld.global.v4.b32 {%x0, %x1, "
         "%x2, %x3}, [%g];\n  mov.u32 %s, tile;\n  add.u32 %s, %s, %i;\n  st.shared.v4.b32 [%s], "
         "{%x0, %x1, %x2, %x3};\n  add.u32 %i, %i, 2048;\n  setp.lt.u32 %more, %i, " +
         std::to_string(imageBytes) +
         ";\n  @%more bra fill;\n  fence.proxy.async;\n  bar.sync 0;\n"
         "  ld.global.b32 %a0, [%pa];\n  ld.global.b32 %a1, [%pa+512];\n  ld.global.b32 %a2, "
         "[%pa+1024];\n  ld.global.b32 %a3, [%pa+1536];\n" +
         load +
         "  setp.ne.u64 %p, %scale, 0;\n  wgmma.fence.sync.aligned;\n  wgmma.mma_async.sync." +
         "aligned." + shape + (test.saturates ? ".satfinite" : "") + "." +
         std::string(name(test.d)) + "." + std::string(name(test.a)) + "." +
         std::string(name(test.b)) + (test.a == Type::B1 ? ".and.popc " : " ") + d + "}, " +
         (test.aInRegisters ? "{%a0, %a1, %a2, %a3}" : "%da") + ", %db, %p" + tail +
         ";\n  wgmma.commit_group.sync.aligned;\n  wgmma.wait_group.sync.aligned 0;\n" + store +
         "  ret;\n}\n";
}

TEST_P(Wgmma, IsTheMatrixProduct) {
  const Case &test = GetParam();
  unsigned bits = bitsOf(test.a), dBits = bitsOf(test.d);
  unsigned perLane = test.n / 2, registers = perLane * dBits / 32;
  std::string text = makeKernel(test, registers);
  PtxModule module(text, "sm_90a");
  ASSERT_EQ(module.refusal, "") << text;
  Elements elements(std::hash<std::string>()(nameOf(test)));
  for (bool exact : {true, false}) {
    Matrix a(test.a, 64, test.k, elements, exact), b(test.b, test.k, test.n, elements, exact);
    Matrix c(test.d, 64, test.n, elements, exact);
    if (test.d == Type::S32)
      for (uint64_t &each : c.bits)
        each = (elements.random() % 2 ? 0x7fffffff : 0x80000000) ^ (elements.random() % 4096);
    Layout la = makeLayout(test.aSwizzle, test.aTransposed, 64, 0, elements.random());
    Layout lb = makeLayout(test.bSwizzle, test.bTransposed, test.n, 48 * 1024, elements.random());
    std::vector<uint8_t> image(imageBytes), aBytes(4 * 512), dBytes(registers * 512);
    unsigned perChunk = 128 / bits;
    for (unsigned row = 0; row < 64; ++row)
      for (unsigned k = 0; k < test.k; ++k) {
        unsigned within = (test.aTransposed ? row : k) % perChunk;
        setBits(image, la.address(row, k, bits) * 8 + within * bits, bits, a.at(row, k));
        unsigned lane = row / 16 * 32 + row % 8 * 4 + k * bits / 32 % 4;
        unsigned reg = (row % 16 >= 8) + 2 * (k * bits / 128);
        setBits(aBytes, (reg * 128 + lane) * 32 + k * bits % 32, bits, a.at(row, k));
      }
    for (unsigned k = 0; k < test.k; ++k)
      for (unsigned column = 0; column < test.n; ++column) {
        unsigned within = (test.bTransposed ? column : k) % perChunk;
        setBits(image, lb.address(column, k, bits) * 8 + within * bits, bits, b.at(k, column));
      }
    // Element i of a lane, as PTX has it: row 16w + g + 8 (i / 2 % 2), column 8 (i / 4) + 2t + i
    // % 2.
    auto place = [&](unsigned thread, unsigned i) {
      unsigned per = 32 / dBits;
      return ((i / per * 128 + thread) * per + i % per) * dBits;
    };
    auto rowOf = [](unsigned thread, unsigned i) {
      return thread / 32 * 16 + thread % 32 / 4 + i / 2 % 2 * 8;
    };
    auto columnOf = [](unsigned thread, unsigned i) { return i / 4 * 8 + thread % 4 * 2 + i % 2; };
    for (unsigned thread = 0; thread < 128; ++thread)
      for (unsigned i = 0; i < perLane; ++i)
        setBits(dBytes, place(thread, i), dBits, c.at(rowOf(thread, i), columnOf(thread, i)));
    uint64_t d = module.upload(dBytes);
    module.options.asyncTiming = exact ? AsyncTiming::Late : AsyncTiming::Early;
    LaunchResult result = module.launch("k", {}, {128, 1, 1}, imageBytes,
                                        {module.upload(image), module.upload(aBytes), d,
                                         la.descriptor(), lb.descriptor(), test.accumulates});
    ASSERT_EQ(describe(result), "") << text;
    EXPECT_EQ(result.counters.tensorMultiplyAdds, 64 * test.n * test.k);
    auto bytes = module.download<uint8_t>(d, dBytes.size());
    double scale = test.scaleA * test.scaleB;
    Combine combine = test.a == Type::B1 ? Combine::And : Combine::Multiply;
    for (unsigned thread = 0; thread < 128; ++thread)
      for (unsigned i = 0; i < perLane; ++i) {
        unsigned row = rowOf(thread, i), column = columnOf(thread, i);
        uint64_t got = getBits(bytes, place(thread, i), dBits);
        double magnitude, sum = expected(a, b, test.accumulates ? c.value(row, column) : 0, row,
                                         column, scale, combine, magnitude);
        ASSERT_TRUE(isExpected(test.d, got, sum, magnitude, exact, test.saturates))
            << nameOf(test) << " row " << row << " column " << column << ": " << decode(test.d, got)
            << " instead of " << sum;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Wgmma, ::testing::ValuesIn(makeCases()),
                         [](const ::testing::TestParamInfo<Case> &info) {
                           return nameOf(info.param) + "_" + std::to_string(info.index);
                         });

} // namespace
