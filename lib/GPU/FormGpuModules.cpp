#include "dialects/Tile/Tile.h"
#include "lib/Codegen/Memory.h"
#include "lib/GPU/Passes.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace azulejo::gpu {
#define GEN_PASS_DEF_FORMGPUMODULES
#include "lib/GPU/Passes.h.inc"
} // namespace azulejo::gpu

using namespace mlir;
using namespace azulejo;

namespace {

/// Threads that a multiprocessor must be able to hold of a kernel without products: with 128
/// registers each.
constexpr int32_t kResidentThreads = 512;
/// And of one with products, for which registers are worth more.
constexpr int32_t kResidentProductThreads = 128;

struct FormGpuModules : azulejo::gpu::impl::FormGpuModulesBase<FormGpuModules> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto nested : llvm::make_early_inc_range(module.getOps<ModuleOp>()))
      if (nested->hasAttr(tiling::gpuAttribute))
        form(nested);
    // What launches referred to: from here on they name entries of the modules.
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()) && function.isExternal())
        function.erase();
  }

  /// How many blocks a multiprocessor must be able to hold, so that ptxas knows what registers it
  /// may use. Or it spills what it unrolled, for more threads than hide anything; or a few words of
  /// the products of one warp; or it leaves alone the registers that groups of warps give each
  /// other. Nothing where its own choice is as good.
  static std::optional<int32_t> getResidentBlocks(LLVM::LLVMFuncOp function, int32_t threads) {
    if (!function->removeAttr(azulejo::gpu::productsAttribute))
      return std::max(1, kResidentThreads / threads);
    bool trades = function.walk([](NVVM::SetMaxRegisterOp) { return WalkResult::interrupt(); })
                      .wasInterrupted();
    if (!trades && threads > kResidentProductThreads)
      return std::nullopt;
    return std::max(1, kResidentProductThreads / threads);
  }

  void form(ModuleOp nested) {
    OpBuilder b(nested);
    auto formed = mlir::gpu::GPUModuleOp::create(b, nested.getLoc(), *nested.getSymName());
    Block *entries = formed.getBody();
    for (Operation &op : llvm::make_early_inc_range(*nested.getBody())) {
      auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
      if (function)
        codegen::accessWholeBytes(function);
      if (function && function->removeAttr(azulejo::gpu::hostAttribute)) {
        function->moveBefore(formed);
        continue;
      }
      if (function)
        if (auto threads = function->removeAttr(azulejo::gpu::threadsAttribute)) {
          int32_t size = cast<IntegerAttr>(threads).getInt();
          function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), b.getUnitAttr());
          function->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(),
                            b.getDenseI32ArrayAttr({size, 1, 1}));
          if (std::optional<int32_t> blocks = getResidentBlocks(function, size))
            function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                              b.getI32IntegerAttr(*blocks));
          // Tensor maps, which are read where the launch has put them.
          for (unsigned i = 0; i < function.getNumArguments(); ++i)
            if (function.getArgAttr(i, LLVM::LLVMDialect::getByValAttrName()))
              function.setArgAttr(i, NVVM::NVVMDialect::getGridConstantAttrName(), b.getUnitAttr());
        }
      op.moveBefore(entries, entries->end());
    }
    nested.erase();
  }
};

} // namespace
