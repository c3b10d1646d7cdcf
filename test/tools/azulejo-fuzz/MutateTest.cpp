//===- MutateTest.cpp - Mutants are the same everywhere, and come in both kinds ---------------===//
#include "tools/azulejo-fuzz/Mutate.h"
#include <gtest/gtest.h>

using namespace azulejo::fuzz;

namespace {

// Field 1 is 7, field 2 a message whose field 3 is "abc".
constexpr char kBinary[] = "\x08\x07\x12\x05\x1a\x03"
                           "abc";
constexpr char kText[] = "<ir_version: 10> g (float[2] x) => (float[2] y) { y = Relu(x) }";

TEST(MutateTest, SameSeedSameMutants) {
  for (llvm::StringRef model : {llvm::StringRef(kBinary), llvm::StringRef(kText)}) {
    Random first(5), second(5);
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ(mutate(model, model, first), mutate(model, model, second));
  }
}

TEST(MutateTest, MostMutantsDiffer) {
  for (llvm::StringRef model : {llvm::StringRef(kBinary), llvm::StringRef(kText)}) {
    Random random(1);
    int same = 0;
    for (int i = 0; i < 1000; ++i)
      same += mutate(model, model, random) == model;
    EXPECT_LT(same, 200);
  }
}

/// Some mutants of a message are whole messages whose lengths are right: the inner one gets longer.
TEST(MutateTest, LengthsFollow) {
  Random random(1);
  int longer = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string mutant = mutate(kBinary, kBinary, random);
    size_t inner = mutant.size() > 4 ? static_cast<uint8_t>(mutant[3]) : 0;
    longer += mutant.compare(0, 3, kBinary, 3) == 0 && inner > 5 && mutant.size() == inner + 4;
  }
  EXPECT_GT(longer, 5);
}

TEST(MutateTest, TextIsKnownByItsFirstSign) {
  EXPECT_TRUE(isText(" <ir_version: 10>"));
  EXPECT_TRUE(isText("# a comment"));
  EXPECT_FALSE(isText(kBinary));
}

} // namespace
