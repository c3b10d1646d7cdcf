//===- LayoutChoice.h - What layouts operations ask for
//-------------------------------------------===//
#ifndef AZULEJO_LIB_GPU_LAYOUTCHOICE_H
#define AZULEJO_LIB_GPU_LAYOUTCHOICE_H

#include "dialects/Cta/Cta.h"

namespace azulejo::gpu {

struct DotLayouts {
  cta::LinearLayout a, b, c;
};

/// Whether tensor cores multiply these types.
bool hasTensorCore(cta::DotOp op);

/// Fragments of tensor cores where they have the types and the tiles are large enough, otherwise a
/// few rows and columns for each thread.
DotLayouts chooseDotLayouts(cta::DotOp op, unsigned warpBits);

/// Neighbouring threads on neighbouring elements, as wide as alignment and the tile allow.
cta::LinearLayout chooseLoadLayout(cta::LoadOp op, unsigned warpBits);
cta::LinearLayout chooseStoreLayout(cta::StoreOp op, unsigned warpBits);
/// By the last dimension, `contiguity` elements at a time.
cta::LinearLayout chooseGatherLayout(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                                     int64_t contiguity, unsigned warpBits);
/// Where nobody asks.
cta::LinearLayout chooseDefaultLayout(mlir::RankedTensorType type, unsigned warpBits);

/// Elementwise: each element of the result from the same elements of the operands.
bool isElementwiseOnTiles(mlir::Operation *op);
/// Whether a value reaches, through elementwise operations, the left side of a product or a
/// reduction of rows: then each warp should have whole rows.
bool feedsRows(mlir::Value value);
/// Whether it reaches a matrix product at all.
bool feedsProduct(mlir::Value value);
/// Whether a value is computed, by elementwise operations, of a matrix product.
bool comesFromProduct(mlir::Value value);

/// The number of warps that run `op` together: the role's, or the block's.
int64_t getWarps(mlir::Operation *op);

} // namespace azulejo::gpu

#endif // AZULEJO_LIB_GPU_LAYOUTCHOICE_H
