#include "dialects/Plan/Plan.h"
#include "lib/CPU/EmitObject.h"
#include "lib/Package/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace azulejo {
#define GEN_PASS_DEF_WRITEARTIFACT
#include "lib/Package/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;

/// What becomes the artifact's machine code: everything but the kernels of GPUs.
static OwningOpRef<ModuleOp> cloneHostCode(ModuleOp module) {
  OwningOpRef<ModuleOp> host(cast<ModuleOp>(module->cloneWithoutRegions()));
  host->getBodyRegion().emplaceBlock();
  for (Operation &op : *module.getBody())
    if (!isa<mlir::gpu::GPUModuleOp>(op))
      host->push_back(op.clone());
  return host;
}

namespace {
struct WriteArtifactPass : azulejo::impl::WriteArtifactBase<WriteArtifactPass> {
  using WriteArtifactBase::WriteArtifactBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    ArtifactOptions options{path, cpu, assemble, compileOptions};
    cpu::CpuOptions cpuOptions;
    cpuOptions.cpu = cpu;
    auto images = package::makeGpuImages(module, assemble);
    if (failed(images))
      return signalPassFailure();
    FailureOr<SmallVector<char>> object;
    if (images->empty()) {
      object = cpu::emitObject(module, cpuOptions);
    } else {
      OwningOpRef<ModuleOp> host = cloneHostCode(module);
      object = cpu::emitObject(*host, cpuOptions);
    }
    if (failed(object) || failed(writeArtifact(module, *object, *images, options)))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }

  std::vector<std::pair<std::string, std::string>> compileOptions;
};
} // namespace

std::unique_ptr<Pass> azulejo::createWriteArtifact(ArtifactOptions options) {
  auto pass = std::make_unique<WriteArtifactPass>(
      WriteArtifactOptions{options.path, options.cpu, options.assembles});
  pass->compileOptions = std::move(options.compileOptions);
  return pass;
}
