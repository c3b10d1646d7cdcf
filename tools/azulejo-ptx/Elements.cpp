//===- Elements.cpp - Typed elements of buffers, as text ------------------===//
#include "tools/azulejo-ptx/Elements.h"
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace azulejo::ptxtool {

ElementType parseElementType(const std::string &name) {
  static const ElementType floats[] = {
      {"f16", ElementType::Float, 2, 5, 10}, {"bf16", ElementType::Float, 2, 8, 7},
      {"f32", ElementType::Float, 4, 8, 23}, {"f64", ElementType::Float, 8, 11, 52},
      {"e4m3", ElementType::Float, 1, 4, 3}, {"e5m2", ElementType::Float, 1, 5, 2}};
  for (const ElementType &each : floats)
    if (each.name == name)
      return each;
  if (name.size() >= 2 && std::strchr("bus", name[0]))
    for (unsigned bytes : {1, 2, 4, 8})
      if (name.substr(1) == std::to_string(8 * bytes))
        return {name,
                name[0] == 'b'   ? ElementType::Bits
                : name[0] == 'u' ? ElementType::Unsigned
                                 : ElementType::Signed,
                bytes, 0, 0};
  throw UsageError("unknown element type `" + name + "`");
}

uint64_t encode(const ElementType &type, double value) {
  uint64_t bits;
  if (type.kind != ElementType::Float) {
    bits = value < 0 ? uint64_t(int64_t(value)) : uint64_t(value);
  } else if (type.bytes == 8) {
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  } else {
    unsigned mantissa = type.mantissaBits;
    int bias = (1 << (type.exponentBits - 1)) - 1;
    bool isE4M3 =
        type.name == "e4m3"; // no infinities: its last exponent holds numbers, but for NaN
    uint64_t sign = std::signbit(value) ? uint64_t(1) << (8 * type.bytes - 1) : 0;
    uint64_t allExponents = ((uint64_t(1) << type.exponentBits) - 1) << mantissa;
    uint64_t nan = isE4M3 ? 0x7f : allExponents | uint64_t(1) << (mantissa - 1);
    uint64_t infinity = isE4M3 ? nan : allExponents;
    double magnitude = std::fabs(value);
    if (std::isnan(value))
      return nan;
    if (std::isinf(value))
      return sign | infinity;
    int exponent = magnitude == 0 ? 1 - bias : std::max(std::ilogb(magnitude), 1 - bias);
    // The value in units of the last place; rint rounds to nearest even.
    double units = std::rint(std::ldexp(magnitude, int(mantissa) - exponent));
    uint64_t all = uint64_t(exponent + bias - 1) << mantissa;
    bits = all + uint64_t(units);
    if (bits >= (isE4M3 ? nan : infinity))
      bits = infinity;
    bits |= sign;
  }
  return type.bytes == 8 ? bits : bits & ((uint64_t(1) << 8 * type.bytes) - 1);
}

static double decode(const ElementType &type, uint64_t bits) {
  double result;
  if (type.bytes == 8) {
    std::memcpy(&result, &bits, sizeof result);
    return result;
  }
  unsigned mantissa = type.mantissaBits;
  int bias = (1 << (type.exponentBits - 1)) - 1;
  uint64_t last = (uint64_t(1) << type.exponentBits) - 1;
  uint64_t exponent = bits >> mantissa & last;
  uint64_t fraction = bits & ((uint64_t(1) << mantissa) - 1);
  bool negative = bits >> (8 * type.bytes - 1) & 1;
  if (type.name == "e4m3" ? (bits & 0x7f) == 0x7f : exponent == last && fraction)
    return NAN;
  if (exponent == last && type.name != "e4m3")
    result = INFINITY;
  else if (exponent == 0)
    result = std::ldexp(double(fraction), 1 - bias - int(mantissa));
  else
    result = std::ldexp(double(fraction | uint64_t(1) << mantissa),
                        int(exponent) - bias - int(mantissa));
  return negative ? -result : result;
}

uint64_t parseElement(const ElementType &type, const std::string &text) {
  auto wrong = [&] { return UsageError("`" + text + "` is no value of " + type.name); };
  if (text.empty())
    throw wrong();
  char *end = nullptr;
  bool hexadecimal = text.compare(0, 2, "0x") == 0;
  if (type.kind == ElementType::Float && !hexadecimal) {
    double value = std::strtod(text.c_str(), &end);
    if (*end)
      throw wrong();
    return encode(type, value);
  }
  errno = 0;
  bool negative = text[0] == '-';
  uint64_t bits = std::strtoull(text.c_str() + negative, &end, 0);
  if (*end || errno || end == text.c_str() + negative)
    throw wrong();
  bits = negative ? 0 - bits : bits;
  uint64_t mask = type.bytes == 8 ? ~uint64_t(0) : (uint64_t(1) << 8 * type.bytes) - 1;
  if (negative ? ~bits > mask >> 1 : bits > mask)
    throw wrong();
  return bits & mask;
}

std::string print(const ElementType &type, uint64_t bits, bool hexadecimal) {
  char text[64];
  if (hexadecimal || type.kind == ElementType::Bits) {
    snprintf(text, sizeof text, "0x%0*llx", int(2 * type.bytes),
             static_cast<unsigned long long>(bits));
    return text;
  }
  if (type.kind == ElementType::Unsigned)
    return std::to_string(bits);
  if (type.kind == ElementType::Signed)
    return std::to_string(int64_t(bits << (64 - 8 * type.bytes)) >> (64 - 8 * type.bytes));
  double value = decode(type, bits);
  if (std::isnan(value))
    return "nan";
  // The shortest text that reads back as the same bits.
  for (int digits = 1; digits <= 17; ++digits) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (encode(type, std::strtod(text, nullptr)) == bits)
      break;
  }
  return text;
}

namespace {

/// SplitMix64: the same numbers everywhere.
uint64_t random(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

} // namespace

std::vector<uint8_t> fill(const ElementType &type, uint64_t count, const std::string &how,
                          uint64_t seed) {
  std::vector<uint8_t> result;
  if (how == "none")
    return result;
  result.resize(count * type.bytes);
  auto set = [&](uint64_t i, uint64_t bits) {
    std::memcpy(result.data() + i * type.bytes, &bits, type.bytes);
  };
  if (how.compare(0, 4, "iota") == 0) {
    double start = 0, step = 1;
    if (how.size() > 4) {
      std::vector<std::string> parts = split(how.substr(5, how.size() - 6), ',');
      if (how[4] != '(' || how.back() != ')' || parts.size() != 2)
        throw UsageError("expected iota or iota(start,step), not `" + how + "`");
      start = std::strtod(parts[0].c_str(), nullptr);
      step = std::strtod(parts[1].c_str(), nullptr);
    }
    for (uint64_t i = 0; i < count; ++i)
      set(i, encode(type, start + double(i) * step));
  } else if (how == "random") {
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t bits = random(seed);
      if (type.kind == ElementType::Float)
        bits = encode(type, double(int64_t(bits) >> 11) * 0x1p-52);
      set(i, bits);
    }
  } else if (how == "ones") {
    for (uint64_t i = 0; i < count; ++i)
      set(i, encode(type, 1));
  } else if (how != "zeros") {
    std::vector<uint64_t> values;
    for (const std::string &each : split(how, ','))
      values.push_back(parseElement(type, each));
    for (uint64_t i = 0; i < count; ++i)
      set(i, values[i % values.size()]);
  }
  return result;
}

} // namespace azulejo::ptxtool
