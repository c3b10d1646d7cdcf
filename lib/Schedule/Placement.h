//===- Placement.h - Where buffers lie in the arena -------------------------------------------===//
#ifndef AZULEJO_LIB_SCHEDULE_PLACEMENT_H
#define AZULEJO_LIB_SCHEDULE_PLACEMENT_H

#include "mlir/IR/Value.h"

namespace azulejo::schedule {

/// A buffer of the arena: its size and when it lives.
struct Buffer {
  mlir::Operation *alloc;
  mlir::Value bytes;
  /// The size is `units` times `factor`, or `units` bytes where that is null. Units are a multiple
  /// of a buffer's alignment, so that every multiple of an offset in units is aligned. 0 where no
  /// such form is known.
  mlir::Value factor;
  int64_t units = 0;
  int64_t guessedBytes; // for likely symbols: only the plan's quality depends on it
  int64_t start, end;   // in program order, both included
  int64_t offset = 0;   // in units, once placed by `placeByOffset`

  bool overlaps(const Buffer &other) const { return start <= other.end && other.start <= end; }
};

/// Gives each buffer the smallest gap that is free while it lives, the largest first, and returns
/// the units they take in all. The buffers have one factor.
int64_t placeByOffset(llvm::MutableArrayRef<Buffer *> buffers);

/// Shares slots among buffers of any size: each goes to a slot without a buffer of its time,
/// preferably one of its own size, and otherwise the smallest. A slot is as large as the largest of
/// its buffers, the first being the one that is likely to be that.
llvm::SmallVector<llvm::SmallVector<Buffer *>> shareSlots(llvm::MutableArrayRef<Buffer *> buffers);

} // namespace azulejo::schedule

#endif // AZULEJO_LIB_SCHEDULE_PLACEMENT_H
