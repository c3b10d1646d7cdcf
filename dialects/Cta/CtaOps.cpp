//===- CtaOps.cpp - The operations' syntax ----------------------------------------------------===//
//
// The generated classes, and what their assembly formats call. Verifiers and folders are in a file
// for each kind of operation.
//
//===------------------------------------------------------------------------------------------===//
#include "dialects/Cta/Cta.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

/// `valid [%n, 64]`, or nothing.
static ParseResult parseValid(OpAsmParser &parser,
                              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &valid,
                              DenseI64ArrayAttr &staticValid) {
  if (failed(parser.parseOptionalKeyword("valid"))) {
    staticValid = parser.getBuilder().getDenseI64ArrayAttr({});
    return success();
  }
  return parseDynamicIndexList(parser, valid, staticValid);
}

static void printValid(OpAsmPrinter &printer, Operation *op, OperandRange valid,
                       DenseI64ArrayAttr staticValid) {
  if (staticValid.empty())
    return;
  printer << "valid ";
  printDynamicIndexList(printer, op, valid, staticValid);
}

/// A pad value has the tile's element type, which is not written.
static ParseResult parsePadType(OpAsmParser &,
                                const std::optional<OpAsmParser::UnresolvedOperand> &pad, Type tile,
                                Type &type) {
  if (auto tensor = dyn_cast<RankedTensorType>(tile); tensor && pad)
    type = tensor.getElementType();
  return success();
}

static void printPadType(OpAsmPrinter &, Operation *, Value, Type, Type) {}

/// A mask has the offsets' shape and layout.
static ParseResult parseMaskType(OpAsmParser &parser,
                                 const std::optional<OpAsmParser::UnresolvedOperand> &mask,
                                 Type offsets, Type &type) {
  if (auto tensor = dyn_cast<RankedTensorType>(offsets); tensor && mask)
    type = tensor.clone(parser.getBuilder().getI1Type());
  return success();
}

static void printMaskType(OpAsmPrinter &, Operation *, Value, Type, Type) {}

#define GET_OP_CLASSES
#include "dialects/Cta/CtaOps.cpp.inc"

void azulejo::cta::CtaDialect::registerOperations() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Cta/CtaOps.cpp.inc"
      >();
}
