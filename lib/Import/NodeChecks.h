//===- NodeChecks.h - What ONNX's inference takes at its word ---------------------------------===//
//
// ONNX's shape inference checks most of what a node says, and of some attributes nothing: it reads
// and writes memory, or loops, by what a model claims. Those are checked here, before it is asked.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_NODECHECKS_H
#define AZULEJO_LIB_IMPORT_NODECHECKS_H

#include "mlir/IR/Operation.h"

namespace onnx {
class OpSchema;
}

namespace azulejo::onnx {

/// Reports an error where the node says what its inference could not bear. Spaces in an equation,
/// which mean nothing, are taken out.
llvm::LogicalResult checkNode(mlir::Operation *op, const ::onnx::OpSchema &schema);

} // namespace azulejo::onnx

#endif // AZULEJO_LIB_IMPORT_NODECHECKS_H
