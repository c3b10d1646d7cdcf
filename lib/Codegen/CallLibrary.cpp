#include "lib/Codegen/Library.h"
#include "lib/Codegen/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace azulejo::codegen {
#define GEN_PASS_DEF_CALLLIBRARY
#include "lib/Codegen/Passes.h.inc"
} // namespace azulejo::codegen

using namespace mlir;
using namespace azulejo;

namespace {

/// The function of the library that computes `op`, without the type in its name; empty for what
/// LLVM does inline.
StringRef libraryName(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case([](math::ExpOp) { return "exp"; })
      .Case([](math::Exp2Op) { return "exp2"; })
      .Case([](math::ExpM1Op) { return "expm1"; })
      .Case([](math::LogOp) { return "log"; })
      .Case([](math::Log2Op) { return "log2"; })
      .Case([](math::Log10Op) { return "log10"; })
      .Case([](math::Log1pOp) { return "log1p"; })
      .Case([](math::PowFOp) { return "pow"; })
      .Case([](math::CbrtOp) { return "cbrt"; })
      .Case([](math::SinOp) { return "sin"; })
      .Case([](math::CosOp) { return "cos"; })
      .Case([](math::TanOp) { return "tan"; })
      .Case([](math::AsinOp) { return "asin"; })
      .Case([](math::AcosOp) { return "acos"; })
      .Case([](math::AtanOp) { return "atan"; })
      .Case([](math::Atan2Op) { return "atan2"; })
      .Case([](math::SinhOp) { return "sinh"; })
      .Case([](math::CoshOp) { return "cosh"; })
      .Case([](math::TanhOp) { return "tanh"; })
      .Case([](math::AsinhOp) { return "asinh"; })
      .Case([](math::AcoshOp) { return "acosh"; })
      .Case([](math::AtanhOp) { return "atanh"; })
      .Case([](math::ErfOp) { return "erf"; })
      .Case([](math::ErfcOp) { return "erfc"; })
      .Case([](math::RsqrtOp) { return "rsqrt"; })
      .Case([](math::RoundOp) { return "round"; })
      .Case([](arith::RemFOp) { return "fmod"; })
      .Default(StringRef());
}

struct CallLibrary : codegen::impl::CallLibraryBase<CallLibrary> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (!libraryName(op).empty() || isa<math::IPowIOp, math::FPowIOp, math::FmaOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      ImplicitLocOpBuilder b(op->getLoc(), op);
      Type type = op->getResult(0).getType();
      Value result;
      if (auto fma = dyn_cast<math::FmaOp>(op)) {
        // One rounding or two, as the CPU has it: fma itself would be a call on a CPU without the
        // instruction.
        auto contract = arith::FastMathFlags::contract;
        result = arith::AddFOp::create(
            b, arith::MulFOp::create(b, fma.getA(), fma.getB(), contract), fma.getC(), contract);
      } else if (isa<math::IPowIOp>(op)) {
        Type wide = b.getI64Type();
        auto widen = [&](Value value) {
          return value.getType() == wide ? value : Value(arith::ExtSIOp::create(b, wide, value));
        };
        result = codegen::callLibraryFunction(b, "azm_ipow", wide,
                                              {widen(op->getOperand(0)), widen(op->getOperand(1))});
        if (type != wide)
          result = arith::TruncIOp::create(b, type, result);
      } else if (isa<math::FPowIOp>(op)) {
        Value exponent = op->getOperand(1);
        if (!exponent.getType().isInteger(64))
          exponent = arith::ExtSIOp::create(b, b.getI64Type(), exponent);
        result = codegen::callLibraryFunction(b, type.isF64() ? "azm_fpowi_f64" : "azm_fpowi_f32",
                                              type, {op->getOperand(0), exponent});
      } else {
        if (!type.isF32() && !type.isF64()) {
          op->emitOpError() << "on " << type
                            << " is neither an instruction nor in the kernel library";
          return signalPassFailure();
        }
        std::string name = ("azm_" + libraryName(op) + (type.isF64() ? "_f64" : "_f32")).str();
        result = codegen::callLibraryFunction(b, name, type, op->getOperands());
      }
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};

} // namespace

Value azulejo::codegen::callLibraryFunction(ImplicitLocOpBuilder &b, StringRef name, Type result,
                                            ValueRange operands) {
  auto module = b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!function) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    SmallVector<Type> types(operands.getTypes());
    function = LLVM::LLVMFuncOp::create(b, name, LLVM::LLVMFunctionType::get(result, types));
  }
  return LLVM::CallOp::create(b, function, operands).getResult();
}
