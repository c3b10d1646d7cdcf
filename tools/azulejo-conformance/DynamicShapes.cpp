#include "tools/azulejo-conformance/DynamicShapes.h"
#include "dialects/ONNX/ONNX.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::conformance {

/// The type with each dimension replaced by `name(index)`, or unknown for an empty name.
static Type rename(Type type, function_ref<std::string(size_t)> name) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return type;
  SmallVector<std::optional<SymbolicExpr>> dims;
  for (int64_t i = 0; i < tensor.getRank(); ++i) {
    std::string symbol = name(i);
    dims.push_back(symbol.empty() ? std::nullopt : std::optional(SymbolicExpr::symbol(symbol)));
  }
  return onnx::getTensorType(dims, tensor.getElementType());
}

void makeInputsDynamic(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main)
    return;
  for (BlockArgument argument : main.getArguments())
    argument.setType(rename(argument.getType(), [&](size_t dim) {
      return "input" + std::to_string(argument.getArgNumber()) + "_" + std::to_string(dim);
    }));
  main.walk([](Operation *op) {
    if (op->getName().getStringRef() == "onnx.Constant")
      return;
    for (OpResult result : op->getResults())
      result.setType(rename(result.getType(), [](size_t) { return std::string(); }));
  });
  Block &body = main.getBody().front();
  main.setFunctionType(FunctionType::get(module.getContext(), body.getArgumentTypes(),
                                         body.getTerminator()->getOperandTypes()));
}

} // namespace azulejo::conformance
