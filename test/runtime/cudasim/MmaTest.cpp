//===- MmaTest.cpp - Every mma.sync against plain matrix products ---------===//
#include "test/runtime/cudasim/MatrixValues.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <gtest/gtest.h>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

namespace {

struct Case {
  std::string modifiers; // between "mma.sync.aligned." and the operands
  const char *architecture;
  unsigned m, k;
  Type a, b, c, d;
  Combine combine = Combine::Multiply;
  bool saturates = false;
};

std::vector<Case> makeCases() {
  std::vector<Case> cases;
  auto add = [&](const char *arch, unsigned m, unsigned k, Type a, Type b, Type c, Type d,
                 bool saturates = false) {
    std::string shape = "m" + std::to_string(m) + "n8k" + std::to_string(k);
    cases.push_back({shape + ".row.col" + (saturates ? ".satfinite" : "") + "." +
                         std::string(name(d)) + "." + std::string(name(a)) + "." +
                         std::string(name(b)) + "." + std::string(name(c)),
                     arch, m, k, a, b, c, d, Combine::Multiply, saturates});
  };
  for (unsigned k : {8u, 16u}) {
    add("sm_80", 16, k, Type::F16, Type::F16, Type::F16, Type::F16);
    add("sm_80", 16, k, Type::F16, Type::F16, Type::F32, Type::F32);
    add("sm_80", 16, k, Type::BF16, Type::BF16, Type::F32, Type::F32);
    add("sm_80", 16, k / 2, Type::TF32, Type::TF32, Type::F32, Type::F32);
  }
  for (Type a : {Type::E4M3, Type::E5M2})
    for (Type b : {Type::E4M3, Type::E5M2})
      for (Type c : {Type::F16, Type::F32})
        for (unsigned k : {16u, 32u})
          add("sm_89", 16, k, a, b, c, c);
  for (bool saturates : {false, true}) {
    for (Type a : {Type::S8, Type::U8})
      for (Type b : {Type::S8, Type::U8}) {
        add("sm_80", 8, 16, a, b, Type::S32, Type::S32, saturates);
        add("sm_80", 16, 16, a, b, Type::S32, Type::S32, saturates);
        add("sm_80", 16, 32, a, b, Type::S32, Type::S32, saturates);
      }
    for (Type a : {Type::S4, Type::U4})
      for (Type b : {Type::S4, Type::U4}) {
        add("sm_80", 8, 32, a, b, Type::S32, Type::S32, saturates);
        add("sm_80", 16, 32, a, b, Type::S32, Type::S32, saturates);
        add("sm_80", 16, 64, a, b, Type::S32, Type::S32, saturates);
      }
  }
  for (Combine combine : {Combine::And, Combine::Xor})
    for (unsigned k : {0u, 128u, 256u}) {
      unsigned m = k ? 16 : 8;
      add("sm_80", m, k ? k : 128, Type::B1, Type::B1, Type::S32, Type::S32);
      cases.back().modifiers += combine == Combine::And ? ".and.popc" : ".xor.popc";
      cases.back().combine = combine;
    }
  add("sm_80", 8, 4, Type::F64, Type::F64, Type::F64, Type::F64);
  for (unsigned k : {4u, 8u, 16u})
    add("sm_90a", 16, k, Type::F64, Type::F64, Type::F64, Type::F64);
  return cases;
}

/// Registers of `name` for a fragment, and code that loads or stores them: lane l's register r is
/// the word r * 32 + l of the buffer at `pointer`.
struct FragmentCode {
  FragmentCode(const char *prefix, unsigned registers, const char *type, unsigned bytes,
               const char *pointer)
      : list("{") {
    for (unsigned r = 0; r < registers; ++r) {
      std::string reg = "%" + std::string(prefix) + std::to_string(r);
      list += (r ? ", " : "") + reg;
      declarations += "  .reg ." + std::string(type) + " " + reg + ";\n";
      std::string at = "[" + std::string(pointer) + "+" + std::to_string(r * 32 * bytes) + "]";
      load += "  ld.global." + std::string(type) + " " + reg + ", " + at + ";\n";
      store += "  st.global." + std::string(type) + " " + at + ", " + reg + ";\n";
    }
    list += "}";
  }
  std::string list, declarations, load, store;
};

const char *registerType(Type type) {
  return type == Type::F64 ? "f64" : type == Type::F32 ? "f32" : "b32";
}

/// The kernel: four buffers with fragments as they lie in registers.
std::string makeKernel(const std::string &instruction, const char *architecture, FragmentCode a,
                       FragmentCode b, FragmentCode c, FragmentCode d, unsigned abBytes,
                       unsigned cBytes, unsigned dBytes) {
  auto pointer = [](const char *name, int index, unsigned bytes) {
    return "  ld.param.u64 %" + std::string(name) + ", [p" + std::to_string(index) +
           "];\n  mad.wide.u32 %" + name + ", %lane, " + std::to_string(bytes) + ", %" + name +
           ";\n";
  };
  return std::string(".version 8.7\n.target ") + architecture +
         "\n.address_size 64\n.visible .entry k(.param .u64 p0, .param .u64 p1, .param .u64 p2, "
         ".param .u64 p3)\n{\n  .reg .b64 %pa, %pb, %pc, %pd;\n  .reg .b32 %lane;\n" +
         a.declarations + b.declarations + c.declarations + d.declarations +
         "  mov.u32 %lane, %laneid;\n" + pointer("pa", 0, abBytes) + pointer("pb", 1, abBytes) +
         pointer("pc", 2, cBytes) + pointer("pd", 3, dBytes) + a.load + b.load + c.load + "  " +
         instruction + " " + d.list + ", " + a.list + ", " + b.list + ", " + c.list + ";\n" +
         d.store + "  ret;\n}\n";
}

class Mma : public ::testing::TestWithParam<Case> {};

/// Layouts as PTX writes them: the row and column of element i of lane 4g+t.
void placeMultiplicand(unsigned bits, unsigned rows, unsigned lane, unsigned i, unsigned &row,
                       unsigned &column) {
  unsigned perRegister = bits >= 32 ? 1 : 32 / bits, r = i / perRegister;
  unsigned g = lane / 4, t = lane % 4;
  row = rows == 16 && r % 2 ? g + 8 : g;
  column = t * perRegister + i % perRegister + r / (rows / 8) * 4 * perRegister;
}

TEST_P(Mma, IsTheMatrixProduct) {
  const Case &test = GetParam();
  bool is64 = test.a == Type::F64;
  unsigned wordBytes = is64 ? 8 : 4, bits = bitsOf(test.a);
  unsigned aElements = test.m * test.k / 32, bElements = 8 * test.k / 32, cElements = test.m / 4;
  unsigned aRegisters = aElements * bits / 8 / wordBytes;
  unsigned bRegisters = bElements * bits / 8 / wordBytes;
  unsigned cBits = bitsOf(test.c), cBytes = is64 ? 8 : 4,
           cRegisters = cElements * cBits / 8 / cBytes;
  std::string text = makeKernel(
      "mma.sync.aligned." + test.modifiers, test.architecture,
      FragmentCode("a", aRegisters, registerType(is64 ? Type::F64 : Type::B1), wordBytes, "%pa"),
      FragmentCode("b", bRegisters, registerType(is64 ? Type::F64 : Type::B1), wordBytes, "%pb"),
      FragmentCode("c", cRegisters, registerType(test.c), cBytes, "%pc"),
      FragmentCode("d", cRegisters, registerType(test.d), cBytes, "%pd"), wordBytes, cBytes,
      cBytes);
  Elements elements(std::hash<std::string>()(test.modifiers));
  for (bool exact : {true, false}) {
    Matrix a(test.a, test.m, test.k, elements, exact), b(test.b, test.k, 8, elements, exact);
    Matrix c(test.c, test.m, 8, elements, exact);
    if (test.c == Type::S32) // so that .satfinite matters
      for (uint64_t &each : c.bits)
        if (elements.random() % 2)
          each = (elements.random() % 2 ? 0x7fffffff : 0x80000000) ^ (elements.random() % 1024);
    std::vector<uint8_t> aBytes(aRegisters * 32 * wordBytes), bBytes(bRegisters * 32 * wordBytes);
    std::vector<uint8_t> cBuffer(cRegisters * 32 * cBytes);
    auto put = [&](std::vector<uint8_t> &buffer, unsigned lane, unsigned i, unsigned elementBits,
                   unsigned registerBytes, uint64_t value) {
      unsigned perRegister = registerBytes * 8 / elementBits;
      setBits(buffer,
              ((i / perRegister * 32) + lane) * registerBytes * 8 + i % perRegister * elementBits,
              elementBits, value);
    };
    unsigned row, column;
    for (unsigned lane = 0; lane < 32; ++lane) {
      for (unsigned i = 0; i < aElements; ++i) {
        placeMultiplicand(bits, test.m, lane, i, row, column);
        put(aBytes, lane, i, bits, wordBytes, a.at(row, column));
      }
      for (unsigned i = 0; i < bElements; ++i) {
        placeMultiplicand(bits, 8, lane, i, column, row);
        put(bBytes, lane, i, bits, wordBytes, b.at(row, column));
      }
      for (unsigned i = 0; i < cElements; ++i)
        put(cBuffer, lane, i, cBits, cBytes, c.at(lane / 4 + i / 2 * 8, lane % 4 * 2 + i % 2));
    }
    PtxModule module(text, test.architecture);
    ASSERT_EQ(module.refusal, "") << text;
    uint64_t output = module.allocate(cBuffer.size());
    LaunchResult result = module.launch(
        "k", {}, {32, 1, 1}, 0,
        {module.upload(aBytes), module.upload(bBytes), module.upload(cBuffer), output});
    ASSERT_EQ(describe(result), "") << text;
    EXPECT_EQ(result.counters.tensorMultiplyAdds, test.m * 8 * test.k);
    auto bytes = module.download<uint8_t>(output, cBuffer.size());
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned i = 0; i < cElements; ++i) {
        row = lane / 4 + i / 2 * 8;
        column = lane % 4 * 2 + i % 2;
        unsigned perRegister = cBytes * 8 / cBits;
        uint64_t got = getBits(
            bytes, ((i / perRegister * 32) + lane) * cBytes * 8 + i % perRegister * cBits, cBits);
        double magnitude,
            sum = expected(a, b, c.value(row, column), row, column, 1, test.combine, magnitude);
        ASSERT_TRUE(isExpected(test.d, got, sum, magnitude, exact, test.saturates))
            << test.modifiers << " row " << row << " column " << column << ": "
            << decode(test.d, got) << " instead of " << sum;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Mma, ::testing::ValuesIn(makeCases()),
                         [](const ::testing::TestParamInfo<Case> &info) {
                           std::string text = info.param.modifiers;
                           for (char &c : text)
                             if (c == '.')
                               c = '_';
                           return text;
                         });

/// Volta's shape, with its four products and all layouts.
struct QuadPairCase {
  bool aRow, bRow;
  Type c, d;
};
class MmaQuadPairs : public ::testing::TestWithParam<QuadPairCase> {};

TEST_P(MmaQuadPairs, AreFourMatrixProducts) {
  const QuadPairCase &test = GetParam();
  std::string instruction = std::string("mma.sync.aligned.m8n8k4.") + (test.aRow ? "row" : "col") +
                            (test.bRow ? ".row." : ".col.") + std::string(name(test.d)) +
                            ".f16.f16." + std::string(name(test.c));
  unsigned cRegisters = test.c == Type::F16 ? 4 : 8, dRegisters = test.d == Type::F16 ? 4 : 8;
  std::string text =
      makeKernel(instruction, "sm_80", FragmentCode("a", 2, "b32", 4, "%pa"),
                 FragmentCode("b", 2, "b32", 4, "%pb"),
                 FragmentCode("c", cRegisters, registerType(test.c), 4, "%pc"),
                 FragmentCode("d", dRegisters, registerType(test.d), 4, "%pd"), 4, 4, 4);
  Elements elements(7);
  std::vector<uint8_t> aBytes(2 * 128), bBytes(2 * 128), cBytes(cRegisters * 128);
  std::vector<Matrix> as, bs, cs;
  auto at = [](unsigned lane, unsigned i, Type type) {
    unsigned per = type == Type::F16 ? 2 : 1;
    return ((i / per * 32 + lane) * per + i % per) * bitsOf(type);
  };
  // The formulas of the ISA: lanes below 16 have the first four rows (or columns), others the rest.
  auto placeC = [](unsigned lane, unsigned i, Type type, unsigned &row, unsigned &column) {
    bool high = lane >= 16;
    row = type == Type::F16 ? lane % 4 + (high ? 4 : 0) : (lane & 1) + (i & 2) + (high ? 4 : 0);
    column = type == Type::F16 ? i : (i & 4) + (lane & 2) + (i & 1);
  };
  for (unsigned pair = 0; pair < 4; ++pair) {
    as.emplace_back(Type::F16, 8, 4, elements, true);
    bs.emplace_back(Type::F16, 4, 8, elements, true);
    cs.emplace_back(test.c, 8, 8, elements, true);
    for (unsigned lane = 0; lane < 32; ++lane) {
      if (lane % 16 / 4 != pair)
        continue;
      unsigned high = lane >= 16 ? 4 : 0, row, column;
      for (unsigned i = 0; i < 4; ++i) {
        setBits(aBytes, at(lane, i, Type::F16), 16,
                test.aRow ? as[pair].at(lane % 4 + high, i) : as[pair].at(i + high, lane % 4));
        setBits(bBytes, at(lane, i, Type::F16), 16,
                test.bRow ? bs[pair].at(lane % 4, i + high) : bs[pair].at(i, lane % 4 + high));
      }
      for (unsigned i = 0; i < 8; ++i) {
        placeC(lane, i, test.c, row, column);
        setBits(cBytes, at(lane, i, test.c), bitsOf(test.c), cs[pair].at(row, column));
      }
    }
  }
  PtxModule module(text, "sm_80");
  ASSERT_EQ(module.refusal, "") << text;
  uint64_t output = module.allocate(dRegisters * 128);
  LaunchResult result =
      module.launch("k", {}, {32, 1, 1}, 0,
                    {module.upload(aBytes), module.upload(bBytes), module.upload(cBytes), output});
  ASSERT_EQ(describe(result), "") << text;
  auto bytes = module.download<uint8_t>(output, dRegisters * 128);
  for (unsigned lane = 0; lane < 32; ++lane)
    for (unsigned i = 0; i < 8; ++i) {
      unsigned pair = lane % 16 / 4, row, column;
      placeC(lane, i, test.d, row, column);
      double magnitude, sum = expected(as[pair], bs[pair], cs[pair].value(row, column), row, column,
                                       1, Combine::Multiply, magnitude);
      EXPECT_EQ(decode(test.d, getBits(bytes, at(lane, i, test.d), bitsOf(test.d))), sum)
          << "lane " << lane << " element " << i;
    }
}

std::vector<QuadPairCase> quadPairCases() {
  std::vector<QuadPairCase> cases;
  for (bool aRow : {false, true})
    for (bool bRow : {false, true}) {
      cases.push_back({aRow, bRow, Type::F16, Type::F16});
      cases.push_back({aRow, bRow, Type::F16, Type::F32});
      cases.push_back({aRow, bRow, Type::F32, Type::F32});
    }
  return cases;
}
INSTANTIATE_TEST_SUITE_P(All, MmaQuadPairs, ::testing::ValuesIn(quadPairCases()));

} // namespace
