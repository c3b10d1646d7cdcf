//===- Memory.h - Memrefs from plain addresses, and what an element occupies ------------------===//
#ifndef AZULEJO_LIB_CODEGEN_MEMORY_H
#define AZULEJO_LIB_CODEGEN_MEMORY_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::codegen {

/// The bytes of one element in memory: a whole number even for i1 and narrower floats.
int64_t getElementBytes(mlir::Type element);

/// A contiguous memref of `type` at `address`; `sizes` are its dynamic sizes, as indices.
mlir::Value makeMemRef(mlir::ImplicitLocOpBuilder &b, mlir::MemRefType type, mlir::Value address,
                       mlir::ValueRange sizes);

/// LLVM packs i1 and narrower integers into vectors of bits, but a buffer has a byte for each:
/// the function's reads and writes go through i8.
void accessWholeBytes(mlir::LLVM::LLVMFuncOp function);

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_MEMORY_H
