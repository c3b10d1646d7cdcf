#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Grouping.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_VERIFYKERNELS
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

bool isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name[0]) &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

struct VerifyKernels : fuse::impl::VerifyKernelsBase<VerifyKernels> {
  void runOnOperation() override {
    llvm::StringMap<Location> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function->hasAttr(tile::TileDialect::getKernelAttrName()))
        continue;
      function.walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (auto kernel = dyn_cast<tile::KernelOp>(op)) {
          checkName(kernel, kernels);
          return WalkResult::skip();
        }
        if (fuse::isComputation(op)) {
          op->emitOpError("computes outside of a tile.kernel: after Fuse every operation that "
                          "reads or writes elements is in one");
          signalPassFailure();
          return WalkResult::skip();
        }
        return WalkResult::advance();
      });
    }
  }

  void checkName(tile::KernelOp kernel, llvm::StringMap<Location> &kernels) {
    StringRef name = kernel.getKernelName();
    if (!isIdentifier(name)) {
      kernel.emitOpError() << "is named '" << name << "', which is no C identifier";
      return signalPassFailure();
    }
    auto [previous, inserted] = kernels.try_emplace(name, kernel.getLoc());
    if (!inserted) {
      kernel.emitOpError() << "has the name '" << name << "' of another kernel";
      return signalPassFailure();
    }
  }
};

} // namespace
