//===- Package.h - The stage from the host program to model.azm -------------------------------===//
#ifndef AZULEJO_LIB_PIPELINES_PACKAGE_H
#define AZULEJO_LIB_PIPELINES_PACKAGE_H

#include "lib/Package/Artifact.h"

namespace mlir {
class OpPassManager;
}

namespace azulejo {

/// Compiles what Schedule left to machine code, links it and writes the artifact.
void buildPackagePipeline(mlir::OpPassManager &passes, const ArtifactOptions &options);

void registerPackagePipeline();

} // namespace azulejo

#endif // AZULEJO_LIB_PIPELINES_PACKAGE_H
