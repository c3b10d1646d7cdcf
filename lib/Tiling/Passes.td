#ifndef AZULEJO_LIB_TILING_PASSES_TD
#define AZULEJO_LIB_TILING_PASSES_TD

include "mlir/Pass/PassBase.td"

def TileKernels : Pass<"azulejo-tile-kernels", "::mlir::func::FuncOp"> {
  let summary = "Cuts each kernel's body into independent workgroups: one scf.forall.";
  let description = [{
    The last operation of a kernel is tiled along the parallel loops that all others share with it, and the others are
    computed tile by tile in the same loop. Sizes come from a small cost model: enough workgroups for many threads, and none too small to be worth
    a hand-over. A kernel that has a loop already (Lower wrote it), or whose operations share no parallel loop, stays as it is.

    Before:
    ```mlir
    tile.kernel "k" ins(%x : tensor<?x768xf32>) outs(%i : tensor<?x768xf32>) {
      %0 = linalg.generic ... ins(%a) outs(%b) ...
    ```
    After:
    ```mlir
      %r = scf.forall (%i) = (0) to (%n) step (%s) shared_outs(%o = %b) -> (tensor<?x768xf32>) {
        %t = tensor.extract_slice %a[%i, 0] [%m, 768] [1, 1] ...
        %0 = linalg.generic ... ins(%t) ...
        scf.forall.in_parallel { tensor.parallel_insert_slice %0 into %o[%i, 0] [%m, 768] [1, 1] ... }
    ```
  }];
  let options = [
    Option<"tileRows", "tile-rows", "int64_t", "12", "Rows of the target's register tile.">,
    Option<"tileColumns", "tile-columns", "int64_t", "32", "Columns of the target's register tile, for f32.">,
  ];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect", "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect"];
}


def OutlineKernels : Pass<"azulejo-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Makes each tile.kernel a function, and launches it.";
  let description = [{
    The function takes the kernel's operands, tensors as memrefs without a layout; its body keeps its tensors, between
    `bufferization.to_tensor` and `bufferization.materialize_in_destination`.

    Before:
    ```mlir
    %y = tile.kernel "k" ins(%x : tensor<4xf32>) outs(%i : tensor<4xf32>) { ... } -> (tensor<4xf32>)
    ```
    After:
    ```mlir
    func.func private @k(%x: memref<4xf32>, %i: memref<4xf32>) attributes {tile.kernel} { ... }
    %y = tile.launch @k ins(%x : tensor<4xf32>) outs(%i : tensor<4xf32>) -> (tensor<4xf32>)
    ```
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect", "::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
}

def DeduplicateKernels : Pass<"azulejo-deduplicate-kernels", "::mlir::ModuleOp"> {
  let summary = "Keeps one of several kernels with the same body.";
  let description = [{
    Bodies are compared without names and locations; launches are redirected to the first. The layers of a model are mostly
    alike, and code generation is where compile time goes.
  }];
}

#endif // AZULEJO_LIB_TILING_PASSES_TD
