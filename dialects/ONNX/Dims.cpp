#include "dialects/ONNX/Dims.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <set>

using namespace llvm;

namespace azulejo::onnx {

static bool isFunctionName(StringRef name) {
  return name == "floordiv" || name == "ceildiv" || name == "mod" || name == "min" || name == "max";
}

static bool isSymbolStart(char c) { return isAlpha(c) || c == '_'; }
static bool isSymbolBody(char c) {
  return isAlnum(c) || c == '_' || c == '.' || c == ':' || c == '#';
}

bool SymbolicExpr::isSymbolName(StringRef name) {
  return !name.empty() && isSymbolStart(name.front()) && all_of(name, isSymbolBody) &&
         !isFunctionName(name);
}

SymbolicExpr::SymbolicExpr(int64_t constant) { add({}, constant); }

SymbolicExpr SymbolicExpr::symbol(StringRef name) {
  assert(isSymbolName(name) && "not a symbol's name");
  SymbolicExpr result;
  result.add({name.str()}, 1);
  return result;
}

void SymbolicExpr::add(const Monomial &monomial, int64_t coefficient) {
  if (coefficient == 0)
    return;
  int64_t &sum = terms[monomial];
  sum += coefficient;
  if (sum == 0)
    terms.erase(monomial);
}

std::optional<int64_t> SymbolicExpr::getConstant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.begin()->first.empty())
    return terms.begin()->second;
  return std::nullopt;
}

SymbolicExpr SymbolicExpr::operator+(const SymbolicExpr &other) const {
  SymbolicExpr result = *this;
  for (const auto &[monomial, coefficient] : other.terms)
    result.add(monomial, coefficient);
  return result;
}

SymbolicExpr SymbolicExpr::operator-(const SymbolicExpr &other) const {
  return *this + other * SymbolicExpr(-1);
}

SymbolicExpr SymbolicExpr::operator*(const SymbolicExpr &other) const {
  SymbolicExpr result;
  for (const auto &[left, leftCoefficient] : terms)
    for (const auto &[right, rightCoefficient] : other.terms) {
      Monomial product = left;
      product.insert(product.end(), right.begin(), right.end());
      llvm::sort(product);
      result.add(product, leftCoefficient * rightCoefficient);
    }
  return result;
}

std::string SymbolicExpr::str() const {
  if (terms.empty())
    return "0";
  std::string text;
  auto append = [&](const Monomial &monomial, int64_t coefficient) {
    uint64_t magnitude = coefficient < 0 ? -static_cast<uint64_t>(coefficient) : coefficient;
    if (text.empty())
      text += coefficient < 0 ? "-" : "";
    else
      text += coefficient < 0 ? " - " : " + ";
    if (monomial.empty() || magnitude != 1)
      text += utostr(magnitude) + (monomial.empty() ? "" : "*");
    text += join(monomial, "*");
  };
  for (const auto &[monomial, coefficient] : terms)
    if (!monomial.empty())
      append(monomial, coefficient);
  if (auto constant = terms.find({}); constant != terms.end())
    append(constant->first, constant->second);
  return text;
}

SymbolicExpr SymbolicExpr::function(StringRef name, const SymbolicExpr &a, const SymbolicExpr &b) {
  SymbolicExpr result;
  result.add({(name + "(" + a.str() + ", " + b.str() + ")").str()}, 1);
  return result;
}

std::optional<std::tuple<std::string, SymbolicExpr, SymbolicExpr>>
SymbolicExpr::splitFunction(StringRef atom) {
  auto [name, rest] = atom.split('(');
  if (!isFunctionName(name) || !rest.consume_back(")"))
    return std::nullopt;
  int depth = 0;
  for (auto [position, c] : enumerate(rest)) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0)
      return std::make_tuple(name.str(), *parse(rest.take_front(position)),
                             *parse(rest.drop_front(position + 1)));
  }
  return std::nullopt;
}

