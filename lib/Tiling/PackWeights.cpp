#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;

namespace {

/// Copies the elements of a [K, N] or, transposed, [N, K] matrix into panels.
template <typename Bits>
void pack(ArrayRef<char> from, MutableArrayRef<char> to, int64_t k, int64_t n, int64_t columns,
          bool transposed) {
  const Bits *source = reinterpret_cast<const Bits *>(from.data());
  Bits *target = reinterpret_cast<Bits *>(to.data());
  for (int64_t first = 0; first < n; first += columns) {
    int64_t width = std::min(columns, n - first);
    for (int64_t row = 0; row < k; ++row, target += columns) {
      for (int64_t c = 0; c < width; ++c)
        target[c] = transposed ? source[(first + c) * k + row] : source[row * n + first + c];
      std::fill(target + width, target + columns, Bits(0));
    }
  }
}

struct PackWeights : tiling::impl::PackWeightsBase<PackWeights> {
  using PackWeightsBase::PackWeightsBase;

  void runOnOperation() override {
    SmallVector<tile::MatmulOp> matmuls;
    getOperation().walk([&](tile::MatmulOp matmul) { matmuls.push_back(matmul); });
    for (tile::MatmulOp matmul : matmuls)
      if (failed(packOperand(matmul)))
        return signalPassFailure();
  }

  LogicalResult packOperand(tile::MatmulOp matmul) {
    auto argument = dyn_cast<BlockArgument>(matmul.getB());
    auto kernel = dyn_cast<tile::KernelOp>(matmul->getParentOp());
    if (!argument || !kernel || argument.getOwner() != kernel.getBodyBlock() ||
        !argument.hasOneUse() || argument.getArgNumber() >= kernel.getInputs().size() ||
        matmul.getPackedB() || matmul.getBType().getRank() != 2)
      return success();
    auto type = cast<RankedTensorType>(argument.getType());
    auto constant = kernel.getInputs()[argument.getArgNumber()].getDefiningOp<plan::ConstantOp>();
    Type element = type.getElementType();
    if (!constant || !(element.isF32() || element.isF64()) ||
        element != matmul.getCType().getElementType())
      return success();
    bool transposed = matmul.getTransposeB();
    int64_t k = type.getDimSize(transposed ? 1 : 0), n = type.getDimSize(transposed ? 0 : 1);
    int64_t bytes = element.getIntOrFloatBitWidth() / 8, columns = 2 * vectorBytes / bytes;
    // Narrow matrices would be mostly padding.
    if (n * 2 < columns || k == 0)
      return success();
    plan::ConstantOp &packed = done[{constant, unsigned(transposed)}];
    if (!packed) {
      FailureOr<ArrayRef<char>> elements =
          plan::getElementBytes(constant.getValue(), constant.getLoc());
      if (failed(elements))
        return failure();
      if (static_cast<int64_t>(elements->size()) != k * n * bytes)
        return success();
      int64_t panels = llvm::divideCeil(n, columns);
      auto packedType = RankedTensorType::get({panels, k, columns}, element);
      AsmResourceBlob blob = HeapAsmResourceBlob::allocate(panels * k * columns * bytes,
                                                           /*align=*/64, /*dataIsMutable=*/true);
      if (bytes == 4)
        pack<uint32_t>(*elements, blob.getMutableData(), k, n, columns, transposed);
      else
        pack<uint64_t>(*elements, blob.getMutableData(), k, n, columns, transposed);
      OpBuilder builder(constant);
      auto value = DenseResourceElementsAttr::get(packedType, "packed_weight", std::move(blob));
      packed = plan::ConstantOp::create(builder, constant.getLoc(), packedType,
                                        cast<TypedAttr>(Attribute(value)));
    }
    argument.setType(packed.getType());
    kernel.getInputsMutable()[argument.getArgNumber()].set(packed.getResult());
    matmul.setTransposeB(false);
    matmul.setPackedB(true);
    return success();
  }

  /// Constants that are packed already, as they are or transposed. Originals without a use are left
  /// to canonicalization.
  llvm::MapVector<std::pair<Operation *, unsigned>, plan::ConstantOp> done;
};

} // namespace
