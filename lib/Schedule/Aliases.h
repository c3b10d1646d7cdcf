//===- Aliases.h - Which buffer values may share memory, and when they are used ---------------===//
#ifndef AZULEJO_LIB_SCHEDULE_ALIASES_H
#define AZULEJO_LIB_SCHEDULE_ALIASES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace azulejo::schedule {

using ValueSet = llvm::SetVector<mlir::Value>;

/// How buffers flow through a function: an edge leads from a value to one that may be the same
/// memory afterwards (`plan.offset`, select, loop arguments, results of branches and loops), and
/// operations are numbered in program order.
class Aliases {
public:
  explicit Aliases(mlir::func::FuncOp function);

  /// A loop's argument for which `value` is the initial value, at the operation `loop`.
  struct LoopEntry {
    mlir::OpOperand *init;
    mlir::Value argument;
  };

  /// The values that hold `value`'s memory or a part of it, or whose memory it may hold: everything
  /// connected by edges.
  ValueSet component(mlir::Value value) const;

  /// Where `value`'s memory may come from: values that no edge leads to. With `cut`, the initial
  /// value of that loop argument does not count, and the argument is a root itself.
  ValueSet roots(mlir::Value value, const LoopEntry *cut = nullptr) const;

  /// What may hold the memory of any of `values`, themselves included. With `within`, edges that
  /// lead from the end of an iteration of a loop around that operation to the start of the next are
  /// not followed.
  ValueSet forward(const ValueSet &values, mlir::Operation *within = nullptr) const;

  /// The entry of the loop argument that `value` is, if it is one.
  std::optional<LoopEntry> loopEntry(mlir::Value value) const;

  int64_t start(mlir::Operation *op) const { return numbers.lookup(op).first; }
  int64_t end(mlir::Operation *op) const { return numbers.lookup(op).second; }

  /// The number up to which `use` needs the memory of a value that exists once for each execution
  /// of `scope`: a loop inside of `scope` around the use needs it in every iteration.
  int64_t lastNeeded(mlir::OpOperand &use, mlir::Block *scope) const;

private:
  struct Edge {
    mlir::Value target;
    mlir::Operation *nextIterationOf; // null, or the loop whose next iteration the edge leads to
  };
  void addEdge(mlir::Value from, mlir::Value to, mlir::Operation *nextIterationOf = nullptr);
  void addOp(mlir::Operation *op);

  llvm::DenseMap<mlir::Value, llvm::SmallVector<Edge, 2>> outgoing;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value, 2>> incoming;
  llvm::DenseMap<mlir::Operation *, std::pair<int64_t, int64_t>> numbers;
};

/// Whether `op` runs its body any number of times.
bool isLoop(mlir::Operation *op);

bool isBuffer(mlir::Value value);

/// Whether a value that may be a buffer of the pool, or a value of the host's, holds a reference of
/// its own: it is where that begins, or a loop or a branch handed it on.
bool holdsReference(mlir::Value value);

} // namespace azulejo::schedule

#endif // AZULEJO_LIB_SCHEDULE_ALIASES_H
