//===- Grouping.h - Which operations of a block become one kernel -----------------------------===//
#ifndef AZULEJO_LIB_FUSE_GROUPING_H
#define AZULEJO_LIB_FUSE_GROUPING_H

#include "lib/Tiling/TileableLoops.h"
#include "mlir/IR/Block.h"

namespace azulejo::fuse {

/// An edge between two groups that stayed two, and why.
struct Refusal {
  mlir::Operation *producer, *consumer;
  const char *reason;
};

struct Grouping {
  std::vector<tiling::Group> groups;
  std::vector<Refusal> refusals;
};

/// Reads, writes or computes the elements of a tensor, as opposed to naming, viewing or sizing it.
bool isComputation(mlir::Operation *op);

/// Costs nothing and is repeated inside of each group that needs it: inits, slices, small
/// constants.
bool isRepeatable(mlir::Operation *op);

/// Groups the computing operations that stand directly in `block`.
Grouping groupOperations(mlir::Block &block);

} // namespace azulejo::fuse

#endif // AZULEJO_LIB_FUSE_GROUPING_H
