#ifndef AZULEJO_LIB_CODEGEN_PASSES_TD
#define AZULEJO_LIB_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def BufferizeKernels : Pass<"azulejo-bufferize-kernels", "::mlir::ModuleOp"> {
  let summary = "Turns the tensors inside of a kernel function into buffers.";
  let description = [{
    Upstream's one-shot bufferization, kept within the kernel: its arguments are memrefs already.
    Results are computed in the outs; what is left of intermediate tensors is allocated. Copies
    become `linalg.copy`, so that no library is called.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::linalg::LinalgDialect"];
}

def ExpandSmallFloats : Pass<"azulejo-expand-small-floats", "::mlir::ModuleOp"> {
  let summary =
      "Computes in f32 or f64 only: narrower floats are converted, by the kernel library where the "
      "target cannot.";
  let description = [{
    ```mlir
    %z = arith.addf %x, %y : bf16
    ```
    becomes
    ```mlir
    %a = llvm.call @azm_extend_bf16(…), %b = …
    %s = arith.addf %a, %b : f32
    %z = llvm.call @azm_truncate_bf16(%s)
    ```
    Each operation rounds once, as ONNX's reference does. f16 is left to a target that converts
    f16 itself (GPUs, and CPUs with F16C).
  }];
  let options = [Option<"hasHalfConversions", "has-half-conversions", "bool", "true",
                        "The target converts f16 itself.">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def CallLibrary : Pass<"azulejo-call-library", "::mlir::ModuleOp"> {
  let summary =
      "Replaces math functions by calls of the kernel library, which is linked and inlined later.";
  let description = [{
    Before: `%y = math.exp %x : f32`. After: `%y = llvm.call @azm_exp_f32(%x) : (f32) -> f32`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect"];
}

#endif // AZULEJO_LIB_CODEGEN_PASSES_TD
