//===- Weights.h - Constants as the artifact holds them ---------------------------------------===//
#ifndef AZULEJO_LIB_PACKAGE_WEIGHTS_H
#define AZULEJO_LIB_PACKAGE_WEIGHTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace azulejo::package {

/// Gives the elements of a constant to `write`, a piece at a time, as compiled code reads them:
/// contiguous, little-endian, each in one byte at least, the bits above a narrow element zero.
/// Fails with a message at `loc` where the constant cannot be read.
mlir::LogicalResult streamElements(mlir::Attribute value, mlir::Location loc,
                                   llvm::function_ref<void(llvm::ArrayRef<char>)> write);

} // namespace azulejo::package

#endif // AZULEJO_LIB_PACKAGE_WEIGHTS_H
