//===- Lexer.cpp - PTX text into tokens (PTX ISA, sections 4.1 to 4.5) ----===//
#include "runtime/cudasim/Ptx/Lexer.h"
#include <cstdlib>
#include <cstring>

using namespace azulejo::cudasim::ptx;

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isWord(char c) { return isLetter(c) || isDigit(c) || c == '_'; }
bool continuesName(char c) { return isWord(c) || c == '$'; }

int digitValue(char c) {
  if (isDigit(c))
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

} // namespace

void Lexer::skipSpace() {
  while (at != last) {
    if (*at == '\n') {
      ++line;
      ++at;
    } else if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\f' || *at == '\v') {
      ++at;
    } else if (*at == '/' && last - at > 1 && at[1] == '/') {
      const void *end = std::memchr(at, '\n', size_t(last - at));
      at = end ? static_cast<const char *>(end) : last;
    } else if (*at == '/' && last - at > 1 && at[1] == '*') {
      uint32_t begin = line;
      for (at += 2;; ++at) {
        if (last - at < 2)
          throw LoadError(begin, "a comment that does not end");
        if (at[0] == '*' && at[1] == '/')
          break;
        line += *at == '\n';
      }
      at += 2;
    } else {
      return;
    }
  }
}

uint64_t Lexer::digits(unsigned radix, bool &any) {
  uint64_t value = 0;
  any = false;
  for (; at != last && unsigned(digitValue(*at)) < radix; ++at, any = true) {
    uint64_t digit = uint64_t(digitValue(*at));
    if (value > (~uint64_t(0) - digit) / radix)
      throw LoadError(line, "an integer constant of more than 64 bits");
    value = value * radix + digit;
  }
  return value;
}

void Lexer::hexFloat(Token &token, Type type, unsigned count) {
  at += 2;
  uint64_t bits = 0;
  for (unsigned i = 0; i < count; ++i, ++at) {
    if (at == last || digitValue(*at) > 15)
      throw LoadError(line, "0f and 0d constants have exactly 8 and 16 hexadecimal digits");
    bits = bits << 4 | uint64_t(digitValue(*at));
  }
  token.kind = Token::Kind::Float;
  token.type = type;
  token.bits = bits;
}

/// Whether `.5` or `.5e3` begins here, and not a modifier such as `.2d`.
bool Lexer::isFraction() const {
  const char *end = at + 1;
  while (end != last && isDigit(*end))
    ++end;
  if (end == at + 1)
    return false;
  if (end != last && (*end | 0x20) == 'e') {
    const char *power = end + 1;
    if (power != last && (*power == '+' || *power == '-'))
      ++power;
    if (power != last && isDigit(*power))
      return true;
  }
  return end == last || !continuesName(*end);
}

void Lexer::number(Token &token) {
  const char *begin = at;
  char second = last - at > 1 ? char(at[1] | 0x20) : 0;
  if (*at == '0' && second == 'f')
    return hexFloat(token, Type::F32, 8);
  if (*at == '0' && second == 'd')
    return hexFloat(token, Type::F64, 16);

  const char *end = at;
  while (end != last && isDigit(*end))
    ++end;
  bool exponent = end != last && (*end | 0x20) == 'e';
  if (end != last && (*end == '.' || exponent) && second != 'x' && second != 'b') {
    if (*end == '.')
      for (++end; end != last && isDigit(*end);)
        ++end;
    if (end != last && (*end | 0x20) == 'e') {
      const char *power = end + 1;
      if (power != last && (*power == '+' || *power == '-'))
        ++power;
      if (power == last || !isDigit(*power))
        throw LoadError(line, "a floating-point constant without the digits of its exponent");
      while (power != last && isDigit(*power))
        ++power;
      end = power;
    }
    if (end - begin > 1024)
      throw LoadError(line, "a floating-point constant of more than 1024 characters");
    double value = std::strtod(std::string(begin, end).c_str(), nullptr);
    at = end;
    token.kind = Token::Kind::Float;
    token.type = Type::F64;
    std::memcpy(&token.bits, &value, sizeof value);
    return;
  }

  unsigned radix = 10;
  if (*at == '0' && second == 'x') {
    radix = 16;
    at += 2;
  } else if (*at == '0' && second == 'b') {
    radix = 2;
    at += 2;
  } else if (*at == '0') {
    radix = 8;
  }
  bool any;
  token.kind = Token::Kind::Integer;
  token.bits = digits(radix, any);
  if (!any)
    throw LoadError(line, "an integer constant without digits");
  token.isUnsigned = token.bits >> 63;
  if (at != last && *at == 'U') {
    token.isUnsigned = true;
    ++at;
  }
}

Token Lexer::next() {
  skipSpace();
  Token token;
  token.line = line;
  const char *begin = at;
  if (at == last)
    return token;

  char c = *at, second = last - at > 1 ? at[1] : 0;
  if (isLetter(c) || ((c == '%' || c == '_' || c == '$') && continuesName(second))) {
    token.kind = Token::Kind::Identifier;
    for (++at; at != last && continuesName(*at);)
      ++at;
  } else if (c == '.' && isFraction()) {
    number(token);
  } else if (c == '.' && isWord(second)) {
    token.kind = Token::Kind::Dotted;
    for (++at; at != last; ++at) {
      if (last - at > 2 && at[0] == ':' && at[1] == ':' && isWord(at[2]))
        ++at;
      else if (!isWord(*at))
        break;
    }
    ++begin;
  } else if (isDigit(c)) {
    number(token);
    if (at != last && continuesName(*at))
      throw LoadError(line, "a constant followed by `" + std::string(1, *at) + "`");
  } else if (c == '"') {
    token.kind = Token::Kind::String;
    for (begin = ++at; at != last && *at != '"'; ++at) {
      if (*at == '\n')
        throw LoadError(line, "a string that does not end");
      if (*at == '\\' && last - at > 1 && at[1] != '\n')
        ++at;
    }
    if (at == last)
      throw LoadError(line, "a string that does not end");
    token.text = std::string_view(begin, size_t(at - begin));
    ++at;
    return token;
  } else if (std::strchr("{}[]()<>,;:@!|=+-*/%&^~?_.", c) && c) {
    token.kind = Token::Kind::Punctuation;
    ++at;
    bool doubled = second == c && (c == '<' || c == '>' || c == '&' || c == '|' || c == '=');
    bool compares = second == '=' && (c == '<' || c == '>' || c == '!');
    if (doubled || compares)
      ++at;
  } else {
    throw LoadError(line, c > 32 && c < 127 ? "unexpected `" + std::string(1, c) + "`"
                                            : "unexpected character " + std::to_string(uint8_t(c)));
  }
  token.text = std::string_view(begin, size_t(at - begin));
  return token;
}
