#include "dialects/Plan/Plan.h"
#include "dialects/Tile/Tile.h"
#include "lib/Tiling/Passes.h"

namespace azulejo::tiling {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "lib/Tiling/Passes.h.inc"
} // namespace azulejo::tiling

using namespace mlir;
using namespace azulejo;

namespace {

struct PackWeights : tiling::impl::PackWeightsBase<PackWeights> {
  using PackWeightsBase::PackWeightsBase;

  void runOnOperation() override {
    SmallVector<tile::MatmulOp> matmuls;
    getOperation().walk([&](tile::MatmulOp matmul) { matmuls.push_back(matmul); });
    for (tile::MatmulOp matmul : matmuls)
      packOperand(matmul);
  }

  void packOperand(tile::MatmulOp matmul) {
    auto argument = dyn_cast<BlockArgument>(matmul.getB());
    auto kernel = dyn_cast<tile::KernelOp>(matmul->getParentOp());
    if (!argument || !kernel || argument.getOwner() != kernel.getBodyBlock() ||
        !argument.hasOneUse() || argument.getArgNumber() >= kernel.getInputs().size() ||
        matmul.getPackedB() || matmul.getBType().getRank() != 2)
      return;
    auto type = cast<RankedTensorType>(argument.getType());
    auto constant = kernel.getInputs()[argument.getArgNumber()].getDefiningOp<plan::ConstantOp>();
    // Narrow floats are summed in f32, and every weight that is narrower is multiplied in it.
    Type element = type.getElementType(), sum = matmul.getCType().getElementType();
    if (sum.isF16() || sum.isBF16())
      sum = Float32Type::get(&getContext());
    bool isNarrow = sum.isF32() && (element.isInteger(8) || element.isF16() || element.isBF16());
    if (!constant || !(sum.isF32() || sum.isF64()) || !(element == sum || isNarrow) ||
        !plan::isDerivable(constant.getValue()))
      return;
    bool transposed = matmul.getTransposeB();
    int64_t k = type.getDimSize(transposed ? 1 : 0), n = type.getDimSize(transposed ? 0 : 1);
    int64_t bytes = sum.getIntOrFloatBitWidth() / 8, columns = 2 * vectorBytes / bytes;
    // Narrow matrices would be mostly padding.
    if (n * 2 < columns)
      return;
    plan::ConstantOp &packed = done[{constant, unsigned(transposed)}];
    if (!packed) {
      TypedAttr matrix = constant.getValue();
      if (transposed)
        matrix = plan::transpose(matrix, {1, 0});
      auto packedType =
          RankedTensorType::get({llvm::divideCeilSigned(n, columns), k, columns}, element);
      OpBuilder builder(constant);
      packed = plan::ConstantOp::create(builder, constant.getLoc(), packedType,
                                        plan::PanelsAttr::get(&getContext(), packedType, matrix));
    }
    argument.setType(packed.getType());
    kernel.getInputsMutable()[argument.getArgNumber()].set(packed.getResult());
    matmul.setTransposeB(false);
    matmul.setPackedB(true);
  }

  /// Constants that are packed already, as they are or transposed. Originals without a use are left
  /// to canonicalization.
  llvm::MapVector<std::pair<Operation *, unsigned>, plan::ConstantOp> done;
};

} // namespace
