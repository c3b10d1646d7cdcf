//===- StringTable.h - The numbers of strings -------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_STRINGTABLE_H
#define AZULEJO_LIB_LOWER_STRINGTABLE_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::lower {

/// A tensor of strings is lowered to a tensor of numbers, i64, equal for equal strings and for no
/// others: kernels then move and compare strings as they do any numbers. Constants have the first
/// numbers, from this table; a run goes on numbering those that it meets. 0 is the empty string, as
/// ONNX fills with it.
class StringTable {
public:
  StringTable() { getNumber(""); }

  int64_t getNumber(llvm::StringRef text) {
    auto [entry, isNew] = numbers.try_emplace(text, numbers.size());
    if (isNew)
      texts.push_back(entry->getKey());
    return entry->getValue();
  }

  /// All of them, in order, for the module to carry on; null where there is none but the empty one.
  mlir::ArrayAttr getAttr(mlir::Builder builder) const {
    return texts.size() == 1 ? mlir::ArrayAttr() : builder.getStrArrayAttr(texts);
  }

private:
  llvm::StringMap<int64_t> numbers;
  llvm::SmallVector<llvm::StringRef> texts;
};

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_STRINGTABLE_H
