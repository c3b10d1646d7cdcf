//===- Window.h - The windows that convolutions and pools move over their input ---------------===//
#ifndef AZULEJO_LIB_LOWER_WINDOW_H
#define AZULEJO_LIB_LOWER_WINDOW_H

#include "lib/Lower/Lowering.h"

namespace azulejo::lower {

/// Attributes kernel_shape, strides, dilations, pads and auto_pad of an operation, one entry per
/// spatial dimension.
struct Window {
  llvm::SmallVector<int64_t> strides, dilations;
  /// Numbers, but for weights whose size is not known.
  llvm::SmallVector<mlir::OpFoldResult> kernel;
  /// Padding before and after: numbers, but for SAME over a size that is not known.
  llvm::SmallVector<mlir::OpFoldResult> begin, end;

  /// `x` is the original input, whose spatial dimensions start at 2, as do those of the weights,
  /// which are the window where there is no kernel_shape.
  static Window get(mlir::Operation *op, mlir::Value x, mlir::Value weights, Lowering &b);

  unsigned rank() const { return kernel.size(); }
  /// The extent of the window with its gaps.
  mlir::OpFoldResult span(unsigned dim, Lowering &b) const;
  /// The number of positions along a spatial dimension of the input.
  mlir::OpFoldResult positions(unsigned dim, mlir::OpFoldResult size, bool ceil, Lowering &b) const;
  /// All pads as numbers, those before and then those after; nothing if one is not.
  std::optional<llvm::SmallVector<int64_t>> staticPads() const;
};

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_WINDOW_H
