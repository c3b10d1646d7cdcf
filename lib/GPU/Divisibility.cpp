#include "lib/GPU/Divisibility.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace azulejo::gpu {

constexpr int64_t largest = 64;

static int64_t ofConstant(int64_t value) {
  return value ? std::min<int64_t>(largest, value & -value) : largest;
}

static int64_t ofExpr(AffineExpr expr, unsigned dims, ValueRange operands) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return ofConstant(constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return getDivisor(operands[dim.getPosition()]);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return getDivisor(operands[dims + symbol.getPosition()]);
  auto binary = cast<AffineBinaryOpExpr>(expr);
  int64_t a = ofExpr(binary.getLHS(), dims, operands), b = ofExpr(binary.getRHS(), dims, operands);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
  case AffineExprKind::Mod: // a - b * q
    return std::min(a, b);
  case AffineExprKind::Mul:
    return std::min(largest, a * b);
  case AffineExprKind::FloorDiv:
  case AffineExprKind::CeilDiv:
    // Exact where a power of two divides the dividend.
    if (auto divisor = dyn_cast<AffineConstantExpr>(binary.getRHS()))
      if (divisor.getValue() > 0 && llvm::isPowerOf2_64(divisor.getValue()))
        return std::max<int64_t>(1, a / divisor.getValue());
    return 1;
  default:
    return 1;
  }
}

static int64_t ofMap(AffineMap map, ValueRange operands) {
  int64_t divisor = largest;
  for (AffineExpr expr : map.getResults())
    divisor = std::min(divisor, ofExpr(expr, map.getNumDims(), operands));
  return divisor;
}

static int64_t ofArgument(BlockArgument argument) {
  Operation *parent = argument.getOwner()->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(parent); loop && argument == loop.getInductionVar())
    return std::min(getDivisor(loop.getLowerBound()), getDivisor(loop.getStep()));
  if (auto forall = dyn_cast<scf::ForallOp>(parent);
      forall && argument.getArgNumber() < forall.getRank())
    return std::min(getDivisor(forall.getMixedLowerBound()[argument.getArgNumber()]),
                    getDivisor(forall.getMixedStep()[argument.getArgNumber()]));
  return 1;
}

int64_t getDivisor(OpFoldResult value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return ofConstant(*constant);
  auto ssa = dyn_cast<Value>(value);
  if (!ssa)
    return 1;
  if (auto argument = dyn_cast<BlockArgument>(ssa))
    return ofArgument(argument);
  Operation *op = ssa.getDefiningOp();
  if (isa<arith::AddIOp, arith::SubIOp, arith::MinSIOp, arith::MinUIOp, arith::MaxSIOp,
          arith::MaxUIOp>(op))
    return std::min(getDivisor(op->getOperand(0)), getDivisor(op->getOperand(1)));
  if (isa<arith::SelectOp>(op))
    return std::min(getDivisor(op->getOperand(1)), getDivisor(op->getOperand(2)));
  if (isa<arith::MulIOp>(op))
    return std::min(largest, getDivisor(op->getOperand(0)) * getDivisor(op->getOperand(1)));
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp, arith::ExtUIOp>(op))
    return getDivisor(op->getOperand(0));
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op))
    return ofMap(apply.getAffineMap(), apply.getMapOperands());
  if (auto min = dyn_cast<affine::AffineMinOp>(op))
    return ofMap(min.getAffineMap(), min.getOperands());
  if (auto max = dyn_cast<affine::AffineMaxOp>(op))
    return ofMap(max.getAffineMap(), max.getOperands());
  return 1;
}

} // namespace azulejo::gpu
