//===- ONNX.h - The onnx dialect --------------------------------------------------------------===//
//
// The dialect, its attribute and the base of its operations. Operations themselves are in one
// generated header a family: a file includes the families it touches, e.g.
// "dialects/ONNX/Convolution.h" (Generator.cpp says which operator is where).
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_ONNX_ONNX_H
#define AZULEJO_DIALECTS_ONNX_ONNX_H

#include "dialects/ONNX/Dims.h"
#include "dialects/Plan/Plan.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/ExtensibleDialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/ONNX/ONNXDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/ONNX/ONNXAttrs.h.inc"

#include "dialects/ONNX/ONNXInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/ONNX/ONNXOps.h.inc"

namespace azulejo::onnx {

/// The one syntax and the one verifier of all operations; used by generated code.
mlir::ParseResult parseSchemaOp(mlir::OpAsmParser &parser, mlir::OperationState &result);
void printSchemaOp(mlir::Operation *op, mlir::OpAsmPrinter &printer);
llvm::LogicalResult verifySchema(mlir::Operation *op);

/// `tensor<…>` with these dimensions. The encoding is left out when every dimension is a constant.
mlir::RankedTensorType getTensorType(llvm::ArrayRef<std::optional<SymbolicExpr>> dims,
                                     mlir::Type elementType);

/// The dimensions of `type` as expressions; nothing for a dimension of which nothing is known.
llvm::SmallVector<std::optional<SymbolicExpr>> getDims(mlir::RankedTensorType type);

} // namespace azulejo::onnx

#endif // AZULEJO_DIALECTS_ONNX_ONNX_H
