//===- Threads.h - Code for one thread of a block ---------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_THREADS_H
#define AZULEJO_LIB_GPU_THREADS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::gpu {

constexpr int64_t kWarpSize = 32;

/// The threads of a block, and which one this is.
struct Team {
  int64_t size;
  mlir::Value thread; // an index in [0, size)
};

mlir::Value constantIndex(mlir::ImplicitLocOpBuilder &b, int64_t value);

/// The product of `sizes`, 1 for none.
mlir::Value multiply(mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<mlir::Value> sizes);

/// The indices of point `number` in a space of `sizes`; the last runs fastest. Where a size is 0
/// the result means nothing.
llvm::SmallVector<mlir::Value> delinearize(mlir::ImplicitLocOpBuilder &b, mlir::Value number,
                                           llvm::ArrayRef<mlir::Value> sizes);

/// Applies a map of dimensions only.
llvm::SmallVector<mlir::Value> apply(mlir::ImplicitLocOpBuilder &b, mlir::AffineMap map,
                                     mlir::ValueRange dims);
mlir::Value apply(mlir::ImplicitLocOpBuilder &b, mlir::AffineExpr expr, mlir::ValueRange dims);

/// Calls `body` with the insertion point inside of a loop in which this thread takes every
/// team.size-th of `count` points.
void forEachPoint(mlir::ImplicitLocOpBuilder &b, const Team &team, mlir::Value count,
                  llvm::function_ref<void(mlir::Value point)> body);

/// A loop from 0 to `count` by 1 with carried values; `body` returns the next ones.
llvm::SmallVector<mlir::Value>
loop(mlir::ImplicitLocOpBuilder &b, mlir::Value from, mlir::Value to, mlir::Value step,
     mlir::ValueRange carried,
     llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);

/// The value of lane `lane ^ mask`, of any integer or float type; all lanes of the warp take part.
mlir::Value shuffleXor(mlir::ImplicitLocOpBuilder &b, mlir::Value value, int64_t mask);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_THREADS_H
