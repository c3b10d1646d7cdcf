#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include "dialects/Tile/TileDialect.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Tile/TileOps.cpp.inc"

using namespace mlir;

namespace azulejo::tile {

void TileDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Tile/TileOps.cpp.inc"
      >();
  registerBufferization();
}

//===----------------------------------------------------------------------------------------------------------------===//
// tile.kernel
//===----------------------------------------------------------------------------------------------------------------===//

/// The sizes of each init: what every destination-style op gives as its results' sizes.
static LogicalResult reifyFromInits(OpBuilder &builder, DestinationStyleOpInterface op,
                                    ReifiedRankedShapedTypeDims &shapes) {
  for (Value init : op.getDpsInits())
    if (isa<RankedTensorType>(init.getType()))
      shapes.push_back(tensor::getMixedSizes(builder, op.getLoc(), init));
  return success();
}

void KernelOp::build(OpBuilder &builder, OperationState &state, StringRef name, ValueRange inputs, ValueRange outputs,
                     ValueRange scalars) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.kernel_name = builder.getStringAttr(name);
  properties.operandSegmentSizes = {static_cast<int32_t>(inputs.size()), static_cast<int32_t>(outputs.size()),
                                    static_cast<int32_t>(scalars.size())};
  state.addOperands(inputs);
  state.addOperands(outputs);
  state.addOperands(scalars);
  state.addTypes(outputs.getTypes());
  auto *block = new Block;
  state.addRegion()->push_back(block);
  for (Value operand : state.operands)
    block->addArgument(operand.getType(), operand.getLoc());
}

MutableOperandRange KernelOp::getDpsInitsMutable() { return getOutputsMutable(); }

LogicalResult KernelOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInits(builder, cast<DestinationStyleOpInterface>(getOperation()), shapes);
}

LogicalResult KernelOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getOperandTypes())
    return emitOpError("needs one body argument of the same type for each operand");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield)
    return emitOpError("needs a body that ends in tile.yield");
  if (yield.getOperandTypes() != getResultTypes())
    return yield.emitOpError("must give the kernel's results: ")
           << getResultTypes().size() << " values of the outs' types";
  return success();
}

//===----------------------------------------------------------------------------------------------------------------===//
// tile.launch
//===----------------------------------------------------------------------------------------------------------------===//

MutableOperandRange LaunchOp::getDpsInitsMutable() { return getOutputsMutable(); }

LogicalResult LaunchOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInits(builder, cast<DestinationStyleOpInterface>(getOperation()), shapes);
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError() << "launches '" << getCallee() << "', which is not a function of this module";
  // Later stages give kernels the signature of compiled code: only a func.func still has these operands.
  auto function = dyn_cast<func::FuncOp>(callee.getOperation());
  if (!function || !function->hasAttr(TileDialect::getKernelAttrName()))
    return success();
  if (function.getNumArguments() != getNumOperands())
    return emitOpError() << "gives " << getNumOperands() << " operands to '" << getCallee() << "', which takes "
                         << function.getNumArguments();
  for (auto [index, operand, parameter] : llvm::enumerate(getOperandTypes(), function.getArgumentTypes())) {
    auto shaped = dyn_cast<ShapedType>(operand);
    auto wanted = dyn_cast<ShapedType>(parameter);
    bool same = shaped && wanted
                    ? shaped.getElementType() == wanted.getElementType() && shaped.getShape() == wanted.getShape()
                    : operand == parameter;
    if (!same)
      return emitOpError() << "gives operand " << index << " of type " << operand << " to '" << getCallee()
                           << "', which takes " << parameter;
  }
  return success();
}

} // namespace azulejo::tile
