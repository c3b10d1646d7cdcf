//===- Schema.h - From operations to ONNX's schemas and back ----------------------------------===//
#ifndef AZULEJO_DIALECTS_ONNX_SCHEMA_H
#define AZULEJO_DIALECTS_ONNX_SCHEMA_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/OperationSupport.h"
#include <string>
#include <vector>

namespace onnx {
class OpSchema;
}

namespace azulejo::onnx {

/// The schema of an operation of this dialect, or null for `onnx.yield` and foreign operations.
const ::onnx::OpSchema *getSchema(mlir::OperationName name);

/// The schema that a node of `domain` ("" is ai.onnx) and `opType` has in a model that imports
/// `opsetVersion` of the domain; null when there is none. A schema that is deprecated in that
/// version is returned: whoever asks decides.
const ::onnx::OpSchema *getSchema(llvm::StringRef domain, llvm::StringRef opType, int opsetVersion);

/// The newest schema of an operator, or null.
const ::onnx::OpSchema *getNewestSchema(llvm::StringRef domain, llvm::StringRef opType);

/// Every schema of every domain, in order of domain, name and version.
llvm::ArrayRef<const ::onnx::OpSchema *> getAllSchemas();

/// The operation's name: `onnx.Softmax` for the newest version, `onnx.Softmax_v11` for an older
/// one.
std::string getOperationName(const ::onnx::OpSchema &schema);

/// The name an ONNX attribute has on the operation. It differs only where ODS could not make an
/// accessor of it.
llvm::StringRef getAttributeName(llvm::StringRef onnxName);

/// The operands (results) of any operation with a schema, by the index of the formal parameter.
mlir::OperandRange getFormalOperands(mlir::Operation *op, unsigned index);
mlir::ResultRange getFormalResults(mlir::Operation *op, unsigned index);

/// The attribute that holds the sizes of the formal operands (results), on operations where more
/// than one of them may be absent or variadic.
inline constexpr llvm::StringLiteral operandSegmentsName = "operandSegmentSizes";
inline constexpr llvm::StringLiteral resultSegmentsName = "resultSegmentSizes";

/// Whether the sizes of formal operands (results) must be said, rather than follow from their
/// number.
bool needsOperandSegments(const ::onnx::OpSchema &schema);
bool needsResultSegments(const ::onnx::OpSchema &schema);

} // namespace azulejo::onnx

#endif // AZULEJO_DIALECTS_ONNX_SCHEMA_H
