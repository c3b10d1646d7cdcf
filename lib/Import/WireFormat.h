//===- WireFormat.h - A model's bytes without its weights -------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_WIREFORMAT_H
#define AZULEJO_LIB_IMPORT_WIREFORMAT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace azulejo {

/// Tensors with more data than this stay in their file; smaller ones are part of the module.
inline constexpr uint64_t maxInlineBytes = 1024;

/// A serialised ModelProto whose large tensors have lost their data, and where that data is in the
/// original bytes. Such a tensor's doc_string is the decimal index of its entry in `data`; no other
/// tensor has a doc_string, whatever the original said.
struct SlimModel {
  struct Range {
    uint64_t offset, length;
  };
  std::string bytes;
  std::vector<Range> data;
};

/// Walks the wire format of a ModelProto, and checks on the way what a parser could not survive or
/// would not explain: that every length lies within what is there, and that subgraphs and types do
/// not nest without end. training_info is left out, which nothing here reads.
llvm::Expected<SlimModel> slimModel(llvm::StringRef model);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_WIREFORMAT_H
