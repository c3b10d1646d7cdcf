#include "tools/azulejo-conformance/DynamicShapes.h"
#include "dialects/ONNX/ONNX.h"
#include "lib/Graph/Passes.h"
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

/// Of each result in the model whether inference finds its rank, when it knows nothing of it from
/// import and those dimensions are symbols; nothing where it finds a contradiction.
std::optional<SmallVector<bool>> findRanks(ModuleOp module, function_ref<bool(Place)> isDynamic) {
  OwningOpRef<ModuleOp> copy(module.clone());
  func::FuncOp main = getMain(*copy);
  setDynamic(main, isDynamic);
  main.walk([](Operation *op) {
    for (OpResult result : op->getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType());
          type && op->getName().getStringRef() != "onnx.Constant")
        result.setType(UnrankedTensorType::get(type.getElementType()));
  });
  main.setFunctionType(
      FunctionType::get(main.getContext(), main.getBody().front().getArgumentTypes(),
                        main.getBody().front().getTerminator()->getOperandTypes()));
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  PassManager passes(module.getContext());
  passes.addNestedPass<func::FuncOp>(graph::createInferShapes({/*requireRanked=*/false}));
  if (failed(passes.run(*copy)))
    return std::nullopt;
  SmallVector<bool> ranks;
  main.walk([&](Operation *op) {
    for (OpResult result : op->getResults())
      ranks.push_back(isa<RankedTensorType>(result.getType()));
  });
  return ranks;
}

} // namespace

void makeInputsDynamic(ModuleOp module) {
  func::FuncOp main = getMain(module);
  if (!main)
    return;
  std::optional<SmallVector<bool>> known = findRanks(module, [](Place) { return false; });
  DenseSet<Place> ranks;
  for (BlockArgument argument : main.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    for (unsigned i = 0; known && type && i < type.getRank(); ++i) {
      Place place = {argument.getArgNumber(), i};
      auto found = findRanks(module, [&](Place other) { return other == place; });
      if (!found || llvm::any_of(llvm::zip_equal(*known, *found), [](auto pair) {
            return std::get<0>(pair) && !std::get<1>(pair);
          }))
        ranks.insert(place);
    }
  }
  setDynamic(main, [&](Place place) { return !ranks.contains(place); });
}

} // namespace azulejo::conformance
