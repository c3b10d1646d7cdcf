#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;

namespace {

struct OutlineKernels : tiling::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<tile::KernelOp> kernels;
    getOperation().walk([&](tile::KernelOp kernel) { kernels.push_back(kernel); });
    for (tile::KernelOp kernel : kernels)
      outline(kernel, symbols);
  }

  void outline(tile::KernelOp kernel, SymbolTable &symbols) {
    OpBuilder builder(&getContext());
    Location loc = kernel.getLoc();
    SmallVector<Type> types;
    for (Type type : kernel.getOperandTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      types.push_back(tensor ? MemRefType::get(tensor.getShape(), tensor.getElementType()) : type);
    }
    auto function =
        func::FuncOp::create(loc, kernel.getKernelName(), builder.getFunctionType(types, {}));
    function.setPrivate();
    function->setAttr(tile::TileDialect::getKernelAttrName(), builder.getUnitAttr());
    symbols.insert(function);

    Block *entry = function.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    SmallVector<Value> values;
    unsigned firstOut = kernel.getInputs().size(), outs = kernel.getOutputs().size();
    for (auto [index, argument, operand] :
         llvm::enumerate(entry->getArguments(), kernel.getOperands())) {
      if (!isa<TensorType>(operand.getType())) {
        values.push_back(argument);
        continue;
      }
      bool isOut = index >= firstOut && index < firstOut + outs;
      values.push_back(bufferization::ToTensorOp::create(builder, loc, operand.getType(), argument,
                                                         /*restrict=*/true, /*writable=*/isOut));
    }
    Block *body = kernel.getBodyBlock();
    auto yield = cast<tile::YieldOp>(body->getTerminator());
    for (auto [argument, value] : llvm::zip(body->getArguments(), values))
      argument.replaceAllUsesWith(value);
    SmallVector<Value> results(yield.getValues());
    yield.erase();
    entry->getOperations().splice(entry->end(), body->getOperations());
    builder.setInsertionPointToEnd(entry);
    for (auto [index, result] : llvm::enumerate(results)) {
      auto store = bufferization::MaterializeInDestinationOp::create(
          builder, loc, TypeRange(), result, entry->getArgument(firstOut + index));
      store.setWritable(true);
    }
    func::ReturnOp::create(builder, loc);

    SmallVector<std::string> checks;
    function.walk([&](tile::CheckedIndexOp check) {
      check.setNumber(checks.size());
      checks.push_back(tile::describeNode(check.getLoc()) + check.getWhat().str());
    });

    builder.setInsertionPoint(kernel);
    auto launch =
        tile::LaunchOp::create(builder, loc, kernel.getResultTypes(), function.getSymName(),
                               kernel.getInputs(), kernel.getOutputs(), kernel.getScalars());
    if (!checks.empty())
      launch.setChecksAttr(
          builder.getStrArrayAttr(SmallVector<StringRef>(checks.begin(), checks.end())));
    kernel.replaceAllUsesWith(launch.getResults());
    kernel.erase();
  }
};

} // namespace
