#include "lib/Codegen/Memory.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace azulejo::codegen {

int64_t getElementBytes(Type element) {
  if (isa<IndexType>(element))
    return 8;
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * getElementBytes(complex.getElementType());
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

Value makeMemRef(ImplicitLocOpBuilder &b, MemRefType type, Value address, ValueRange dynamicSizes) {
  LLVMTypeConverter converter(b.getContext());
  auto descriptor = MemRefDescriptor::poison(b, b.getLoc(), converter.convertType(type));
  descriptor.setAllocatedPtr(b, b.getLoc(), address);
  descriptor.setAlignedPtr(b, b.getLoc(), address);
  descriptor.setConstantOffset(b, b.getLoc(), 0);
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, b.getI64Type(), b.getI64IntegerAttr(value));
  };
  SmallVector<Value> sizes;
  unsigned next = 0;
  for (int64_t size : type.getShape())
    sizes.push_back(ShapedType::isDynamic(size)
                        ? arith::IndexCastOp::create(b, b.getI64Type(), dynamicSizes[next++])
                        : constant(size));
  Value stride = constant(1);
  for (int64_t i = type.getRank() - 1; i >= 0; --i) {
    descriptor.setSize(b, b.getLoc(), i, sizes[i]);
    descriptor.setStride(b, b.getLoc(), i, stride);
    if (i > 0)
      stride = LLVM::MulOp::create(b, stride, sizes[i]);
  }
  return UnrealizedConversionCastOp::create(b, type, Value(descriptor)).getResult(0);
}

void accessWholeBytes(LLVM::LLVMFuncOp function) {
  auto isNarrow = [](Type type) { return type.isInteger() && type.getIntOrFloatBitWidth() < 8; };
  function.walk([&](Operation *op) {
    OpBuilder builder(op);
    Type byte = builder.getI8Type();
    if (auto load = dyn_cast<LLVM::LoadOp>(op); load && isNarrow(load.getType())) {
      Type type = load.getType();
      load.getResult().setType(byte);
      builder.setInsertionPointAfter(op);
      auto narrow = LLVM::TruncOp::create(builder, op->getLoc(), type, load.getResult());
      load.getResult().replaceAllUsesExcept(narrow, narrow);
    } else if (auto store = dyn_cast<LLVM::StoreOp>(op);
               store && isNarrow(store.getValue().getType())) {
      store.getValueMutable().assign(
          LLVM::ZExtOp::create(builder, op->getLoc(), byte, store.getValue()));
    } else if (auto gep = dyn_cast<LLVM::GEPOp>(op); gep && isNarrow(gep.getElemType())) {
      gep.setElemType(byte);
    } else if (auto alloca = dyn_cast<LLVM::AllocaOp>(op);
               alloca && isNarrow(alloca.getElemType())) {
      alloca.setElemType(byte);
    }
  });
}

} // namespace azulejo::codegen
