#include "lib/GPU/EmitPtx.h"
#include "lib/Codegen/Emission.h"
#include "lib/Codegen/Library.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/BypassSlowDivision.h"
#include "llvm/Transforms/Utils/IntegerDivision.h"

using namespace mlir;
using namespace azulejo;

/// The oldest PTX that has what we use of an architecture: any driver from CUDA 12 on takes 8.0.
static StringRef ptxFeature(StringRef arch) {
  int capability = 0;
  arch.drop_front(StringRef("sm_").size()).consumeInteger(10, capability);
  return capability >= 120 ? "+ptx87" : capability >= 100 ? "+ptx86" : "+ptx80";
}

static std::unique_ptr<llvm::TargetMachine> makeTargetMachine(StringRef arch,
                                                              const llvm::Triple &triple) {
  static bool initialized = [] {
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string message;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  options.MCOptions.AsmVerbose = false;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, arch, ptxFeature(arch), options, llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// Divides 64 bits without the subroutine that ptxas would call, whose registers come on top of the
/// kernel's: numbers of 32 bits as such, which nearly all are, larger ones bit by bit.
static void expandDivisions(llvm::Module &module) {
  auto isWide = [](llvm::Instruction &instruction) {
    return instruction.isIntDivRem() && instruction.getType()->isIntegerTy(64) &&
           !isa<llvm::Constant>(instruction.getOperand(1));
  };
  for (llvm::Function &function : module) {
    SmallVector<llvm::BasicBlock *> blocks;
    for (llvm::BasicBlock &block : function)
      if (llvm::any_of(block, isWide))
        blocks.push_back(&block);
    for (llvm::BasicBlock *block : blocks)
      llvm::bypassSlowDivision(block, {{64, 32}});
    SmallVector<llvm::BinaryOperator *> left;
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : block)
        if (isWide(instruction))
          left.push_back(cast<llvm::BinaryOperator>(&instruction));
    for (llvm::BinaryOperator *division : left)
      if (division->getOpcode() == llvm::Instruction::SDiv ||
          division->getOpcode() == llvm::Instruction::UDiv)
        llvm::expandDivision(division);
      else
        llvm::expandRemainder(division);
  }
}

void azulejo::gpu::registerPtxTranslations(MLIRContext &context) {
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
  registerGPUDialectTranslation(context);
  registerNVVMDialectTranslation(context);
}

FailureOr<std::string> azulejo::gpu::emitPtx(mlir::gpu::GPUModuleOp module) {
  Location loc = module.getLoc();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(module, llvmContext, "azulejo");
  if (!llvmModule)
    return emitError(loc) << "the module of kernels could not be translated to LLVM IR";
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(module.getName(), triple);
  if (!machine)
    return emitError(loc) << "LLVM cannot generate code for " << module.getName();
  llvmModule->setTargetTriple(triple);
  llvmModule->setDataLayout(machine->createDataLayout());
  if (failed(codegen::linkLibrary(*llvmModule, codegen::getNvptxLibraryBitcode(), loc)))
    return failure();
  if (llvm::verifyModule(*llvmModule, &llvm::errs()))
    return emitError(loc) << "the translated LLVM IR is not valid";
  codegen::optimize(*llvmModule, *machine, 3);
  expandDivisions(*llvmModule);

  SmallVector<char> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager emission;
  if (machine->addPassesToEmitFile(emission, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return emitError(loc) << "LLVM cannot write PTX";
  emission.run(*llvmModule);
  return std::string(text.data(), text.size());
}
