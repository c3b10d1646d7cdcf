#include "lib/GPU/Buffers.h"
#include "lib/Codegen/Memory.h"
#include "lib/GPU/Passes.h"
#include "lib/GPU/Threads.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Transforms.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;

namespace azulejo::gpu {

/// Every buffer starts at a multiple of this, so that accesses may be 128 bits wide.
constexpr int64_t kBufferAlignment = 16;

/// Whether the expression grows with each of its operands, as sizes that depend on others do.
static bool isMonotone(AffineExpr expr) {
  bool result = true;
  expr.walk([&](AffineExpr part) {
    auto binary = dyn_cast<AffineBinaryOpExpr>(part);
    if (!binary || part.getKind() == AffineExprKind::Add)
      return;
    auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
    result &= part.getKind() == AffineExprKind::Mul && (!factor || factor.getValue() >= 0);
  });
  return result;
}

static FailureOr<Value> getUpperBound(ImplicitLocOpBuilder &b, Value size, Block *outside);

/// The same for an operation that bounds are not computed through where a tile's size is not
/// constant: a sum or product of sizes, or the least of several.
static FailureOr<Value> getUpperBoundOfExpression(ImplicitLocOpBuilder &b, Operation *op,
                                                  Block *outside) {
  if (auto least = dyn_cast_or_null<affine::AffineMinOp>(op)) {
    for (unsigned i = 0; i < least.getMap().getNumResults(); ++i) {
      AffineExpr expr = least.getMap().getResult(i);
      Value operand;
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        operand = least.getMapOperands()[dim.getPosition()];
      else if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
        operand = least.getMapOperands()[least.getMap().getNumDims() + symbol.getPosition()];
      if (operand && operand.getParentBlock() == outside)
        return operand;
    }
    return failure();
  }
  auto apply = dyn_cast_or_null<affine::AffineApplyOp>(op);
  if (!apply || !isMonotone(apply.getAffineMap().getResult(0)))
    return failure();
  SmallVector<OpFoldResult> bounds;
  for (Value operand : apply.getMapOperands()) {
    FailureOr<Value> most = getUpperBound(b, operand, outside);
    if (failed(most))
      return failure();
    bounds.push_back(*most);
  }
  return getValueOrCreateConstantIndexOp(
      b, b.getLoc(),
      affine::makeComposedFoldedAffineApply(b, b.getLoc(), apply.getAffineMap(), bounds));
}

/// The most that `size` can be, computed before the loop over blocks.
static FailureOr<Value> getUpperBound(ImplicitLocOpBuilder &b, Value size, Block *outside) {
  if (auto constant = getConstantIntValue(size))
    return constantIndex(b, *constant);
  if (size.getParentBlock() == outside)
    return size;
  FailureOr<OpFoldResult> bound = arith::reifyValueBound(
      b, b.getLoc(), presburger::BoundType::UB, size,
      [&](Value value, std::optional<int64_t>, ValueBoundsConstraintSet &) {
        return value.getParentBlock() == outside;
      },
      /*closedUB=*/true);
  if (succeeded(bound))
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), *bound);
  return getUpperBoundOfExpression(b, size.getDefiningOp(), outside);
}

FailureOr<BlockMemory> layOutBuffers(scf::ForallOp blocks, int64_t threads) {
  ImplicitLocOpBuilder b(blocks.getLoc(), blocks);
  BlockMemory memory;
  memory.bytes = constantIndex(b, 0);
  WalkResult result = blocks.walk([&](memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    int64_t fixed = codegen::getElementBytes(type.getElementType());
    for (int64_t size : type.getShape())
      if (!ShapedType::isDynamic(size))
        fixed *= size;
    Value bytes = constantIndex(b, fixed);
    for (Value size : alloc.getDynamicSizes()) {
      FailureOr<Value> bound = getUpperBound(b, size, blocks->getBlock());
      if (failed(bound)) {
        alloc.emitError("kernel '")
            << alloc->getParentOfType<func::FuncOp>().getSymName()
            << "' needs a buffer of which nothing outside of it knows the size";
        return WalkResult::interrupt();
      }
      bytes = b.createOrFold<arith::MulIOp>(
          bytes, b.createOrFold<arith::MaxSIOp>(*bound, constantIndex(b, 0)));
    }
    AffineExpr size = b.getAffineDimExpr(0);
    bytes = apply(b, size.ceilDiv(kBufferAlignment) * kBufferAlignment, bytes);
    memory.buffers.emplace_back(alloc, memory.bytes);
    if (alloc->hasAttr(perThreadAttribute))
      bytes = b.createOrFold<arith::MulIOp>(bytes, constantIndex(b, threads));
    memory.bytes = b.createOrFold<arith::AddIOp>(memory.bytes, bytes);
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return memory;
}

void replaceBuffers(const BlockMemory &memory, Value base) {
  auto pointer = LLVM::LLVMPointerType::get(base.getContext());
  for (auto [index, buffer] : llvm::enumerate(memory.buffers)) {
    auto alloc = cast<memref::AllocOp>(buffer.first);
    ImplicitLocOpBuilder b(alloc.getLoc(), alloc);
    Value offset = buffer.second;
    if (alloc->hasAttr(perThreadAttribute)) {
      Value end =
          index + 1 < memory.buffers.size() ? memory.buffers[index + 1].second : memory.bytes;
      Value whole = arith::SubIOp::create(b, end, offset);
      auto threads =
          alloc->getParentOfType<func::FuncOp>()->getAttrOfType<IntegerAttr>(threadsAttribute);
      Value each = arith::DivUIOp::create(b, whole, constantIndex(b, threads.getInt()));
      Value thread = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                                  NVVM::ThreadIdXOp::create(b, b.getI32Type()));
      offset = arith::AddIOp::create(b, offset, arith::MulIOp::create(b, thread, each));
    }
    Value address =
        LLVM::GEPOp::create(b, pointer, b.getI8Type(), base,
                            ValueRange{arith::IndexCastOp::create(b, b.getI64Type(), offset)});
    MemRefType type = alloc.getType();
    Value made = codegen::makeMemRef(b, MemRefType::get(type.getShape(), type.getElementType()),
                                     address, alloc.getDynamicSizes());
    if (made.getType() != type)
      made = memref::CastOp::create(b, type, made);
    alloc.replaceAllUsesWith(made);
    alloc.erase();
  }
}

} // namespace azulejo::gpu
