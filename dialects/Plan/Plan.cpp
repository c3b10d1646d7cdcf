#include "dialects/Plan/Plan.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/Plan/PlanDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Plan/PlanTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Plan/PlanAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Plan/PlanOps.cpp.inc"

using namespace mlir;

namespace azulejo::plan {

void PlanDialect::initialize() {
  weightStore = std::make_shared<WeightStore>();
  registerTypes();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/Plan/PlanOps.cpp.inc"
      >();
}

void PlanDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Plan/PlanTypes.cpp.inc"
      >();
}

void PlanDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Plan/PlanAttrs.cpp.inc"
      >();
}

//===------------------------------------------------------------------------------------------===//
// #plan.weight
//===------------------------------------------------------------------------------------------===//

FailureOr<ArrayRef<char>> WeightAttr::getBytes(Location loc) const {
  WeightStore &store = getContext()->getOrLoadDialect<PlanDialect>()->getWeightStore();
  StringRef file = getFile().getValue();
  auto bytes = store.read(file, getOffset(), getLength());
  if (!bytes)
    return emitError(loc) << llvm::toString(bytes.takeError());
  if (getHash()) {
    auto hash = store.hash(file, getOffset(), getLength());
    if (!hash || *hash != getHash()) {
      llvm::consumeError(hash.takeError());
      return emitError(loc) << "weight file '" << file
                            << "' changed since this module was written: the hash of the bytes at "
                            << getOffset() << " differs";
    }
  }
  return *bytes;
}

Attribute WeightAttr::parse(AsmParser &parser, Type type) {
  std::string file;
  uint64_t offset, length, hash;
  if (parser.parseLess() || parser.parseString(&file) || parser.parseComma() ||
      parser.parseInteger(offset) || parser.parseComma() || parser.parseInteger(length) ||
      parser.parseComma() || parser.parseInteger(hash) || parser.parseGreater() ||
      (!type && parser.parseColonType(type)))
    return {};
  MLIRContext *context = parser.getContext();
  return parser.getChecked<WeightAttr>(context, type, StringAttr::get(context, file), offset,
                                       length, hash);
}

void WeightAttr::print(AsmPrinter &printer) const {
  uint64_t hash = getHash();
  if (!hash) {
    WeightStore &store = getContext()->getOrLoadDialect<PlanDialect>()->getWeightStore();
    auto computed = store.hash(getFile().getValue(), getOffset(), getLength());
    if (computed)
      hash = *computed;
    else
      llvm::consumeError(computed.takeError());
  }
  printer << '<';
  printer.printString(getFile().getValue());
  printer << ", " << getOffset() << ", " << getLength() << ", 0x"
          << llvm::utohexstr(hash, /*LowerCase=*/true) << '>';
}

LogicalResult WeightAttr::verify(function_ref<InFlightDiagnostic()> emitError, Type type,
                                 StringAttr file, uint64_t offset, uint64_t length, uint64_t hash) {
  auto tensor = dyn_cast_or_null<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return emitError() << "a weight needs a statically shaped tensor type, not " << type;
  Type element = tensor.getElementType();
  if (!element.isIntOrFloat() && !isa<ComplexType>(element))
    return emitError() << "a weight's elements are numbers, not " << element;
  uint64_t bits = isa<ComplexType>(element)
                      ? 2 * cast<ComplexType>(element).getElementType().getIntOrFloatBitWidth()
                  : element.isInteger(1) ? 8
                                         : element.getIntOrFloatBitWidth();
  uint64_t expected = (static_cast<uint64_t>(tensor.getNumElements()) * bits + 7) / 8;
  if (length != expected)
    return emitError() << "a weight of type " << type << " has " << expected << " bytes, not "
                       << length;
  return success();
}

//===------------------------------------------------------------------------------------------===//
// #plan.strided, #plan.concat, #plan.panels, #plan.converted
//===------------------------------------------------------------------------------------------===//

using EmitError = function_ref<InFlightDiagnostic()>;

/// What all derived constants need: static shapes, and elements of whole bytes and of the base's
/// width, since bytes are what is moved.
static LogicalResult verifyDerived(EmitError emitError, Type type, TypedAttr base) {
  auto to = dyn_cast_or_null<RankedTensorType>(type),
       from = dyn_cast<RankedTensorType>(base.getType());
  if (!to || !to.hasStaticShape() || !from || !from.hasStaticShape())
    return emitError() << "a constant made of " << base.getType() << " cannot be " << type
                       << ": both need a statically shaped tensor type";
  if (!to.getElementType().isIntOrFloat() || !from.getElementType().isIntOrFloat() ||
      to.getElementTypeBitWidth() % 8 ||
      to.getElementTypeBitWidth() != from.getElementTypeBitWidth())
    return emitError() << "a constant made of " << from << " cannot be " << to
                       << ": elements need whole bytes, and the same number";
  return success();
}