std::optional<SymbolicExpr> SymbolicExpr::exactQuotient(const SymbolicExpr &divisor) const {
  if (divisor.terms.empty())
    return std::nullopt;
  if (*this == divisor)
    return SymbolicExpr(1);
  if (divisor.terms.size() != 1) {
    // A polynomial divides exactly here only what is a constant multiple of it.
    if (terms.size() != divisor.terms.size())
      return std::nullopt;
    int64_t numerator = terms.begin()->second, denominator = divisor.terms.begin()->second;
    if (numerator % denominator != 0 || divisor * SymbolicExpr(numerator / denominator) != *this)
      return std::nullopt;
    return SymbolicExpr(numerator / denominator);
  }
  const auto &[factor, factorCoefficient] = *divisor.terms.begin();
  SymbolicExpr result;
  for (const auto &[monomial, coefficient] : terms) {
    if (coefficient % factorCoefficient != 0 ||
        !std::includes(monomial.begin(), monomial.end(), factor.begin(), factor.end()))
      return std::nullopt;
    Monomial rest;
    std::set_difference(monomial.begin(), monomial.end(), factor.begin(), factor.end(),
                        std::back_inserter(rest));
    result.add(rest, coefficient / factorCoefficient);
  }
  return result;
}

SymbolicExpr SymbolicExpr::floorDiv(const SymbolicExpr &a, const SymbolicExpr &b) {
  auto x = a.getConstant(), y = b.getConstant();
  if (x && y && *y != 0)
    return divideFloorSigned(*x, *y);
  if (auto quotient = a.exactQuotient(b))
    return *quotient;
  if (y && *y > 1) {
    // The part that divides exactly comes out: floordiv(4*n + 3, 2) is 2*n + 1.
    SymbolicExpr whole, rest;
    for (const auto &[monomial, coefficient] : a.terms) {
      int64_t quotient = divideFloorSigned(coefficient, *y);
      if (coefficient % *y == 0 || monomial.empty()) {
        whole.add(monomial, quotient);
        rest.add(monomial, coefficient - quotient * *y);
      } else {
        rest.add(monomial, coefficient);
      }
    }
    if (auto constantRest = rest.getConstant())
      return whole + SymbolicExpr(divideFloorSigned(*constantRest, *y));
    return whole + function("floordiv", rest, b);
  }
  return function("floordiv", a, b);
}

SymbolicExpr SymbolicExpr::ceilDiv(const SymbolicExpr &a, const SymbolicExpr &b) {
  if (auto y = b.getConstant(); y && *y > 0)
    return floorDiv(a + SymbolicExpr(*y - 1), b);
  if (auto quotient = a.exactQuotient(b))
    return *quotient;
  return function("ceildiv", a, b);
}

SymbolicExpr SymbolicExpr::mod(const SymbolicExpr &a, const SymbolicExpr &b) {
  auto x = a.getConstant(), y = b.getConstant();
  if (x && y && *y > 0)
    return *x - divideFloorSigned(*x, *y) * *y;
  if (a.exactQuotient(b))
    return 0;
  return function("mod", a, b);
}

SymbolicExpr SymbolicExpr::min(const SymbolicExpr &a, const SymbolicExpr &b) {
  if (auto bound = (b - a).getLowerBound(); bound && *bound >= 0)
    return a;
  if (auto bound = (a - b).getLowerBound(); bound && *bound >= 0)
    return b;
  return a.str() < b.str() ? function("min", a, b) : function("min", b, a);
}

SymbolicExpr SymbolicExpr::max(const SymbolicExpr &a, const SymbolicExpr &b) {
  if (auto bound = (b - a).getLowerBound(); bound && *bound >= 0)
    return b;
  if (auto bound = (a - b).getLowerBound(); bound && *bound >= 0)
    return a;
  return a.str() < b.str() ? function("max", a, b) : function("max", b, a);
}

std::optional<int64_t> SymbolicExpr::getLowerBound() const {
  int64_t bound = 0;
  for (const auto &[monomial, coefficient] : terms) {
    if (monomial.empty()) {
      bound += coefficient;
      continue;
    }
    if (coefficient < 0)
      return std::nullopt;
    // Symbols are never negative; a function is not when its arguments are not.
    for (const std::string &atom : monomial)
      if (auto split = splitFunction(atom)) {
        auto &[name, a, b] = *split;
        auto low = a.getLowerBound(), other = b.getLowerBound();
        bool first = low && *low >= 0, second = other && *other >= 0;
        if (name == "max" ? !first && !second : !first || !second)
          return std::nullopt;
      }
  }
  return bound;
}

