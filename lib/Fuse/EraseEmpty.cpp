#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_ERASEEMPTY
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

/// Whether a dimension of a tensor is known to be 0: by its type, or by the size of the destination
/// that it begins as, which may be another tensor's.
static bool isZero(Value tensor, int64_t dim) {
  for (int depth = 0; depth < 16; ++depth) {
    if (auto cast = tensor.getDefiningOp<tensor::CastOp>()) {
      tensor = cast.getSource();
      continue;
    }
    if (mlir::cast<RankedTensorType>(tensor.getType()).getDimSize(dim) == 0)
      return true;
    auto empty = tensor.getDefiningOp<tensor::EmptyOp>();
    if (!empty)
      return false;
    OpFoldResult size = empty.getMixedSizes()[dim];
    if (getConstantIntValue(size) == 0)
      return true;
    auto other =
        dyn_cast<Value>(size) ? cast<Value>(size).getDefiningOp<tensor::DimOp>() : tensor::DimOp();
    std::optional<int64_t> index = other ? other.getConstantIndex() : std::nullopt;
    if (!index)
      return false;
    tensor = other.getSource();
    dim = *index;
  }
  return false;
}

static bool isEmpty(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type && llvm::any_of(llvm::seq<int64_t>(0, type.getRank()),
                              [&](int64_t dim) { return isZero(tensor, dim); });
}

/// Whether the loops of a computation have no iterations, so that it gives back its destination.
static bool hasNoIterations(Operation *op) {
  if (auto generic = dyn_cast<linalg::LinalgOp>(op))
    return llvm::is_contained(generic.getStaticLoopRanges(), 0);
  auto matmul = dyn_cast<tile::MatmulOp>(op);
  if (!matmul || matmul.getOverwrite())
    return false;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(matmul.getA().getType()).getShape();
  return shape[shape.size() - (matmul.getTransposeA() ? 2 : 1)] == 0;
}

namespace {
struct EraseEmpty : fuse::impl::EraseEmptyBase<EraseEmpty> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      SmallVector<Value> destinations;
      if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
        destinations.push_back(insert.getDest());
      else if (auto computation = dyn_cast<DestinationStyleOpInterface>(op))
        llvm::append_range(destinations, computation.getDpsInits());
      if (destinations.empty() || destinations.size() != op->getNumResults() ||
          !(llvm::all_of(destinations, isEmpty) || hasNoIterations(op)))
        return WalkResult::advance();
      op->replaceAllUsesWith(destinations);
      op->erase();
      return WalkResult::skip();
    });
  }
};
} // namespace
