#include "dialects/Cta/ConversionPlan.h"
#include "RandomLayout.h"
#include "dialects/Cta/TileLayouts.h"
#include <gtest/gtest.h>
#include <set>

using namespace azulejo::cta;

/// Executes a plan for one atom on all registers, lanes and warps, and expects each to end up with
/// its element. Returns the kind.
static ConversionPlan::Kind check(const LinearLayout &from, const LinearLayout &to,
                                  unsigned elementBits) {
  ConversionPlan plan(from, to, elementBits);
  BitMatrix fromMatrix = from.getMatrix(), toMatrix = to.getMatrix();
  unsigned fromRegisterBits = from.getRegisterBits(), toRegisterBits = to.getRegisterBits();
  uint64_t threads = to.getWarps() * 32;
  if (plan.getKind() != ConversionPlan::Shared) {
    BitSpan selected(plan.getSelected());
    for (uint64_t thread = 0; thread < threads; ++thread)
      for (uint64_t number = 0; number < uint64_t(to.getAtomRegisters()); ++number) {
        uint64_t reader = number | thread << toRegisterBits;
        uint64_t source = plan.getSource()(reader);
        uint64_t lane = source >> fromRegisterBits;
        uint64_t holder = (source & (from.getAtomRegisters() - 1)) | (lane | (thread & ~31u))
                                                                         << fromRegisterBits;
        EXPECT_EQ(fromMatrix(holder), toMatrix(reader));
        if (plan.getKind() == ConversionPlan::Registers)
          EXPECT_EQ(lane, thread & 31);
        EXPECT_TRUE(
            selected.contains((source ^ plan.getSource()(number)) & (from.getAtomRegisters() - 1)));
      }
    return plan.getKind();
  }
  // A permutation of positions; vectors are whole on both sides.
  unsigned bits = from.getAtomBits();
  EXPECT_EQ(plan.getMemory().rank(), bits);
  uint64_t vector = uint64_t(1) << plan.getVectorBits();
  unsigned bytes = std::max(8u, elementBits) / 8 * vector;
  EXPECT_LE(bytes, 16u);
  for (const LinearLayout *side : {&from, &to}) {
    // The lanes of one wavefront meet no bank twice, but to read the same.
    unsigned wavefront = std::min(32u, 128 / bytes);
    BitMatrix position = plan.getMemory().compose(side->getMatrix());
    for (uint64_t number = 0; number < uint64_t(side->getAtomRegisters()); ++number) {
      std::set<uint64_t> ownVectors;
      for (uint64_t other = 0; other < uint64_t(side->getAtomRegisters()); ++other)
        if (position(other) / vector == position(number) / vector)
          ownVectors.insert(position(other));
      EXPECT_EQ(ownVectors.size(), vector);
    }
    for (uint64_t first = 0; first < threads; first += wavefront) {
      std::set<uint64_t> addresses, banks;
      for (uint64_t thread = first; thread < first + wavefront; ++thread) {
        uint64_t address = position(thread << side->getRegisterBits()) / vector * bytes;
        addresses.insert(address);
        banks.insert(address % 128);
      }
      EXPECT_EQ(addresses.size(), banks.size());
    }
  }
  return plan.getKind();
}

TEST(ConversionPlanTest, RandomLayouts) {
  std::mt19937 random(1);
  int kinds[3] = {};
  for (int trial = 0; trial < 300; ++trial) {
    llvm::SmallVector<int64_t> shape{int64_t(1) << random() % 6, int64_t(1) << random() % 6};
    unsigned warpBits = random() % 3;
    LinearLayout from = makeLayout(random, shape, warpBits, trial % 2),
                 to = makeLayout(random, shape, warpBits, trial % 2);
    for (unsigned bits : {1, 8, 16, 32, 64})
      ++kinds[check(from, to, bits)];
  }
  EXPECT_GT(kinds[ConversionPlan::Shared], 0);
}

TEST(ConversionPlanTest, NoConversionIsInRegisters) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 50; ++trial) {
    LinearLayout layout = makeLayout(random, {16, 32}, 2, trial % 2);
    EXPECT_EQ(check(layout, layout, 32), ConversionPlan::Registers);
  }
}

TEST(ConversionPlanTest, CheapestFirst) {
  // Registers in another order.
  EXPECT_EQ(check(LinearLayout({4, 32}, {32, 64}, {1, 2, 4, 8, 16}, {}),
                  LinearLayout({4, 32}, {64, 32}, {1, 2, 4, 8, 16}, {}), 32),
            ConversionPlan::Registers);
  // Lanes in another order.
  EXPECT_EQ(check(LinearLayout({4, 32}, {32, 64}, {1, 2, 4, 8, 16}, {}),
                  LinearLayout({4, 32}, {32, 64}, {2, 1, 4, 8, 16}, {}), 32),
            ConversionPlan::Shuffles);
  // Warps hold other rows.
  EXPECT_EQ(check(LinearLayout({4, 32}, {32}, {1, 2, 4, 8, 16}, {64}),
                  LinearLayout({4, 32}, {64}, {1, 2, 4, 8, 16}, {32}), 32),
            ConversionPlan::Shared);
  // The accumulator of one product is the left operand of the next, in attention: no move at all.
  EXPECT_EQ(check(getAccumulatorLayout({64, 64}, 16, {2, 0}),
                  getLeftOperandLayout({64, 64}, 16, {2, 0}), 16),
            ConversionPlan::Registers);
}

TEST(ConversionPlanTest, AccumulatorsToWideRows) {
  for (unsigned bits : {16, 32}) {
    LinearLayout from = getAccumulatorLayout({64, 128}, bits, {1, 1}),
                 to = getBlockedLayout({64, 128}, {1, 0}, 128 / bits, 2);
    EXPECT_EQ(check(from, to, bits), ConversionPlan::Shared);
    EXPECT_EQ(check(to, from, bits), ConversionPlan::Shared);
  }
}
