#include "RandomLayout.h"
#include <gtest/gtest.h>

using namespace azulejo::cta;

static BitMatrix makeAny(std::mt19937 &random, unsigned inputs, unsigned outputs) {
  llvm::SmallVector<uint64_t> columns;
  for (unsigned i = 0; i < inputs; ++i)
    columns.push_back(random() & ((1u << outputs) - 1));
  return BitMatrix(columns);
}

TEST(BitMatrixTest, InverseUndoes) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 500; ++trial) {
    unsigned bits = 1 + random() % 12;
    BitMatrix matrix = makeInvertible(random, bits);
    BitMatrix inverse = *matrix.rightInverse(bits);
    for (uint64_t x = 0; x < uint64_t(1) << bits; ++x) {
      EXPECT_EQ(matrix(inverse(x)), x);
      EXPECT_EQ(inverse(matrix(x)), x);
    }
  }
}

TEST(BitMatrixTest, CompositionIsAssociative) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 500; ++trial) {
    unsigned bits = 1 + random() % 10;
    BitMatrix a = makeAny(random, bits, bits), b = makeAny(random, bits, bits),
              c = makeAny(random, bits, bits);
    EXPECT_EQ(a.compose(b).compose(c), a.compose(b.compose(c)));
    uint64_t x = random() & ((1u << bits) - 1);
    EXPECT_EQ(a.compose(b)(x), a(b(x)));
  }
}

TEST(BitMatrixTest, PseudoInverseHitsWhatIsReached) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 500; ++trial) {
    unsigned inputs = 1 + random() % 8, outputs = 1 + random() % 8;
    BitMatrix matrix = makeAny(random, inputs, outputs);
    std::optional<BitMatrix> inverse = matrix.rightInverse(outputs);
    EXPECT_EQ(inverse.has_value(), matrix.rank() == outputs);
    uint64_t reached = 0, freeBits = matrix.getFreeBits();
    for (uint64_t y = 0; y < uint64_t(1) << outputs; ++y) {
      std::optional<uint64_t> x = matrix.solve(y);
      if (x) {
        ++reached;
        EXPECT_EQ(matrix(*x), y);
        EXPECT_EQ(*x & freeBits, 0u);
        if (inverse)
          EXPECT_EQ((*inverse)(y), *x);
      }
    }
    EXPECT_EQ(reached, uint64_t(1) << matrix.rank());
    EXPECT_EQ(llvm::popcount(freeBits), int(inputs - matrix.rank()));
  }
}

TEST(BitMatrixTest, LeftDivisionIsWhatItSays) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 500; ++trial) {
    unsigned bits = 1 + random() % 8;
    BitMatrix a = makeAny(random, bits, bits), x = makeAny(random, 3, bits);
    BitMatrix product = a.compose(x);
    std::optional<BitMatrix> quotient = a.divideLeft(product);
    ASSERT_TRUE(quotient);
    EXPECT_EQ(a.compose(*quotient), product);
  }
  EXPECT_FALSE(BitMatrix({1}).divideLeft(BitMatrix({2})));
}

TEST(BitMatrixTest, IntersectionIsWhatBothHold) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 300; ++trial) {
    BitSpan a, b;
    for (int i = 0; i < 4; ++i) {
      a.insert(random() & 63);
      b.insert(random() & 63);
    }
    BitSpan both(intersect(a, b));
    for (uint64_t x = 0; x < 64; ++x)
      EXPECT_EQ(both.contains(x), a.contains(x) && b.contains(x));
  }
}
