//===- VerifyCore.cpp - azulejo-verify-core ---------------------------------------------------===//
#include "dialects/ONNX/Schema.h"
#include "lib/Graph/CoreOperators.h"
#include "lib/Graph/Nodes.h"
#include "lib/Graph/Passes.h"
#include "lib/Import/SchemaInference.h"
#include "lib/Import/Schemas/Libraries.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_VERIFYCORE
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

struct VerifyCore : impl::VerifyCoreBase<VerifyCore> {
  static LogicalResult verifyType(Operation *op, const Twine &what, Type type) {
    if (isa<UnrankedTensorType>(type))
      return op->emitError() << onnx::describeNode(op) << ": " << what
                             << " has no rank, so azulejo-infer-shapes was not run";
    if (auto ranked = dyn_cast<RankedTensorType>(type))
      for (auto [index, dim] : llvm::enumerate(onnx::getDims(ranked)))
        if (!dim)
          return op->emitError() << onnx::describeNode(op) << ": dimension " << index << " of "
                                 << what
                                 << " is not named, so azulejo-infer-shapes was not run last";
    return success();
  }

  static LogicalResult verify(Operation *op) {
    if (isa<ModuleOp, func::FuncOp, func::ReturnOp, onnx::YieldOp>(op))
      return success();
    if (isa<func::CallOp>(op))
      return op->emitError() << "a call to a function of the model is left, which "
                                "azulejo-inline-functions should have put in place";
    const ::onnx::OpSchema *schema = onnx::getSchema(op->getName());
    if (!schema)
      return op->emitError() << op->getName()
                             << ": only operations of the onnx dialect leave this stage";
    if (onnx::getNewestSchema(schema->domain(), schema->Name()) != schema)
      return op->emitError()
             << onnx::describeNode(op) << ": version " << schema->SinceVersion()
             << " is not the operator's newest, so azulejo-upgrade-opset was not run";
    if (!isCoreOperator(getOpType(op)) && !schemas::findLibraryOperator(*schema))
      return op->emitError() << onnx::describeNode(op)
                             << ": not a core operator, and azulejo-decompose did not rewrite it";
    if (isNode(op, "Constant") && !op->hasAttr("value"))
      return op->emitError() << onnx::describeNode(op)
                             << ": a constant without the attribute 'value'";
    for (OpResult result : op->getResults())
      if (failed(verifyType(op, "output " + Twine(result.getResultNumber()), result.getType())))
        return failure();
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        if (failed(verifyType(op, "input " + Twine(argument.getArgNumber()) + " of a subgraph",
                              argument.getType())))
          return failure();
    return success();
  }

  void runOnOperation() override {
    auto result = getOperation()->walk([](Operation *op) {
      return failed(verify(op)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace azulejo::graph
