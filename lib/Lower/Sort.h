//===- Sort.h - Sorting, in a kernel's body ---------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_SORT_H
#define AZULEJO_LIB_LOWER_SORT_H

#include "lib/Lower/ScalarBuilder.h"

namespace azulejo::lower {

/// The numbers 0 .. count-1 (a vector of i64, whose further elements mean nothing) in the order
/// that `before` gives; equal ones keep their order. n log n comparisons.
mlir::Value sortIndices(ScalarBuilder &b, mlir::Value count,
                        llvm::function_ref<mlir::Value(mlir::Value i, mlir::Value j)> before);

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_SORT_H
