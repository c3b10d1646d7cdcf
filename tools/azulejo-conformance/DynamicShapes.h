//===- DynamicShapes.h - A model that knows no size -------------------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
#define AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H

#include "mlir/IR/BuiltinOps.h"

namespace azulejo::conformance {

/// Gives the dimensions of the inputs of an imported model symbols of their own, and forgets what
/// import found of the shapes of what is computed from them; ranks stay. A dimension that is itself
/// a rank stays a number: one without which inference finds the rank of some value no more, as the
/// length of a vector of axes that a reduction drops.
void makeInputsDynamic(mlir::ModuleOp module);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
