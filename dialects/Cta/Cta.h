//===- Cta.h - The cta dialect ----------------------------------------------------------------===//
//
// A thread block's program over tiles; docs/Cta.md says why it is as it is.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_CTA_CTA_H
#define AZULEJO_DIALECTS_CTA_CTA_H

#include "dialects/Cta/LinearLayout.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace azulejo::cta {

/// A ranked tensor of static shape whose elements are numbers: what a block holds in registers.
bool isTileType(mlir::Type type);

} // namespace azulejo::cta

#include "dialects/Cta/CtaDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Cta/CtaTypes.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Cta/CtaAttrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/Cta/CtaOps.h.inc"

namespace azulejo::cta {

/// The layout of a tile; it must have one.
const LinearLayout &getLayout(mlir::Type tile);
inline const LinearLayout &getLayout(mlir::Value tile) { return getLayout(tile.getType()); }

/// The same tile type with another layout.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, const LinearLayout &layout);

} // namespace azulejo::cta

#endif // AZULEJO_DIALECTS_CTA_CTA_H
