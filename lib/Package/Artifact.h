//===- Artifact.h - Writing model.azm ---------------------------------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_ARTIFACT_H
#define AZULEJO_LIB_PACKAGE_ARTIFACT_H

#include "lib/Package/GpuImages.h"
#include <string>

namespace azulejo {

struct ArtifactOptions {
  /// Where the artifact goes. It appears there whole or not at all.
  std::string path = "model.azm";
  /// The CPU that `object` was compiled for: "host", or a name that LLVM knows.
  std::string cpu = "host";
  /// Whether ptxas makes machine code of PTX, where there is a ptxas.
  bool assembles = true;
  /// What the model was compiled with, for people to read: names and values.
  std::vector<std::pair<std::string, std::string>> compileOptions;
};

/// Links `object`, the machine code of `module`, and writes the artifact with `images`, the kernels
/// of GPUs, and with the weights and the metadata that Schedule left in the module's attributes.
/// The same input gives the same bytes. Weights are streamed: they are never in memory beside their
/// file's mapping.
mlir::LogicalResult writeArtifact(mlir::ModuleOp module, llvm::ArrayRef<char> object,
                                  llvm::ArrayRef<package::GpuImage> images,
                                  const ArtifactOptions &options);

} // namespace azulejo

#endif // AZULEJO_LIB_PACKAGE_ARTIFACT_H
