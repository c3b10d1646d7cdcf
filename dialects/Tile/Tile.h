//===- Tile.h - The tile dialect --------------------------------------------------------------===//
//
// Structured tensor operations that linalg lacks, and tile.kernel, the group that becomes one
// kernel.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_TILE_TILE_H
#define AZULEJO_DIALECTS_TILE_TILE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"

#include "dialects/Tile/TileDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/Tile/TileOps.h.inc"

namespace azulejo::tile {

/// What errors of a run call the ONNX node that a location names: "node 'x': Gather: ", as far as
/// it is known.
std::string describeNode(mlir::Location loc);

} // namespace azulejo::tile

#endif // AZULEJO_DIALECTS_TILE_TILE_H
