//===- Symbols.h - Symbols of dimensions that turn out to be numbers --------------------------===//
#ifndef AZULEJO_LIB_GRAPH_SYMBOLS_H
#define AZULEJO_LIB_GRAPH_SYMBOLS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace azulejo::graph {

/// Puts numbers in the place of symbols in all types in and below `root`; gives back the symbols
/// that were met.
llvm::StringSet<> substituteSymbols(mlir::Operation *root, const llvm::StringMap<int64_t> &numbers);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_SYMBOLS_H
