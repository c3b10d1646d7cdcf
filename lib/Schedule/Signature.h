//===- Signature.h - The model's inputs, outputs and symbols as attributes --------------------===//
#ifndef AZULEJO_LIB_SCHEDULE_SIGNATURE_H
#define AZULEJO_LIB_SCHEDULE_SIGNATURE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace azulejo::schedule {

inline constexpr llvm::StringLiteral entryName = "main", peakMemoryName = "peak_memory";

// Attributes that stand on @main first and on the module in the end; see Artifact/Format.h for what
// they hold.
inline constexpr llvm::StringLiteral inputsAttr = "plan.inputs", outputsAttr = "plan.outputs",
                                     symbolsAttr = "plan.symbols", kernelsAttr = "plan.kernels",
                                     weightsAttr = "plan.weights", checksAttr = "plan.checks",
                                     unfusedAttr = "plan.unfused", unboundedAttr = "plan.unbounded",
                                     hostCallsAttr = "plan.host_calls";

/// The name of the ONNX node that an operation comes from, or the operation's own.
std::string nodeName(mlir::Operation *op);

/// Bytes of one element in a buffer: i1 and narrower types take a whole byte.
int64_t elementBytes(mlir::Type element);

/// Moves the arguments' and results' `azulejo.*` attributes to attributes of the function.
/// Arguments without any are given names and types after their tensor types.
mlir::LogicalResult collectSignature(mlir::func::FuncOp main);

/// For each dynamic dimension of each input, the symbol that names it, or "" for none; in the order
/// of @main's arguments.
llvm::SmallVector<llvm::SmallVector<llvm::StringRef>> dynamicDimSymbols(mlir::func::FuncOp main);

} // namespace azulejo::schedule

#endif // AZULEJO_LIB_SCHEDULE_SIGNATURE_H
