//===- DimNames.h - A model's dimension names as symbols --------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_DIMNAMES_H
#define AZULEJO_LIB_IMPORT_DIMNAMES_H

#include "dialects/ONNX/Dims.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo {

/// What the dim_params of one model mean. ONNX lets a dim_param be any text, and equal text means
/// equal size. A text that is a symbol's name is that symbol. One that reads as an expression over
/// symbols which the model names by themselves ("past + 1" beside "past") is that expression. Any
/// other is a symbol of its own, named by the text with `_` for what a name cannot hold, and a
/// number where two texts would become one name: "batch-size" is `batch_size`, unless the model has
/// dimensions "batch" and "size".
class DimNames {
public:
  /// Makes a dim_param known. All of a model's must be declared before the first is read.
  void declare(llvm::StringRef text);

  /// The dimension that a dim_param stands for; nothing for one that says nothing ("", "?").
  std::optional<onnx::SymbolicExpr> read(llvm::StringRef text);

private:
  llvm::StringSet<> symbols;
  llvm::StringMap<std::optional<onnx::SymbolicExpr>> known;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_DIMNAMES_H
