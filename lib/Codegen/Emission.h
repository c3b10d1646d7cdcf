//===- Emission.h - What all targets' emission of machine code has in common ------------------===//
#ifndef AZULEJO_LIB_CODEGEN_EMISSION_H
#define AZULEJO_LIB_CODEGEN_EMISSION_H

#include "mlir/IR/Location.h"
#include "mlir/Support/LLVM.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace azulejo::codegen {

/// Adds the part of the kernel library, given as bitcode, that `module` calls. Nobody else sees it.
mlir::LogicalResult linkLibrary(llvm::Module &module, llvm::StringRef bitcode, mlir::Location loc);

/// Runs LLVM's passes of this level (0 to 3) for the machine.
void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned level);

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_EMISSION_H
