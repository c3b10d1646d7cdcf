//===- CountOperations.cpp - A pass that lives outside of Azulejo's tree ----------------------===//
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

struct CountOperations : mlir::PassWrapper<CountOperations, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountOperations)

  llvm::StringRef getArgument() const override { return "count-operations"; }
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
  return {MLIR_PLUGIN_API_VERSION, "CountOperations", "1",
          [] { mlir::PassRegistration<CountOperations>(); }};
}
