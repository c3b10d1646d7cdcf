//===- GlobalWindow.h - A tile's place in global memory
//---------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_GLOBALWINDOW_H
#define AZULEJO_LIB_GPU_GLOBALWINDOW_H

#include "lib/GPU/RegisterGroups.h"
#include "lib/GPU/TileDistributor.h"

namespace azulejo::gpu {

/// Where a tile lies along memory: the tile's dimension along which it is contiguous, or -1, and
/// how many elements one access may move along it: addresses and valid sizes are multiples.
struct AccessWidth {
  int64_t dim = -1, elements = 1;
};
AccessWidth getAccessWidth(mlir::MemRefType memory, mlir::ValueRange indices,
                           llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<mlir::OpFoldResult> valid,
                           llvm::ArrayRef<int64_t> shape);

/// What is computed once for all of a thread's accesses to a window: its address, and how much of
/// each dimension is valid, both seen from the thread's own coordinates.
class GlobalWindow {
public:
  GlobalWindow(TileDistributor &d, mlir::Value memref, mlir::ValueRange indices,
               llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<mlir::OpFoldResult> valid,
               const cta::LinearLayout &layout);

  RegisterGroups groupRegisters(const cta::LinearLayout &layout) const {
    return gpu::groupRegisters(layout, width.dim, width.elements);
  }

  /// The address of the element at what registers contribute to coordinates.
  mlir::Value getPointer(llvm::ArrayRef<int64_t> coordinates);
  /// Whether it is valid; null for always. `except` is a dimension not to look at.
  mlir::Value isInside(llvm::ArrayRef<int64_t> coordinates, int64_t except = -1);
  /// How many elements along `dim` are valid from the coordinate on, as an index; null for all.
  mlir::Value getRest(int64_t dim, int64_t coordinate);

private:
  TileDistributor &d;
  int64_t elementBytes;
  AccessWidth width;
  mlir::Value pointer;                           // of the thread's own coordinates
  llvm::SmallVector<mlir::OpFoldResult> strides; // in elements, of the tile's dimensions
  llvm::SmallVector<mlir::Value> rest;           // null where a dimension is valid throughout
};

/// `body` where `condition` holds, which gives as many values as `otherwise`, and else these.
llvm::SmallVector<mlir::Value> loadIf(TileDistributor &d, mlir::Value condition,
                                      llvm::ArrayRef<mlir::Value> otherwise,
                                      llvm::function_ref<llvm::SmallVector<mlir::Value>()> body);

/// The address of the element at an offset of i32 or i64, counted in elements of `bytes`.
mlir::Value getGatheredPointer(TileDistributor &d, mlir::Value base, mlir::Value offset,
                               int64_t bytes);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_GLOBALWINDOW_H
