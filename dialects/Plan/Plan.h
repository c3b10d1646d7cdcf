//===- Plan.h - The plan dialect --------------------------------------------------------------===//
//
// The host program, and what exists from the first stage to the last: weights and the types that
// are no tensors.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_PLAN_PLAN_H
#define AZULEJO_DIALECTS_PLAN_PLAN_H

#include "dialects/Plan/WeightStore.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Plan/PlanDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Plan/PlanTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Plan/PlanAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/Plan/PlanOps.h.inc"

#include "dialects/Plan/Constants.h"

#endif // AZULEJO_DIALECTS_PLAN_PLAN_H
