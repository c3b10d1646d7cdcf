#include "dialects/Plan/Plan.h"
#include "lib/CPU/EmitObject.h"
#include "lib/Package/Passes.h"

namespace azulejo {
#define GEN_PASS_DEF_WRITEARTIFACT
#include "lib/Package/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;

namespace {
struct WriteArtifactPass : azulejo::impl::WriteArtifactBase<WriteArtifactPass> {
  using WriteArtifactBase::WriteArtifactBase;

  void runOnOperation() override {
    ArtifactOptions options{path, cpu, compileOptions};
    cpu::CpuOptions cpuOptions;
    cpuOptions.cpu = cpu;
    FailureOr<SmallVector<char>> object = cpu::emitObject(getOperation(), cpuOptions);
    if (failed(object) || failed(writeArtifact(getOperation(), *object, options)))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }

  std::vector<std::pair<std::string, std::string>> compileOptions;
};
} // namespace

std::unique_ptr<Pass> azulejo::createWriteArtifact(ArtifactOptions options) {
  auto pass = std::make_unique<WriteArtifactPass>(WriteArtifactOptions{options.path, options.cpu});
  pass->compileOptions = std::move(options.compileOptions);
  return pass;
}
