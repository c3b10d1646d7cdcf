#include "tools/support/RandomDraws.h"
#include "azulejo/runtime.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cstring>
#include <random>

using namespace azulejo;

static HostValue floats(const std::vector<float> &values) {
  HostValue value;
  value.elementType = AZL_FLOAT;
  value.shape = {static_cast<int64_t>(values.size())};
  value.bytes.resize(values.size() * sizeof(float));
  std::memcpy(value.bytes.data(), values.data(), value.bytes.size());
  return value;
}

static HostValue booleans(const std::vector<uint8_t> &values) {
  HostValue value;
  value.elementType = AZL_BOOL;
  value.shape = {static_cast<int64_t>(values.size())};
  value.bytes = values;
  return value;
}

TEST(RandomDraws, Bernoulli) {
  std::vector<float> chances, usual, zeros;
  for (int i = 0; i < 100; ++i) {
    chances.push_back(i % 2 ? 0.9f : 0.1f);
    usual.push_back(i % 10 == 0 ? !(i % 2) : i % 2);
    zeros.push_back(0);
  }
  HostValue expected = floats(zeros);
  EXPECT_FALSE(findBernoulliFault(expected, floats(usual), floats(chances)));
  EXPECT_TRUE(findBernoulliFault(expected, floats(usual), floats(chances), /*complement=*/true));
  EXPECT_TRUE(findBernoulliFault(expected, floats(zeros), floats(chances)));
  EXPECT_TRUE(findBernoulliFault(expected, floats(chances), floats(chances)));
}

TEST(RandomDraws, Sample) {
  // Two generators' uniform draws, one in order, and one of another range.
  std::mt19937 first(1), second(2);
  std::vector<float> a, b, wide;
  for (int i = 0; i < 1000; ++i) {
    a.push_back(first() / 4294967296.0f);
    b.push_back(second() / 4294967296.0f);
    wide.push_back(b.back() * 1.25f);
  }
  std::vector<float> sorted = b;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_FALSE(findSampleFault(floats(a), floats(b), /*inRows=*/false));
  EXPECT_TRUE(findSampleFault(floats(a), floats(wide), false));
  EXPECT_TRUE(findSampleFault(floats(a), floats(sorted), false));
  EXPECT_TRUE(findSampleFault(floats(a), floats(std::vector<float>(1000, 0.5f)), false));
  EXPECT_TRUE(findSampleFault(floats(a), floats({0.5f}), false));

  // Two rows whose distributions are exchanged are right only in sum.
  auto rows = [](std::vector<float> top, const std::vector<float> &bottom) {
    top.insert(top.end(), bottom.begin(), bottom.end());
    HostValue value = floats(top);
    value.shape = {2, static_cast<int64_t>(bottom.size())};
    return value;
  };
  EXPECT_FALSE(findSampleFault(rows(a, wide), rows(wide, a), false));
  EXPECT_TRUE(findSampleFault(rows(a, wide), rows(wide, a), true));
}

TEST(RandomDraws, Dropout) {
  std::vector<float> data(100, 3), kept(100, 12), none(100, 0), usual(100, 0);
  std::vector<uint8_t> mask(100, 0);
  for (int i = 0; i < 100; i += 4) {
    usual[i] = 12;
    mask[i] = 1;
  }
  std::vector<HostValue> inputs = {floats(data), floats({0.75f})};
  Tolerance tolerance;
  auto isFault = [&](const std::vector<float> &result) {
    return findDropoutFault(inputs, {floats(none)}, {floats(result)}, tolerance).has_value();
  };
  EXPECT_FALSE(isFault(usual));
  EXPECT_TRUE(isFault(kept));
  EXPECT_TRUE(isFault(none));
  EXPECT_TRUE(isFault({12}));
  std::vector<float> unscaled = usual;
  unscaled[0] = 3;
  EXPECT_TRUE(isFault(unscaled));

  // The mask must be that of the numbers.
  std::vector<HostValue> expected = {floats(none), booleans(mask)};
  EXPECT_FALSE(findDropoutFault(inputs, expected, {floats(usual), booleans(mask)}, tolerance));
  mask[1] = 1;
  EXPECT_TRUE(findDropoutFault(inputs, expected, {floats(usual), booleans(mask)}, tolerance));
  mask[0] = mask[1] = 0;
  EXPECT_TRUE(findDropoutFault(inputs, expected, {floats(usual), booleans(mask)}, tolerance));
}
