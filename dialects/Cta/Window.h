//===- Window.h - What a tile covers of a memref ----------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_WINDOW_H
#define AZULEJO_DIALECTS_CTA_WINDOW_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace azulejo::cta {

/// That a tile of `rank` dimensions and elements of `element` is a window of `memory`.
mlir::LogicalResult verifyWindow(mlir::Operation *op, mlir::Type memory, mlir::Type element,
                                 int64_t rank, mlir::ValueRange indices,
                                 llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> staticValid);

/// That each element of a tile of `shape` has an offset into `memory`.
mlir::LogicalResult verifyGathered(mlir::Operation *op, mlir::Type memory, mlir::Type element,
                                   llvm::ArrayRef<int64_t> shape, mlir::Value offsets,
                                   mlir::Value mask, int64_t contiguity);

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_WINDOW_H
