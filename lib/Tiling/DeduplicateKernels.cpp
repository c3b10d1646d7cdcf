#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_DEDUPLICATEKERNELS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;

namespace {

/// Everything but operands and results: those are compared as values.
llvm::hash_code hashOf(func::FuncOp function) {
  llvm::hash_code hash = llvm::hash_value(function.getFunctionType().getAsOpaquePointer());
  function.getBody().walk([&](Operation *op) {
    hash = llvm::hash_combine(
        hash, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::IgnoreLocations));
  });
  return hash;
}

struct DeduplicateKernels : tiling::impl::DeduplicateKernelsBase<DeduplicateKernels> {
  void runOnOperation() override {
    std::map<size_t, SmallVector<func::FuncOp>> kept;
    DenseMap<StringAttr, FlatSymbolRefAttr> replacement;
    SmallVector<func::FuncOp> removed;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function->hasAttr(tile::TileDialect::getKernelAttrName()) || function.isExternal())
        continue;
      SmallVector<func::FuncOp> &candidates = kept[hashOf(function)];
      auto same = llvm::find_if(candidates, [&](func::FuncOp other) {
        return other.getFunctionType() == function.getFunctionType() &&
               OperationEquivalence::isRegionEquivalentTo(&other.getBody(), &function.getBody(),
                                                          OperationEquivalence::IgnoreLocations);
      });
      if (same == candidates.end()) {
        candidates.push_back(function);
        continue;
      }
      replacement[function.getSymNameAttr()] = FlatSymbolRefAttr::get(same->getSymNameAttr());
      removed.push_back(function);
    }
    getOperation().walk([&](tile::LaunchOp launch) {
      if (auto found = replacement.find(launch.getCalleeAttr().getAttr());
          found != replacement.end())
        launch.setCalleeAttr(found->second);
    });
    for (func::FuncOp function : removed)
      function.erase();
  }
};

} // namespace
