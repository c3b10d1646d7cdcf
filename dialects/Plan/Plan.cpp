#include "dialects/Plan/Plan.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/xxhash.h"

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
  auto *dialect = getContext()->getOrLoadDialect<PlanDialect>();
  auto bytes = dialect->getWeightStore().read(getFile().getValue(), getOffset(), getLength());
  if (!bytes)
    return emitError(loc) << llvm::toString(bytes.takeError());
  if (getHash() && llvm::xxh3_64bits(ArrayRef(reinterpret_cast<const uint8_t *>(bytes->data()),
                                              bytes->size())) != getHash())
    return emitError(loc) << "weight file '" << getFile().getValue()
                          << "' changed since this module was written: the hash of the bytes at "
                          << getOffset() << " differs";
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
    auto *dialect = getContext()->getOrLoadDialect<PlanDialect>();
    auto bytes = dialect->getWeightStore().read(getFile().getValue(), getOffset(), getLength());
    if (bytes)
      hash = llvm::xxh3_64bits(
          ArrayRef(reinterpret_cast<const uint8_t *>(bytes->data()), bytes->size()));
    else
      llvm::consumeError(bytes.takeError());
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

FailureOr<ArrayRef<char>> getElementBytes(Attribute value, Location loc) {
  if (auto weight = dyn_cast<WeightAttr>(value))
    return weight.getBytes(loc);
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return failure();
}

} // namespace azulejo::plan
