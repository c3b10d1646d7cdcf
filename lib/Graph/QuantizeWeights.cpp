//===- QuantizeWeights.cpp - azulejo-quantize-weights -----------------------------------------===//
//
// Symmetric and by column, rounding to nearest: the largest error of an element is half of its
// column's scale, the column's largest magnitude / 127. Activations stay f32, so nothing has to be
// calibrated.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Plan/Constants.h"
#include "dialects/Plan/Plan.h"
#include "lib/Graph/Constants.h"
#include "lib/Graph/Passes.h"
#include "lib/Graph/Simplifications.h"
#include <cmath>
#include <cstring>

namespace azulejo::graph {
#define GEN_PASS_DEF_QUANTIZEWEIGHTS
#include "lib/Graph/Passes.h.inc"
} // namespace azulejo::graph

using namespace mlir;

namespace azulejo::graph {
namespace {

/// Calls `visit(element, column)` for each element of a matrix of f32, row by row. False, after an
/// error, where its bytes cannot be read.
bool forEachElement(TypedAttr matrix, Location loc,
                    llvm::function_ref<void(float, int64_t)> visit) {
  int64_t columns = cast<RankedTensorType>(matrix.getType()).getDimSize(1), column = 0;
  return succeeded(plan::writeElementBytes(matrix, loc, [&](ArrayRef<char> piece) {
    float value;
    for (size_t at = 0; at + sizeof(value) <= piece.size(); at += sizeof(value)) {
      std::memcpy(&value, piece.data() + at, sizeof(value));
      visit(value, column);
      column = column + 1 == columns ? 0 : column + 1;
    }
  }));
}

struct Quantized {
  TypedAttr integers, scales;
};

struct QuantizeWeights : impl::QuantizeWeightsBase<QuantizeWeights> {
  using QuantizeWeightsBase::QuantizeWeightsBase;

  /// The matrix that a node multiplies by, where it is a constant worth quantising.
  TypedAttr getWeight(Operation *matmul) const {
    TypedAttr weight = getConstant(matmul->getOperand(1));
    auto type = weight ? dyn_cast<RankedTensorType>(weight.getType()) : RankedTensorType();
    bool isMatrix = type && type.getRank() == 2 && type.getElementType().isF32() &&
                    type.hasStaticShape() && type.getNumElements() >= minElements &&
                    getElementType(matmul->getOperand(0)).isF32();
    return isMatrix ? weight : TypedAttr();
  }

  /// Nothing where an element is infinite or no number, or cannot be read.
  std::optional<Quantized> quantize(TypedAttr weight, Location loc) const {
    auto type = cast<RankedTensorType>(weight.getType());
    std::vector<float> scales(type.getDimSize(1), 0);
    bool isFinite = true;
    if (!forEachElement(weight, loc,
                        [&](float value, int64_t column) {
                          isFinite &= std::isfinite(value);
                          scales[column] = std::max(scales[column], std::fabs(value));
                        }) ||
        !isFinite)
      return std::nullopt;
    for (float &scale : scales)
      scale = scale == 0 ? 1 : scale / 127;
    std::vector<char> integers;
    integers.reserve(type.getNumElements());
    if (!forEachElement(weight, loc, [&](float value, int64_t column) {
          float rounded = std::nearbyint(value / scales[column]);
          integers.push_back(static_cast<char>(std::min(std::max(rounded, -127.0f), 127.0f)));
        }))
      return std::nullopt;
    Builder builder(weight.getContext());
    auto integerType = RankedTensorType::get(type.getShape(), builder.getI8Type());
    auto scaleType = RankedTensorType::get(type.getDimSize(1), builder.getF32Type());
    ArrayRef<char> bytes(reinterpret_cast<const char *>(scales.data()),
                         scales.size() * sizeof(float));
    return Quantized{makeResource(integerType, integers), makeResource(scaleType, bytes)};
  }

  void runOnOperation() override {
    SmallVector<Operation *> nodes;
    getOperation()->walk([&](Operation *op) {
      if (isNode(op, "MatMul") && getWeight(op))
        nodes.push_back(op);
    });
    DenseMap<Attribute, std::optional<Quantized>> done;
    for (Operation *op : nodes) {
      TypedAttr weight = getWeight(op);
      auto [entry, isNew] = done.try_emplace(weight);
      if (isNew)
        entry->second = quantize(weight, op->getLoc());
      if (!entry->second)
        continue;
      OpBuilder builder(op);
      NodeBuilder build(builder, op->getLoc());
      Value y = multiplyQuantized(op->getOperand(0), build.constant(entry->second->integers),
                                  build.constant(entry->second->scales), build);
      replaceValue(op->getResult(0), y);
      op->erase();
    }
  }
};

} // namespace
} // namespace azulejo::graph
