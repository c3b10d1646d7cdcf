//===- RowLoop.h - A row that several threads write
//----------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_ROWLOOP_H
#define AZULEJO_LIB_GPU_ROWLOOP_H

#include "lib/GPU/Threads.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace azulejo::gpu {

/// The loop of an iteration of scalar code that writes a row, each element by itself: what a gather
/// copies. Consecutive threads take consecutive elements of it, where one thread for the row would
/// leave its neighbour to another row, in another sector of memory.
class RowLoop {
public:
  /// Nothing where iterations write something else, or elements depend on each other.
  static std::optional<RowLoop> find(mlir::scf::ForallOp iterations);

  /// How many threads share a row: a power of two, at most a warp.
  int64_t getLanes();
  /// Rewrites the loop as what one of these threads does, 128 bits at a time where each row is
  /// known to start aligned.
  void distribute(mlir::Value lane);

private:
  explicit RowLoop(mlir::scf::ForOp loop) : loop(loop) {}
  void chooseVector();

  mlir::scf::ForOp loop;
  /// Elements that a thread takes at once.
  int64_t vector = 1;
};

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_ROWLOOP_H
