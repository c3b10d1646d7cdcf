#include "dialects/Tile/Tile.h"
#include "dialects/Tile/DestinationStyle.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

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

std::string describeNode(Location loc) {
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      if (std::string text = describeNode(part); !text.empty())
        return text;
    return "";
  }
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return describeNode(call.getCallee());
  auto node = dyn_cast<NameLoc>(loc);
  if (!node)
    return "";
  std::string text = "node '" + node.getName().str() + "': ";
  // Import puts the operator's name below the node's.
  if (auto type = dyn_cast<NameLoc>(node.getChildLoc()))
    text += type.getName().str() + ": ";
  return text;
}

//===------------------------------------------------------------------------------------------===//
// tile.kernel
//===------------------------------------------------------------------------------------------===//

void KernelOp::build(OpBuilder &builder, OperationState &state, StringRef name, ValueRange inputs,
                     ValueRange outputs, ValueRange scalars) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.kernel_name = builder.getStringAttr(name);
  properties.operandSegmentSizes = {static_cast<int32_t>(inputs.size()),
                                    static_cast<int32_t>(outputs.size()),
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

namespace {

/// Takes casts that forget sizes into the kernel's body. The tensor dialect would fold them into
/// any operation in destination style, and leave the body's arguments behind; this pattern has the
/// greater benefit so that it comes first.
struct TakeCastsInside : OpRewritePattern<KernelOp> {
  explicit TakeCastsInside(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/10) {}

  LogicalResult matchAndRewrite(KernelOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> operands(op.getOperands());
    bool found = false;
    for (Value &operand : operands)
      if (auto cast = operand.getDefiningOp<tensor::CastOp>();
          cast && tensor::canFoldIntoConsumerOp(cast)) {
        operand = cast.getSource();
        found = true;
      }
    if (!found)
      return failure();
    ValueRange all(operands);
    size_t inputs = op.getInputs().size(), outputs = op.getOutputs().size();
    auto kernel =
        KernelOp::create(rewriter, op.getLoc(), op.getKernelName(), all.take_front(inputs),
                         all.slice(inputs, outputs), all.drop_front(inputs + outputs));
    for (NamedAttribute attribute : op->getDiscardableAttrs())
      kernel->setDiscardableAttr(attribute.getName(), attribute.getValue());

    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(kernel.getBodyBlock());
    auto castTo = [&](Value value, Type type) -> Value {
      return value.getType() == type
                 ? value
                 : tensor::CastOp::create(rewriter, op.getLoc(), type, value).getResult();
    };
    SmallVector<Value> arguments;
    for (auto [argument, old] :
         llvm::zip_equal(kernel.getBodyBlock()->getArguments(), op.getBodyBlock()->getArguments()))
      arguments.push_back(castTo(argument, old.getType()));
    rewriter.mergeBlocks(op.getBodyBlock(), kernel.getBodyBlock(), arguments);
    Operation *yield = kernel.getBodyBlock()->getTerminator();
    rewriter.setInsertionPoint(yield);
    SmallVector<Value> yielded;
    for (auto [value, type] : llvm::zip_equal(yield->getOperands(), kernel.getResultTypes()))
      yielded.push_back(castTo(value, type));
    rewriter.modifyOpInPlace(yield, [&] { yield->setOperands(yielded); });

    rewriter.setInsertionPointAfter(kernel);
    SmallVector<Value> results;
    for (auto [result, old] : llvm::zip_equal(kernel.getResults(), op.getResults()))
      results.push_back(castTo(result, old.getType()));
    rewriter.replaceOp(op, results);
    return success();
  }
};

} // namespace

void KernelOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TakeCastsInside>(context);
}

//===------------------------------------------------------------------------------------------===//
// tile.launch
//===------------------------------------------------------------------------------------------===//

MutableOperandRange LaunchOp::getDpsInitsMutable() { return getOutputsMutable(); }

LogicalResult LaunchOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyFromInits(builder, cast<DestinationStyleOpInterface>(getOperation()), shapes);
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getCalleeAttr());
  // Kernels of GPUs leave the module of what launches them for their architectures'.
  if (!callee &&
      llvm::any_of((*this)->getParentOfType<ModuleOp>().getBody()->getOperations(),
                   [](Operation &op) { return op.getName().getStringRef() == "gpu.module"; }))
    return success();
  if (!callee)
    return emitOpError() << "launches '" << getCallee()
                         << "', which is not a function of this module";
  // Later stages give kernels the signature of compiled code: only a func.func still has these
  // operands.
  auto function = dyn_cast<func::FuncOp>(callee.getOperation());
  if (!function || !function->hasAttr(TileDialect::getKernelAttrName()))
    return success();
  if (function.getNumArguments() != getNumOperands())
    return emitOpError() << "gives " << getNumOperands() << " operands to '" << getCallee()
                         << "', which takes " << function.getNumArguments();
  for (auto [index, operand, parameter] :
       llvm::enumerate(getOperandTypes(), function.getArgumentTypes())) {
    auto shaped = dyn_cast<ShapedType>(operand);
    auto wanted = dyn_cast<ShapedType>(parameter);
    bool same = shaped && wanted ? shaped.getElementType() == wanted.getElementType() &&
                                       shaped.getShape() == wanted.getShape()
                                 : operand == parameter;
    if (!same)
      return emitOpError() << "gives operand " << index << " of type " << operand << " to '"
                           << getCallee() << "', which takes " << parameter;
  }
  return success();
}

} // namespace azulejo::tile