LogicalResult StridedAttr::verify(EmitError emitError, Type type, TypedAttr base, int64_t offset,
                                  ArrayRef<int64_t> strides) {
  if (failed(verifyDerived(emitError, type, base)))
    return failure();
  auto to = cast<RankedTensorType>(type);
  if (static_cast<int64_t>(strides.size()) != to.getRank())
    return emitError() << "expected one stride per dimension of " << to;
  if (to.getNumElements() == 0)
    return success();
  // Bounds in arithmetic that cannot wrap: a dump is a file like any other.
  int64_t first = offset, last = offset,
          size = cast<RankedTensorType>(base.getType()).getNumElements();
  for (auto [extent, stride] : llvm::zip(to.getShape(), strides)) {
    int64_t reach;
    int64_t &end = stride < 0 ? first : last;
    if (llvm::MulOverflow(extent - 1, stride, reach) || llvm::AddOverflow(end, reach, end))
      return emitError() << "strides lead out of " << base.getType();
  }
  if (first < 0 || last >= size)
    return emitError() << "elements " << first << " to " << last << " are not in "
                       << base.getType();
  return success();
}

LogicalResult ConcatAttr::verify(EmitError emitError, Type type, ArrayRef<TypedAttr> parts,
                                 int64_t axis) {
  auto to = dyn_cast_or_null<RankedTensorType>(type);
  if (!to || axis < 0 || axis >= to.getRank())
    return emitError() << "axis " << axis << " is not one of " << type;
  int64_t size = 0;
  for (TypedAttr part : parts) {
    if (failed(verifyDerived(emitError, type, part)))
      return failure();
    auto from = cast<RankedTensorType>(part.getType());
    SmallVector<int64_t> shape(from.getShape());
    if (from.getRank() != to.getRank())
      return emitError() << from << " cannot be part of " << to;
    size += shape[axis];
    shape[axis] = to.getDimSize(axis);
    if (ArrayRef(shape) != to.getShape())
      return emitError() << from << " cannot be part of " << to << " along axis " << axis;
  }
  if (size != to.getDimSize(axis))
    return emitError() << "the parts have " << size << " along axis " << axis << ", and the whole "
                       << to.getDimSize(axis);
  return success();
}

LogicalResult PanelsAttr::verify(EmitError emitError, Type type, TypedAttr base) {
  if (failed(verifyDerived(emitError, type, base)))
    return failure();
  auto to = cast<RankedTensorType>(type), from = cast<RankedTensorType>(base.getType());
  constexpr int64_t maxColumns = 4096;
  if (from.getRank() != 2 || to.getRank() != 3 || to.getDimSize(2) == 0 ||
      to.getDimSize(2) > maxColumns || to.getDimSize(1) != from.getDimSize(0) ||
      to.getDimSize(0) != llvm::divideCeilSigned(from.getDimSize(1), to.getDimSize(2)))
    return emitError() << "panels of " << from << " cannot be " << to;
  return success();
}

LogicalResult WinogradAttr::verify(EmitError emitError, Type type, TypedAttr base) {
  if (failed(verifyDerived(emitError, type, base)))
    return failure();
  auto to = cast<RankedTensorType>(type), from = cast<RankedTensorType>(base.getType());
  if (!from.getElementType().isF32() || !to.getElementType().isF32() || from.getRank() != 4 ||
      from.getDimSize(2) != 3 || from.getDimSize(3) != 3 || to.getRank() != 3 ||
      (to.getDimSize(0) != 16 && to.getDimSize(0) != 36) ||
      to.getDimSize(1) != from.getDimSize(0) || to.getDimSize(2) != from.getDimSize(1))
    return emitError() << "3x3 filters " << from << " cannot be transformed to " << to;
  return success();
}

LogicalResult ConvertedAttr::verify(EmitError emitError, Type type, TypedAttr base) {
  auto to = dyn_cast_or_null<RankedTensorType>(type),
       from = dyn_cast<RankedTensorType>(base.getType());
  if (!to || !from || !from.hasStaticShape() || to.getShape() != from.getShape() ||
      !from.getElementType().isF32() ||
      !(to.getElementType().isF16() || to.getElementType().isBF16()))
    return emitError() << base.getType() << " cannot be converted to " << type
                       << ": f32 to f16 or bf16 of the same static shape is what there is";
  return success();
}

//===------------------------------------------------------------------------------------------===//
// plan.constant
//===------------------------------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

//===------------------------------------------------------------------------------------------===//
// plan.offset
//===------------------------------------------------------------------------------------------===//

OpFoldResult OffsetOp::fold(FoldAdaptor adaptor) {
  auto bytes = dyn_cast_or_null<IntegerAttr>(adaptor.getBytes());
  return bytes && bytes.getValue().isZero() ? getBuffer() : Value();
}

//===------------------------------------------------------------------------------------------===//
// plan.assert
//===------------------------------------------------------------------------------------------===//

LogicalResult AssertOp::canonicalize(AssertOp op, PatternRewriter &rewriter) {
  if (!matchPattern(op.getCondition(), m_One()))
    return failure();
  rewriter.eraseOp(op);
  return success();
}

//===------------------------------------------------------------------------------------------===//
// plan.apply
//===------------------------------------------------------------------------------------------===//

LogicalResult ApplyOp::verify() {
  if (getInputNames().size() != getInputs().size() || getResultNames().size() != getNumResults())
    return emitOpError() << "has " << getInputs().size() << " inputs and " << getNumResults()
                         << " results, and names the types of " << getInputNames().size() << " and "
                         << getResultNames().size();
  return success();
}

} // namespace azulejo::plan
