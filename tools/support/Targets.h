//===- Targets.h - What to compile for --------------------------------------------------------===//
#ifndef AZULEJO_TOOLS_SUPPORT_TARGETS_H
#define AZULEJO_TOOLS_SUPPORT_TARGETS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace azulejo {

/// What CompileOptions::targets says for the values of `--target` ("cpu", "cuda:sm_90a") and
/// `--hardware` ("h100", "azure:…"): GPUs, or none for the CPU. Each architecture comes once.
llvm::Expected<std::vector<std::string>> parseTargets(llvm::ArrayRef<std::string> targets,
                                                      llvm::ArrayRef<std::string> hardware);

/// The values of `--target` for a model that is to run on this device of the runtime: the
/// simulated GPU's own architecture; for a GPU, architectures of which one fits.
std::vector<std::string> targetsForDevice(llvm::StringRef device);

} // namespace azulejo

#endif // AZULEJO_TOOLS_SUPPORT_TARGETS_H
