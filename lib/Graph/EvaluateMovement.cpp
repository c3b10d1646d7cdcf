//===- EvaluateMovement.cpp - Constants rearranged --------------------------------------------===//
#include "dialects/Plan/Plan.h"
#include "lib/Graph/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

TypedAttr reshapeConstant(TypedAttr value, RankedTensorType type) {
  auto from = dyn_cast<RankedTensorType>(value.getType());
  if (!from || from.getNumElements() != type.getNumElements() ||
      from.getElementType() != type.getElementType())
    return {};
  if (auto weight = dyn_cast<plan::WeightAttr>(value))
    return plan::WeightAttr::get(type.getContext(), type, weight.getFile(), weight.getOffset(),
                                 weight.getLength(), weight.getHash());
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.isSplat() ? TypedAttr(dense.resizeSplat(type)) : TypedAttr(dense.reshape(type));
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return {};
}

/// Copies elements of `T`, in the order of the result, whose dimensions have these strides in the
/// source.
template <typename T>
static void gatherStrided(const char *source, char *target, ArrayRef<int64_t> shape,
                          ArrayRef<int64_t> strides) {
  auto *from = reinterpret_cast<const T *>(source);
  auto *to = reinterpret_cast<T *>(target);
  int64_t rank = shape.size(), inner = rank ? shape.back() : 1, step = rank ? strides.back() : 1,
          outer = 1;
  for (int64_t size : shape.drop_back(rank ? 1 : 0))
    outer *= size;
  for (int64_t i = 0; i < outer; ++i) {
    int64_t rest = i, offset = 0;
    for (int64_t d = rank - 2; d >= 0; --d) {
      offset += rest % shape[d] * strides[d];
      rest /= shape[d];
    }
    for (int64_t j = 0; j < inner; ++j)
      *to++ = from[offset + j * step];
  }
}

TypedAttr transposeConstant(TypedAttr value, RankedTensorType type, ArrayRef<int64_t> permutation,
                            Location loc) {
  auto from = cast<RankedTensorType>(value.getType());
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (dense && dense.isSplat())
    return dense.resizeSplat(type);
  Type elementType = from.getElementType();
  if (!elementType.isIntOrFloat() || elementType.getIntOrFloatBitWidth() % 8 != 0)
    return {};
  auto bytes = plan::getElementBytes(value, loc);
  if (failed(bytes))
    return {};
  auto own = getStrides(from.getShape());
  SmallVector<int64_t> strides;
  for (int64_t axis : permutation)
    strides.push_back(own[axis]);
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(bytes->size(), /*align=*/64, /*dataIsMutable=*/true);
  char *target = blob.getMutableData().data();
  switch (elementType.getIntOrFloatBitWidth()) {
  case 8:
    gatherStrided<uint8_t>(bytes->data(), target, type.getShape(), strides);
    break;
  case 16:
    gatherStrided<uint16_t>(bytes->data(), target, type.getShape(), strides);
    break;
  case 32:
    gatherStrided<uint32_t>(bytes->data(), target, type.getShape(), strides);
    break;
  case 64:
    gatherStrided<uint64_t>(bytes->data(), target, type.getShape(), strides);
    break;
  default:
    return {};
  }
  constexpr size_t inlineBytes = 1024;
  if (bytes->size() <= inlineBytes)
    return DenseElementsAttr::getFromRawBuffer(type, blob.getData());
  return DenseResourceElementsAttr::get(type, "transposed", std::move(blob));
}

/// The result made element by element from one operand: `from` says which.
template <typename From>
static Elements gather(const Elements &data, RankedTensorType type, From from) {
  Elements result(type);
  auto shape = type.getShape();
  SmallVector<int64_t> index(shape.size(), 0);
  for (size_t i = 0; i < result.size(); ++i) {
    result.copy(i, data, from(ArrayRef<int64_t>(index)));
    for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0 && ++index[d] == shape[d]; --d)
      index[d] = 0;
  }
  return result;
}

static std::optional<Elements> evaluateSlice(Operation *op, RankedTensorType type) {
  auto data = readElements(getOperand(op, 0));
  auto starts = getConstantInts(getOperand(op, 1));
  auto axes = getOperand(op, 3) ? getConstantInts(getOperand(op, 3)) : std::nullopt;
  auto steps = getOperand(op, 4) ? getConstantInts(getOperand(op, 4)) : std::nullopt;
  if (!data || !starts || (getOperand(op, 3) && !axes) || (getOperand(op, 4) && !steps))
    return std::nullopt;
  auto shape = data->type.getShape();
  SmallVector<int64_t> begin(shape.size(), 0), step(shape.size(), 1);
  for (auto [i, start] : llvm::enumerate(*starts)) {
    int64_t axis = axes ? normalizeAxis((*axes)[i], shape.size()) : i, size = shape[axis];
    step[axis] = steps ? (*steps)[i] : 1;
    int64_t from = start < 0 ? start + size : start;
    begin[axis] = std::clamp<int64_t>(from, 0, step[axis] < 0 ? size - 1 : size);
  }
  auto strides = getStrides(shape);
  return gather(*data, type, [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (size_t d = 0; d < index.size(); ++d)
      at += (begin[d] + index[d] * step[d]) * strides[d];
    return at;
  });
}

