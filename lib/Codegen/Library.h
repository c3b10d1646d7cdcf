//===- Library.h - What kernels call ----------------------------------------------------------===//
#ifndef AZULEJO_LIB_CODEGEN_LIBRARY_H
#define AZULEJO_LIB_CODEGEN_LIBRARY_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::codegen {

/// Calls `name` of lib/Codegen/Library.c, which it declares in the module if need be.
mlir::Value callLibraryFunction(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name,
                                mlir::Type result, mlir::ValueRange operands);

/// The library as LLVM bitcode: one source, compiled for each kind of target, so that a model
/// computes the same numbers on all of them. It names no CPU and no architecture.
llvm::StringRef getCpuLibraryBitcode();
llvm::StringRef getNvptxLibraryBitcode();

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_LIBRARY_H
