#include "lib/Pipelines/Register.h"
#include "dialects/Cta/Cta.h"
#include "dialects/ONNX/ONNX.h"
#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/CPU/Passes.h"
#include "lib/Codegen/Passes.h"
#include "lib/Fuse/Passes.h"
#include "lib/GPU/Passes.h"
#include "lib/Graph/Passes.h"
#include "lib/Lower/Passes.h"
#include "lib/Pipelines/CPU.h"
#include "lib/Pipelines/Package.h"
#include "lib/Pipelines/Schedule.h"
#include "lib/Tiling/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

namespace azulejo {

void registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<cta::CtaDialect, onnx::ONNXDialect, plan::PlanDialect, tile::TileDialect>();
}

void registerAllPasses() {
  mlir::registerAllPasses();
  fuse::registerFusePasses();
  tiling::registerTilingPasses();
  codegen::registerCodegenPasses();
  cpu::registerCPUPasses();
  gpu::registerGPUPasses();
  registerKernelPipelines();
  registerSchedulePipeline();
  registerPackagePipeline();
  graph::registerGraphPasses();
  lower::registerLowerPasses();
}

} // namespace azulejo
