#ifndef AZULEJO_LIB_CPU_PASSES_TD
#define AZULEJO_LIB_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMatmul : Pass<"azulejo-expand-matmul", "::mlir::func::FuncOp"> {
  let summary = "Writes matrix products as loops over a register tile.";
  let description = [{
    A tile of C is held in vectors that a loop over K carries: each step loads the columns' vectors
    of B, and for each row a scalar of A which is spread and multiplied in. Rows left over take
    smaller tiles, columns left over a mask. What is no f32 or f64 takes plain loops.
  }];
  let options = [
    Option<"tileRows", "tile-rows", "int64_t", "12", "Rows of the register tile.">,
    Option<"vectorBytes", "vector-bytes", "int64_t", "64", "Width of a vector register.">,
  ];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::arith::ArithDialect", "::mlir::affine::AffineDialect"];
}

def ExpandStructuredOps : Pass<"azulejo-expand-structured-ops", "::mlir::func::FuncOp"> {
  let summary = "Writes the remaining structured operations on buffers as loops.";
  let description = [{
    linalg's by upstream, with the loop innermost that walks memory in order; sums may be
    reassociated, so that LLVM vectorises them. `tile.im2col` and `tile.depthwise_conv` run along
    rows of the image, with the padding cut off beforehand. `tile.winograd_input` and
    `tile.winograd_output` transform as many tiles of a row at once as a vector has lanes.
  }];
  let options = [Option<"vectorBytes", "vector-bytes", "int64_t", /*default=*/"32",
                        "Bytes of a vector register">];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::mlir::affine::AffineDialect",
                           "::mlir::vector::VectorDialect"];
}

def SplitWorkgroups : Pass<"azulejo-split-workgroups", "::mlir::ModuleOp"> {
  let summary =
      "Gives a kernel function the signature that the runtime calls: slots, a range of workgroups, "
      "scratch memory.";
  let description = [{
    `@k(memrefs, scalars)` becomes three functions: `@k.count(slots)`, the number of workgroups;
    `@k(slots, begin, end, scratch)`, which unpacks the slots and calls `@k.body`, where they are
    arguments that alias nothing. The outermost `scf.forall` becomes a loop over [begin, end);
    others become loops. Local buffers come from the scratch memory and are given back where their
    block ends.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect",
                           "::mlir::affine::AffineDialect"];
}

def LowerKernels : Pass<"azulejo-lower-kernels", "::mlir::ModuleOp"> {
  let summary =
      "Brings the module's kernel functions to the LLVM dialect, and leaves the others alone.";
  let description = [{
    Runs the passes of `buildKernelPipeline` on a module of the kernels alone.
  }];
  let options = [Option<"cpu", "cpu", "std::string", "\"host\"", "The CPU to compile for.">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitObject : Pass<"azulejo-emit-object", "::mlir::ModuleOp"> {
  let summary = "Writes the module's LLVM functions to an object file.";
  let description = [{
    For looking at kernels and testing them alone; an artifact is made by `azulejo-write-artifact`.
    What is not in LLVM's dialect is left out, and the module stays as it is. Two kernel functions

    ```mlir
    llvm.func @k.count(%slots: !llvm.ptr) -> i64 { … }
    llvm.func @k(%slots: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) { … }
    ```

    become two symbols of an ELF object that has no undefined ones but memcpy, memmove and memset.
  }];
  let options = [Option<"cpu", "cpu", "std::string", "\"host\"", "The CPU to compile for.">,
                 Option<"output", "output", "std::string", "\"kernels.o\"",
                        "Where the object goes.">];
}

#endif // AZULEJO_LIB_CPU_PASSES_TD
