#include "lib/Pipelines/CPU.h"
#include "lib/CPU/Passes.h"
#include "lib/Pipelines/Fuse.h"
#include "lib/Pipelines/GPU.h"
#include "lib/Pipelines/Tiling.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

void azulejo::buildCpuPipeline(OpPassManager &pm, llvm::StringRef cpu) {
  // One pass, since upstream's conversions must not see @main: lib/CPU/LowerKernels.cpp lists what
  // it runs.
  pm.addPass(cpu::createLowerKernels({cpu.str()}));
}

namespace {

struct CpuOption : PassPipelineOptions<CpuOption> {
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("The CPU to compile for"),
                          llvm::cl::init("host")};
};

struct TargetsOption : PassPipelineOptions<TargetsOption> {
  ListOption<std::string> targets{*this, "targets", llvm::cl::desc("The architectures of GPUs")};
};

} // namespace

void azulejo::registerKernelPipelines() {
  PassPipelineRegistration<>("azulejo-fuse-pipeline", "The Fuse stage, for CPUs",
                             [](OpPassManager &pm) { buildFusePipeline(pm, /*forCpu=*/true); });
  PassPipelineRegistration<CpuOption>(
      "azulejo-tiling-pipeline", "The Tiling stage",
      [](OpPassManager &pm, const CpuOption &option) {
        llvm::Expected<hardware::CpuDescription> cpu = hardware::describeCpu(option.cpu);
        if (!cpu)
          llvm::report_fatal_error(cpu.takeError(), /*gen_crash_diag=*/false);
        buildTilingPipeline(pm, *cpu);
      });
  PassPipelineRegistration<CpuOption>(
      "azulejo-cpu-pipeline", "The CPU stage",
      [](OpPassManager &pm, const CpuOption &option) { buildCpuPipeline(pm, option.cpu); });
  PassPipelineRegistration<TargetsOption>("azulejo-gpu-tiling-pipeline",
                                          "The Tiling stage for GPUs",
                                          [](OpPassManager &pm, const TargetsOption &option) {
                                            buildGpuTilingPipeline(pm, option.targets);
                                          });
  PassPipelineRegistration<>("azulejo-gpu-pipeline", "The GPU stage",
                             [](OpPassManager &pm) { buildGpuPipeline(pm); });
}
