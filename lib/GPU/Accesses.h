//===- Accesses.h - Which memory the threads of a block touch between barriers ----------------===//
#ifndef AZULEJO_LIB_GPU_ACCESSES_H
#define AZULEJO_LIB_GPU_ACCESSES_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseSet.h"

namespace azulejo::gpu {

/// Buffers that are read and written. A buffer is the allocation or the kernel's argument that a
/// memref comes from; the null value stands for one that could be any.
struct Accesses {
  llvm::DenseSet<mlir::Value> reads, writes;

  bool empty() const { return reads.empty() && writes.empty(); }
  void add(const Accesses &other);
  /// Whether `later` reads what these write, or writes what these read or write.
  bool conflictWith(const Accesses &later) const;
};

/// What an operation, with everything inside of it, touches outside of itself.
Accesses getAccesses(mlir::Operation *op);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_ACCESSES_H
