//===- DynamicShapes.h - A model that knows no size -------------------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
#define AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H

#include "mlir/IR/BuiltinOps.h"

namespace azulejo::conformance {

/// Gives every dimension of every input of an imported model a symbol of its own, and forgets what
/// import found of the shapes of what is computed from them; ranks stay.
void makeInputsDynamic(mlir::ModuleOp module);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
