//===- Argument.h - Kernel arguments as they are written ------------------===//
#ifndef AZULEJO_PTX_ARGUMENT_H
#define AZULEJO_PTX_ARGUMENT_H

#include "tools/azulejo-ptx/Elements.h"
#include <optional>

namespace azulejo::ptxtool {

/// `f32*16=iota:out`: TYPE*COUNT=FILL, then `:seed=N` of random, `:out` to print it when all has
/// run, `:hex` to print bits.
struct Buffer {
  std::string name;
  ElementType type;
  uint64_t count = 0;
  std::vector<uint8_t> contents;
  bool out = false, hexadecimal = false;
  uint64_t address = 0; // when it was allocated
};
Buffer parseBuffer(const std::string &name, const std::string &text);

/// One --arg: `u32:5`, `bytes:00ff17`, `f32*16=iota:out`, `@name`, `@name+8`.
struct Argument {
  std::vector<uint8_t> bytes;   // of a scalar
  std::optional<Buffer> buffer; // its address is passed
  std::string reference;        // of a named buffer or tensor map
  uint64_t offset = 0;
};
Argument parseArgument(const std::string &text);

/// `out[0]: 0 1 2 …`, sixteen elements (or `columns`) a line.
std::string print(const Buffer &buffer, const std::vector<uint8_t> &contents, unsigned columns);

uint64_t parseCount(const std::string &text, const std::string &what);

} // namespace azulejo::ptxtool

#endif // AZULEJO_PTX_ARGUMENT_H
