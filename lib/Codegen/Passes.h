//===- Passes.h - The passes that code generation for every target shares ---------------------===//
#ifndef AZULEJO_LIB_CODEGEN_PASSES_H
#define AZULEJO_LIB_CODEGEN_PASSES_H

#include "mlir/Pass/Pass.h"

namespace azulejo::codegen {

#define GEN_PASS_DECL
#include "lib/Codegen/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Codegen/Passes.h.inc"

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_PASSES_H
