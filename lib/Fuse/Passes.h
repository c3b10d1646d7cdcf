//===- Passes.h - The passes of the Fuse stage ------------------------------------------------===//
#ifndef AZULEJO_LIB_FUSE_PASSES_H
#define AZULEJO_LIB_FUSE_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo::fuse {

#define GEN_PASS_DECL
#include "lib/Fuse/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Fuse/Passes.h.inc"

} // namespace azulejo::fuse

#endif // AZULEJO_LIB_FUSE_PASSES_H
