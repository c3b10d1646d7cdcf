//===- Argument.cpp - Kernel arguments as they are written ----------------===//
#include "tools/azulejo-ptx/Argument.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace azulejo::ptxtool {

uint64_t parseCount(const std::string &text, const std::string &what) {
  errno = 0;
  char *end = nullptr;
  uint64_t value = std::strtoull(text.c_str(), &end, 0);
  if (text.empty() || text[0] == '-' || *end || errno)
    throw UsageError("`" + text + "` is no number for " + what);
  return value;
}

Buffer parseBuffer(const std::string &name, const std::string &text) {
  size_t star = text.find('*'), equals = text.find('=');
  if (star == std::string::npos || equals == std::string::npos || equals < star)
    throw UsageError("expected TYPE*COUNT=FILL, such as f32*16=iota, not `" + text + "`");
  Buffer buffer;
  buffer.name = name;
  buffer.type = parseElementType(text.substr(0, star));
  buffer.count = parseCount(text.substr(star + 1, equals - star - 1), "a buffer's length");
  if (buffer.count > (uint64_t(1) << 34) / buffer.type.bytes)
    throw UsageError("a buffer of more than 16 GiB");
  size_t end = text.find(':', equals);
  std::string how = text.substr(equals + 1, end == std::string::npos ? end : end - equals - 1);
  uint64_t seed = 1;
  while (end != std::string::npos) {
    size_t next = text.find(':', end + 1);
    std::string option = text.substr(end + 1, next == std::string::npos ? next : next - end - 1);
    end = next;
    if (option == "out")
      buffer.out = true;
    else if (option == "hex")
      buffer.hexadecimal = true;
    else if (option.compare(0, 5, "seed=") == 0)
      seed = parseCount(option.substr(5), "a seed");
    else if (how == "random" && !option.empty() && option[0] >= '0' && option[0] <= '9')
      seed = parseCount(option, "a seed");
    else
      throw UsageError("unknown option `:" + option + "` of a buffer (out, hex, seed=N)");
  }
  buffer.contents = fill(buffer.type, buffer.count, how, seed);
  return buffer;
}

Argument parseArgument(const std::string &text) {
  Argument argument;
  if (!text.empty() && text[0] == '@') {
    size_t plus = text.find('+');
    argument.reference = text.substr(1, plus == std::string::npos ? plus : plus - 1);
    if (plus != std::string::npos)
      argument.offset = parseCount(text.substr(plus + 1), "an offset");
    return argument;
  }
  size_t colon = text.find(':');
  if (colon == std::string::npos || text.find('=') < colon) {
    argument.buffer = parseBuffer("", text);
    return argument;
  }
  std::string type = text.substr(0, colon), value = text.substr(colon + 1);
  if (type == "bytes") {
    if (value.size() % 2)
      throw UsageError("bytes are written as pairs of hexadecimal digits");
    for (size_t i = 0; i < value.size(); i += 2)
      argument.bytes.push_back(uint8_t(parseCount("0x" + value.substr(i, 2), "a byte")));
    return argument;
  }
  ElementType element = parseElementType(type);
  uint64_t bits = parseElement(element, value);
  argument.bytes.resize(element.bytes);
  std::memcpy(argument.bytes.data(), &bits, element.bytes);
  return argument;
}

std::string print(const Buffer &buffer, const std::vector<uint8_t> &contents, unsigned columns) {
  std::string result;
  for (uint64_t i = 0; i < buffer.count; ++i) {
    if (i % columns == 0)
      result += (i ? "\n" : "") + buffer.name + "[" + std::to_string(i) + "]:";
    uint64_t bits = 0;
    std::memcpy(&bits, contents.data() + i * buffer.type.bytes, buffer.type.bytes);
    result += " " + print(buffer.type, bits, buffer.hexadecimal);
  }
  return result + "\n";
}

} // namespace azulejo::ptxtool
