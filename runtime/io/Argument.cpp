#include "runtime/io/Argument.h"
#include "runtime/io/Npy.h"
#include <charconv>
#include <cmath>

namespace azulejo::runtime::io {

std::optional<Value> parseType(const std::string &text) {
  Value value;
  const char *at = text.data(), *end = at + text.size();
  int64_t size;
  while (at != end && *at >= '0' && *at <= '9') {
    auto [after, error] = std::from_chars(at, end, size);
    if (error != std::errc() || after == end || *after != 'x')
      return std::nullopt;
    value.shape.push_back(size);
    at = after + 1;
  }
  value.type = typeFromShortName(std::string(at, end));
  if (!azl_element_type_bits(value.type))
    return std::nullopt;
  return value;
}

NamedArgument splitArgument(const std::string &text) {
  size_t equals = text.find('=');
  if (text.rfind('@', 0) == 0 || equals == text.npos || parseType(text.substr(0, equals)))
    return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// splitmix64: small, and the same numbers everywhere.
static uint64_t nextRandom(uint64_t &state) {
  uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static void fillRandom(Value &value, uint64_t seed) {
  uint64_t range = 100;
  if (value.type == AZL_STRING) {
    for (int64_t i = 0, count = value.count(); i < count; ++i)
      value.setText(i, "w" + std::to_string(nextRandom(seed) % range));
    return;
  }
  if (value.type == AZL_BOOL)
    range = 2;
  else if (int bits = azl_element_type_bits(value.type); bits < 8)
    range = uint64_t(1) << (bits - 1);
  for (int64_t i = 0, count = value.count(); i < count; ++i) {
    double uniform = (nextRandom(seed) >> 11) * 0x1p-53;
    if (isFloat(value.type)) { // Box and Muller
      double angle = (nextRandom(seed) >> 11) * 0x1p-53 * 6.283185307179586;
      double normal = std::sqrt(-2 * std::log(1 - uniform)) * std::cos(angle);
      bool hasSign = value.type != AZL_FLOAT8E8M0;
      storeElement(value.type, value.data.data(), i, hasSign ? normal : std::fabs(normal));
    } else {
      storeElement(value.type, value.data.data(), i, std::floor(uniform * range));
    }
  }
}

Status parseValue(const std::string &text, azl_element_type expected, Value &value) {
  auto bad = [&](std::string why) {
    return Status(AZL_INVALID_ARGUMENT, "cannot read the value '" + text + "': " + why);
  };
  if (text.rfind('@', 0) == 0)
    return readNpy(text.substr(1), expected, value);
  size_t equals = text.find('=');
  std::optional<Value> type = parseType(text.substr(0, equals));
  if (!type)
    return bad("it should be @FILE.npy, or like 2x3xf32=1,2,3,4,5,6");
  constexpr int64_t mostBytes = int64_t(1) << 40;
  int64_t bytes = azl_tensor_bytes(type->type, int32_t(type->shape.size()), type->shape.data());
  if (bytes < 0 || bytes > mostBytes)
    return bad("it is too large");
  value = Value(type->type, type->shape);
  if (equals == text.npos)
    return {};

  std::string elements = text.substr(equals + 1);
  if (elements.rfind("random", 0) == 0) {
    uint64_t seed = 0;
    if (elements.size() > 6) {
      const char *end = elements.data() + elements.size();
      auto [after, error] = std::from_chars(elements.data() + 7, end, seed);
      if (elements[6] != ':' || error != std::errc() || after != end)
        return bad("a seed is given as in random:7");
    }
    fillRandom(value, seed);
    return {};
  }
  static constexpr const char *separators = " ,[]\t\n";
  int64_t count = value.count(), index = 0;
  for (size_t at = elements.find_first_not_of(separators); at != elements.npos; ++index) {
    size_t end = std::min(elements.find_first_of(separators, at), elements.size());
    std::string element = elements.substr(at, end - at);
    if (index < count && !value.setText(index, element))
      return bad("'" + element + "' is no " + azl_element_type_name(value.type));
    at = elements.find_first_not_of(separators, end);
  }
  if (index == 1 && count > 1)
    for (int64_t i = 1; i < count; ++i)
      value.setText(i, value.type == AZL_STRING
                           ? value.texts->front()
                           : elementText(value.type, value.data.data(), 0));
  else if (index != count)
    return bad("it has " + std::to_string(index) + " elements, and its type " +
               std::to_string(count));
  return {};
}

} // namespace azulejo::runtime::io
