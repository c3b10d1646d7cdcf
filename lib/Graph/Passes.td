#ifndef AZULEJO_LIB_GRAPH_PASSES_TD
#define AZULEJO_LIB_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

class GraphPass<string flag, string on = "::mlir::func::FuncOp"> : Pass<flag, on> {
  let dependentDialects = ["::azulejo::onnx::ONNXDialect", "::mlir::func::FuncDialect"];
}

def InlineFunctions : GraphPass<"azulejo-inline-functions", "::mlir::ModuleOp"> {
  let summary = "Puts the bodies of a model's own functions where they are called.";
  let description = [{
    ```mlir
    %y = call @Scale(%x) : (tensor<4xf32>) -> tensor<4xf32>
    ```
    becomes the body of `@Scale`, whose nodes keep their names with the call's before them. Functions that are no longer called are erased. A model whose functions call
    themselves, or that grows beyond `max-nodes`, is refused: functions that call functions grow without bound in little space.
  }];
  let options = [Option<"maxNodes", "max-nodes", "int64_t", "1000000", "The most nodes that all inlining may make.">];
}

def UpgradeOpset : GraphPass<"azulejo-upgrade-opset"> {
  let summary = "Rewrites older versions of operators into the newest.";
  let description = [{
    ```mlir
    %y = onnx.Softmax_v11(%x) {axis = 2 : i64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    %z = onnx.Squeeze_v11(%y) {axes = array<i64: 0>} : …
    ```
    becomes
    ```mlir
    %y = onnx.Softmax(%x) {axis = 2 : i64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    %axes = onnx.Constant() {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %z = onnx.Squeeze(%y, %axes) : …
    ```
    A version whose form is that of the newest (their schemas are compared) is renamed, with its defaults written out where they differ.
    The others have a rule each, in the file of their family (Upgrade*.cpp). A version without one is an error.
  }];
}

def InferShapes : GraphPass<"azulejo-infer-shapes"> {
  let summary = "Infers the types of all values, with dimensions as expressions over the inputs' symbols.";
  let description = [{
    ```mlir
    func.func @main(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) {
      %shape = onnx.Shape(%x) : (…) -> tensor<3xi64>
      %head = onnx.Slice(%shape, %zero, %two, …) : (…) -> tensor<*xi64>
      %heads = onnx.Concat(%head, %c12x64) : (…) -> tensor<*xi64>
      %y = onnx.Reshape(%x, %heads) : (…) -> tensor<*xf32>
    ```
    gives `%y` the type `tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>`. Types come from ONNX's inference and our own rules
    (ShapeRules.cpp); small integer tensors are followed as vectors of expressions (IntegerValues.cpp). A dimension that data decides gets a symbol of its own, named
    after its node (`NonZero_3.1`); so does one that changes from iteration to iteration of a Loop. Declared types of intermediate
    values are believed only where inference does not even find a rank.
  }];
  let options = [Option<"requireRanked", "require-ranked", "bool", "true", "A value whose rank is not found is an error.">];
}

def Decompose : GraphPass<"azulejo-decompose"> {
  let summary = "Rewrites every operator into core operators, and those into the form docs/CoreOperators.md promises.";
  let description = [{
    ```mlir
    %y = onnx.HardSigmoid(%x) : (tensor<4xf32>) -> tensor<4xf32>
    %z = onnx.Gemm(%y, %w, %b) {transB = 1 : i64} : …
    ```
    becomes
    ```mlir
    %0 = onnx.Mul(%x, %alpha) : …
    %1 = onnx.Add(%0, %beta) : …
    %2 = onnx.Min(%one, %1) : …
    %y = onnx.Max(%zero, %2) : …
    %3 = onnx.Transpose(%w) {perm = array<i64: 1, 0>} : …
    %4 = onnx.MatMul(%y, %3) : …
    %z = onnx.Add(%4, %b) : …
    ```
    Rules are in Decompose*.cpp by family. An operator without one becomes the body that ONNX defines for it. What neither rewrites stays, and
    azulejo-verify-core names it.
  }];
}

def VerifyCore : GraphPass<"azulejo-verify-core", "::mlir::ModuleOp"> {
  let summary = "Checks the promises of docs/CoreOperators.md.";
  let description = [{
    Only core operators in their newest versions, ranked tensors with named dimensions, constants in one form, no calls:
    ```
    error: node 'act' (HardSwish): not a core operator, so azulejo-decompose should have rewritten it
    ```
  }];
}

#endif // AZULEJO_LIB_GRAPH_PASSES_TD
