//===- Buffers.h - Where a block's buffers live -----------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_BUFFERS_H
#define AZULEJO_LIB_GPU_BUFFERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::gpu {

/// The memory of one block: a place in it for each buffer.
struct BlockMemory {
  /// Its size in bytes, an index computed before the loop over blocks; a constant where it can be.
  mlir::Value bytes;
  /// Each allocation and its offset in bytes, computed before the loop over blocks.
  llvm::SmallVector<std::pair<mlir::Operation *, mlir::Value>> buffers;
};

/// Lays out the allocations inside of `blocks`, with the most that each can take as far as the
/// kernel's operands tell. Fails, with an error, where they do not.
mlir::FailureOr<BlockMemory> layOutBuffers(mlir::scf::ForallOp blocks, int64_t threads);

/// Replaces the allocations by memory at `base` (an !llvm.ptr, defined before them).
void replaceBuffers(const BlockMemory &memory, mlir::Value base);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_BUFFERS_H
