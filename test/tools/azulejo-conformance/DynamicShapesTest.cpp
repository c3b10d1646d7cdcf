#include "tools/azulejo-conformance/DynamicShapes.h"
#include "lib/Pipelines/Register.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;

/// The shapes of the inputs of the model in `text`, once they are dynamic: -1 for a symbol.
static std::vector<std::vector<int64_t>> makeDynamic(llvm::StringRef text) {
  DialectRegistry registry;
  azulejo::registerAllDialects(registry);
  MLIRContext context(registry);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  azulejo::conformance::makeInputsDynamic(*module);
  std::vector<std::vector<int64_t>> shapes;
  for (Type type : module->lookupSymbol<func::FuncOp>("main").getArgumentTypes()) {
    shapes.emplace_back();
    for (int64_t size : cast<RankedTensorType>(type).getShape())
      shapes.back().push_back(ShapedType::isDynamic(size) ? -1 : size);
  }
  return shapes;
}

using Shapes = std::vector<std::vector<int64_t>>;

// Of what is computed from its inputs import knows no more than ONNX infers.

TEST(DynamicShapes, AllOfThem) {
  EXPECT_EQ(makeDynamic(R"(
    func.func @main(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<*xf32> {
      %y = onnx.ReduceSum(%x, %axes) {keepdims = 1 : i64}
        : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<*xf32>
      return %y : tensor<*xf32>
    })"),
            (Shapes{{-1, -1}, {-1}}));
}

TEST(DynamicShapes, NotWhatIsARank) {
  // As many dimensions as axes are gone.
  EXPECT_EQ(makeDynamic(R"(
    func.func @main(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<*xf32> {
      %y = onnx.ReduceSum(%x, %axes) {keepdims = 0 : i64}
        : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<*xf32>
      return %y : tensor<*xf32>
    })"),
            (Shapes{{-1, -1}, {1}}));
  // A shape that is computed has as many elements as what it is computed from.
  EXPECT_EQ(makeDynamic(R"(
    func.func @main(%x: tensor<3xf32>, %shape: tensor<2xi64>, %i: tensor<3xi64>)
        -> (tensor<*xf32>, tensor<3xi64>) {
      %s = onnx.Mul(%shape, %shape) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
      %y = onnx.Expand(%x, %s) : (tensor<3xf32>, tensor<2xi64>) -> tensor<*xf32>
      %z = onnx.Neg(%i) : (tensor<3xi64>) -> tensor<3xi64>
      return %y, %z : tensor<*xf32>, tensor<3xi64>
    })"),
            (Shapes{{-1}, {2}, {-1}}));
}
