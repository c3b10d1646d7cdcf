//===- Functions.h - Bodies of ONNX functions
//-----------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_FUNCTIONS_H
#define AZULEJO_LIB_IMPORT_FUNCTIONS_H

#include "mlir/IR/Builders.h"

namespace onnx {
class FunctionProto;
} // namespace onnx

namespace azulejo {

/// Imports the body of a function at the builder's insertion point, with these values for its
/// inputs (null: left out) and these attributes, named as ONNX names them, for its attribute
/// parameters; returns its outputs. Every operation gets `location`. The body may use what ONNX's
/// own registry has, and neither functions of a model nor data in files. On failure the error is
/// reported, and what was created until then remains.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
importFunctionBody(mlir::OpBuilder &builder, mlir::Location location,
                   const ::onnx::FunctionProto &body, llvm::ArrayRef<mlir::Value> operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes);

/// Imports in place of an operation that ONNX defines as a function the operations of its body,
/// before it; the operation itself stays. Returns one value for each of its results. Nothing,
/// without an error, when the operator has no body for this operation.
mlir::FailureOr<std::optional<llvm::SmallVector<mlir::Value>>>
expandFunctionOperator(mlir::OpBuilder &builder, mlir::Operation *op);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_FUNCTIONS_H
