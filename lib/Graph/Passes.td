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
    becomes the body of `@Scale`, whose nodes keep their names with the call's before them.
    Functions that are no longer called are erased. A model whose functions call themselves, or that
    grows beyond `max-nodes`, is refused: functions that call functions grow without bound in little
    space.
  }];
  let options = [Option<"maxNodes", "max-nodes", "int64_t", "1000000",
                        "The most nodes that all inlining may make.">];
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
    A version whose form is that of the newest (their schemas are compared) is renamed, with its
    defaults written out where they differ. The others have a rule each, in the file of their family
    (Upgrade*.cpp). A version without one is an error.
  }];
}

def DeduceSizes : GraphPass<"azulejo-deduce-sizes"> {
  let summary = "Gives inputs the sizes that ranks and attributes demand.";
  let description = [{
    ```mlir
    func.func @main(%x: tensor<2x3xf32>, %sizes: tensor<?xi64, #onnx.dims<"n">>) {
      %y = onnx.Reshape(%x, %sizes) : (…) -> tensor<?x?x?xf32>
    ```
    makes `%sizes` a `tensor<3xi64>`, and every `n` a 3: no other length gives a result of three
    dimensions, which the model declares. Likewise `kernel_shape` says how large a convolution's
    weights are, and `hidden_size` and `direction` those of an LSTM.
  }];
}

def InferShapes : GraphPass<"azulejo-infer-shapes"> {
  let summary =
      "Infers the types of all values, with dimensions as expressions over the inputs' symbols.";
  let description = [{
    ```mlir
    func.func @main(%x: tensor<?x?x768xf32, #onnx.dims<"batch", "seq", 768>>) {
      %shape = onnx.Shape(%x) : (…) -> tensor<3xi64>
      %head = onnx.Slice(%shape, %zero, %two, …) : (…) -> tensor<*xi64>
      %heads = onnx.Concat(%head, %c12x64) : (…) -> tensor<*xi64>
      %y = onnx.Reshape(%x, %heads) : (…) -> tensor<*xf32>
    ```
    gives `%y` the type `tensor<?x?x12x64xf32, #onnx.dims<"batch", "seq", 12, 64>>`. Types come from
    ONNX's inference and our own rules (ShapeRules.cpp); small integer tensors are followed as
    vectors of expressions (IntegerValues.cpp). A dimension that data decides gets a symbol of its
    own, named after its node (`NonZero_3.1`); so does one that changes from iteration to iteration
    of a Loop. Declared types of intermediate values are believed only where inference does not even
    find a rank.
  }];
  let options = [Option<"requireRanked", "require-ranked", "bool", "true",
                        "A value whose rank is not found is an error.">];
}

def SpecializeShapes : GraphPass<"azulejo-specialize-shapes", "::mlir::ModuleOp"> {
  let summary = "Gives dimensions that have names fixed sizes.";
  let description = [{
    With `shapes=batch=1`
    ```mlir
    func.func @main(%x: tensor<?x?xf32, #onnx.dims<"batch", "2*seq">>)
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<1x?xf32, #onnx.dims<1, "2*seq">>)
    ```
    everywhere in the module. A name that no dimension has is an error.
  }];
  let options = [ListOption<"shapes", "shapes", "std::string",
                            "NAME=SIZE, for each dimension that gets a size.">];
}

def FoldConstants : GraphPass<"azulejo-fold-constants"> {
  let summary = "Evaluates what does not depend on the graph's inputs.";
  let description = [{
    ```mlir
    %shape = onnx.Shape(%x) : (tensor<?x4xf32, #onnx.dims<"n", 4>>) -> tensor<2xi64>
    %size = onnx.Gather(%shape, %one) : … -> tensor<i64>
    ```
    makes `%size` the constant 4: constants are evaluated, and so are small integer tensors whose
    elements inference knows to be numbers. Bounded: a result may have `max-bytes`, or as many as
    its operands. A weight that is transposed, sliced, concatenated or reshaped becomes a
    description of that (`#plan.strided`, `#plan.concat`), not a copy.
  }];
  let options = [
    Option<"maxBytes", "max-bytes", "int64_t", "1 << 20",
           "The most bytes that a folded constant has where its operands have fewer.">];
}

def ResolveLists : GraphPass<"azulejo-resolve-lists"> {
  let summary = "Takes sequences and optionals apart whose elements are known.";
  let description = [{
    ```mlir
    %s = onnx.SequenceConstruct(%a, %b)
    %t = onnx.SequenceInsert(%s, %c, %zero)
    %y = onnx.SequenceAt(%t, %two)
    ```
    is `%b`. What is left are lists that control flow carries or a model gets or gives, and
    positions that only the run knows; those are values of the host's.
  }];
}

def Simplify : GraphPass<"azulejo-simplify"> {
  let summary = "Removes nodes that do nothing, and merges those that do little.";
  let description = [{
    ```mlir
    %0 = onnx.Identity(%x)
    %1 = onnx.Transpose(%0) {perm = array<i64: 1, 0>}
    %2 = onnx.Transpose(%1) {perm = array<i64: 1, 0>}
    %y = onnx.Mul(%2, %one)
    ```
    is `%x`. Also: casts, reshapes, squeezes, slices, pads and expansions to what is there already;
    chains of reshapes, transposes and exact casts; a BatchNormalization, multiplication or addition
    with constants behind a Conv or MatMul goes into its weights; If with a constant condition; a
    node whose results nobody uses.
  }];
}

