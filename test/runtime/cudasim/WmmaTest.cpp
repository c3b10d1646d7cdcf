//===- WmmaTest.cpp - Every wmma against plain matrix products ------------===//
#include "test/runtime/cudasim/MatrixValues.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <gtest/gtest.h>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

namespace {

struct Case {
  unsigned m, n, k;
  Type a, c, d;
  bool aRow = true, bRow = false, cRow = true, dRow = true, padded = false;
  Combine combine = Combine::Multiply;
  bool saturates = false;
};

std::vector<Case> makeCases() {
  std::vector<Case> cases;
  unsigned variant = 0;
  auto add = [&](unsigned m, unsigned n, unsigned k, Type a, Type c, Type d, bool layouts = true) {
    for (unsigned layout = 0; layout < (layouts ? 4 : 1); ++layout) {
      Case each{m, n, k, a, c, d};
      if (layouts) {
        each.aRow = layout & 1;
        each.bRow = layout & 2;
      }
      ++variant;
      each.cRow = variant & 1;
      each.dRow = variant & 2;
      each.padded = variant & 4;
      cases.push_back(each);
    }
  };
  for (auto [m, n] : {std::pair(16u, 16u), std::pair(32u, 8u), std::pair(8u, 32u)}) {
    for (Type c : {Type::F16, Type::F32})
      for (Type d : {Type::F16, Type::F32})
        add(m, n, 16, Type::F16, c, d);
    add(m, n, 16, Type::BF16, Type::F32, Type::F32);
    for (Type a : {Type::S8, Type::U8}) {
      add(m, n, 16, a, Type::S32, Type::S32);
      add(m, n, 16, a, Type::S32, Type::S32);
      cases.back().saturates = true;
    }
  }
  add(16, 16, 8, Type::TF32, Type::F32, Type::F32);
  add(8, 8, 4, Type::F64, Type::F64, Type::F64);
  for (Type a : {Type::S4, Type::U4})
    add(8, 8, 32, a, Type::S32, Type::S32, false);
  for (Combine combine : {Combine::And, Combine::Xor}) {
    add(8, 8, 128, Type::B1, Type::S32, Type::S32, false);
    cases.back().combine = combine;
  }
  return cases;
}

std::string nameOf(const Case &test) {
  std::string text =
      "m" + std::to_string(test.m) + "n" + std::to_string(test.n) + "k" + std::to_string(test.k);
  for (Type type : {test.d, test.a, test.c})
    text += "_" + std::string(name(type));
  for (bool row : {test.aRow, test.bRow, test.cRow, test.dRow})
    text += row ? "_row" : "_col";
  return text + (test.padded ? "_padded" : "") + (test.combine == Combine::Xor ? "_xor" : "") +
         (test.saturates ? "_satfinite" : "");
}

/// A matrix in memory, with a distance between lines.
struct Stored {
  Stored(const Matrix &matrix, bool row, bool padded)
      : row(row), bits(bitsOf(matrix.type)),
        stride((row ? matrix.columns : matrix.rows) + (padded ? 128 / bits : 0)),
        bytes(stride * (row ? matrix.rows : matrix.columns) * bits / 8) {}
  uint64_t place(unsigned r, unsigned c) const {
    return uint64_t(row ? r * stride + c : c * stride + r) * bits;
  }
  void fill(const Matrix &matrix) {
    for (unsigned r = 0; r < matrix.rows; ++r)
      for (unsigned c = 0; c < matrix.columns; ++c)
        setBits(bytes, place(r, c), bits, matrix.bits[r * matrix.columns + c]);
  }
  bool row;
  unsigned bits, stride;
  std::vector<uint8_t> bytes;
};

class Wmma : public ::testing::TestWithParam<Case> {};

TEST_P(Wmma, IsTheMatrixProduct) {
  const Case &test = GetParam();
  std::string shape =
      "m" + std::to_string(test.m) + "n" + std::to_string(test.n) + "k" + std::to_string(test.k);
  auto multiplicand = [&](unsigned rows) {
    return test.a == Type::F16   ? 8
           : test.a == Type::F64 ? 1
                                 : rows * test.k * bitsOf(test.a) / 1024;
  };
  auto accumulator = [&](Type type) { return test.m * test.n / 32 / (type == Type::F16 ? 2 : 1); };
  auto registerType = [](Type type) {
    return type == Type::F64 ? "f64" : type == Type::F32 ? "f32" : "b32";
  };
  std::string declarations;
  auto fragment = [&](const char *prefix, unsigned count, Type type) {
    std::string list;
    for (unsigned r = 0; r < count; ++r)
      list += (r ? ", %" : "{%") + std::string(prefix) + std::to_string(r);
    declarations += "  .reg ." + std::string(registerType(type)) + " %" + prefix + "<" +
                    std::to_string(count) + ">;\n";
    return list + "}";
  };
  std::string a = fragment("a", multiplicand(test.m), test.a);
  std::string b = fragment("b", multiplicand(test.n), test.a);
  std::string c = fragment("c", accumulator(test.c), test.c);
  std::string d = fragment("d", accumulator(test.d), test.d);
  Elements elements(std::hash<std::string>()(nameOf(test)));
  for (bool exact : {true, false}) {
    Matrix ma(test.a, test.m, test.k, elements, exact), mb(test.a, test.k, test.n, elements, exact);
    Matrix mc(test.c, test.m, test.n, elements, exact), md(test.d, test.m, test.n);
    if (test.c == Type::S32)
      for (uint64_t &each : mc.bits)
        each = (elements.random() % 2 ? 0x7fffffff : 0x80000000) ^ (elements.random() % 1024);
    Stored sa(ma, test.aRow, test.padded), sb(mb, test.bRow, test.padded);
    Stored sc(mc, test.cRow, test.padded), sd(md, test.dRow, test.padded);
    sa.fill(ma);
    sb.fill(mb);
    sc.fill(mc);
    auto row = [](bool row) { return row ? ".row" : ".col"; };
    auto stride = [&](const Stored &stored) {
      return test.padded ? ", " + std::to_string(stored.stride) : "";
    };
    auto typeName = [](Type type) { return "." + std::string(name(type)); };
    std::string types = test.a == Type::F16 ? typeName(test.d) + typeName(test.c)
                                            : typeName(test.d) + typeName(test.a) +
                                                  typeName(test.a) + typeName(test.c);
    const char *combine = test.combine == Combine::And   ? ".and.popc"
                          : test.combine == Combine::Xor ? ".xor.popc"
                                                         : "";
    std::string text =
        ".version 8.7\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 p0, .param "
        ".u64 "
        "p1, .param .u64 p2, .param .u64 p3)\n{\n  .reg .b64 %pa, %pb, %pc, %pd;\n" +
        declarations +
        "  ld.param.u64 %pa, [p0];\n  ld.param.u64 %pb, [p1];\n  ld.param.u64 %pc, [p2];\n"
        "  ld.param.u64 %pd, [p3];\n" +
        "  wmma.load.a.sync.aligned" + row(test.aRow) + "." + shape + ".global" + typeName(test.a) +
        " " + a + ", [%pa]" + stride(sa) + ";\n" + "  wmma.load.b.sync.aligned" + row(test.bRow) +
        "." + shape + ".global" + typeName(test.a) + " " + b + ", [%pb]" + stride(sb) + ";\n" +
        "  wmma.load.c.sync.aligned" + row(test.cRow) + "." + shape + ".global" + typeName(test.c) +
        " " + c + ", [%pc]" + stride(sc) + ";\n" + "  wmma.mma" + combine + ".sync.aligned" +
        row(test.aRow) + row(test.bRow) + "." + shape + types +
        (test.saturates ? ".satfinite " : " ") + d + ", " + a + ", " + b + ", " + c + ";\n" +
        "  wmma.store.d.sync.aligned" + row(test.dRow) + "." + shape + ".global" +
        typeName(test.d) + " [%pd], " + d + stride(sd) + ";\n  ret;\n}\n";
    PtxModule module(text, "sm_80");
    ASSERT_EQ(module.refusal, "") << text;
    uint64_t output = module.allocate(sd.bytes.size());
    LaunchResult result = module.launch(
        "k", {}, {32, 1, 1}, 0,
        {module.upload(sa.bytes), module.upload(sb.bytes), module.upload(sc.bytes), output});
    ASSERT_EQ(describe(result), "") << text;
    auto bytes = module.download<uint8_t>(output, sd.bytes.size());
    for (unsigned r = 0; r < test.m; ++r)
      for (unsigned column = 0; column < test.n; ++column) {
        uint64_t got = getBits(bytes, sd.place(r, column), sd.bits);
        double magnitude,
            sum = expected(ma, mb, mc.value(r, column), r, column, 1, test.combine, magnitude);
        ASSERT_TRUE(isExpected(test.d, got, sum, magnitude, exact, test.saturates))
            << "row " << r << " column " << column << ": " << decode(test.d, got) << " instead of "
            << sum << "\n"
            << text;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Wmma, ::testing::ValuesIn(makeCases()),
                         [](const ::testing::TestParamInfo<Case> &info) {
                           return nameOf(info.param) + "_" + std::to_string(info.index);
                         });

} // namespace
