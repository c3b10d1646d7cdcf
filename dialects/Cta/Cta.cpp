#include "dialects/Cta/Cta.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

#include "dialects/Cta/CtaDialect.cpp.inc"

namespace azulejo::cta {
// Named by the assembly format of types.
static mlir::ParseResult parseBox(mlir::AsmParser &parser, SharedType &box);
static void printBox(mlir::AsmPrinter &printer, SharedType box);
} // namespace azulejo::cta

#define GET_TYPEDEF_CLASSES
#include "dialects/Cta/CtaTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Cta/CtaAttrs.cpp.inc"

using namespace mlir;

namespace azulejo::cta {

void CtaDialect::initialize() {
  registerTypes();
  registerAttributes();
  registerOperations();
}

void CtaDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Cta/CtaTypes.cpp.inc"
      >();
}

void CtaDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Cta/CtaAttrs.cpp.inc"
      >();
}

bool isTileType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getElementType().isIntOrIndexOrFloat() &&
         (!tensor.getEncoding() || isa<LayoutAttr>(tensor.getEncoding()));
}

const LinearLayout &getLayout(Type tile) {
  // The attribute's storage lives as long as the context.
  return cast<LayoutAttr>(cast<RankedTensorType>(tile).getEncoding()).getLayout();
}

RankedTensorType withLayout(RankedTensorType type, const LinearLayout &layout) {
  return RankedTensorType::get(type.getShape(), type.getElementType(),
                               LayoutAttr::get(type.getContext(), layout));
}

//===------------------------------------------------------------------------------------------===//
// #cta.layout
//===------------------------------------------------------------------------------------------===//

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 LinearLayout layout) {
  std::string problem = layout.explainInvalid();
  return problem.empty() ? success() : emitError() << problem;
}

LogicalResult LayoutAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                         function_ref<InFlightDiagnostic()> emitError) const {
  if (shape == getLayout().getShape())
    return success();
  InFlightDiagnostic diagnostic = emitError() << "a layout of shape [";
  llvm::interleaveComma(getLayout().getShape(), diagnostic);
  return diagnostic << "] does not fit the tensor's";
}

static ParseResult parseNumbers(AsmParser &parser, SmallVectorImpl<int64_t> &numbers) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&] { return parser.parseInteger(numbers.emplace_back()); });
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  SmallVector<int64_t> shape;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parseNumbers(parser, shape))
    return {};
  if (llvm::any_of(shape, [](int64_t size) { return size < 1; })) {
    parser.emitError(loc, "a layout's shape must be positive");
    return {};
  }
  LinearLayout atom(shape, {}, {}, {});
  if (atom.getAtomBits() > 31) {
    parser.emitError(loc, "a layout is for at most 2^31 elements");
    return {};
  }
  std::array<SmallVector<uint64_t>, 3> bases;
  constexpr StringLiteral names[] = {"register", "lane", "warp"};
  auto parseBasis = [&](SmallVectorImpl<uint64_t> &list) -> ParseResult {
    SmallVector<int64_t> coordinates;
    SMLoc loc = parser.getCurrentLocation();
    if (parseNumbers(parser, coordinates))
      return failure();
    if (coordinates.size() != shape.size())
      return parser.emitError(loc, "expected ") << shape.size() << " coordinates";
    for (auto [dim, coordinate] : llvm::enumerate(coordinates))
      if (coordinate < 0 || coordinate >= atom.getAtomSize(dim))
        return parser.emitError(loc, "a basis leads out of the atom");
    list.push_back(atom.flatten(coordinates));
    return success();
  };
  for (unsigned input = 0; input < bases.size(); ++input)
    if (parser.parseComma() || parser.parseKeyword(names[input]) || parser.parseEqual() ||
        parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                       [&] { return parseBasis(bases[input]); }))
      return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<LayoutAttr>(loc, parser.getContext(),
                                       LinearLayout(shape, bases[0], bases[1], bases[2]));
}

void LayoutAttr::print(AsmPrinter &printer) const {
  const LinearLayout &layout = getLayout();
  raw_ostream &os = printer.getStream();
  os << "<[";
  llvm::interleaveComma(layout.getShape(), os);
  os << "]";
  for (auto [name, input] :
       {std::pair("register", LinearLayout::Register), std::pair("lane", LinearLayout::Lane),
        std::pair("warp", LinearLayout::Warp)}) {
    os << ", " << name << " = [";
    llvm::interleaveComma(layout.getBases(input), os, [&](uint64_t base) {
      os << "[";
      llvm::interleaveComma(layout.unflatten(base), os);
      os << "]";
    });
    os << "]";
  }
  os << ">";
}

//===------------------------------------------------------------------------------------------===//
// Types
//===------------------------------------------------------------------------------------------===//

SharedType SharedType::getStageType() const {
  return get(getContext(), getTileShape(), getElementType(), getSwizzle());
}

int64_t SharedType::getElementBytes() const {
  return std::max(8u, getElementType().getIntOrFloatBitWidth()) / 8;
}

int64_t SharedType::getStageBytes() const {
  return getTileShape()[0] * getTileShape()[1] * getElementBytes();
}

static ParseResult parseSharedBody(AsmParser &parser, SmallVectorImpl<int64_t> &shape, Type &type,
                                   int64_t &swizzle) {
  swizzle = 0;
  if (parser.parseDimensionList(shape, /*allowDynamic=*/false) || parser.parseType(type))
    return failure();
  return succeeded(parser.parseOptionalComma()) ? parser.parseInteger(swizzle) : success();
}

static void printSharedBody(AsmPrinter &printer, SharedType type) {
  printer.printDimensionList(type.getShape());
  printer << "x" << type.getElementType();
  if (type.getSwizzle())
    printer << ", " << type.getSwizzle();
}

Type SharedType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type type;
  int64_t swizzle;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parseSharedBody(parser, shape, type, swizzle) || parser.parseGreater())
    return {};
  return parser.getChecked<SharedType>(loc, parser.getContext(), shape, type, swizzle);
}

void SharedType::print(AsmPrinter &printer) const {
  printer << "<";
  printSharedBody(printer, *this);
  printer << ">";
}

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Type elementType, int64_t swizzle) {
  if (shape.size() != 2 && shape.size() != 3)
    return emitError() << "shared memory holds tiles of rows and columns, or a ring of them";
  if (llvm::any_of(shape, [](int64_t size) { return size < 1; }))
    return emitError() << "shared memory's shape must be positive";
  if (!elementType.isIntOrFloat())
    return emitError() << "shared memory holds numbers, not " << elementType;
  if (swizzle != 0 && swizzle != 32 && swizzle != 64 && swizzle != 128)
    return emitError() << "a swizzle is of 0, 32, 64 or 128 bytes";
  int64_t bytes = std::max(8u, elementType.getIntOrFloatBitWidth()) / 8;
  if (swizzle && shape.back() * bytes % swizzle)
    return emitError() << "rows of " << shape.back() * bytes
                       << " bytes cannot be cut into panels of " << swizzle;
  return success();
}

static ParseResult parseBox(AsmParser &parser, SharedType &box) {
  SmallVector<int64_t> shape;
  Type type;
  int64_t swizzle;
  SMLoc loc = parser.getCurrentLocation();
  if (parseSharedBody(parser, shape, type, swizzle))
    return failure();
  box = parser.getChecked<SharedType>(loc, parser.getContext(), shape, type, swizzle);
  return success(static_cast<bool>(box));
}

static void printBox(AsmPrinter &printer, SharedType box) { printSharedBody(printer, box); }

} // namespace azulejo::cta
