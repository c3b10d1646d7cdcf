//===- Protos.h - ONNX's messages and MLIR's types and attributes, both ways ------------------===//
#ifndef AZULEJO_LIB_IMPORT_PROTOS_H
#define AZULEJO_LIB_IMPORT_PROTOS_H

#include "dialects/ONNX/Dims.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Types.h"
#include "mlir/Support/LLVM.h"

namespace onnx {
class AttributeProto;
class TensorProto;
class TypeProto;
} // namespace onnx

namespace azulejo::onnx {

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// What a dim_param means; nothing for one that says nothing.
using ReadDim = llvm::function_ref<std::optional<SymbolicExpr>(llvm::StringRef)>;

/// The type a message describes; null when it leaves the type, or an element type in it, open. A
/// tensor without a shape is unranked. An unknown element type or a negative dimension is an error.
mlir::FailureOr<mlir::Type> importType(mlir::MLIRContext *context, const ::onnx::TypeProto &type,
                                       ReadDim readDim, EmitError emitError);

/// The message of a type; an empty one for a null type and for types ONNX does not have. Symbolic
/// dimensions become dim_params that hold the expression's text.
::onnx::TypeProto exportType(mlir::Type type);

/// A constant as a message with raw data (strings apart). Without data when it has more than
/// `maxBytes`, or when its bytes cannot be read, in which case `loc` has got an error.
::onnx::TensorProto exportTensor(mlir::Attribute value, mlir::Location loc, uint64_t maxBytes);

/// An operation's attribute as a message. Tensors of more than `maxBytes` come without data.
::onnx::AttributeProto exportAttribute(llvm::StringRef name, mlir::Attribute value,
                                       mlir::Location loc, uint64_t maxBytes);

} // namespace azulejo::onnx

#endif // AZULEJO_LIB_IMPORT_PROTOS_H
