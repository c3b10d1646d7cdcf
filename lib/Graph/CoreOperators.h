//===- CoreOperators.h - The list of docs/CoreOperators.md ------------------------------------===//
#ifndef AZULEJO_LIB_GRAPH_COREOPERATORS_H
#define AZULEJO_LIB_GRAPH_COREOPERATORS_H

#include "llvm/ADT/StringRef.h"

namespace mlir {
class Operation;
}

namespace azulejo::graph {

/// Whether an operator (a name as getOpType gives it) may leave Graph.
bool isCoreOperator(llvm::StringRef opType);

} // namespace azulejo::graph

#endif // AZULEJO_LIB_GRAPH_COREOPERATORS_H
