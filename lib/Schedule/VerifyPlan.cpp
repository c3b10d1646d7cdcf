#include "dialects/Plan/Plan.h"
#include "lib/Schedule/Passes.h"
#include "lib/Schedule/Signature.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace azulejo {
#define GEN_PASS_DEF_VERIFYPLAN
#include "lib/Schedule/Passes.h.inc"
} // namespace azulejo

using namespace mlir;
using namespace azulejo;
using namespace azulejo::schedule;

namespace {
struct VerifyPlanPass : azulejo::impl::VerifyPlanBase<VerifyPlanPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>(entryName);
    if (!main || !main->hasAttr(inputsAttr) || !module.lookupSymbol<func::FuncOp>(peakMemoryName)) {
      module.emitError()
          << "Schedule promises a host program: @main with its signature, and @peak_memory";
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    WalkResult result = main.walk([&](Operation *op) { return WalkResult(verify(op, symbols)); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  static LogicalResult verify(Operation *op, const SymbolTable &symbols) {
    auto isTensor = [](Type type) { return isa<TensorType, MemRefType>(type); };
    if (llvm::any_of(op->getOperandTypes(), isTensor) ||
        llvm::any_of(op->getResultTypes(), isTensor))
      return op->emitError() << "Schedule promises a host program without tensors, and '"
                             << op->getName() << "' works on one";
    if (isa<plan::AllocOp, plan::ReturnOp>(op))
      return op->emitError() << "Schedule promises that every buffer has its place: the arena, the "
                                "pool, an output or a weight";
    if (auto launch = dyn_cast<plan::LaunchOp>(op))
      return verifyKernel(launch, symbols);
    return success();
  }

  /// A kernel of the CPU is two functions; one of GPUs is an entry for each architecture, and a
  /// function that says how to launch it.
  static LogicalResult verifyKernel(plan::LaunchOp launch, const SymbolTable &symbols) {
    StringRef kernel = launch.getKernel();
    auto module = cast<ModuleOp>(symbols.getOp());
    auto missing = [&](const Twine &name) {
      return launch.emitError()
             << "Schedule promises that every kernel is there as compiled code, and '" << name
             << "' is not";
    };
    SmallVector<std::string> functions;
    for (auto architecture : module.getOps<mlir::gpu::GPUModuleOp>()) {
      if (!architecture.lookupSymbol<LLVM::LLVMFuncOp>(kernel))
        return missing(architecture.getName() + "::" + kernel);
      functions.push_back((kernel + "." + architecture.getName()).str());
    }
    if (functions.empty())
      functions = {kernel.str(), (kernel + ".count").str()};
    for (const std::string &name : functions)
      if (!symbols.lookup<LLVM::LLVMFuncOp>(name))
        return missing(name);
    return success();
  }
};
} // namespace
