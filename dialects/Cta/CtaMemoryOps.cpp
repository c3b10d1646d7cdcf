#include "dialects/Cta/Cta.h"
#include "dialects/Cta/Window.h"

using namespace mlir;

namespace azulejo::cta {

LogicalResult verifyWindow(Operation *op, Type memory, Type element, int64_t rank,
                           ValueRange indices, ArrayRef<int64_t> dims,
                           ArrayRef<int64_t> staticValid) {
  auto memref = cast<MemRefType>(memory);
  if (memref.getElementType() != element)
    return op->emitOpError() << "moves elements of " << element << " to or from those of "
                             << memref.getElementType();
  if (static_cast<int64_t>(indices.size()) != memref.getRank())
    return op->emitOpError() << "needs " << memref.getRank() << " indices";
  SmallVector<int64_t> sorted(dims);
  llvm::sort(sorted);
  if (static_cast<int64_t>(dims.size()) != rank ||
      llvm::any_of(dims, [&](int64_t dim) { return dim < 0 || dim >= memref.getRank(); }) ||
      std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    return op->emitOpError() << "needs for each of the tile's " << rank
                             << " dimensions another one of the memref's " << memref.getRank();
  if (!staticValid.empty() && static_cast<int64_t>(staticValid.size()) != rank)
    return op->emitOpError() << "needs " << rank << " valid sizes, or none";
  return success();
}

static LogicalResult verifyTileWindow(Operation *op, Type memory, Type tile, ValueRange indices,
                                      ArrayRef<int64_t> dims, ArrayRef<int64_t> staticValid) {
  auto type = cast<RankedTensorType>(tile);
  return verifyWindow(op, memory, type.getElementType(), type.getRank(), indices, dims,
                      staticValid);
}

LogicalResult LoadOp::verify() {
  if (getPad() && getStaticValid().empty())
    return emitOpError("has nothing to pad: every element is valid");
  return verifyTileWindow(*this, getSource().getType(), getType(), getIndices(), getDims(),
                          getStaticValid());
}

LogicalResult StoreOp::verify() {
  return verifyTileWindow(*this, getTarget().getType(), getTile().getType(), getIndices(),
                          getDims(), getStaticValid());
}

LogicalResult verifyGathered(Operation *op, Type memory, Type element, ArrayRef<int64_t> shape,
                             Value offsets, Value mask, int64_t contiguity) {
  auto memref = cast<MemRefType>(memory);
  auto offsetType = cast<RankedTensorType>(offsets.getType());
  if (!memref.getLayout().isIdentity())
    return op->emitOpError() << "counts offsets in a contiguous memref, not in " << memref;
  if (memref.getElementType() != element)
    return op->emitOpError() << "moves elements of " << element << " to or from those of "
                             << memref.getElementType();
  if (offsetType.getShape() != shape)
    return op->emitOpError("needs one offset for each element");
  if (mask && (cast<RankedTensorType>(mask.getType()).getShape() != shape ||
               cast<RankedTensorType>(mask.getType()).getEncoding() != offsetType.getEncoding()))
    return op->emitOpError("needs a mask of the offsets' shape and layout");
  if (contiguity < 1 || !llvm::isPowerOf2_64(contiguity) ||
      (!shape.empty() && shape.back() % contiguity))
    return op->emitOpError("has a contiguity that is no power of two or does not divide a row");
  return success();
}

LogicalResult GatherOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (getPad() && !getMask())
    return emitOpError("has nothing to pad: no element is masked");
  if (cast<RankedTensorType>(getOffsets().getType()).getEncoding() != type.getEncoding())
    return emitOpError("needs offsets in the result's layout");
  return verifyGathered(*this, getSource().getType(), type.getElementType(), type.getShape(),
                        getOffsets(), getMask(), getContiguity());
}

LogicalResult ScatterOp::verify() {
  auto type = cast<RankedTensorType>(getTile().getType());
  if (cast<RankedTensorType>(getOffsets().getType()).getEncoding() != type.getEncoding())
    return emitOpError("needs offsets in the tile's layout");
  return verifyGathered(*this, getTarget().getType(), type.getElementType(), type.getShape(),
                        getOffsets(), getMask(), getContiguity());
}

} // namespace azulejo::cta
