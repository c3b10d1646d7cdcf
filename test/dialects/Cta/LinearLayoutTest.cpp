#include "RandomLayout.h"
#include "dialects/Cta/TileLayouts.h"
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace azulejo::cta;

using Elements = std::map<std::pair<int64_t, int64_t>, llvm::SmallVector<int64_t>>;

/// Each element's holders, counted.
static std::map<std::vector<int64_t>, int> countHolders(const LinearLayout &layout) {
  std::map<std::vector<int64_t>, int> holders;
  for (int64_t thread = 0; thread < layout.getWarps() * 32; ++thread)
    for (int64_t number = 0; number < layout.getRegisters(); ++number) {
      auto element = layout.getElement(number, thread);
      ++holders[std::vector<int64_t>(element.begin(), element.end())];
    }
  return holders;
}

static void expectComplete(const LinearLayout &layout) {
  EXPECT_EQ(layout.explainInvalid(), "");
  int64_t size = 1;
  for (int64_t extent : layout.getShape())
    size *= extent;
  auto holders = countHolders(layout);
  EXPECT_EQ(int64_t(holders.size()), size);
  int copies = 1 << llvm::popcount(layout.getFreeThreadBits());
  for (auto &[element, count] : holders) {
    EXPECT_EQ(count, copies);
    for (unsigned dim = 0; dim < layout.getRank(); ++dim)
      EXPECT_LT(element[dim], layout.getShape()[dim]);
  }
}

TEST(LinearLayoutTest, RandomLayoutsHoldEachElementAlike) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 60; ++trial)
    expectComplete(makeLayout(random, {int64_t(1) << random() % 6, 3 << random() % 4}, random() % 3,
                              trial % 2));
}

TEST(LinearLayoutTest, DroppedDimensionKeepsOwners) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 60; ++trial) {
    LinearLayout layout = makeLayout(random, {8, 24, 4}, 2, trial % 2);
    unsigned dim = trial % 3;
    LinearLayout dropped = layout.dropDimension(dim);
    expectComplete(dropped);
    for (int64_t thread = 0; thread < 128; ++thread) {
      std::set<std::vector<int64_t>> expected, actual;
      for (int64_t number = 0; number < layout.getRegisters(); ++number) {
        auto element = layout.getElement(number, thread);
        element.erase(element.begin() + dim);
        expected.insert({element.begin(), element.end()});
      }
      for (int64_t number = 0; number < dropped.getRegisters(); ++number) {
        auto element = dropped.getElement(number, thread);
        actual.insert({element.begin(), element.end()});
      }
      EXPECT_EQ(expected, actual);
    }
  }
}

TEST(LinearLayoutTest, InsertedDimensionDropsOut) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 60; ++trial) {
    LinearLayout layout = makeLayout(random, {8, 24}, 2, trial % 2);
    unsigned dim = trial % 3;
    LinearLayout inserted = layout.insertDimension(dim, 12);
    expectComplete(inserted);
    EXPECT_EQ(inserted.dropDimension(dim), layout);
  }
}

TEST(LinearLayoutTest, TransposedHoldsTheSame) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 40; ++trial) {
    LinearLayout layout = makeLayout(random, {8, 24, 4}, 1, trial % 2);
    LinearLayout transposed = layout.transpose({2, 0, 1});
    EXPECT_EQ(transposed.transpose({1, 2, 0}), layout);
    int64_t thread = random() % 64, number = random() % layout.getAtomRegisters();
    auto element = layout.getElement(number, thread);
    auto other = transposed.getElement(number, thread);
    EXPECT_EQ(other[0], element[2]);
    EXPECT_EQ(other[1], element[0]);
    EXPECT_EQ(other[2], element[1]);
  }
}

