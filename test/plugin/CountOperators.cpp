//===- CountOperators.cpp - A pass that lives outside of Azulejo's tree -----------------------===//
//
// Says how many operations of each dialect a module has, as an attribute on it.
//
//===------------------------------------------------------------------------------------------===//
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include <map>

namespace {

struct CountOperators : mlir::PassWrapper<CountOperators, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountOperators)

  llvm::StringRef getArgument() const override { return "azulejo-count-operators"; }
  llvm::StringRef getDescription() const override {
    return "Counts the operations of each dialect";
  }

  void runOnOperation() override {
    std::map<std::string, int64_t> counts;
    getOperation().walk(
        [&](mlir::Operation *op) { ++counts[op->getName().getDialectNamespace().str()]; });
    mlir::Builder builder(&getContext());
    llvm::SmallVector<mlir::NamedAttribute> attributes;
    for (const auto &[dialect, count] : counts)
      attributes.push_back(builder.getNamedAttr(dialect, builder.getI64IntegerAttr(count)));
    getOperation()->setAttr("count.operations", builder.getDictionaryAttr(attributes));
  }
};

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "CountOperators", "1",
          [] { mlir::PassRegistration<CountOperators>(); }};
}
