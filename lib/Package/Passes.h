//===- Passes.h - From the host program to model.azm ------------------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_PASSES_H
#define AZULEJO_LIB_PACKAGE_PASSES_H

#include "lib/Package/Artifact.h"
#include "mlir/Pass/Pass.h"

namespace azulejo {

#define GEN_PASS_DECL
#include "lib/Package/Passes.h.inc"

/// As the pass, with everything that an artifact's metadata may say.
std::unique_ptr<mlir::Pass> createWriteArtifact(ArtifactOptions options);

#define GEN_PASS_REGISTRATION
#include "lib/Package/Passes.h.inc"

} // namespace azulejo

#endif // AZULEJO_LIB_PACKAGE_PASSES_H
