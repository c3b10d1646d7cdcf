//===- Syntax.cpp - How operations of the onnx dialect are written ----------------------------===//
//
//   %y = onnx.Clip(%x, _, %max) {attributes} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
//
// Operands stand in the schema's order and `_` is an absent optional one (trailing ones are left
// out). Result types do the same: `-> (t, _, t)`. The segment sizes that MLIR keeps as attributes
// follow from that, and are not written. Subgraphs follow the attributes, each after its name:
//
//   %y = onnx.If(%condition) then_branch { … } else_branch { … } : (tensor<i1>) -> tensor<2xf32>
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/ONNX/ONNX.h"
#include "dialects/ONNX/Schema.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using ::onnx::OpSchema;

namespace azulejo::onnx {

using FormalParameters = std::vector<OpSchema::FormalParameter>;

/// The sizes of the formal parameters, given for each written position whether it was `_`.
static FailureOr<SmallVector<int32_t>> getSizes(const FormalParameters &formals,
                                                ArrayRef<bool> absent,
                                                function_ref<InFlightDiagnostic()> emitError) {
  SmallVector<int32_t> sizes;
  size_t position = 0;
  for (const auto &formal : formals) {
    size_t left = absent.size() - position;
    size_t taken = formal.GetOption() == OpSchema::Variadic ? left : std::min<size_t>(left, 1);
    int32_t present = llvm::count(absent.slice(position, taken), false);
    if (formal.GetOption() == OpSchema::Single && present == 0)
      return emitError() << "'" << formal.GetName() << "' is missing";
    sizes.push_back(present);
    position += taken;
  }
  if (position != absent.size())
    return emitError() << "expects at most " << formals.size() << ", got " << absent.size();
  return sizes;
}

ParseResult parseSchemaOp(OpAsmParser &parser, OperationState &result) {
  const OpSchema *schema = getSchema(result.name);
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<bool> absentOperands, absentResults;
  auto parseOperand = [&]() -> ParseResult {
    absentOperands.push_back(succeeded(parser.parseOptionalKeyword("_")));
    return absentOperands.back() ? success() : parser.parseOperand(operands.emplace_back());
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseOperand) ||
      parser.parseOptionalAttrDict(result.attributes))
    return failure();

  SMLoc regionLoc = parser.getCurrentLocation();
  for (const auto &[name, attribute] : schema->attributes())
    if (attribute.type == ::onnx::AttributeProto::GRAPH) {
      Region *region = result.addRegion();
      if (succeeded(parser.parseOptionalKeyword(name))) {
        if (parser.parseRegion(*region))
          return failure();
      } else if (attribute.required) {
        return parser.emitError(regionLoc) << "subgraph '" << name << "' is missing";
      }
    }

  SmallVector<Type> operandTypes;
  auto parseResultType = [&]() -> ParseResult {
    absentResults.push_back(succeeded(parser.parseOptionalKeyword("_")));
    return absentResults.back() ? success() : parser.parseType(result.types.emplace_back());
  };
  if (parser.parseColon() || parser.parseLParen() ||
      (failed(parser.parseOptionalRParen()) &&
       (parser.parseTypeList(operandTypes) || parser.parseRParen())) ||
      parser.parseArrow())
    return failure();
  if (succeeded(parser.parseOptionalLParen())) {
    if (failed(parser.parseOptionalRParen()) &&
        (parser.parseCommaSeparatedList(parseResultType) || parser.parseRParen()))
      return failure();
  } else if (parseResultType()) {
    return failure();
  }
  if (parser.resolveOperands(operands, operandTypes, loc, result.operands))
    return failure();

  auto operandSizes = getSizes(schema->inputs(), absentOperands,
                               [&] { return parser.emitError(loc) << "operands: "; });
  auto resultSizes = getSizes(schema->outputs(), absentResults,
                              [&] { return parser.emitError(loc) << "results: "; });
  if (failed(operandSizes) || failed(resultSizes))
    return failure();
  Builder &builder = parser.getBuilder();
  if (needsOperandSegments(*schema))
    result.addAttribute(operandSegmentsName, builder.getDenseI32ArrayAttr(*operandSizes));
  if (needsResultSegments(*schema))
    result.addAttribute(resultSegmentsName, builder.getDenseI32ArrayAttr(*resultSizes));
  return success();
}

/// Prints the values of each formal parameter, `_` where an absent one is followed by a present
/// one.
template <typename GetRange, typename Print>
static void printFormals(OpAsmPrinter &printer, unsigned count, GetRange getRange, Print print) {
  unsigned end = count;
  while (end > 0 && getRange(end - 1).empty())
    --end;
  bool first = true;
  auto separate = [&] {
    if (!first)
      printer << ", ";
    first = false;
  };
  for (unsigned i = 0; i < end; ++i) {
    auto range = getRange(i);
    if (range.empty()) {
      separate();
      printer << "_";
    }
    for (Value value : range) {
      separate();
      print(value);
    }
  }
}

void printSchemaOp(Operation *op, OpAsmPrinter &printer) {
  const OpSchema *schema = getSchema(op->getName());
  printer << "(";
  printFormals(
      printer, schema->inputs().size(), [&](unsigned i) { return getFormalOperands(op, i); },
      [&](Value value) { printer << value; });
  printer << ")";
  printer.printOptionalAttrDict(op->getAttrs(), {operandSegmentsName, resultSegmentsName});
  unsigned region = 0;
  for (const auto &[name, attribute] : schema->attributes())
    if (attribute.type == ::onnx::AttributeProto::GRAPH)
      if (Region &subgraph = op->getRegion(region++); !subgraph.empty()) {
        printer << " " << name << " ";
        printer.printRegion(subgraph);
      }
  printer << " : (";
  llvm::interleaveComma(op->getOperandTypes(), printer);
  printer << ") -> ";
  bool parenthesised = op->getNumResults() != 1 || !getFormalResults(op, 0).size();
  if (parenthesised)
    printer << "(";
  printFormals(
      printer, schema->outputs().size(), [&](unsigned i) { return getFormalResults(op, i); },
      [&](Value value) { printer << value.getType(); });
  if (parenthesised)
    printer << ")";
}

} // namespace azulejo::onnx
