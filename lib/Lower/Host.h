//===- Host.h - Operators that run on the host ------------------------------------------------===//
#ifndef AZULEJO_LIB_LOWER_HOST_H
#define AZULEJO_LIB_LOWER_HOST_H

#include "lib/Lower/Lowering.h"

namespace azulejo::lower {

/// The node, of an operator in HostOperators.cpp, as a `plan.apply`.
mlir::LogicalResult lowerToHost(mlir::Operation *op, Lowering &b);

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_HOST_H
