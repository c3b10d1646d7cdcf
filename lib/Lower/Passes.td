#ifndef AZULEJO_LIB_LOWER_PASSES_TD
#define AZULEJO_LIB_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerOnnx : Pass<"azulejo-lower-onnx", "::mlir::ModuleOp"> {
  let summary = "Rewrites the core operators to linalg on tensors and to tile operations.";
  let description = [{
    Each operator becomes linalg, tensor and tile operations. Integers lose their sign, which moves
    into operations (`arith.divui`), and tensor types
    their symbolic dimensions: each symbol that is a dimension of an input becomes an `index`
    argument of `@main`, and
    derived sizes become arithmetic on those. What the caller knew of the arguments stays in their
    attributes.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x4xui8, #onnx.dims<"batch", 4>> {onnx.name = "x"})
        -> (tensor<?x4xui8, #onnx.dims<"batch", 4>> {onnx.name = "y"}) {
      %y = onnx.Max(%x, %x) : (...) -> tensor<?x4xui8, #onnx.dims<"batch", 4>>
      return %y : tensor<?x4xui8, #onnx.dims<"batch", 4>>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<?x4xi8> {azulejo.name = "x", azulejo.type = "uint8",
                                       azulejo.shape = ["batch", 4]},
                    %batch: index {azulejo.symbol = "batch"})
        -> (tensor<?x4xi8> {azulejo.name = "y", azulejo.type = "uint8", ...}) {
      %0 = tensor.empty(%batch) : tensor<?x4xi8>
      %y = linalg.generic ... { %1 = arith.maxui ... }
      return %y : tensor<?x4xi8>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::complex::ComplexDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect", "::azulejo::plan::PlanDialect",
                           "::azulejo::tile::TileDialect"];
}

def CheckSizes : Pass<"azulejo-check-sizes", "::mlir::func::FuncOp"> {
  let summary = "Has the host check that operands fit together before kernels read them.";
  let description = [{
    Structured operations take for granted that dimensions which one loop indexes are equal, slices
    lie inside, reshapes keep the number of elements, and no size is negative. Where the sizes'
    arithmetic does not tell, a `plan.assert` in front of the operation sees to it at run time.
    (What kernels that Lower writes itself read, their lowerings check.)

    Before:
    ```mlir
    %y = linalg.generic ... ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%e : ...) loc("sum")
    ```
    After:
    ```mlir
    %same = arith.cmpi eq, %m, %n : index
    plan.assert %same, "node 'sum': dimension 0 of operand 1 is {}, and ... is {}" (%m, %n)
    %y = linalg.generic ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
                           "::azulejo::plan::PlanDialect"];
}

def OutlineConstants : Pass<"azulejo-outline-constants", "::mlir::func::FuncOp"> {
  let summary = "Takes large constants out of the code.";
  let description = [{
    Folding turns a reshaped `plan.constant` into an `arith.constant`, whatever its size. Those of
    more than 16 elements that are not
    all equal become `plan.constant`s again: data of the artifact rather than part of kernels.

    Before:
    ```mlir
    %w = arith.constant dense<"0x..."> : tensor<8x8xf32>
    ```
    After:
    ```mlir
    %w = plan.constant dense<"0x..."> : tensor<8x8xf32>
    ```
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

def VerifyLowered : Pass<"azulejo-verify-lowered", "::mlir::ModuleOp"> {
  let summary = "Checks what Lower promises to Fuse.";
  let description = [{
    No `onnx` operation is left; no tensor type has an encoding or a sign; functions hold only
    linalg, tensor, tile, arith, math, index, affine, scf and plan operations; and every argument of
    `@main` says what it stands for.
  }];
}

#endif // AZULEJO_LIB_LOWER_PASSES_TD
