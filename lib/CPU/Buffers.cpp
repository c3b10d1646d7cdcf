#include "lib/CPU/Buffers.h"
#include "lib/Codegen/Library.h"
#include "lib/Codegen/Memory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace azulejo::cpu {

/// Buffers of at most this many bytes live on the stack.
constexpr int64_t kStackBytes = 1024;
/// The place of `used` in struct azm_scratch (include/azulejo/Artifact/Format.h).
constexpr int64_t kUsedOffset = 16;

static Value toInteger(ImplicitLocOpBuilder &b, Value index) {
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

void placeBuffers(Region &body, Value scratch) {
  SmallVector<memref::AllocOp> allocations;
  body.walk([&](Operation *op) {
    if (auto alloc = dyn_cast<memref::AllocOp>(op))
      allocations.push_back(alloc);
    else if (isa<memref::DeallocOp>(op))
      op->erase();
  });
  auto pointer = LLVM::LLVMPointerType::get(body.getContext());
  llvm::SmallPtrSet<Block *, 8> marked;
  for (memref::AllocOp alloc : allocations) {
    MemRefType type = alloc.getType();
    int64_t elementBytes = codegen::getElementBytes(type.getElementType());
    ImplicitLocOpBuilder b(alloc.getLoc(), alloc);
    if (type.hasStaticShape() && type.getNumElements() * elementBytes <= kStackBytes) {
      b.setInsertionPointToStart(&body.front());
      auto alloca = memref::AllocaOp::create(b, type);
      alloca.setAlignment(64);
      alloc.replaceAllUsesWith(alloca.getResult());
      alloc.erase();
      continue;
    }
    Block *block = alloc->getBlock();
    bool escapes =
        llvm::any_of(block->getTerminator()->getOperandTypes(), llvm::IsaPred<BaseMemRefType>);
    if (!escapes && marked.insert(block).second) {
      auto used = [&]() -> Value {
        return LLVM::GEPOp::create(b, pointer, b.getI8Type(), scratch,
                                   ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(kUsedOffset)});
      };
      Value before = LLVM::LoadOp::create(b, b.getI64Type(), used());
      b.setInsertionPoint(block->getTerminator());
      LLVM::StoreOp::create(b, before, used());
      b.setInsertionPoint(alloc);
    }
    Value bytes = arith::ConstantIntOp::create(b, elementBytes, 64);
    unsigned next = 0;
    int64_t fixed = 1;
    for (int64_t size : type.getShape()) {
      if (ShapedType::isDynamic(size))
        bytes = arith::MulIOp::create(b, bytes, toInteger(b, alloc.getDynamicSizes()[next++]));
      else
        fixed *= size;
    }
    bytes = arith::MulIOp::create(b, bytes, arith::ConstantIntOp::create(b, fixed, 64));
    Value address = codegen::callLibraryFunction(b, "azm_scratch_take", pointer, {scratch, bytes});
    Value buffer = codegen::makeMemRef(b, MemRefType::get(type.getShape(), type.getElementType()),
                                       address, alloc.getDynamicSizes());
    if (buffer.getType() != type)
      buffer = memref::CastOp::create(b, type, buffer);
    alloc.replaceAllUsesWith(buffer);
    alloc.erase();
  }
}

} // namespace azulejo::cpu
