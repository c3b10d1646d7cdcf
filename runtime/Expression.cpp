#include "runtime/Expression.h"
#include <algorithm>
#include <cctype>
#include <charconv>

namespace azulejo::runtime {

/// Recursive descent over a text that may be damaged: depth is bounded.
class ExpressionParser {
public:
  ExpressionParser(std::string_view text, const std::vector<std::string> &symbols)
      : rest(text), symbols(symbols) {}

  std::optional<Expression> run() {
    if (!sum(0) || (skipSpace(), !rest.empty()))
      return std::nullopt;
    return std::move(result);
  }

private:
  void skipSpace() {
    while (!rest.empty() && rest.front() == ' ')
      rest.remove_prefix(1);
  }
  bool consume(char c) {
    skipSpace();
    if (rest.empty() || rest.front() != c)
      return false;
    rest.remove_prefix(1);
    return true;
  }
  bool push(char kind, int64_t value = 0) {
    result.steps.push_back({kind, value});
    return true;
  }

  bool sum(int depth) {
    if (!product(depth))
      return false;
    for (;;) {
      char kind = consume('+') ? '+' : consume('-') ? '-' : 0;
      if (!kind)
        return true;
      if (!product(depth) || !push(kind))
        return false;
    }
  }

  bool product(int depth) {
    if (!factor(depth))
      return false;
    while (consume('*'))
      if (!factor(depth) || !push('*'))
        return false;
    return true;
  }

  bool factor(int depth) {
    constexpr int deepest = 100;
    skipSpace();
    if (depth > deepest || rest.empty())
      return false;
    if (consume('-'))
      return push('n', 0) && factor(depth + 1) && push('-');
    if (consume('('))
      return sum(depth + 1) && consume(')');
    if (std::isdigit(static_cast<unsigned char>(rest.front()))) {
      int64_t value;
      auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
      if (error != std::errc())
        return false;
      rest.remove_prefix(end - rest.data());
      return push('n', value);
    }
    return name(depth);
  }

  bool name(int depth) {
    size_t length = 0;
    while (length < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[length])) ||
                                    std::string_view("_.:#").find(rest[length]) != rest.npos))
      ++length;
    std::string_view word = rest.substr(0, length);
    if (word.empty())
      return false;
    rest.remove_prefix(length);
    static constexpr std::pair<std::string_view, char> functions[] = {
        {"floordiv", 'f'}, {"ceildiv", 'c'}, {"mod", '%'}, {"min", 'm'}, {"max", 'M'}};
    for (auto [function, kind] : functions)
      if (word == function)
        return consume('(') && sum(depth + 1) && consume(',') && sum(depth + 1) && consume(')') &&
               push(kind);
    auto found = std::find(symbols.begin(), symbols.end(), word);
    if (found == symbols.end())
      return false;
    int index = static_cast<int>(found - symbols.begin());
    if (std::find(result.used.begin(), result.used.end(), index) == result.used.end())
      result.used.push_back(index);
    return push('s', index);
  }

  std::string_view rest;
  const std::vector<std::string> &symbols;
  Expression result;
};

std::optional<Expression> Expression::parse(std::string_view text,
                                            const std::vector<std::string> &symbols) {
  return ExpressionParser(text, symbols).run();
}

/// Rounds down; b is not zero.
static int64_t floorDiv(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

static bool apply(char kind, int64_t a, int64_t b, int64_t &result) {
  switch (kind) {
  case '+':
    return !__builtin_add_overflow(a, b, &result);
  case '-':
    return !__builtin_sub_overflow(a, b, &result);
  case '*':
    return !__builtin_mul_overflow(a, b, &result);
  case 'm':
    result = std::min(a, b);
    return true;
  case 'M':
    result = std::max(a, b);
    return true;
  }
  if (b == 0 || (a == INT64_MIN && b == -1))
    return false;
  if (kind == 'f')
    result = floorDiv(a, b);
  else if (kind == 'c')
    result = -floorDiv(-std::max(a, -INT64_MAX), b);
  else
    result = a - floorDiv(a, b) * b;
  return true;
}

std::optional<int64_t> Expression::evaluate(const std::vector<int64_t> &values) const {
  std::vector<int64_t> stack;
  for (const Step &step : steps) {
    if (step.kind == 'n') {
      stack.push_back(step.value);
    } else if (step.kind == 's') {
      stack.push_back(values[step.value]);
    } else {
      int64_t b = stack.back();
      stack.pop_back();
      if (!apply(step.kind, stack.back(), b, stack.back()))
        return std::nullopt;
    }
  }
  return stack.back();
}

} // namespace azulejo::runtime
