//===- Mutate.h - Models that somebody might have broken --------------------------------------===//
//
// A mutant differs from a good model in a few places. Bytes that are flipped or cut test how the
// wire format is read; most of those end there. So half of the binary mutants are made on the tree
// of protobuf's fields, which is written again with the right lengths: such a model parses, and
// contradicts itself further inside. Textual models exchange tokens.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_TOOLS_FUZZ_MUTATE_H
#define AZULEJO_TOOLS_FUZZ_MUTATE_H

#include "llvm/ADT/ArrayRef.h"
#include <random>
#include <string>

namespace azulejo::fuzz {

/// The same numbers on every machine; std's distributions are not, so they are not used.
using Random = std::mt19937_64;

/// A mutant of `model`, which takes parts from `other` now and then.
std::string mutate(llvm::StringRef model, llvm::StringRef other, Random &random);

/// Whether the bytes are a textual model.
bool isText(llvm::StringRef model);

} // namespace azulejo::fuzz

#endif // AZULEJO_TOOLS_FUZZ_MUTATE_H
