#include "runtime/Json.h"
#include <cctype>
#include <charconv>

namespace azulejo::runtime {

/// Recursive descent over a text that may be damaged: every read is bounded, and so is the depth.
class JsonParser {
public:
  explicit JsonParser(std::string_view text) : rest(text) {}

  bool parseDocument(Json &value) {
    if (!parseValue(value, 0))
      return false;
    skipSpace();
    return rest.empty();
  }

private:
  void skipSpace() {
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.front())))
      rest.remove_prefix(1);
  }

  bool consume(std::string_view token) {
    skipSpace();
    if (rest.substr(0, token.size()) != token)
      return false;
    rest.remove_prefix(token.size());
    return true;
  }

  bool parseValue(Json &value, int depth) {
    if (depth > maxDepth)
      return false;
    skipSpace();
    if (rest.empty())
      return false;
    switch (rest.front()) {
    case '{':
      return parseObject(value, depth);
    case '[':
      return parseArray(value, depth);
    case '"':
      value.kind = Json::Kind::String;
      return parseString(value.text);
    case 't':
    case 'f':
      value.kind = Json::Kind::Boolean;
      value.number = rest.front() == 't';
      return consume(value.number ? "true" : "false");
    case 'n':
      return consume("null");
    default:
      return parseInteger(value);
    }
  }

  bool parseInteger(Json &value) {
    value.kind = Json::Kind::Integer;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value.number);
    if (error != std::errc())
      return false;
    rest.remove_prefix(end - rest.data());
    return rest.empty() || (rest.front() != '.' && rest.front() != 'e' && rest.front() != 'E');
  }

  bool parseArray(Json &value, int depth) {
    value.kind = Json::Kind::Array;
    consume("[");
    if (consume("]"))
      return true;
    do {
      if (!parseValue(value.items.emplace_back(), depth + 1))
        return false;
    } while (consume(","));
    return consume("]");
  }

  bool parseObject(Json &value, int depth) {
    value.kind = Json::Kind::Object;
    consume("{");
    if (consume("}"))
      return true;
    do {
      skipSpace();
      if (!parseString(value.keys.emplace_back()) || !consume(":") ||
          !parseValue(value.items.emplace_back(), depth + 1))
        return false;
    } while (consume(","));
    return consume("}");
  }

  bool parseString(std::string &text) {
    if (!consume("\""))
      return false;
    while (!rest.empty()) {
      char c = rest.front();
      rest.remove_prefix(1);
      if (c == '"')
        return true;
      if (c == '\\') {
        if (!parseEscape(text))
          return false;
        continue;
      }
      text += c;
    }
    return false;
  }

  bool parseEscape(std::string &text) {
    if (rest.empty())
      return false;
    char c = rest.front();
    rest.remove_prefix(1);
    static constexpr std::string_view codes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (size_t at = codes.find(c); at != codes.npos) {
      text += meanings[at];
      return true;
    }
    uint32_t unit;
    if (c != 'u' || !parseHex(unit))
      return false;
    if (unit >= 0xD800 && unit < 0xDC00) { // the first half of a surrogate pair
      uint32_t low;
      if (rest.substr(0, 2) != "\\u")
        return false;
      rest.remove_prefix(2);
      if (!parseHex(low) || low < 0xDC00 || low > 0xDFFF)
        return false;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    appendUtf8(text, unit);
    return true;
  }

  bool parseHex(uint32_t &unit) {
    if (rest.size() < 4)
      return false;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + 4, unit, 16);
    if (error != std::errc() || end != rest.data() + 4)
      return false;
    rest.remove_prefix(4);
    return true;
  }

  static void appendUtf8(std::string &text, uint32_t point) {
    if (point < 0x80) {
      text += static_cast<char>(point);
      return;
    }
    int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    text += static_cast<char>((0xF0 << (3 - tail)) | (point >> (6 * tail)));
    while (tail--)
      text += static_cast<char>(0x80 | ((point >> (6 * tail)) & 0x3F));
  }

  static constexpr int maxDepth = 32;
  std::string_view rest;
};

std::optional<Json> Json::parse(std::string_view text) {
  Json value;
  if (!JsonParser(text).parseDocument(value))
    return std::nullopt;
  return value;
}

const Json &Json::operator[](std::string_view key) const {
  static const Json null;
  for (size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key)
      return items[i];
  return null;
}

} // namespace azulejo::runtime
