#include "lib/CPU/EmitObject.h"
#include "lib/CPU/Passes.h"
#include "lib/Codegen/Emission.h"
#include "lib/Codegen/Library.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace azulejo::cpu {
#define GEN_PASS_DEF_EMITOBJECT
#include "lib/CPU/Passes.h.inc"
} // namespace azulejo::cpu

using namespace mlir;
using namespace azulejo;

namespace {

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
  if (failed(codegen::linkLibrary(*llvmModule, codegen::getCpuLibraryBitcode(), loc)))
    return failure();
  if (llvm::verifyModule(*llvmModule, &llvm::errs()))
    return emitError(loc) << "the translated LLVM IR is not valid";
  codegen::optimize(*llvmModule, *machine, options.optimization);

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
