#include "dialects/Plan/Plan.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace azulejo::plan {

unsigned getDerivationDepth(Attribute value) {
  return llvm::TypeSwitch<Attribute, unsigned>(value)
      .Case<StridedAttr, PanelsAttr, ConvertedAttr, WinogradAttr>(
          [](auto derived) { return 1 + getDerivationDepth(derived.getBase()); })
      .Case<ConcatAttr>([](ConcatAttr concat) {
        unsigned depth = 0;
        for (TypedAttr part : concat.getParts())
          depth = std::max(depth, getDerivationDepth(part));
        return depth + 1;
      })
      .Default([](Attribute) { return 0; });
}

bool isDerivable(TypedAttr value) {
  constexpr unsigned maxDepth = 16;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getRank() > 0 && type.getNumElements() > 0 &&
         type.getElementType().isIntOrFloat() && type.getElementTypeBitWidth() % 8 == 0 &&
         getDerivationDepth(value) < maxDepth;
}

static SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

static RankedTensorType getTensorType(TypedAttr value) {
  return cast<RankedTensorType>(value.getType());
}

/// `value` as elements of a base: itself if it is nothing of the kind yet.
static StridedAttr asStrided(TypedAttr value) {
  if (auto strided = dyn_cast<StridedAttr>(value))
    return strided;
  RankedTensorType type = getTensorType(value);
  return StridedAttr::get(value.getContext(), type, value, 0, getRowMajorStrides(type.getShape()));
}

/// Whether it only gives its base another shape.
static bool isReshape(StridedAttr strided) {
  RankedTensorType type = getTensorType(strided);
  return strided.getOffset() == 0 &&
         type.getNumElements() == getTensorType(strided.getBase()).getNumElements() &&
         strided.getStrides() == ArrayRef(getRowMajorStrides(type.getShape()));
}

TypedAttr reinterpret(TypedAttr value, RankedTensorType type) {
  MLIRContext *context = type.getContext();
  auto from = dyn_cast<RankedTensorType>(value.getType());
  if (from == type)
    return value;
  if (!from || !from.hasStaticShape() || !type.hasStaticShape() ||
      from.getNumElements() != type.getNumElements())
    return {};
  if (auto weight = dyn_cast<WeightAttr>(value))
    return WeightAttr::get(context, type, weight.getFile(), weight.getOffset(), weight.getLength(),
                           weight.getHash());
  // Strings have no bytes that dense elements could take over.
  if (auto strings = dyn_cast<DenseStringElementsAttr>(value))
    return from.getElementType() == type.getElementType()
               ? DenseStringElementsAttr::get(type, strings.getRawStringData())
               : TypedAttr();
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    if (from.getElementType() != type.getElementType())
      dense = dense.bitcast(type.getElementType());
    return dense.isSplat() ? dense.resizeSplat(type) : dense.reshape(type);
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  if (auto strided = dyn_cast<StridedAttr>(value)) {
    if (from.getShape() == type.getShape())
      return StridedAttr::get(context, type, strided.getBase(), strided.getOffset(),
                              strided.getStrides());
    if (isReshape(strided))
      return reinterpret(strided.getBase(), type);
  }
  if (!isDerivable(value) || type.getRank() == 0)
    return {};
  return StridedAttr::get(context, type, value, 0, getRowMajorStrides(type.getShape()));
}

TypedAttr transpose(TypedAttr value, ArrayRef<int64_t> permutation) {
  RankedTensorType from = getTensorType(value);
  StridedAttr strided = asStrided(value);
  SmallVector<int64_t> shape, strides;
  for (int64_t axis : permutation) {
    shape.push_back(from.getDimSize(axis));
    strides.push_back(strided.getStrides()[axis]);
  }
  auto type = RankedTensorType::get(shape, from.getElementType());
  if (type == from && ArrayRef(strides) == strided.getStrides())
    return value;
  auto result =
      StridedAttr::get(value.getContext(), type, strided.getBase(), strided.getOffset(), strides);
  // Back to where it came from.
  if (isReshape(result) && type == strided.getBase().getType())
    return strided.getBase();
  return result;
}

TypedAttr slice(TypedAttr value, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps,
                ArrayRef<int64_t> sizes) {
  StridedAttr strided = asStrided(value);
  int64_t offset = strided.getOffset();
  SmallVector<int64_t> strides;
  for (auto [start, step, stride] : llvm::zip_equal(starts, steps, strided.getStrides())) {
    offset += start * stride;
    strides.push_back(step * stride);
  }
  auto type = RankedTensorType::get(sizes, getTensorType(value).getElementType());
  if (type == value.getType() && offset == strided.getOffset() &&
      ArrayRef(strides) == strided.getStrides())
    return value;
  return StridedAttr::get(value.getContext(), type, strided.getBase(), offset, strides);
}

TypedAttr convert(TypedAttr value, FloatType elementType) {
  auto type = RankedTensorType::get(getTensorType(value).getShape(), elementType);
  return ConvertedAttr::get(value.getContext(), type, value);
}

} // namespace azulejo::plan
