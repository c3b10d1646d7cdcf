#include "lib/Graph/Constants.h"
#include "dialects/Plan/Plan.h"
#include "lib/Graph/Nodes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cmath>

using namespace mlir;

namespace azulejo::graph {

Elements::Elements(RankedTensorType type)
    : type(type), isFloat(isa<FloatType>(type.getElementType())) {
  if (type.hasStaticShape())
    resize(type.getNumElements());
}

bool Elements::isUnsigned() const { return type.getElementType().isUnsignedInteger(); }

double Elements::asDouble(size_t i) const {
  if (isFloat)
    return floats[i];
  return isUnsigned() ? static_cast<double>(static_cast<uint64_t>(ints[i]))
                      : static_cast<double>(ints[i]);
}

TypedAttr getConstant(Value value) {
  Operation *op = value ? value.getDefiningOp() : nullptr;
  if (!op || getOpType(op) != "Constant" || op->hasAttr(variableName))
    return {};
  auto attribute = op->getAttrOfType<TypedAttr>("value");
  return attribute && isa<RankedTensorType>(attribute.getType()) ? attribute : TypedAttr();
}

/// One element from its little-endian bytes.
static void readElement(Elements &elements, size_t index, const char *bytes, unsigned width) {
  uint64_t bits = 0;
  memcpy(&bits, bytes, width / 8);
  if (!elements.isFloat) {
    elements.ints[index] = elements.isUnsigned() || width == 64 ? static_cast<int64_t>(bits)
                                                                : llvm::SignExtend64(bits, width);
    return;
  }
  if (width == 32) {
    float value;
    memcpy(&value, bytes, sizeof(value));
    elements.floats[index] = value;
  } else if (width == 64) {
    memcpy(&elements.floats[index], bytes, sizeof(double));
  } else {
    llvm::APFloat value(cast<FloatType>(elements.type.getElementType()).getFloatSemantics(),
                        llvm::APInt(width, bits));
    bool lossy;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    elements.floats[index] = value.convertToDouble();
  }
}

std::optional<Elements> readElements(TypedAttr value, Location loc, int64_t maxElements) {
  auto type = value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
  if (!type || !type.hasStaticShape() || type.getNumElements() > maxElements ||
      !type.getElementType().isIntOrFloat())
    return std::nullopt;
  Elements elements(type);
  unsigned width = type.getElementType().getIntOrFloatBitWidth();
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (width % 8 != 0) {
    // Booleans and sub-byte numbers: dense attributes know how they are kept; in files a boolean is
    // a byte.
    if (dense && !elements.isFloat) {
      for (auto [index, bits] : llvm::enumerate(dense.getValues<llvm::APInt>()))
        elements.ints[index] = width == 1 || elements.isUnsigned()
                                   ? bits.getZExtValue()
                                   : static_cast<uint64_t>(bits.getSExtValue());
      return elements;
    }
    auto bytes =
        width == 1 ? plan::getElementBytes(value, loc) : FailureOr<plan::ElementBytes>(failure());
    if (failed(bytes))
      return std::nullopt;
    for (size_t i = 0; i < elements.size(); ++i)
      elements.ints[i] = (*bytes)[i] != 0;
    return elements;
  }
  auto bytes = plan::getElementBytes(value, loc);
  if (failed(bytes))
    return std::nullopt;
  bool splat = dense && dense.isSplat();
  for (size_t i = 0; i < elements.size(); ++i)
    readElement(elements, i, bytes->data() + (splat ? 0 : i * (width / 8)), width);
  return elements;
}

std::optional<Elements> readElements(Value value, int64_t maxElements) {
  TypedAttr constant = getConstant(value);
  return constant ? readElements(constant, value.getLoc(), maxElements) : std::nullopt;
}

static llvm::APFloat toAPFloat(double value, FloatType type) {
  llvm::APFloat number(value);
  bool lossy;
  number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lossy);
  return number;
}

double roundTo(double value, Type elementType) {
  if (elementType.isF64())
    return value;
  if (elementType.isF32())
    return static_cast<float>(value);
  auto type = dyn_cast<FloatType>(elementType);
  if (!type)
    return value;
  llvm::APFloat number = toAPFloat(value, type);
  bool lossy;
  number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToDouble();
}

TypedAttr makeResource(RankedTensorType type, ArrayRef<char> bytes) {
  return DenseResourceElementsAttr::get(
      type, "folded",
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/64, /*dataIsMutable=*/false));
}

TypedAttr writeElements(const Elements &elements) {
  constexpr size_t inlineBytes = 1024;
  Type elementType = elements.type.getElementType();
  unsigned width = elementType.getIntOrFloatBitWidth();
  if (width % 8 != 0) {
    SmallVector<llvm::APInt> values;
    for (size_t i = 0; i < elements.size(); ++i)
      values.emplace_back(width,
                          elements.isFloat
                              ? toAPFloat(elements.floats[i], cast<FloatType>(elementType))
                                    .bitcastToAPInt()
                                    .getZExtValue()
                              : static_cast<uint64_t>(elements.ints[i]),
                          /*isSigned=*/false, /*implicitTrunc=*/true);
    if (!elements.isFloat)
      return DenseElementsAttr::get(elements.type, values);
    SmallVector<llvm::APFloat> numbers;
    for (const llvm::APInt &bits : values)
      numbers.emplace_back(cast<FloatType>(elementType).getFloatSemantics(), bits);
    return DenseElementsAttr::get(elements.type, numbers);
  }
  std::vector<char> bytes(elements.size() * (width / 8));
  for (size_t i = 0; i < elements.size(); ++i) {
    uint64_t bits = elements.isFloat ? toAPFloat(elements.floats[i], cast<FloatType>(elementType))
                                           .bitcastToAPInt()
                                           .getZExtValue()
                                     : static_cast<uint64_t>(elements.ints[i]);
    memcpy(bytes.data() + i * (width / 8), &bits, width / 8);
  }
  return bytes.size() <= inlineBytes
             ? TypedAttr(DenseElementsAttr::getFromRawBuffer(elements.type, bytes))
             : makeResource(elements.type, bytes);
}

std::optional<SmallVector<int64_t>> getConstantInts(Value value) {
  constexpr int64_t maxElements = 4096;
  TypedAttr constant = getConstant(value);
  if (!constant || !isa<IntegerType>(getElementTypeOrSelf(constant.getType())))
    return std::nullopt;
  auto elements = readElements(constant, value.getLoc(), maxElements);
  if (!elements)
    return std::nullopt;
  return SmallVector<int64_t>(elements->ints.begin(), elements->ints.end());
}

std::optional<double> getConstantScalar(Value value) {
  constexpr int64_t maxElements = 1 << 16;
  TypedAttr constant = getConstant(value);
  // The first elements of a weight tell most of them apart without reading the rest.
  auto elements = constant ? readElements(constant, value.getLoc(), maxElements) : std::nullopt;
  if (!elements || elements->size() == 0)
    return std::nullopt;
  double first = elements->asDouble(0);
  for (size_t i = 1; i < elements->size(); ++i)
    if (elements->asDouble(i) != first)
      return std::nullopt;
  return first;
}

bool isConstantScalar(Value value, double number) {
  auto constant = getConstantScalar(value);
  return constant && std::abs(*constant - number) <= 1e-6 * std::abs(number);
}

} // namespace azulejo::graph
