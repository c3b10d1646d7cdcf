#include "lib/Codegen/Emission.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"

using namespace mlir;

namespace azulejo::codegen {

LogicalResult linkLibrary(llvm::Module &module, StringRef bitcode, Location loc) {
  llvm::MemoryBufferRef buffer(bitcode, "azulejo kernel library");
  llvm::Expected<std::unique_ptr<llvm::Module>> library =
      llvm::getLazyBitcodeModule(buffer, module.getContext());
  if (!library)
    return emitError(loc) << "the kernel library cannot be read: "
                          << llvm::toString(library.takeError());
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  llvm::StringSet<> ours;
  for (llvm::Function &function : **library)
    if (!function.isDeclaration())
      ours.insert(function.getName());
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
    return emitError(loc) << "the kernel library cannot be linked";
  for (llvm::Function &function : module) {
    if (!ours.contains(function.getName()) || function.isDeclaration())
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    // The library was built for no particular CPU.
    for (const char *attribute : {"target-cpu", "target-features", "tune-cpu",
                                  "min-legal-vector-width", "stack-protector-buffer-size"})
      function.removeFnAttr(attribute);
  }
  return success();
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = level > 1;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  auto o = level == 0   ? llvm::OptimizationLevel::O0
           : level == 1 ? llvm::OptimizationLevel::O1
           : level == 2 ? llvm::OptimizationLevel::O2
                        : llvm::OptimizationLevel::O3;
  llvm::ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(o) : builder.buildPerModuleDefaultPipeline(o);
  passes.run(module, modules);
}

} // namespace azulejo::codegen
