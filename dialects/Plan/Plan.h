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

namespace azulejo::plan {

/// The bytes of a constant tensor whatever attribute holds it: `#plan.weight`, dense (a splat is
/// one element) or dense resource. Little-endian, row-major. Fails without a message when `value`
/// is none of these, and with one at `loc` when a weight's file cannot be read.
mlir::FailureOr<llvm::ArrayRef<char>> getElementBytes(mlir::Attribute value, mlir::Location loc);

} // namespace azulejo::plan

#endif // AZULEJO_DIALECTS_PLAN_PLAN_H
