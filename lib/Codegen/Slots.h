//===- Slots.h - How a kernel's operands reach it ---------------------------------------------===//
//
// include/azulejo/Artifact/Format.h ("Slots") says what an array of slots holds. An operand that
// is a memref takes one slot for its address and one for each dynamic size.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_LIB_CODEGEN_SLOTS_H
#define AZULEJO_LIB_CODEGEN_SLOTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::codegen {

/// The type of each slot's value; addresses are !llvm.ptr.
llvm::SmallVector<mlir::Type> getSlotTypes(mlir::FunctionType operands);

/// `values`, one per slot, put together to the kernel's operands.
llvm::SmallVector<mlir::Value> assembleOperands(mlir::ImplicitLocOpBuilder &b,
                                                mlir::FunctionType operands,
                                                mlir::ValueRange values);

/// Reads slot `index` of the array at `slots` as a value of `type`.
mlir::Value readSlot(mlir::ImplicitLocOpBuilder &b, mlir::Value slots, int32_t index,
                     mlir::Type type);

/// The bits of a slot, an i64, as a value of `type`, which is no address.
mlir::Value fromSlotBits(mlir::ImplicitLocOpBuilder &b, mlir::Value bits, mlir::Type type);

/// Replaces the operands of a function whose first block takes nothing else by the one pointer to
/// their slots, which becomes its first argument. Returns it.
mlir::Value unpackSlots(mlir::Block &entry, mlir::FunctionType operands, mlir::Location loc);

} // namespace azulejo::codegen

#endif // AZULEJO_LIB_CODEGEN_SLOTS_H