SmallVector<std::string> SymbolicExpr::getSymbols() const {
  std::set<std::string> names;
  visit<int>([](int64_t) { return 0; },
             [&](StringRef name) {
               names.insert(name.str());
               return 0;
             },
             [](char, int, int) { return 0; });
  return SmallVector<std::string>(names.begin(), names.end());
}

SymbolicExpr SymbolicExpr::substitute(function_ref<SymbolicExpr(StringRef)> value) const {
  return visit<SymbolicExpr>([](int64_t constant) { return SymbolicExpr(constant); }, value,
                             [](char kind, SymbolicExpr a, SymbolicExpr b) {
                               switch (kind) {
                               case '+':
                                 return a + b;
                               case '*':
                                 return a * b;
                               case 'f':
                                 return floorDiv(a, b);
                               case 'c':
                                 return ceilDiv(a, b);
                               case '%':
                                 return mod(a, b);
                               case 'm':
                                 return min(a, b);
                               default:
                                 return max(a, b);
                               }
                             });
}

//===------------------------------------------------------------------------------------------===//
// Parsing: sum = product (('+' | '-') product)*, product = factor ('*' factor)*, factor = integer |
// symbol | '-' factor | function '(' sum ',' sum ')' | '(' sum ')'. Nesting is bounded, since the
// text may come from an untrusted model.
//===------------------------------------------------------------------------------------------===//

namespace {
class Parser {
public:
  explicit Parser(StringRef text) : text(text) {}

  std::optional<SymbolicExpr> parseAll() {
    auto result = parseSum(0);
    skipSpace();
    return text.empty() ? result : std::nullopt;
  }

private:
  static constexpr int maxDepth = 64;
  StringRef text;

  void skipSpace() { text = text.ltrim(' '); }
  bool consume(StringRef token) {
    skipSpace();
    return text.consume_front(token);
  }

  std::optional<SymbolicExpr> parseSum(int depth) {
    auto result = parseProduct(depth);
    while (result) {
      bool plus = consume("+");
      if (!plus && !consume("-"))
        break;
      auto next = parseProduct(depth);
      if (!next)
        return std::nullopt;
      result = plus ? *result + *next : *result - *next;
    }
    return result;
  }

  std::optional<SymbolicExpr> parseProduct(int depth) {
    auto result = parseFactor(depth);
    while (result && consume("*")) {
      auto next = parseFactor(depth);
      if (!next)
        return std::nullopt;
      result = *result * *next;
    }
    return result;
  }

  std::optional<SymbolicExpr> parseFactor(int depth) {
    if (depth > maxDepth)
      return std::nullopt;
    if (consume("-")) {
      auto operand = parseFactor(depth + 1);
      return operand ? std::optional(*operand * SymbolicExpr(-1)) : std::nullopt;
    }
    if (consume("(")) {
      auto result = parseSum(depth + 1);
      return result && consume(")") ? result : std::nullopt;
    }
    skipSpace();
    if (!text.empty() && isDigit(text.front())) {
      int64_t value;
      if (text.consumeInteger(10, value))
        return std::nullopt;
      return SymbolicExpr(value);
    }
    if (text.empty() || !isSymbolStart(text.front()))
      return std::nullopt;
    StringRef name = text.take_while(isSymbolBody);
    text = text.drop_front(name.size());
    if (!isFunctionName(name))
      return SymbolicExpr::symbol(name);
    if (!consume("("))
      return std::nullopt;
    auto a = parseSum(depth + 1);
    if (!a || !consume(","))
      return std::nullopt;
    auto b = parseSum(depth + 1);
    if (!b || !consume(")"))
      return std::nullopt;
    if (name == "floordiv")
      return SymbolicExpr::floorDiv(*a, *b);
    if (name == "ceildiv")
      return SymbolicExpr::ceilDiv(*a, *b);
    if (name == "mod")
      return SymbolicExpr::mod(*a, *b);
    return name == "min" ? SymbolicExpr::min(*a, *b) : SymbolicExpr::max(*a, *b);
  }
};
} // namespace

std::optional<SymbolicExpr> SymbolicExpr::parse(StringRef text) { return Parser(text).parseAll(); }

} // namespace azulejo::onnx
