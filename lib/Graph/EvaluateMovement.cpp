//===- EvaluateMovement.cpp - Constants rearranged --------------------------------------------===//
#include "dialects/Plan/Plan.h"
#include "lib/Graph/Evaluate.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

/// Bytes for a new constant of this type. Small ones are dense attributes, which others can look
/// into; of a large one there is never more than this copy.
static TypedAttr makeConstant(RankedTensorType type, AsmResourceBlob blob) {
  constexpr size_t inlineBytes = 1024;
  if (blob.getData().size() <= inlineBytes)
    return DenseElementsAttr::getFromRawBuffer(type, blob.getData());
  return DenseResourceElementsAttr::get(type, "folded", std::move(blob));
}

/// A weight that was rearranged stays a description of how; the elements of what is small are
/// looked at again and again, so that they are written out.
static TypedAttr settle(TypedAttr value, Location loc) {
  constexpr int64_t smallBytes = 64 << 10;
  auto type = cast<RankedTensorType>(value.getType());
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  if (bytes > smallBytes || !plan::getDerivationDepth(value))
    return value;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes, /*align=*/64, /*dataIsMutable=*/true);
  char *next = blob.getMutableData().data();
  if (failed(plan::writeElementBytes(value, loc, [&](ArrayRef<char> piece) {
        next = std::copy(piece.begin(), piece.end(), next);
      })))
    return {};
  return makeConstant(type, std::move(blob));
}

static TypedAttr getSplat(TypedAttr value, RankedTensorType type) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
  bool splat = dense && dense.isSplat() && !isa<plan::StringType>(type.getElementType());
  return splat ? dense.resizeSplat(type) : TypedAttr();
}

static TypedAttr transposeConstant(TypedAttr value, RankedTensorType type,
                                   ArrayRef<int64_t> permutation, Location loc) {
  if (TypedAttr splat = getSplat(value, type))
    return splat;
  return plan::isDerivable(value) ? settle(plan::transpose(value, permutation), loc) : TypedAttr();
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

static TypedAttr sliceConstant(Operation *op, RankedTensorType type) {
  TypedAttr value = getConstant(getOperand(op, 0));
  auto starts = getConstantInts(getOperand(op, 1));
  auto axes = getOperand(op, 3) ? getConstantInts(getOperand(op, 3)) : std::nullopt;
  auto steps = getOperand(op, 4) ? getConstantInts(getOperand(op, 4)) : std::nullopt;
  if (!value || !starts || (getOperand(op, 3) && !axes) || (getOperand(op, 4) && !steps))
    return {};
  if (TypedAttr splat = getSplat(value, type))
    return splat;
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  SmallVector<int64_t> begin(shape.size(), 0), step(shape.size(), 1);
  for (auto [i, start] : llvm::enumerate(*starts)) {
    int64_t axis = axes ? normalizeAxis((*axes)[i], shape.size()) : i, size = shape[axis];
    step[axis] = steps ? (*steps)[i] : 1;
    int64_t from = start < 0 ? start + size : start;
    begin[axis] = std::clamp<int64_t>(from, 0, step[axis] < 0 ? size - 1 : size);
  }
  if (plan::isDerivable(value))
    return settle(plan::slice(value, begin, step, type.getShape()), op->getLoc());
  auto data = readElements(value, op->getLoc());
  if (!data)
    return {};
  auto strides = getStrides(shape);
  return writeElements(gather(*data, type, [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (size_t d = 0; d < index.size(); ++d)
      at += (begin[d] + index[d] * step[d]) * strides[d];
    return at;
  }));
}

/// Rows of bytes, if the elements are whole ones; element by element otherwise.
static TypedAttr gatherConstant(Operation *op, RankedTensorType type) {
  TypedAttr value = getConstant(getOperand(op, 0));
  auto indices = readElements(getOperand(op, 1));
  auto from = value ? cast<RankedTensorType>(value.getType()) : RankedTensorType();
  if (!indices || !from || from.getRank() == 0)
    return {};
  auto shape = from.getShape();
  int64_t axis = normalizeAxis(getInt(op, "axis"), shape.size());
  for (int64_t &index : indices->ints) {
    index = normalizeAxis(index, shape[axis]);
    if (index < 0 || index >= shape[axis])
      return {};
  }
  if (TypedAttr splat = getSplat(value, type))
    return splat;
  int64_t outer = 1, inner = 1;
  for (int64_t d = 0; d < from.getRank(); ++d)
    (d < axis ? outer : inner) *= d == axis ? 1 : shape[d];
  if (plan::isDerivable(value)) {
    auto bytes = plan::getElementBytes(value, op->getLoc());
    int64_t row = inner * type.getElementTypeBitWidth() / 8;
    if (failed(bytes) || static_cast<int64_t>(bytes->size()) != outer * shape[axis] * row)
      return {};
    AsmResourceBlob blob = HeapAsmResourceBlob::allocate(outer * indices->size() * row,
                                                         /*align=*/64, /*dataIsMutable=*/true);
    char *to = blob.getMutableData().data();
    for (int64_t i = 0; i < outer; ++i)
      for (int64_t index : indices->ints)
        to = std::copy_n(bytes->data() + (i * shape[axis] + index) * row, row, to);
    return makeConstant(type, std::move(blob));
  }
  auto data = readElements(value, op->getLoc());
  if (!data)
    return {};
  Elements result(type);
  size_t to = 0;
  for (int64_t i = 0; i < outer; ++i)
    for (int64_t index : indices->ints)
      for (int64_t j = 0; j < inner; ++j)
        result.copy(to++, *data, (i * shape[axis] + index) * inner + j);
  return writeElements(result);
}

static TypedAttr concatConstants(Operation *op, RankedTensorType type) {
  int64_t axis = normalizeAxis(getInt(op, "axis"), type.getRank());
  SmallVector<TypedAttr> parts;
  bool derivable = true;
  for (Value operand : op->getOperands()) {
    TypedAttr part = getConstant(operand);
    if (!part)
      return {};
    if (cast<RankedTensorType>(part.getType()).getNumElements() == 0)
      continue;
    derivable &= plan::isDerivable(part);
    parts.push_back(part);
  }
  if (parts.size() == 1 && parts[0].getType() == type)
    return parts[0];
  if (derivable && !parts.empty())
    return settle(plan::ConcatAttr::get(op->getContext(), type, parts, axis), op->getLoc());
  Elements result(type);
  auto shape = type.getShape();
  int64_t inner = 1, outer = 1, offset = 0;
  for (int64_t d = 0; d < type.getRank(); ++d)
    (d < axis ? outer : inner) *= d == axis ? 1 : shape[d];
  for (TypedAttr attribute : parts) {
    auto part = readElements(attribute, op->getLoc());
    if (!part)
      return {};
    int64_t length = part->type.getDimSize(axis) * inner;
    for (int64_t i = 0; i < outer; ++i)
      for (int64_t j = 0; j < length; ++j)
        result.copy(i * shape[axis] * inner + offset + j, *part, i * length + j);
    offset += length;
  }
  return writeElements(result);
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
    return first ? plan::reinterpret(first, type) : TypedAttr();
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
    if (TypedAttr splat = getSplat(value, type))
      return splat;
  }
  if (name == "Slice")
    return sliceConstant(op, type);
  if (name == "Gather")
    return gatherConstant(op, type);
  if (name == "Concat")
    return concatConstants(op, type);
  for (auto evaluateKind :
       {evaluateElementwise, evaluateMovement, evaluateReduction, evaluateQuantized})
    if (auto elements = evaluateKind(op, type))
      return writeElements(*elements);
  return {};
}

} // namespace azulejo::graph
