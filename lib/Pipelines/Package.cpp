#include "lib/Pipelines/Package.h"
#include "lib/Package/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace azulejo {

void buildPackagePipeline(mlir::OpPassManager &passes, const ArtifactOptions &options) {
  passes.addPass(createWriteArtifact(options));
}

void registerPackagePipeline() { registerPackagePasses(); }

} // namespace azulejo