def RecognizePatterns : GraphPass<"azulejo-recognize-patterns"> {
  let summary = "Finds the operators that exporters spell out in smaller ones.";
  let description = [{
    ```mlir
    %kt = onnx.Transpose(%k) {perm = array<i64: 0, 1, 3, 2>}
    %s = onnx.MatMul(%q, %kt)
    %scaled = onnx.Mul(%s, %eighth)
    %masked = onnx.Add(%scaled, %mask)
    %p = onnx.Softmax(%masked)
    %y = onnx.MatMul(%p, %v)
    ```
    becomes
    ```mlir
    %y = onnx.Attention(%q, %k, %v, %mask) {scale = 1.250000e-01 : f32}
    ```
    and so for LayerNormalization, RMSNormalization, Gelu, Swish and RotaryEmbedding. Each is
    recognised in the forms that its file describes (Recognize*.cpp), and only where the numbers are
    the same but for rounding.
  }];
}

def Decompose : GraphPass<"azulejo-decompose"> {
  let summary =
      "Rewrites every operator into core operators, and those into the form docs/CoreOperators.md "
      "promises.";
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
    Rules are in Decompose*.cpp by family. An operator without one becomes the body that ONNX
    defines for it. What neither rewrites stays, and azulejo-verify-core names it.
  }];
}

def Differentiate : GraphPass<"azulejo-differentiate"> {
  let summary = "Puts in Gradient's place the nodes that compute it.";
  let description = [{
    Backwards from `y` to `xs`, over core operators; Derivatives.cpp knows those of each. Behind its
    inputs, Gradient has the values that its attributes name, `xs` and then `y`.

    ```mlir
    %c = onnx.Add(%a, %b)
    %d = onnx.Mul(%c, %a)
    %da, %db = onnx.ai_onnx_preview_training.Gradient(%a, %b, %a, %b, %d) {xs = ["a", "b"], y = "d"}
    ```
    becomes
    ```mlir
    %c = onnx.Add(%a, %b)
    %d = onnx.Mul(%c, %a)
    %dc = onnx.Mul(%one, %a)
    %1 = onnx.Mul(%one, %c)
    %da = onnx.Add(%1, %dc)                   // and %db is %dc
    ```
    Inputs that are other values than those named are put in their place in a copy of the graph
    between `xs` and `y`.
  }];
}

def ReducePrecision : GraphPass<"azulejo-reduce-precision"> {
  let summary = "Makes a model of f32 one of f16 or bf16, where that is safe.";
  let description = [{
    With `to=f16`
    ```mlir
    func.func @main(%x: tensor<?x64xf32>) -> tensor<?x8xf32> {
      %y = onnx.MatMul(%x, %w) : (…) -> tensor<?x8xf32>
      %z = onnx.Exp(%y) : …
      return %z
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<?x64xf32>) -> tensor<?x8xf32> {
      %0 = onnx.Cast(%x) {to = 10} : (tensor<?x64xf32>) -> tensor<?x64xf16>
      %y = onnx.MatMul(%0, %narrow) : (…) -> tensor<?x8xf16>
      %1 = onnx.Cast(%y) {to = 1} : (tensor<?x8xf16>) -> tensor<?x8xf32>
      %z = onnx.Exp(%1) : …
      return %z
    ```
    Contractions read narrow operands (and Lower sums them in f32); elementwise operators, movement
    and normalisations are as narrow as all of their operands. Whatever leaves a narrow float's
    range or magnifies its errors stays as it is: exponentials, powers, sums, squares, recurrent
    operators, what is computed from integers, and nodes with a constant whose elements are too
    large. Weights become a description of their rounding (`#plan.converted`). Inputs, outputs and
    what control flow carries keep their types.
  }];
  let options = [Option<"to", "to", "std::string", "\"f16\"", "f16 or bf16">];
}

def QuantizeWeights : GraphPass<"azulejo-quantize-weights"> {
  let summary = "Stores matrices that are multiplied by as 8-bit integers.";
  let description = [{
    A constant matrix of f32 that a MatMul multiplies by becomes integers from -127 to 127 with one
    scale a column; the product is formed in f32, and scaled. Small matrices, and those with
    elements that are not finite, stay.

    ```mlir
    %y = onnx.MatMul(%x, %w) : (tensor<?x768xf32>, tensor<768x3072xf32>) -> tensor<?x3072xf32>
    ```
    becomes
    ```mlir
    %f = onnx.Cast(%q) {to = 1} : (tensor<768x3072xi8>) -> tensor<768x3072xf32>
    %p = onnx.MatMul(%x, %f) : …
    %y = onnx.Mul(%p, %scales) : (tensor<?x3072xf32>, tensor<3072xf32>) -> tensor<?x3072xf32>
    ```
    Lower keeps the Cast, and Fuse (azulejo-narrow-weights) gives the integers to the kernel.
  }];
  let options = [Option<"minElements", "min-elements", "int64_t", "4096",
                        "Matrices with fewer elements stay as they are">];
}

def VerifyCore : GraphPass<"azulejo-verify-core", "::mlir::ModuleOp"> {
  let summary = "Checks the promises of docs/CoreOperators.md.";
  let description = [{
    Only core operators in their newest versions, ranked tensors with named dimensions, constants in
    one form, no calls:
    ```
    error: node 'act' (HardSwish): not a core operator, so azulejo-decompose should have
           rewritten it
    ```
  }];
}

#endif // AZULEJO_LIB_GRAPH_PASSES_TD
