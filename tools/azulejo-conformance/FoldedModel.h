//===- FoldedModel.h - A model that knows its inputs ------------------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_FOLDEDMODEL_H
#define AZULEJO_TOOLS_CONFORMANCE_FOLDEDMODEL_H

#include "tools/azulejo-conformance/Suite.h"

namespace azulejo::conformance {

/// Whether an input becomes an initializer: tensors do, and no other value can.
bool isFolded(const ValueSpec &input);

/// Writes the case's model to `path` with the tensors of a test data set as initializers.
llvm::Error writeFoldedModel(const Case &test, int64_t set, llvm::StringRef path);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_FOLDEDMODEL_H
