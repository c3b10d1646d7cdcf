//===- Types.h - ONNX's types and MLIR's ------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_ONNX_TYPES_H
#define AZULEJO_DIALECTS_ONNX_TYPES_H

#include "mlir/IR/Types.h"
#include <optional>
#include <string>

namespace azulejo::onnx {

/// The element type for a TensorProto.DataType, or a null type for one that does not exist. Signed
/// integers are signless, unsigned ones are not: `int8` is i8, `uint8` is ui8, `bool` is i1.
mlir::Type getElementType(mlir::MLIRContext *context, int dataType);

/// The TensorProto.DataType of an element type; 0 (UNDEFINED) when ONNX has none.
int getDataType(mlir::Type elementType);

/// The type as ONNX's schemas write it: "tensor(float)", "seq(tensor(string))", "optional(…)",
/// "map(int64,tensor(float))", "sparse_tensor(…)"; empty when ONNX has none.
std::string getTypeString(mlir::Type type);

} // namespace azulejo::onnx

#endif // AZULEJO_DIALECTS_ONNX_TYPES_H
