//===- Hoist.h - Moving the computation of sizes to where they are needed ---------------------===//
#ifndef AZULEJO_LIB_SCHEDULE_HOIST_H
#define AZULEJO_LIB_SCHEDULE_HOIST_H

#include "mlir/IR/Value.h"

namespace azulejo::schedule {

/// Whether `value` can be used at `op`. Only for structured control flow: regions of one block.
bool isDefinedBefore(mlir::Value value, mlir::Operation *op);

/// Whether `value` is computed from the function's arguments by arithmetic alone, so that it can be
/// computed at its entry.
bool isKnownAtEntry(mlir::Value value);

/// Whether `hoist` would succeed.
bool canHoist(mlir::Value value, mlir::Operation *op);

/// Moves what computes `value` before `op`, as far as it is not there. Only arithmetic moves, and
/// out of a branch or loop only what may be computed although nobody asks for it.
bool hoist(mlir::Value value, mlir::Operation *op);

} // namespace azulejo::schedule

#endif // AZULEJO_LIB_SCHEDULE_HOIST_H
