#include "lib/CPU/EmitObject.h"
#include "lib/CPU/Passes.h"
#include "lib/Codegen/Library.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/IPO/Internalize.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_EMITOBJECT
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;

namespace {

/// Adds the part of the kernel library that `module` calls.
LogicalResult linkLibrary(llvm::Module &module, Location loc) {
  llvm::MemoryBufferRef buffer(codegen::getCpuLibraryBitcode(), "azulejo kernel library");
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

std::unique_ptr<llvm::TargetMachine> makeTargetMachine(const hardware::CpuDescription &cpu,
                                                       const llvm::Triple &triple) {
  std::string message;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.MCOptions.AsmVerbose = false;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, cpu.name, cpu.features, options, llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
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

} // namespace

FailureOr<SmallVector<char>> azulejo::cpu::emitObject(ModuleOp module, const CpuOptions &options) {
  Location loc = module.getLoc();
  llvm::Expected<hardware::CpuDescription> cpu = hardware::describeCpu(options.cpu);
  if (!cpu)
    return emitError(loc) << llvm::toString(cpu.takeError());
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());

  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, "azulejo");
  if (!llvmModule)
    return emitError(loc) << "the module could not be translated to LLVM IR";
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(*cpu, triple);
  if (!machine)
    return emitError(loc) << "LLVM cannot generate code for " << triple.str();
  llvmModule->setTargetTriple(triple);
  llvmModule->setDataLayout(machine->createDataLayout());
  for (llvm::Function &function : *llvmModule) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr(llvm::Attribute::NoUnwind);
    // Where there are wide vectors, use them: a kernel runs long enough for the clock to settle.
    function.addFnAttr("prefer-vector-width", std::to_string(cpu->vectorBytes * 8));
  }
  if (failed(linkLibrary(*llvmModule, loc)))
    return failure();
  if (llvm::verifyModule(*llvmModule, &llvm::errs()))
    return emitError(loc) << "the translated LLVM IR is not valid";
  optimize(*llvmModule, *machine, options.optimization);

  SmallVector<char> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return emitError(loc) << "LLVM cannot write objects for " << triple.str();
  codegen.run(*llvmModule);
  return object;
}

namespace {

struct EmitObject : cpu::impl::EmitObjectBase<EmitObject> {
  using EmitObjectBase::EmitObjectBase;

  void runOnOperation() override {
    // Kernels only: what is not in LLVM's dialect yet stays behind.
    OwningOpRef<ModuleOp> kernels(cast<ModuleOp>(getOperation()->clone()));
    for (Operation &op : llvm::make_early_inc_range(*kernels->getBody()))
      if (!isa<LLVM::LLVMDialect>(op.getDialect()))
        op.erase();
    FailureOr<SmallVector<char>> object = cpu::emitObject(*kernels, {cpu, 3});
    if (failed(object))
      return signalPassFailure();
    std::error_code error;
    llvm::raw_fd_ostream file(output, error);
    if (error) {
      getOperation().emitError() << "cannot write '" << output << "': " << error.message();
      return signalPassFailure();
    }
    file.write(object->data(), object->size());
  }
};

} // namespace
