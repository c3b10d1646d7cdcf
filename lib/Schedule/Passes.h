//===- Passes.h - From kernels to the host program --------------------------------------------===//
#ifndef AZULEJO_LIB_SCHEDULE_PASSES_H
#define AZULEJO_LIB_SCHEDULE_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace azulejo {

#define GEN_PASS_DECL
#include "lib/Schedule/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Schedule/Passes.h.inc"

} // namespace azulejo

#endif // AZULEJO_LIB_SCHEDULE_PASSES_H
