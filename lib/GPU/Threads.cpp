#include "lib/GPU/Threads.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"

using namespace mlir;

namespace azulejo::gpu {

Value constantIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value multiply(ImplicitLocOpBuilder &b, ArrayRef<Value> sizes) {
  Value product;
  for (Value size : sizes)
    product = product ? b.createOrFold<arith::MulIOp>(product, size) : size;
  return product ? product : constantIndex(b, 1);
}

/// Whether the product of the sizes is known to be below 2^31.
static bool fitsWord(ArrayRef<Value> sizes) {
  int64_t product = 1;
  for (Value size : sizes) {
    FailureOr<int64_t> bound = ValueBoundsConstraintSet::computeConstantBound(
        presburger::BoundType::UB, size, nullptr, /*closedUB=*/true);
    if (failed(bound) || *bound > INT32_MAX)
      return false;
    product *= std::max<int64_t>(*bound, 1);
    if (product > INT32_MAX)
      return false;
  }
  return true;
}

SmallVector<Value> delinearize(ImplicitLocOpBuilder &b, Value number, ArrayRef<Value> sizes) {
  SmallVector<Value> indices(sizes.size());
  if (sizes.size() < 2) {
    llvm::fill(indices, number);
    return indices;
  }
  // GPUs divide words; wider numbers take a subroutine.
  Type type = fitsWord(sizes) ? Type(b.getI32Type()) : Type(b.getIndexType());
  auto cast = [&](Value value, Type to) -> Value {
    return value.getType() == to ? value : b.createOrFold<arith::IndexCastUIOp>(to, value);
  };
  number = cast(number, type);
  for (size_t d = sizes.size(); d-- > 1;) {
    Value size = cast(sizes[d], type);
    indices[d] = cast(b.createOrFold<arith::RemUIOp>(number, size), b.getIndexType());
    number = b.createOrFold<arith::DivUIOp>(number, size);
  }
  indices[0] = cast(number, b.getIndexType());
  return indices;
}

Value apply(ImplicitLocOpBuilder &b, AffineExpr expr, ValueRange dims) {
  SmallVector<OpFoldResult> folds(dims.begin(), dims.end());
  OpFoldResult result = affine::makeComposedFoldedAffineApply(b, b.getLoc(), expr, folds);
  return getValueOrCreateConstantIndexOp(b, b.getLoc(), result);
}

SmallVector<Value> apply(ImplicitLocOpBuilder &b, AffineMap map, ValueRange dims) {
  SmallVector<Value> results;
  for (AffineExpr expr : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    results.push_back(dim ? dims[dim.getPosition()] : apply(b, expr, dims));
  }
  return results;
}

void forEachPoint(ImplicitLocOpBuilder &b, const Team &team, Value count,
                  llvm::function_ref<void(Value)> body) {
  auto each = scf::ForOp::create(b, team.thread, count, constantIndex(b, team.size));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(each.getBody());
  body(each.getInductionVar());
}

SmallVector<Value> loop(ImplicitLocOpBuilder &b, Value from, Value to, Value step,
                        ValueRange carried,
                        llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto each = scf::ForOp::create(b, from, to, step, carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(each.getBody());
  SmallVector<Value> next = body(each.getInductionVar(), each.getRegionIterArgs());
  if (!next.empty()) {
    b.setInsertionPointToEnd(each.getBody());
    scf::YieldOp::create(b, next);
  }
  return each.getResults();
}

Value shuffleXor(ImplicitLocOpBuilder &b, Value value, int64_t mask) {
  Type type = value.getType();
  Type word = b.getI32Type();
  auto shuffle = [&](Value bits) -> Value {
    auto number = [&](int64_t n) -> Value { return arith::ConstantIntOp::create(b, n, 32); };
    return NVVM::ShflOp::create(b, word, number(-1), bits, number(mask), number(kWarpSize - 1),
                                NVVM::ShflKind::bfly, UnitAttr());
  };
  if (isa<IndexType>(type))
    return arith::IndexCastOp::create(
        b, type, shuffleXor(b, arith::IndexCastOp::create(b, b.getI64Type(), value), mask));
  unsigned width = type.getIntOrFloatBitWidth();
  Type integer = b.getIntegerType(width);
  Value bits = type == integer ? value : Value(arith::BitcastOp::create(b, integer, value));
  if (width < 32) {
    bits = arith::TruncIOp::create(b, integer, shuffle(arith::ExtUIOp::create(b, word, bits)));
  } else if (width == 32) {
    bits = shuffle(bits);
  } else {
    Value half = arith::ConstantIntOp::create(b, 32, 64);
    Value low = shuffle(arith::TruncIOp::create(b, word, bits)),
          high = shuffle(arith::TruncIOp::create(b, word, arith::ShRUIOp::create(b, bits, half)));
    bits = arith::OrIOp::create(
        b, arith::ExtUIOp::create(b, integer, low),
        arith::ShLIOp::create(b, arith::ExtUIOp::create(b, integer, high), half));
  }
  return type == integer ? bits : Value(arith::BitcastOp::create(b, type, bits));
}

} // namespace azulejo::gpu
