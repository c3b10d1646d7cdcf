//===- Buffers.h - Memrefs from plain addresses -----------------------------------------------===//
#ifndef AZULEJO_LIB_CPU_BUFFERS_H
#define AZULEJO_LIB_CPU_BUFFERS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::cpu {

/// The bytes of one element in memory: a whole number even for i1 and narrower floats.
int64_t getElementBytes(mlir::Type element);

/// A contiguous memref of `type` at `address`; `sizes` are its dynamic sizes, as indices.
mlir::Value makeMemRef(mlir::ImplicitLocOpBuilder &b, mlir::MemRefType type, mlir::Value address,
                       mlir::ValueRange sizes);

/// Replaces the allocations in `body`: small ones by the stack, others by memory taken from
/// `scratch` (an !llvm.ptr) and given back where their block ends.
void placeBuffers(mlir::Region &body, mlir::Value scratch);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_BUFFERS_H
