//===- DynamicShapes.h - A model that knows no size -------------------------------------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
#define AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H

#include "mlir/IR/BuiltinOps.h"

namespace azulejo::conformance {

/// Gives the dimensions of the inputs of an imported model symbols of their own, and forgets what
/// import found of the shapes of what is computed from them; ranks that the model declares stay.
/// What is itself a rank stays a number: the length of a vector of integers without which Graph,
/// whose promise it is, does not know the rank of every value. So it is with the axes that a
/// reduction drops.
void makeInputsDynamic(mlir::ModuleOp module);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_DYNAMICSHAPES_H
