//===- RunCase.h - One case: compile its model, run it, compare -------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H
#define AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H

#include "tools/azulejo-conformance/Suite.h"

namespace mlir {
class DialectRegistry;
}

namespace azulejo::conformance {

/// What of its inputs a model knows when it is compiled: the types (as the suite has it), no
/// dimension, or the values.
enum class Form { Static, Dynamic, Folded };

/// In this process, with the artifact in `workFolder`. The error says which part failed and why.
llvm::Error runCase(const Case &test, Form form, const mlir::DialectRegistry &dialects,
                    llvm::StringRef device, llvm::StringRef workFolder);

/// The same through the command line: `azulejo verify`, found in `binFolder`.
llvm::Error runCaseByCommand(const Case &test, llvm::StringRef device, llvm::StringRef binFolder);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_RUNCASE_H
