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

  static void setResidentBlocks(LLVM::LLVMFuncOp function, int32_t blocks) {
    function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      Builder(function.getContext()).getI32IntegerAttr(blocks));
  }

  static bool tradesRegisters(LLVM::LLVMFuncOp function) {
    return function.walk([](NVVM::SetMaxRegisterOp) { return WalkResult::interrupt(); })
        .wasInterrupted();
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
          // Or ptxas spills what it unrolled, for more threads than hide anything.
          if (!function->removeAttr(azulejo::gpu::productsAttribute))
            setResidentBlocks(function, std::max(1, kResidentThreads / size));
          // Registers that groups of warps give each other are of all that a block can have.
          else if (tradesRegisters(function))
            setResidentBlocks(function, 1);
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
