#include "tools/support/Compare.h"
#include "azulejo/runtime.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace azulejo;

template <typename T> static HostValue tensor(azl_element_type type, std::vector<T> elements) {
  HostValue value;
  value.elementType = type;
  value.shape = {static_cast<int64_t>(elements.size())};
  value.bytes.resize(elements.size() * sizeof(T));
  std::memcpy(value.bytes.data(), elements.data(), value.bytes.size());
  return value;
}

static HostValue floats(std::vector<float> elements) {
  return tensor(AZL_FLOAT, std::move(elements));
}

static bool same(const HostValue &expected, const HostValue &actual) {
  return !findDifference(expected, actual, Tolerance());
}

TEST(Compare, FloatsWithinTolerance) {
  EXPECT_TRUE(same(floats({1000, 0}), floats({1000.9f, 0})));
  EXPECT_FALSE(same(floats({1000, 0}), floats({1001.1f, 0})));
  EXPECT_FALSE(same(floats({0}), floats({1e-6f})));
}

TEST(Compare, NotANumberAndInfinities) {
  EXPECT_TRUE(same(floats({NAN, INFINITY}), floats({NAN, INFINITY})));
  EXPECT_FALSE(same(floats({NAN}), floats({0})));
  EXPECT_FALSE(same(floats({INFINITY}), floats({3e38f})));
  EXPECT_FALSE(same(floats({INFINITY}), floats({-INFINITY})));
}

TEST(Compare, IntegersAreExact) {
  EXPECT_TRUE(same(tensor<int64_t>(AZL_INT64, {1 << 20}), tensor<int64_t>(AZL_INT64, {1 << 20})));
  EXPECT_FALSE(
      same(tensor<int64_t>(AZL_INT64, {1 << 20}), tensor<int64_t>(AZL_INT64, {(1 << 20) + 1})));
}

TEST(Compare, BFloat16HasTwoUnits) {
  auto one = [](uint16_t bits) { return tensor<uint16_t>(AZL_BFLOAT16, {bits}); };
  EXPECT_TRUE(same(one(0x3f80), one(0x3f82))); // 1 and 1 + 2^-6
  EXPECT_FALSE(same(one(0x3f80), one(0x3f83)));
}

TEST(Compare, TypeAndShape) {
  EXPECT_FALSE(same(floats({1}), tensor<double>(AZL_DOUBLE, {1})));
  HostValue row = floats({1, 2}), column = row;
  column.shape = {2, 1};
  EXPECT_FALSE(same(row, column));
}

TEST(Compare, Strings) {
  HostValue value;
  value.elementType = AZL_STRING;
  value.shape = {2};
  value.strings = {"a", "b"};
  HostValue other = value;
  EXPECT_TRUE(same(value, other));
  other.strings[1] = "c";
  EXPECT_FALSE(same(value, other));
}

TEST(Compare, Structures) {
  HostValue sequence;
  sequence.kind = HostValue::Kind::Sequence;
  sequence.elements = {floats({1}), floats({2, 3})};
  HostValue other = sequence;
  EXPECT_TRUE(same(sequence, other));
  other.elements[1] = floats({2, 4});
  EXPECT_FALSE(same(sequence, other));
  other.elements.pop_back();
  EXPECT_FALSE(same(sequence, other));
  EXPECT_FALSE(same(floats({1}), sequence));
}
