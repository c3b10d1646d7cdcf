//===- Buffers.h - Where a workgroup's buffers live -------------------------------------------===//
#ifndef AZULEJO_LIB_CPU_BUFFERS_H
#define AZULEJO_LIB_CPU_BUFFERS_H

#include "mlir/IR/Region.h"

namespace azulejo::cpu {

/// Replaces the allocations in `body`: small ones by the stack, others by memory taken from
/// `scratch` (an !llvm.ptr) and given back where their block ends.
void placeBuffers(mlir::Region &body, mlir::Value scratch);

} // namespace azulejo::cpu

#endif // AZULEJO_LIB_CPU_BUFFERS_H
