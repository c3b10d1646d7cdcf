#include "dialects/ONNX/Dims.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Symbols.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace azulejo::graph {

#define GEN_PASS_DEF_SPECIALIZESHAPES
#include "lib/Graph/Passes.h.inc"

llvm::StringSet<> substituteSymbols(Operation *root, const llvm::StringMap<int64_t> &numbers) {
  llvm::StringSet<> found;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](RankedTensorType type) -> std::optional<std::pair<Type, WalkResult>> {
    if (!isa_and_nonnull<onnx::DimsAttr>(type.getEncoding()))
      return std::nullopt;
    auto dims = onnx::getDims(type);
    for (auto &dim : dims)
      if (dim)
        dim = dim->substitute([&](StringRef name) -> onnx::SymbolicExpr {
          auto number = numbers.find(name);
          if (number == numbers.end())
            return onnx::SymbolicExpr::symbol(name);
          found.insert(name);
          return number->second;
        });
    return std::make_pair(Type(onnx::getTensorType(dims, type.getElementType())),
                          WalkResult::skip());
  });
  replacer.recursivelyReplaceElementsIn(root, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  return found;
}

namespace {

struct SpecializeShapesPass : impl::SpecializeShapesBase<SpecializeShapesPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::StringMap<int64_t> sizes;
    for (const std::string &entry : shapes) {
      auto [name, text] = StringRef(entry).split('=');
      int64_t size;
      if (name.empty() || text.getAsInteger(10, size) || size < 0) {
        module.emitError() << "'" << entry << "' is not of the form NAME=SIZE";
        return signalPassFailure();
      }
      sizes[name] = size;
    }
    if (sizes.empty())
      return;
    llvm::StringSet<> found = substituteSymbols(module, sizes);
    for (const auto &entry : sizes)
      if (!found.contains(entry.getKey())) {
        module.emitError() << "no dimension of the model is called '" << entry.getKey() << "'";
        return signalPassFailure();
      }
  }
};

} // namespace

} // namespace azulejo::graph
