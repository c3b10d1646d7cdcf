#include "dialects/Plan/Constants.h"
#include "dialects/Plan/Plan.h"
#include "dialects/Plan/Winograd.h"
#include "dialects/Tile/Tile.h"
#include "lib/Fuse/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace azulejo::fuse {
#define GEN_PASS_DEF_WINOGRADCONVS
#include "lib/Fuse/Passes.h.inc"
} // namespace azulejo::fuse

using namespace mlir;
using namespace azulejo;

namespace {

/// The sizes of one image's convolution.
struct Sizes {
  int64_t channels, filters, height, width; // of the output
};

//===------------------------------------------------------------------------------------------===//
// What a convolution costs, in multiply-adds of a contraction's inner loop
//===------------------------------------------------------------------------------------------===//

/// To read or write a number in the last-level cache, and in memory: a core with AVX-512 computes
/// some 10^11 multiply-adds a second while it reads some 10^10 numbers from one and 5 * 10^9 from
/// the other. Weights come from memory, since a model's do not stay in a cache from run to run.
constexpr double kCached = 6, kUncached = 25;
constexpr double kCacheNumbers = 2e6;
/// Gathering an image's windows makes a direct convolution a little slower than a plain product.
constexpr double kDirect = 1.15;
/// Vector instructions of a transform, for each number of the transformed image and result.
constexpr double kTransform = 10;
/// What must be gained: filters grow to 16/9 or four times their size.
constexpr double kLeastGain = 1.2;

double getDirectCost(const Sizes &sizes) {
  double weights = 9.0 * sizes.channels * sizes.filters;
  return weights * sizes.height * sizes.width * kDirect + weights * kUncached;
}

double getWinogradCost(const Sizes &sizes, int64_t outputs) {
  double inputs = outputs + 2;
  double tiles =
      double(llvm::divideCeil(sizes.height, outputs)) * llvm::divideCeil(sizes.width, outputs);
  double weights = inputs * inputs * sizes.channels * sizes.filters;
  double transformed = inputs * inputs * tiles * (sizes.channels + sizes.filters);
  double memory = transformed > kCacheNumbers ? kUncached : kCached;
  return weights * tiles + weights * kUncached + transformed * (kTransform + 2 * memory);
}

/// Outputs along a side of a tile that pay best, or 0.
int64_t chooseOutputs(const Sizes &sizes) {
  int64_t best = 0;
  double least = getDirectCost(sizes) / kLeastGain;
  for (int64_t outputs : {2, 4})
    if (double cost = getWinogradCost(sizes, outputs); cost < least) {
      least = cost;
      best = outputs;
    }
  return best;
}

//===------------------------------------------------------------------------------------------===//
// The pass
//===------------------------------------------------------------------------------------------===//

bool isZeros(Value value) {
  auto fill = value.getDefiningOp<linalg::FillOp>();
  return fill && matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
}

struct WinogradConvs : fuse::impl::WinogradConvsBase<WinogradConvs> {
  void runOnOperation() override {
    SmallVector<tile::ConvOp> convs;
    getOperation().walk([&](tile::ConvOp conv) { convs.push_back(conv); });
    for (tile::ConvOp conv : convs)
      if (int64_t outputs = chooseOutputsOf(conv))
        transform(conv, outputs);
  }

  /// The weights of a convolution that the algorithm computes, or null.
  static plan::ConstantOp getFilters(tile::ConvOp conv) {
    auto w = conv.getW().getDefiningOp<plan::ConstantOp>();
    auto type = dyn_cast<RankedTensorType>(conv.getW().getType());
    auto isOne = [](int64_t value) { return value == 1; };
    if (!w || !type || !type.getElementType().isF32() || type.getRank() != 4 ||
        type.getDimSize(2) != 3 || type.getDimSize(3) != 3 || conv.getGroup() != 1 ||
        !llvm::all_of(conv.getStrides(), isOne) || !llvm::all_of(conv.getDilations(), isOne) ||
        !plan::isDerivable(w.getValue()))
      return {};
    return w;
  }

  static int64_t chooseOutputsOf(tile::ConvOp conv) {
    auto x = dyn_cast<RankedTensorType>(conv.getX().getType()),
         y = dyn_cast<RankedTensorType>(conv.getY().getType());
    if (!getFilters(conv) || !x || !y || !x.getElementType().isF32() ||
        !y.getElementType().isF32() || ShapedType::isDynamicShape(x.getShape().drop_front()) ||
        ShapedType::isDynamicShape(y.getShape().drop_front()))
      return 0;
    return chooseOutputs({x.getDimSize(1), y.getDimSize(1), y.getDimSize(2), y.getDimSize(3)});
  }

  static void transform(tile::ConvOp conv, int64_t outputs) {
    OpBuilder builder(conv);
    Location loc = conv.getLoc();
    Type element = builder.getF32Type();
    plan::ConstantOp w = getFilters(conv);
    auto y = cast<RankedTensorType>(conv.getY().getType());
    int64_t inputs = outputs + 2, channels = w.getType().getDimSize(1), filters = y.getDimSize(1);
    int64_t tiles =
        llvm::divideCeil(y.getDimSize(2), outputs) * llvm::divideCeil(y.getDimSize(3), outputs);
    auto filterType = RankedTensorType::get({inputs * inputs, filters, channels}, element);
    Value u = plan::ConstantOp::create(
        builder, w.getLoc(), filterType,
        plan::WinogradAttr::get(builder.getContext(), filterType, w.getValue()));

    SmallVector<OpFoldResult> sizes = {tensor::getMixedSize(builder, loc, conv.getX(), 0),
                                       builder.getIndexAttr(inputs * inputs),
                                       builder.getIndexAttr(channels), builder.getIndexAttr(tiles)};
    Value v = tensor::EmptyOp::create(builder, loc, sizes, element);
    v = tile::WinogradInputOp::create(builder, loc, conv.getX(), v, outputs, conv.getPads())
            .getResult(0);
    sizes[2] = builder.getIndexAttr(filters);
    auto product = tile::MatmulOp::create(builder, loc, u, v,
                                          tensor::EmptyOp::create(builder, loc, sizes, element));
    product.setOverwrite(true);
    SmallVector<OpFoldResult> ySizes = tensor::getMixedSizes(builder, loc, conv.getY());
    Value empty = tensor::EmptyOp::create(builder, loc, ySizes, element);
    Value result =
        tile::WinogradOutputOp::create(builder, loc, product.getResult(0), empty, outputs)
            .getResult(0);
    if (!isZeros(conv.getY())) {
      AffineMap identity = builder.getMultiDimIdentityMap(4);
      SmallVector<utils::IteratorType> iterators(4, utils::IteratorType::parallel);
      result = linalg::GenericOp::create(
                   builder, loc, y, ValueRange{result, conv.getY()}, ValueRange{empty},
                   ArrayRef<AffineMap>{identity, identity, identity}, iterators,
                   [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
                     Value sum = arith::AddFOp::create(nested, nestedLoc, args[0], args[1]);
                     linalg::YieldOp::create(nested, nestedLoc, sum);
                   })
                   .getResult(0);
    }
    conv.getResult(0).replaceAllUsesWith(result);
    conv.erase();
  }
};

} // namespace
