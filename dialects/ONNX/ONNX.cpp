#include "dialects/ONNX/ONNX.h"
#include "dialects/ONNX/Schema.h"
#include "lib/Import/Schemas/Libraries.h"

using namespace mlir;

#include "dialects/ONNX/ONNXDialect.cpp.inc"
#include "dialects/ONNX/ONNXInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/ONNX/ONNXAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/ONNX/ONNXOps.cpp.inc"

namespace azulejo::onnx {

#define AZULEJO_ONNX_FAMILY(name) void add##name##Ops(ONNXDialect &dialect);
#include "dialects/ONNX/Families.inc"
#undef AZULEJO_ONNX_FAMILY

static void registerSchema(const ::onnx::OpSchema &schema, ONNXDialect &dialect) {
  StringRef prefix = "onnx.";
  std::string name = getOperationName(schema).substr(prefix.size());
  dialect.registerDynamicOp(DynamicOpDefinition::get(
      name, &dialect, [](Operation *op) { return verifySchema(op); },
      [](Operation *) { return success(); },
      [](OpAsmParser &parser, OperationState &result) { return parseSchemaOp(parser, result); },
      [](Operation *op, OpAsmPrinter &printer, StringRef) {
        printer << op->getName();
        printSchemaOp(op, printer);
      }));
}

void ONNXDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/ONNX/ONNXOps.cpp.inc"
      >();
#define AZULEJO_ONNX_FAMILY(name) add##name##Ops(*this);
#include "dialects/ONNX/Families.inc"
#undef AZULEJO_ONNX_FAMILY
  registerOldVersions();
  for (const azl_operator *op : schemas::getLibraryOperators())
    registerSchema(*getNewestSchema(op->domain, op->name), *this);
}

void ONNXDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/ONNX/ONNXAttrs.cpp.inc"
      >();
}

void ONNXDialect::registerOldVersions() {
  for (const ::onnx::OpSchema *schema : getAllSchemas())
    if (getNewestSchema(schema->domain(), schema->Name()) != schema)
      registerSchema(*schema, *this);
}

//===------------------------------------------------------------------------------------------===//
// #onnx.dims
//===------------------------------------------------------------------------------------------===//

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<Attribute> dims;
  Builder &builder = parser.getBuilder();
  auto parseDim = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    std::string text;
    int64_t value;
    if (succeeded(parser.parseOptionalQuestion())) {
      dims.push_back(builder.getUnitAttr());
    } else if (OptionalParseResult integer = parser.parseOptionalInteger(value);
               integer.has_value()) {
      if (failed(*integer))
        return failure();
      dims.push_back(builder.getI64IntegerAttr(value));
    } else if (succeeded(parser.parseString(&text))) {
      auto expression = SymbolicExpr::parse(text);
      if (!expression)
        return parser.emitError(loc) << "'" << text << "' is no dimension expression";
      dims.push_back(builder.getStringAttr(expression->str()));
    } else {
      return failure();
    }
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseDim))
    return {};
  return DimsAttr::get(parser.getContext(), dims);
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getDims(), printer, [&](Attribute dim) {
    if (auto text = dyn_cast<StringAttr>(dim))
      printer.printString(text.getValue());
    else if (auto value = dyn_cast<IntegerAttr>(dim))
      printer << value.getInt();
    else
      printer << '?';
  });
  printer << '>';
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != getDims().size())
    return emitError() << "#onnx.dims names " << getDims().size()
                       << " dimensions of a tensor that has " << shape.size();
  for (auto [index, size, dim] : llvm::enumerate(shape, getDims())) {
    auto value = dyn_cast<IntegerAttr>(dim);
    if (ShapedType::isDynamic(size) ? value != nullptr : !value || value.getInt() != size)
      return emitError() << "#onnx.dims contradicts the tensor's shape in dimension " << index;
  }
  return success();
}

RankedTensorType getTensorType(ArrayRef<std::optional<SymbolicExpr>> dims, Type elementType) {
  Builder builder(elementType.getContext());
  SmallVector<int64_t> shape;
  SmallVector<Attribute> names;
  for (const auto &dim : dims) {
    auto constant = dim ? dim->getConstant() : std::nullopt;
    shape.push_back(constant ? *constant : ShapedType::kDynamic);
    names.push_back(constant ? Attribute(builder.getI64IntegerAttr(*constant))
                    : dim    ? Attribute(builder.getStringAttr(dim->str()))
                             : builder.getUnitAttr());
  }
  Attribute encoding;
  if (llvm::is_contained(shape, ShapedType::kDynamic))
    encoding = DimsAttr::get(builder.getContext(), names);
  return RankedTensorType::get(shape, elementType, encoding);
}

SmallVector<std::optional<SymbolicExpr>> getDims(RankedTensorType type) {
  auto names = dyn_cast_or_null<DimsAttr>(type.getEncoding());
  SmallVector<std::optional<SymbolicExpr>> dims;
  for (auto [index, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size)) {
      dims.push_back(SymbolicExpr(size));
      continue;
    }
    auto name = names ? dyn_cast<StringAttr>(names.getDims()[index]) : StringAttr();
    dims.push_back(name ? SymbolicExpr::parse(name.getValue()) : std::nullopt);
  }
  return dims;
}

} // namespace azulejo::onnx
