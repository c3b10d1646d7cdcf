#include "runtime/Expression.h"
#include <gtest/gtest.h>

using azulejo::runtime::Expression;

namespace {

const std::vector<std::string> names = {"batch", "past", "a*b"};

std::optional<int64_t> evaluate(std::string_view text, int64_t batch, int64_t past) {
  auto expression = Expression::parse(text, names);
  EXPECT_TRUE(expression) << text;
  return expression ? expression->evaluate({batch, past, 0}) : std::nullopt;
}

TEST(Expression, arithmetic) {
  EXPECT_EQ(evaluate("past + 1", 2, 5), 6);
  EXPECT_EQ(evaluate("batch + batch*past", 2, 5), 12);
  EXPECT_EQ(evaluate("-2*batch + past*3", 2, 5), 11);
  EXPECT_EQ(evaluate("(batch - past)*2 - 1", 2, 5), -7);
  EXPECT_EQ(evaluate("floordiv(batch - past, 2)", 2, 5), -2);
  EXPECT_EQ(evaluate("ceildiv(past, batch)", 2, 5), 3);
  EXPECT_EQ(evaluate("mod(batch - past, 2)", 2, 5), 1);
  EXPECT_EQ(evaluate("min(512, max(batch, past))", 2, 5), 5);
}

TEST(Expression, noNumber) {
  EXPECT_EQ(evaluate("floordiv(past, batch)", 0, 5), std::nullopt);
  EXPECT_EQ(evaluate("mod(past, batch)", 0, 5), std::nullopt);
  EXPECT_EQ(evaluate("past*past", 0, int64_t(1) << 40), std::nullopt);
  EXPECT_EQ(evaluate("past + 1", 0, INT64_MAX), std::nullopt);
}

TEST(Expression, usedSymbols) {
  EXPECT_EQ(Expression::parse("past*past + 1", names)->usedSymbols(), std::vector<int>{1});
  EXPECT_TRUE(Expression::parse("7", names)->usedSymbols().empty());
}

TEST(Expression, refusesWhatIsNone) {
  for (const char *text : {"", "?", "past +", "(past", "other + 1", "floordiv(past)", "past past",
                           "99999999999999999999", "min past, 1)"})
    EXPECT_FALSE(Expression::parse(text, names)) << text;
  EXPECT_FALSE(Expression::parse(std::string(100000, '('), names));
  EXPECT_FALSE(Expression::parse(std::string(100000, '-') + "1", names));
}

} // namespace
