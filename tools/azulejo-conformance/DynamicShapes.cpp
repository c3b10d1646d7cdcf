#include "tools/azulejo-conformance/DynamicShapes.h"
#include "dialects/ONNX/ONNX.h"
#include "lib/Pipelines/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using azulejo::onnx::SymbolicExpr;

namespace azulejo::conformance {
namespace {

/// A dimension of an input.
using Place = std::pair<unsigned, unsigned>;
using Dims = SmallVector<std::optional<SymbolicExpr>>;

std::string makeSymbol(Place place) {
  return "input" + std::to_string(place.first) + "_" + std::to_string(place.second);
}

/// Makes symbols of the dimensions that `isDynamic` tells, and forgets all dimensions of results.
void setDynamic(func::FuncOp main, function_ref<bool(Place)> isDynamic) {
  for (BlockArgument argument : main.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    auto dims = onnx::getDims(type);
    for (unsigned i = 0; i < dims.size(); ++i)
      if (Place place = {argument.getArgNumber(), i}; isDynamic(place))
        dims[i] = SymbolicExpr::symbol(makeSymbol(place));
    argument.setType(onnx::getTensorType(dims, type.getElementType()));
  }
  main.walk([](Operation *op) {
    if (op->getName().getStringRef() == "onnx.Constant")
      return;
    for (OpResult result : op->getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType()))
        result.setType(onnx::getTensorType(Dims(type.getRank()), type.getElementType()));
  });
  Block &body = main.getBody().front();
  main.setFunctionType(FunctionType::get(main.getContext(), body.getArgumentTypes(),
                                         body.getTerminator()->getOperandTypes()));
}

func::FuncOp getMain(ModuleOp module) { return module.lookupSymbol<func::FuncOp>("main"); }

/// Whether all ranks are found when these dimensions are symbols.
bool findsRanks(ModuleOp module, function_ref<bool(Place)> isDynamic) {
  OwningOpRef<ModuleOp> copy(module.clone());
  setDynamic(getMain(*copy), isDynamic);
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  PassManager passes(module.getContext());
  buildGraphPipeline(passes, GraphOptions());
  return succeeded(passes.run(*copy));
}

/// Whether the length of this input may be a rank: only vectors of integers say how many dimensions
/// something has, or which.
bool isVectorOfIntegers(Value input) {
  auto type = dyn_cast<RankedTensorType>(input.getType());
  return type && type.getRank() == 1 && type.getElementType().isSignlessInteger() &&
         type.getElementTypeBitWidth() >= 32;
}

} // namespace

void makeInputsDynamic(ModuleOp module) {
  func::FuncOp main = getMain(module);
  if (!main)
    return;
  DenseSet<Place> ranks;
  for (BlockArgument argument : main.getArguments()) {
    Place place = {argument.getArgNumber(), 0};
    if (isVectorOfIntegers(argument) && findsRanks(module, [](Place) { return false; }) &&
        !findsRanks(module, [&](Place other) { return other == place; }))
      ranks.insert(place);
  }
  setDynamic(main, [&](Place place) { return !ranks.contains(place); });
}

} // namespace azulejo::conformance