TEST(LinearLayoutTest, Blocked) {
  for (int64_t vector : {1, 4, 8})
    for (auto shape : {std::pair<int64_t, int64_t>{64, 64}, {16, 8}, {1, 4096}, {48, 80}})
      for (auto order : {std::pair<int64_t, int64_t>{1, 0}, {0, 1}})
        expectComplete(
            getBlockedLayout({shape.first, shape.second}, {order.first, order.second}, vector, 2));
  // Neighbouring threads hold neighbouring vectors.
  LinearLayout layout = getBlockedLayout({16, 256}, {1, 0}, 8, 2);
  EXPECT_EQ(layout.getElement(3, 0)[1], 3);
  EXPECT_EQ(layout.getElement(3, 5)[1], 43);
  EXPECT_EQ(layout.getElement(0, 32)[0], 1);
}

/// Fragments as the PTX ISA describes them: lane -> group (lane / 4) and thread in group (lane %
/// 4).
TEST(LinearLayoutTest, FragmentsAreThoseOfThePtxIsa) {
  for (unsigned bits : {8, 16, 32}) {
    MmaShape mma = getMmaShape(bits);
    int64_t packed = mma.packed;
    LinearLayout a = getLeftOperandLayout({mma.m, mma.k}, bits, {0, 0});
    LinearLayout b = getRightOperandLayout({mma.k, mma.n}, bits, {0, 0});
    LinearLayout c = getAccumulatorLayout({mma.m, mma.n}, bits, {0, 0});
    for (int64_t lane = 0; lane < 32; ++lane) {
      int64_t group = lane / 4, inGroup = lane % 4;
      for (int64_t i = 0; i < 4 * packed; ++i) {
        int64_t reg = i / packed;
        EXPECT_EQ(a.getElement(i, lane),
                  (llvm::SmallVector<int64_t>{group + 8 * (reg % 2), inGroup * packed + i % packed +
                                                                         reg / 2 * 4 * packed}));
      }
      for (int64_t i = 0; i < 2 * packed; ++i)
        EXPECT_EQ(b.getElement(i, lane),
                  (llvm::SmallVector<int64_t>{
                      inGroup * packed + i % packed + i / packed * 4 * packed, group}));
      for (int64_t i = 0; i < 4; ++i)
        EXPECT_EQ(c.getElement(i, lane),
                  (llvm::SmallVector<int64_t>{group + 8 * (i / 2), inGroup * 2 + i % 2}));
    }
  }
  LinearLayout a = getLeftOperandLayout({8, 4}, 64, {0, 0}),
               b = getRightOperandLayout({4, 8}, 64, {0, 0}),
               c = getAccumulatorLayout({8, 8}, 64, {0, 0});
  for (int64_t lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(a.getElement(0, lane), (llvm::SmallVector<int64_t>{lane / 4, lane % 4}));
    EXPECT_EQ(b.getElement(0, lane), (llvm::SmallVector<int64_t>{lane % 4, lane / 4}));
    EXPECT_EQ(c.getElement(1, lane), (llvm::SmallVector<int64_t>{lane / 4, lane % 4 * 2 + 1}));
  }
}

TEST(LinearLayoutTest, WgmmaAccumulators) {
  // wgmma.m64n176k16, D: row = warp * 16 + group + 8 * (i / 2 % 2), column = i / 4 * 8 + ...
  LinearLayout c = getAccumulatorLayout({64, 176}, 16, {2, 0});
  expectComplete(c);
  for (int64_t thread = 0; thread < 128; ++thread)
    for (int64_t i = 0; i < 88; ++i)
      EXPECT_EQ(c.getElement(i, thread),
                (llvm::SmallVector<int64_t>{thread / 32 * 16 + thread % 32 / 4 + 8 * (i / 2 % 2),
                                            i / 4 * 8 + thread % 4 * 2 + i % 2}));
}

TEST(LinearLayoutTest, WarpsThatHaveNothingToDoRepeat) {
  LinearLayout c = getAccumulatorLayout({16, 64}, 16, {2, 1});
  expectComplete(c);
  EXPECT_EQ(c.getFreeThreadBits(), 0b01100000u);
}
