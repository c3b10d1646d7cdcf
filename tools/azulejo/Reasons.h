//===- Reasons.h - Why some of a model runs in another way than the rest ----------------------===//
#ifndef AZULEJO_TOOLS_AZULEJO_REASONS_H
#define AZULEJO_TOOLS_AZULEJO_REASONS_H

#include "llvm/Support/JSON.h"

namespace azulejo::tool {

/// Prints, from an artifact's metadata, which nodes run on the host and not as a kernel, and for
/// each architecture of GPUs which kernels are no tile programs or multiply without wgmma.
void printReasons(const llvm::json::Object &metadata);

/// The nodes that run on the host: [{"node", "reason"}].
llvm::json::Array getHostCalls(const llvm::json::Object &metadata);

} // namespace azulejo::tool

#endif // AZULEJO_TOOLS_AZULEJO_REASONS_H
