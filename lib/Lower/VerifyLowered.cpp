#include "dialects/ONNX/ONNX.h"
#include "dialects/Tile/Tile.h"
#include "lib/Lower/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace azulejo::lower {

#define GEN_PASS_DEF_VERIFYLOWERED
#include "lib/Lower/Passes.h.inc"

using namespace mlir;

/// The name of the ONNX node that an operation came from.
static std::string getNodeName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string name = getNodeName(part); !name.empty())
        return name;
  return "";
}

static bool isLowered(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  Type element = tensor ? tensor.getElementType() : type;
  return !(tensor && tensor.getEncoding()) && !isa<UnrankedTensorType>(type) &&
         !(isa<IntegerType>(element) && !element.isSignlessInteger());
}

namespace {
struct VerifyLowered : impl::VerifyLoweredBase<VerifyLowered> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool valid = verifyNothingOfOnnxIsLeft(module);
    module.walk([&](Operation *op) {
      if (isa<onnx::ONNXDialect>(op->getDialect()))
        return;
      if (!isa<affine::AffineDialect, arith::ArithDialect, BuiltinDialect, complex::ComplexDialect,
               func::FuncDialect, index::IndexDialect, linalg::LinalgDialect, math::MathDialect,
               plan::PlanDialect, scf::SCFDialect, tensor::TensorDialect, tile::TileDialect>(
              op->getDialect())) {
        op->emitError("Lower promises operations of linalg, tensor, tile, scf, plan and of "
                      "arithmetic only; this is none of them");
        valid = false;
      }
      for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
        if (!isLowered(type)) {
          op->emitError(
              "Lower promises ranked tensors without encoding and of signless elements; this has ")
              << type;
          valid = false;
          break;
        }
    });
    for (func::FuncOp function : module.getOps<func::FuncOp>())
      valid &= verifySignature(function);
    if (!valid)
      signalPassFailure();
  }

  bool verifyNothingOfOnnxIsLeft(ModuleOp module) {
    SmallVector<std::string> left;
    Location loc = module.getLoc();
    module.walk([&](Operation *op) {
      if (!isa<onnx::ONNXDialect>(op->getDialect()))
        return;
      if (left.empty())
        loc = op->getLoc();
      std::string node = getNodeName(op->getLoc());
      left.push_back(op->getName().getStringRef().str() +
                     (node.empty() ? "" : " (node '" + node + "')"));
    });
    if (!left.empty())
      emitError(loc, "Lower promises to leave no onnx operation; left are ")
          << llvm::join(left, ", ");
    return left.empty();
  }

  bool verifySignature(func::FuncOp function) {
    for (unsigned i = 0, count = function.getNumArguments(); i < count; ++i) {
      bool described =
          function.getArgumentTypes()[i].isIndex()
              ? bool(function.getArgAttr(i, "azulejo.symbol"))
              : function.getArgAttr(i, "azulejo.type") && function.getArgAttr(i, "azulejo.shape");
      if (!described) {
        function.emitError("Lower promises that each argument says what it stands for; argument ")
            << i << " does not";
        return false;
      }
    }
    return true;
  }
};
} // namespace

} // namespace azulejo::lower
