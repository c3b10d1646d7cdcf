//===- DestinationStyle.h - What all destination-style operations have in common --------------===//
#ifndef AZULEJO_DIALECTS_TILE_DESTINATIONSTYLE_H
#define AZULEJO_DIALECTS_TILE_DESTINATIONSTYLE_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace azulejo::tile {

/// The sizes of each init, which are those of the result tied to it.
inline llvm::LogicalResult reifyFromInits(mlir::OpBuilder &builder,
                                          mlir::DestinationStyleOpInterface op,
                                          mlir::ReifiedRankedShapedTypeDims &shapes) {
  for (mlir::Value init : op.getDpsInits())
    if (llvm::isa<mlir::RankedTensorType>(init.getType()))
      shapes.push_back(mlir::tensor::getMixedSizes(builder, op.getLoc(), init));
  return llvm::success();
}

} // namespace azulejo::tile

#endif // AZULEJO_DIALECTS_TILE_DESTINATIONSTYLE_H
