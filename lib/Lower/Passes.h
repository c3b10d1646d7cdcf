//===- Passes.h - From ONNX's core operators to linalg and tile -------------------------------===//
#ifndef AZULEJO_LIB_LOWER_PASSES_H
#define AZULEJO_LIB_LOWER_PASSES_H

#include "mlir/Pass/Pass.h"

namespace azulejo::lower {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "lib/Lower/Passes.h.inc"

} // namespace azulejo::lower

#endif // AZULEJO_LIB_LOWER_PASSES_H
