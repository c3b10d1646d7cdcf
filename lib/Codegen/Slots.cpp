#include "lib/Codegen/Slots.h"
#include "lib/Codegen/Memory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace azulejo::codegen {

SmallVector<Type> getSlotTypes(FunctionType operands) {
  Builder b(operands.getContext());
  SmallVector<Type> types;
  for (Type type : operands.getInputs()) {
    auto memref = dyn_cast<MemRefType>(type);
    types.push_back(memref ? LLVM::LLVMPointerType::get(operands.getContext()) : type);
    if (memref)
      types.append(memref.getNumDynamicDims(), b.getIndexType());
  }
  return types;
}

SmallVector<Value> assembleOperands(ImplicitLocOpBuilder &b, FunctionType operands,
                                    ValueRange values) {
  SmallVector<Value> result;
  for (Type type : operands.getInputs()) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref) {
      result.push_back(values.front());
      values = values.drop_front();
      continue;
    }
    int64_t dynamic = memref.getNumDynamicDims();
    result.push_back(makeMemRef(b, memref, values.front(), values.slice(1, dynamic)));
    values = values.drop_front(1 + dynamic);
  }
  return result;
}

Value fromSlotBits(ImplicitLocOpBuilder &b, Value bits, Type type) {
  if (isa<FloatType>(type)) {
    // The low bits of the slot.
    auto integer = b.getIntegerType(type.getIntOrFloatBitWidth());
    if (integer.getWidth() < 64)
      bits = arith::TruncIOp::create(b, integer, bits);
    return arith::BitcastOp::create(b, type, bits);
  }
  if (isa<IndexType>(type))
    return arith::IndexCastOp::create(b, type, bits);
  return type.isInteger(64) ? bits : Value(arith::TruncIOp::create(b, type, bits));
}

Value readSlot(ImplicitLocOpBuilder &b, Value slots, int32_t index, Type type) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value address =
      LLVM::GEPOp::create(b, pointer, b.getI64Type(), slots, ArrayRef<LLVM::GEPArg>{index});
  if (isa<LLVM::LLVMPointerType>(type))
    return LLVM::LoadOp::create(b, pointer, address);
  return fromSlotBits(b, LLVM::LoadOp::create(b, b.getI64Type(), address), type);
}

Value unpackSlots(Block &entry, FunctionType operands, Location loc) {
  auto b = ImplicitLocOpBuilder::atBlockBegin(loc, &entry);
  unsigned old = operands.getNumInputs();
  Value slots = entry.insertArgument(old, LLVM::LLVMPointerType::get(b.getContext()), loc);
  SmallVector<Value> values;
  for (auto [index, type] : llvm::enumerate(getSlotTypes(operands)))
    values.push_back(readSlot(b, slots, index, type));
  for (auto [index, value] : llvm::enumerate(assembleOperands(b, operands, values)))
    entry.getArgument(index).replaceAllUsesWith(value);
  entry.eraseArguments(0, old);
  return slots;
}

} // namespace azulejo::codegen
