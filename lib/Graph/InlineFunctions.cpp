//===- InlineFunctions.cpp - azulejo-inline-functions -----------------------------------------===//
//
// Import makes one private function for each signature a model's function is called with, so a
// call's types are its callee's and the body is copied as it is.
//
//===------------------------------------------------------------------------------------------===//
#include "lib/Graph/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace azulejo::graph {
#define GEN_PASS_DEF_INLINEFUNCTIONS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Puts the call's name before the callee's node's.
Location nest(Location inner, Location call) {
  auto name = dyn_cast<NameLoc>(inner), outer = dyn_cast<NameLoc>(call);
  if (!name || !outer)
    return inner;
  return NameLoc::get(StringAttr::get(inner.getContext(),
                                      outer.getName().getValue() + "/" + name.getName().getValue()),
                      name.getChildLoc());
}

struct InlineFunctions : impl::InlineFunctionsBase<InlineFunctions> {
  using InlineFunctionsBase::InlineFunctionsBase;
  int64_t made = 0;
  DenseSet<func::FuncOp> done, open;

  /// Inlines all calls in `function`, callees first, so that each body is copied when it has none
  /// left.
  LogicalResult inlineInto(func::FuncOp function, SymbolTable &symbols) {
    if (done.contains(function) || function.isDeclaration())
      return success();
    if (!open.insert(function).second)
      return function.emitError() << "function '" << function.getSymName()
                                  << "' of the model calls itself";
    SmallVector<func::CallOp> calls;
    function.walk([&](func::CallOp call) { calls.push_back(call); });
    for (func::CallOp call : calls) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      if (!callee || callee.isDeclaration())
        return call.emitError() << "calls '" << call.getCallee()
                                << "', which the model does not define";
      if (failed(inlineInto(callee, symbols)) || failed(inlineCall(call, callee)))
        return failure();
    }
    open.erase(function);
    done.insert(function);
    return success();
  }

  LogicalResult inlineCall(func::CallOp call, func::FuncOp callee) {
    Block &body = callee.getBody().front();
    OpBuilder builder(call);
    IRMapping mapping;
    mapping.map(body.getArguments(), call.getOperands());
    for (Operation &op : body.without_terminator()) {
      Operation *copy = builder.clone(op, mapping);
      copy->walk([&](Operation *inner) {
        inner->setLoc(nest(inner->getLoc(), call.getLoc()));
        ++made;
      });
      if (made > maxNodes)
        return call.emitError() << "inlining the model's functions makes more than " << maxNodes
                                << " nodes";
    }
    for (auto [result, value] : llvm::zip(call.getResults(), body.getTerminator()->getOperands()))
      result.replaceAllUsesWith(mapping.lookupOrDefault(value));
    call.erase();
    return success();
  }

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    made = 0;
    done.clear();
    open.clear();
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (failed(inlineInto(function, symbols)))
        return signalPassFailure();
    for (func::FuncOp function : functions)
      if (function.isPrivate())
        symbols.erase(function);
  }
};

} // namespace
} // namespace azulejo::graph