static std::optional<Elements> evaluateGather(Operation *op, RankedTensorType type) {
  auto data = readElements(getOperand(op, 0));
  auto indices = readElements(getOperand(op, 1));
  if (!data || !indices || data->type.getRank() == 0)
    return std::nullopt;
  auto shape = data->type.getShape();
  int64_t axis = normalizeAxis(getInt(op, "axis"), shape.size()),
          indexRank = indices->type.getRank();
  for (int64_t &index : indices->ints) {
    index = normalizeAxis(index, shape[axis]);
    if (index < 0 || index >= shape[axis])
      return std::nullopt;
  }
  auto strides = getStrides(shape), indexStrides = getStrides(indices->type.getShape());
  return gather(*data, type, [&](ArrayRef<int64_t> index) {
    int64_t position = 0, at = 0;
    for (int64_t d = 0; d < indexRank; ++d)
      position += index[axis + d] * indexStrides[d];
    for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
      at += strides[d] *
            (d == axis ? indices->ints[position] : index[d < axis ? d : d + indexRank - 1]);
    return at;
  });
}

static std::optional<Elements> evaluateConcat(Operation *op, RankedTensorType type) {
  Elements result(type);
  auto shape = type.getShape();
  int64_t axis = normalizeAxis(getInt(op, "axis"), shape.size()), inner = 1, outer = 1, offset = 0;
  for (int64_t d = axis + 1; d < type.getRank(); ++d)
    inner *= shape[d];
  for (int64_t d = 0; d < axis; ++d)
    outer *= shape[d];
  for (Value operand : op->getOperands()) {
    auto part = readElements(operand);
    if (!part)
      return std::nullopt;
    int64_t length = part->type.getDimSize(axis) * inner;
    for (int64_t i = 0; i < outer; ++i)
      for (int64_t j = 0; j < length; ++j)
        result.copy(i * shape[axis] * inner + offset + j, *part, i * length + j);
    offset += length;
  }
  return result;
}

static std::optional<Elements> evaluateRange(Operation *op, RankedTensorType type) {
  auto start = readElements(getOperand(op, 0)), delta = readElements(getOperand(op, 2));
  if (!start || !delta || start->size() != 1 || delta->size() != 1)
    return std::nullopt;
  Elements result(type);
  for (size_t i = 0; i < result.size(); ++i)
    if (result.isFloat)
      result.floats[i] = roundTo(start->floats[0] + i * delta->floats[0], type.getElementType());
    else
      result.ints[i] = start->ints[0] + static_cast<int64_t>(i) * delta->ints[0];
  return result;
}

std::optional<Elements> evaluateMovement(Operation *op, RankedTensorType type) {
  StringRef name = getOpType(op);
  if (name == "Slice")
    return evaluateSlice(op, type);
  if (name == "Gather")
    return evaluateGather(op, type);
  if (name == "Concat")
    return evaluateConcat(op, type);
  if (name == "Range")
    return evaluateRange(op, type);
  if (name == "Expand") {
    auto data = readElements(getOperand(op, 0));
    if (!data)
      return std::nullopt;
    auto shape = data->type.getShape();
    auto strides = getStrides(shape);
    return gather(*data, type, [&](ArrayRef<int64_t> index) {
      int64_t at = 0;
      for (size_t d = 0, offset = index.size() - shape.size(); d < shape.size(); ++d)
        at += shape[d] == 1 ? 0 : index[d + offset] * strides[d];
      return at;
    });
  }
  return std::nullopt;
}

TypedAttr evaluate(Operation *op, RankedTensorType type) {
  StringRef name = getOpType(op);
  TypedAttr first = op->getNumOperands() ? getConstant(op->getOperand(0)) : TypedAttr();
  if (name == "Reshape" || name == "Squeeze" || name == "Unsqueeze" || name == "Flatten" ||
      name == "Identity")
    return first ? reshapeConstant(first, type) : TypedAttr();
  if (name == "Transpose" && first) {
    SmallVector<int64_t> permutation =
        getInts(op, "perm")
            .value_or(llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, type.getRank()))));
    return transposeConstant(first, type, permutation, op->getLoc());
  }
  if ((name == "Expand" || name == "ConstantOfShape") && type.getNumElements() > 0) {
    // Of one number, however many times, nothing is copied.
    TypedAttr value = name == "Expand" ? first : op->getAttrOfType<TypedAttr>("value");
    if (name == "ConstantOfShape" && !value)
      value = getScalarAttr(0, type.getElementType());
    auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
    if (dense && dense.isSplat() && !isa<plan::StringType>(type.getElementType()))
      return dense.resizeSplat(type);
  }
  for (auto evaluateKind : {evaluateElementwise, evaluateMovement, evaluateReduction})
    if (auto elements = evaluateKind(op, type))
      return writeElements(*elements);
  return {};
}

} // namespace azulejo::graph
