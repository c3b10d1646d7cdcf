//===- ParseExpression.cpp - Constant expressions (section 4.5) -----------===//
#include "runtime/cudasim/Ptx/Parser.h"
#include <cstring>

using namespace azulejo::cudasim::ptx;

namespace {

double asDouble(const ConstantValue &value) {
  double result;
  if (value.type == Type::F64)
    std::memcpy(&result, &value.bits, sizeof result);
  else if (value.type == Type::S64)
    result = double(int64_t(value.bits));
  else
    result = double(value.bits);
  return result;
}

ConstantValue fromDouble(double value) {
  ConstantValue result{Type::F64, 0};
  std::memcpy(&result.bits, &value, sizeof value);
  return result;
}

ConstantValue truth(bool value) { return {Type::S64, value}; }

/// Binding strength of a binary operator (C's), 0 for what is none.
unsigned precedence(const Token &token) {
  if (token.kind != Token::Kind::Punctuation)
    return 0;
  struct Level {
    std::string_view text;
    unsigned level;
  };
  static constexpr Level levels[] = {{"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4}, {"&", 5},
                                     {"==", 6}, {"!=", 6}, {"<", 7},  {">", 7}, {"<=", 7},
                                     {">=", 7}, {"<<", 8}, {">>", 8}, {"+", 9}, {"-", 9},
                                     {"*", 10}, {"/", 10}, {"%", 10}};
  for (const Level &each : levels)
    if (each.text == token.text)
      return each.level;
  return 0;
}

} // namespace

int64_t Parser::parseIntegerExpression(const char *what) {
  uint32_t line = peek().line;
  ConstantValue value = parseExpression();
  if (!value.isInteger())
    fail(line, std::string("expected an integer for ") + what);
  return int64_t(value.bits);
}

ConstantValue Parser::parseExpression(unsigned depth) {
  ConstantValue condition = parseBinary(1, depth);
  if (!accept("?"))
    return condition;
  if (depth > Bounds::expressions)
    fail("a constant expression that is nested too deeply");
  if (!condition.isInteger())
    fail("the condition of ?: must be an integer");
  ConstantValue yes = parseExpression(depth + 1);
  expect(":", "in a constant expression");
  ConstantValue no = parseExpression(depth + 1);
  return condition.bits ? yes : no;
}

ConstantValue Parser::parseBinary(unsigned least, unsigned depth) {
  if (depth > Bounds::expressions)
    fail("a constant expression that is nested too deeply");
  ConstantValue left = parseUnary(depth + 1);
  for (unsigned level; (level = precedence(peek())) >= least && level;) {
    Token op = take();
    left = apply(op, left, parseBinary(level + 1, depth + 1));
  }
  return left;
}

ConstantValue Parser::parseUnary(unsigned depth) {
  if (depth > Bounds::expressions)
    fail("a constant expression that is nested too deeply");
  Token op = peek();
  if (accept("+"))
    return parseUnary(depth + 1);
  if (accept("-")) {
    ConstantValue value = parseUnary(depth + 1);
    if (value.type == Type::F32)
      return {Type::F32, value.bits ^ 0x80000000u};
    if (value.type == Type::F64)
      return fromDouble(-asDouble(value));
    return {value.type, 0 - value.bits};
  }
  if (accept("~") || accept("!")) {
    ConstantValue value = parseUnary(depth + 1);
    if (!value.isInteger())
      fail(op.line, "`" + std::string(op.text) + "` needs an integer");
    return op.text == "!" ? truth(value.bits == 0) : ConstantValue{value.type, ~value.bits};
  }
  if (op.is("(") && peekSecond().kind == Token::Kind::Dotted) { // a cast: (.s64)
    take();
    Type type = parseType(take().text);
    if (type != Type::S64 && type != Type::U64)
      fail("constant expressions cast to .s64 and .u64 only");
    expect(")", "behind a cast");
    ConstantValue value = parseUnary(depth + 1);
    if (!value.isInteger())
      fail("a cast of a floating-point constant");
    return {type, value.bits};
  }
  return parsePrimary(depth + 1);
}

ConstantValue Parser::parsePrimary(unsigned depth) {
  Token token = peek();
  if (accept("(")) {
    ConstantValue value = parseExpression(depth + 1);
    expect(")", "in a constant expression");
    return value;
  }
  if (token.kind == Token::Kind::Integer) {
    take();
    return {token.isUnsigned ? Type::U64 : Type::S64, token.bits};
  }
  if (token.kind == Token::Kind::Float) {
    take();
    return {token.type, token.bits};
  }
  if (token.kind == Token::Kind::Identifier && token.text == "WARP_SZ") {
    take();
    return {Type::S64, 32};
  }
  fail("expected a constant, not " + describe(token));
}

ConstantValue Parser::apply(const Token &op, ConstantValue a, ConstantValue b) {
  auto is = [&](std::string_view text) { return op.text == text; };
  if (a.type == Type::F32 || b.type == Type::F32)
    fail(op.line, "0f constants cannot be used in expressions");
  if (!a.isInteger() || !b.isInteger()) {
    double x = asDouble(a), y = asDouble(b);
    if (is("+"))
      return fromDouble(x + y);
    if (is("-"))
      return fromDouble(x - y);
    if (is("*"))
      return fromDouble(x * y);
    if (is("/"))
      return fromDouble(x / y);
    if (is("<"))
      return truth(x < y);
    if (is(">"))
      return truth(x > y);
    if (is("<="))
      return truth(x <= y);
    if (is(">="))
      return truth(x >= y);
    if (is("=="))
      return truth(x == y);
    if (is("!="))
      return truth(x != y);
    fail(op.line, "`" + std::string(op.text) + "` needs integers");
  }

  bool isUnsigned = a.type == Type::U64 || b.type == Type::U64;
  Type type = isUnsigned ? Type::U64 : Type::S64;
  int64_t x = int64_t(a.bits), y = int64_t(b.bits);
  if (is("+"))
    return {type, a.bits + b.bits};
  if (is("-"))
    return {type, a.bits - b.bits};
  if (is("*"))
    return {type, a.bits * b.bits};
  if (is("/") || is("%")) {
    if (b.bits == 0)
      fail(op.line, "a division by zero in a constant expression");
    if (isUnsigned)
      return {type, is("/") ? a.bits / b.bits : a.bits % b.bits};
    if (y == -1)
      return {type, is("/") ? 0 - a.bits : 0};
    return {type, uint64_t(is("/") ? x / y : x % y)};
  }
  if (is("&"))
    return {type, a.bits & b.bits};
  if (is("|"))
    return {type, a.bits | b.bits};
  if (is("^"))
    return {type, a.bits ^ b.bits};
  if (is("<<"))
    return {a.type, b.bits > 63 ? 0 : a.bits << b.bits};
  if (is(">>")) {
    if (a.type == Type::U64)
      return {a.type, b.bits > 63 ? 0 : a.bits >> b.bits};
    return {a.type, uint64_t(x >> (b.bits > 63 ? 63 : b.bits))};
  }
  if (is("&&"))
    return truth(a.bits && b.bits);
  if (is("||"))
    return truth(a.bits || b.bits);
  if (is("=="))
    return truth(a.bits == b.bits);
  if (is("!="))
    return truth(a.bits != b.bits);
  if (is("<"))
    return truth(isUnsigned ? a.bits < b.bits : x < y);
  if (is(">"))
    return truth(isUnsigned ? a.bits > b.bits : x > y);
  if (is("<="))
    return truth(isUnsigned ? a.bits <= b.bits : x <= y);
  return truth(isUnsigned ? a.bits >= b.bits : x >= y);
}
