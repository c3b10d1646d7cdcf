//===- Bufferization.cpp - Tensors to memrefs: the op on buffers, whose results are its inits -===//
#include "dialects/Tile/Tile.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace azulejo::tile {
namespace {

template <typename OpTy> bool readsInit(OpTy) { return true; }
bool readsInit(MatmulOp op) { return !op.getOverwrite(); }
bool readsInit(DepthwiseConvOp op) { return !op.getOverwrite(); }
bool readsInit(Im2colOp) { return false; }
bool readsInit(WinogradInputOp) { return false; }
bool readsInit(WinogradOutputOp) { return false; }
bool readsInit(AttentionOp) { return false; }

template <typename OpTy>
struct StructuredModel : DstBufferizableOpInterfaceExternalModel<StructuredModel<OpTy>, OpTy> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand, const AnalysisState &) const {
    return cast<DestinationStyleOpInterface>(op).isDpsInput(&operand) || readsInit(cast<OpTy>(op));
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options, BufferizationState &state) const {
    auto destination = cast<DestinationStyleOpInterface>(op);
    if (destination.hasPureBufferSemantics())
      return success();
    SmallVector<Value> operands, results;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<TensorType>(operand.get().getType())) {
        operands.push_back(operand.get());
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand.get(), options, state);
      if (failed(buffer))
        return failure();
      operands.push_back(*buffer);
      if (destination.isDpsInit(&operand))
        results.push_back(*buffer);
    }
    OperationState newOp(op->getLoc(), op->getName());
    newOp.addOperands(operands);
    newOp.propertiesAttr = op->getPropertiesAsAttribute();
    newOp.addAttributes(llvm::to_vector(op->getDiscardableAttrs()));
    rewriter.setInsertionPoint(op);
    rewriter.create(newOp);
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

template <typename... Ops> void attach(MLIRContext *context) {
  (Ops::template attachInterface<StructuredModel<Ops>>(*context), ...);
}

} // namespace

void TileDialect::registerBufferization() {
  attach<LaunchOp, MatmulOp, ConvOp, Im2colOp, DepthwiseConvOp, WinogradInputOp, WinogradOutputOp,
         AttentionOp>(getContext());
}

} // namespace azulejo::tile
