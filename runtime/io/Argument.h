//===- Argument.h - Tensors as they are written on command lines ------------------------------===//
#ifndef AZULEJO_RUNTIME_IO_ARGUMENT_H
#define AZULEJO_RUNTIME_IO_ARGUMENT_H

#include "runtime/Status.h"
#include "runtime/io/Value.h"
#include <optional>

namespace azulejo::runtime::io {

/// The argument of --input, --output or --expected-output, split: `[name=]rest`. What stands before
/// the first "=" is a name unless it reads as a type, as in "2x2xf32=1,2,3,4".
struct NamedArgument {
  std::string name; // "" where there is none
  std::string rest;
};
NamedArgument splitArgument(const std::string &text);

/// A value: `@file.npy`; `2x3xf32=1,2,3,4,5,6`, with brackets and spaces as one likes; `2x3xf32=0`,
/// one value for all elements; `2x3xf32`, zeros; `f32=1.5`, a scalar; `2x3xf32=random` or
/// `=random:7`, reproducible pseudo-random numbers with that seed: floats of a standard normal
/// distribution, integers of 0 to 99, as far as the type goes. `expected`, where known, decides
/// what a .npy file of raw bytes holds.
Status parseValue(const std::string &text, azl_element_type expected, Value &value);

/// "2x3xf32" or "f32", or nothing.
std::optional<Value> parseType(const std::string &text);

} // namespace azulejo::runtime::io

#endif // AZULEJO_RUNTIME_IO_ARGUMENT_H
