//===- Functions.h - Bodies of ONNX functions -------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_FUNCTIONS_H
#define AZULEJO_LIB_IMPORT_FUNCTIONS_H

#include "mlir/IR/Builders.h"

namespace onnx {
class FunctionProto;
} // namespace onnx

namespace azulejo {

/// Imports the body of a function at the builder's insertion point, with these values for its
/// inputs (null: left out) and these attributes, named as ONNX names them, for its attribute
/// parameters; returns its outputs, a null value for one that the body does not define. Every
/// operation gets `location`. The body may use what ONNX's own registry has, and neither functions
/// of a model nor data in files. On failure the error is reported, and what was created until then
/// remains.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
importFunctionBody(mlir::OpBuilder &builder, mlir::Location location,
                   const ::onnx::FunctionProto &body, llvm::ArrayRef<mlir::Value> operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes);

/// Imports the body of an operator that ONNX defines as a function, before the operation, which
/// stays. Returns for each of its results the value that takes its place, with a type that says at
/// least as much. Nothing, without an error, when the operator has no body for this operation.
mlir::FailureOr<std::optional<llvm::SmallVector<mlir::Value>>>
expandFunctionOperator(mlir::OpBuilder &builder, mlir::Operation *op);

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_FUNCTIONS_H
