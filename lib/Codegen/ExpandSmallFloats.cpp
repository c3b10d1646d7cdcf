#include "lib/Codegen/Library.h"
#include "lib/Codegen/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace azulejo::codegen {
#define GEN_PASS_DEF_EXPANDSMALLFLOATS
#include "lib/Codegen/Passes.h.inc"
} // namespace azulejo::codegen

using namespace mlir;
using namespace azulejo;

namespace {

bool isSmall(Type type) {
  auto floating = dyn_cast<FloatType>(type);
  return floating && floating.getWidth() < 32;
}

std::string nameOf(Type type) {
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return name;
}

struct ExpandSmallFloats : codegen::impl::ExpandSmallFloatsBase<ExpandSmallFloats> {
  using ExpandSmallFloatsBase::ExpandSmallFloatsBase;

  void runOnOperation() override {
    SmallVector<Operation *> computations, conversions;
    getOperation().walk([&](Operation *op) {
      bool usesSmall = llvm::any_of(op->getOperandTypes(), isSmall) ||
                       llvm::any_of(op->getResultTypes(), isSmall);
      Dialect *dialect = op->getDialect();
      if (!usesSmall || !dialect || op->hasTrait<OpTrait::ConstantLike>())
        return;
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        conversions.push_back(op);
      else if ((isa<arith::ArithDialect>(dialect) || isa<math::MathDialect>(dialect)) &&
               !isa<arith::SelectOp, arith::BitcastOp>(op))
        computations.push_back(op);
    });
    for (Operation *op : computations)
      computeInSingle(op, conversions);
    for (Operation *op : conversions)
      if (!convert(op)) {
        op->emitOpError("converts between types that no code generator knows");
        return signalPassFailure();
      }
  }

  /// The same operation on f32, between conversions.
  void computeInSingle(Operation *op, SmallVectorImpl<Operation *> &conversions) {
    ImplicitLocOpBuilder b(op->getLoc(), op);
    Type single = b.getF32Type();
    for (OpOperand &operand : op->getOpOperands())
      if (isSmall(operand.get().getType())) {
        auto extended = arith::ExtFOp::create(b, single, operand.get());
        conversions.push_back(extended);
        operand.set(extended);
      }
    b.setInsertionPointAfter(op);
    for (OpResult result : op->getResults()) {
      Type type = result.getType();
      if (!isSmall(type))
        continue;
      result.setType(single);
      auto truncated = arith::TruncFOp::create(b, type, result);
      result.replaceAllUsesExcept(truncated, truncated);
      conversions.push_back(truncated);
    }
  }

  /// Replaces a conversion by what LLVM compiles without calls; returns false where there is none.
  bool convert(Operation *op) {
    Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
    ImplicitLocOpBuilder b(op->getLoc(), op);
    Type single = b.getF32Type();
    bool widens = isa<arith::ExtFOp>(op);
    Type small = isSmall(from) ? from : to;
    if (!isSmall(small))
      return true;
    // Between two small types: by way of f32, which holds both.
    if (isSmall(from) && isSmall(to)) {
      auto extended = arith::ExtFOp::create(b, single, op->getOperand(0));
      auto truncated = arith::TruncFOp::create(b, to, extended);
      op->getResult(0).replaceAllUsesWith(truncated);
      op->erase();
      return convert(extended) && convert(truncated);
    }
    bool isNative = small.isF16() && hasHalfConversions;
    if (isNative && (widens ? to : from).isF32())
      return true;
    Type code = b.getIntegerType(small.getIntOrFloatBitWidth());
    Type argument = small.getIntOrFloatBitWidth() > 8 ? b.getI16Type() : b.getI8Type();
    Value value = op->getOperand(0);
    if (widens) {
      Value extended;
      if (isNative) {
        extended = arith::ExtFOp::create(b, single, value);
      } else {
        value = arith::BitcastOp::create(b, code, value);
        if (code != argument)
          value = arith::ExtUIOp::create(b, argument, value);
        extended = codegen::callLibraryFunction(b, "azm_extend_" + nameOf(small), single, value);
      }
      value = to == single ? extended : Value(arith::ExtFOp::create(b, to, extended));
    } else {
      if (from.isF64())
        value = codegen::callLibraryFunction(b, "azm_narrow_to_odd", single, value);
      else if (!from.isF32())
        return false;
      if (isNative) {
        value = arith::TruncFOp::create(b, small, value);
      } else {
        value = codegen::callLibraryFunction(b, "azm_truncate_" + nameOf(small), argument, value);
        if (code != argument)
          value = arith::TruncIOp::create(b, code, value);
        value = arith::BitcastOp::create(b, small, value);
      }
    }
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
    return true;
  }
};

} // namespace
