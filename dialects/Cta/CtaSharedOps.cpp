#include "dialects/Cta/Cta.h"
#include "dialects/Cta/Window.h"

using namespace mlir;

namespace azulejo::cta {

LogicalResult StageOp::verify() {
  if (getRing().getType().getShape().size() != 3)
    return emitOpError() << "takes a ring of tiles, not " << getRing().getType();
  return success();
}

LogicalResult StageOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto type = dyn_cast<SharedType>(adaptor.getRing().getType());
  if (!type)
    return failure();
  results.push_back(type.getStageType());
  return success();
}

/// That `shared` is one tile and not a ring.
static LogicalResult verifyOneTile(Operation *op, SharedType shared) {
  if (shared.getShape().size() != 2)
    return op->emitOpError() << "takes one stage of a ring, not " << shared;
  return success();
}

/// That `tile` is what `shared` holds.
static LogicalResult verifyHolds(Operation *op, SharedType shared, RankedTensorType tile) {
  if (failed(verifyOneTile(op, shared)))
    return failure();
  SmallVector<int64_t> shape(tile.getShape());
  if (shape.size() == 1)
    shape.insert(shape.begin(), 1);
  if (shared.getElementType() != tile.getElementType() || shared.getTileShape() != ArrayRef(shape))
    return op->emitOpError() << "moves " << tile << " to or from " << shared;
  return success();
}

LogicalResult LoadSharedOp::verify() {
  return verifyHolds(*this, getSource().getType(), cast<RankedTensorType>(getType()));
}

LogicalResult StoreSharedOp::verify() {
  return verifyHolds(*this, getTarget().getType(), cast<RankedTensorType>(getTile().getType()));
}

LogicalResult CopyAsyncOp::verify() {
  SharedType target = getTarget().getType();
  if (failed(verifyOneTile(*this, target)))
    return failure();
  return verifyWindow(*this, getSource().getType(), target.getElementType(), 2, getIndices(),
                      getDims(), getStaticValid());
}

LogicalResult GatherAsyncOp::verify() {
  SharedType target = getTarget().getType();
  if (failed(verifyOneTile(*this, target)))
    return failure();
  return verifyGathered(*this, getSource().getType(), target.getElementType(),
                        target.getTileShape(), getOffsets(), getMask(), getContiguity());
}

LogicalResult TensorMapOp::verify() {
  auto memref = cast<MemRefType>(getSource().getType());
  TensorMapType map = getType();
  if (memref.getRank() != map.getRank() || memref.getRank() < 2 || memref.getRank() > 5)
    return emitOpError() << "maps a tensor of " << map.getRank() << " dimensions, 2 to 5, and has "
                         << memref;
  if (memref.getElementType() != map.getBox().getElementType())
    return emitOpError() << "has boxes of " << map.getBox().getElementType() << " in " << memref;
  if (!memref.getLayout().isIdentity())
    return emitOpError() << "maps a contiguous tensor, not " << memref;
  return success();
}

/// That `shared` is a box of `map`.
static LogicalResult verifyBox(Operation *op, TensorMapType map, SharedType shared,
                               ValueRange indices) {
  if (map.getBox() != shared)
    return op->emitOpError() << "moves boxes of " << map.getBox() << " to or from " << shared;
  if (static_cast<int64_t>(indices.size()) != map.getRank())
    return op->emitOpError() << "needs " << map.getRank() << " indices";
  return success();
}

LogicalResult TmaLoadOp::verify() {
  return verifyBox(*this, getMap().getType(), getTarget().getType(), getIndices());
}

LogicalResult TmaStoreOp::verify() {
  return verifyBox(*this, getMap().getType(), getSource().getType(), getIndices());
}

LogicalResult RolesOp::verify() {
  size_t count = getBodies().size();
  if (count == 0 || getWarps().size() != count || getRegisters().size() != count)
    return emitOpError("needs a number of warps and of registers for each region");
  for (auto [warps, registers] : llvm::zip(getWarps(), getRegisters())) {
    if (warps < 1)
      return emitOpError("has a role without warps");
    if (registers && (registers < 24 || registers > 256 || registers % 8 || warps % 4))
      return emitOpError("changes registers to a multiple of 8 from 24 to 256, for whole groups of "
                         "four warps");
  }
  for (int64_t role : getSingle())
    if (role < 0 || role >= static_cast<int64_t>(count))
      return emitOpError() << "has no role " << role;
  return success();
}

} // namespace azulejo::cta
