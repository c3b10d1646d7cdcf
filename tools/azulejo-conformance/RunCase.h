//===- RunCase.h - One case: compile its model, run it, compare -------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H
#define AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H

#include "tools/azulejo-conformance/Suite.h"

namespace mlir {
class DialectRegistry;
}

namespace azulejo::conformance {

/// In this process, with the artifact in `workFolder`. The error says which part failed and why.
/// With `dynamic`, the model knows no dimension of its inputs.
llvm::Error runCase(const Case &test, const mlir::DialectRegistry &dialects, llvm::StringRef device,
                    llvm::StringRef workFolder, bool dynamic);

/// The same through the command line: `azulejo verify`, found in `binFolder`.
llvm::Error runCaseByCommand(const Case &test, llvm::StringRef device, llvm::StringRef binFolder);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H
