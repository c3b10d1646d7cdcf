//===- TileableLoops.h - Which loops of a group's last operation may be cut -------------------===//
#ifndef AZULEJO_LIB_TILING_TILEABLELOOPS_H
#define AZULEJO_LIB_TILING_TILEABLELOOPS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SetVector.h"
#include <optional>

namespace azulejo::tiling {

/// A group of operations that one kernel computes, in dominance order. `sink` is the operation that
/// all others lead to; `outputs` are the values that are needed outside of the group.
struct Group {
  llvm::SetVector<mlir::Operation *> members;
  mlir::Operation *sink = nullptr;
  llvm::SetVector<mlir::Value> outputs;
};

/// From an operation's loops (those of its TilingInterface) to the indices of one of its operands,
/// or of a result. Nothing where the relation is not of that form. A constant stands for a
/// dimension that is always whole.
std::optional<mlir::AffineMap> getOperandMap(mlir::OpOperand &operand);
std::optional<mlir::AffineMap> getResultMap(mlir::OpResult result);

/// An operation whose results are too dear to compute twice: contractions, reductions, attention.
bool isCostly(mlir::Operation *op);

/// A matmul, a convolution, a transform of one, attention: at most one is in a group.
bool isContraction(mlir::Operation *op);

/// The parallel loops of the sink that may be cut so that each tile computes all of the group's
/// outputs for itself and nothing costly twice.
///
/// `moved`, if given, receives for each member which of its loops each loop of the sink moves: -1
/// for none.
using MovedLoops = llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int64_t>>;
llvm::SmallVector<unsigned> getTileableLoops(const Group &group, MovedLoops *moved = nullptr);

} // namespace azulejo::tiling

#endif // AZULEJO_LIB_TILING_TILEABLELOOPS_H
