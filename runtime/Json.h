//===- Json.h - Reads the metadata of an artifact ---------------------------------------------===//
#ifndef AZULEJO_RUNTIME_JSON_H
#define AZULEJO_RUNTIME_JSON_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace azulejo::runtime {

/// A JSON value. Numbers are integers, since metadata holds no others. Asking a value for what it
/// is not gives an empty answer, so that a reader checks once, at the end of a path.
class Json {
public:
  /// Nothing where `text` is not one well-formed value.
  static std::optional<Json> parse(std::string_view text);

  const std::string *string() const { return kind == Kind::String ? &text : nullptr; }
  std::optional<int64_t> integer() const {
    return kind == Kind::Integer ? std::optional(number) : std::nullopt;
  }
  const std::vector<Json> &elements() const { return items; }
  bool isArray() const { return kind == Kind::Array; }
  bool isObject() const { return kind == Kind::Object; }
  /// The member `key` of an object; a null value where there is none.
  const Json &operator[](std::string_view key) const;

private:
  friend class JsonParser;
  enum class Kind { Null, Boolean, Integer, String, Array, Object };
  Kind kind = Kind::Null;
  int64_t number = 0;
  std::string text;
  std::vector<std::string> keys; // of an object, in step with items
  std::vector<Json> items;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_JSON_H
