#include "dialects/Tile/Tile.h"
#include "lib/Hardware/Gpu.h"
#include "lib/Tiling/Passes.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_SPECIALIZETARGETS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;

namespace {

struct SpecializeTargets : tiling::impl::SpecializeTargetsBase<SpecializeTargets> {
  using SpecializeTargetsBase::SpecializeTargetsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> kernels;
    for (auto function : module.getOps<func::FuncOp>())
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()))
        kernels.push_back(function);
    auto builder = OpBuilder::atBlockEnd(module.getBody());
    for (const std::string &target : targets) {
      llvm::Expected<hardware::GpuDescription> gpu = hardware::describeGpu(target);
      if (!gpu) {
        module.emitError() << llvm::toString(gpu.takeError());
        return signalPassFailure();
      }
      if (module.lookupSymbol(gpu->arch)) {
        module.emitError() << "the architecture of target '" << target << "', " << gpu->arch
                           << ", is given twice";
        return signalPassFailure();
      }
      auto nested = ModuleOp::create(builder, module.getLoc(), StringRef(gpu->arch));
      nested->setAttr(tiling::gpuAttribute, builder.getStringAttr(target));
      for (func::FuncOp kernel : kernels)
        nested.push_back(kernel.clone());
    }
    for (func::FuncOp kernel : kernels)
      kernel.eraseBody();
  }
};

} // namespace
