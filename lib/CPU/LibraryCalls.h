//===- LibraryCalls.h - Calls of the kernel library -------------------------------------------===//
#ifndef AZULEJO_LIB_CPU_LIBRARYCALLS_H
#define AZULEJO_LIB_CPU_LIBRARYCALLS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::cpu {

/// Calls `name` of lib/CPU/Library.c, which it declares in the module if need be.
mlir::Value callLibraryFunction(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name,
                                mlir::Type result, mlir::ValueRange operands);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_LIBRARYCALLS_H
