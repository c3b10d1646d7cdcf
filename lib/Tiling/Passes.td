#ifndef AZULEJO_LIB_TILING_PASSES_TD
#define AZULEJO_LIB_TILING_PASSES_TD

include "mlir/Pass/PassBase.td"

def TileKernels : Pass<"azulejo-tile-kernels", "::mlir::func::FuncOp"> {
  let summary = "Cuts each kernel's body into independent workgroups: one scf.forall.";
  let description = [{
    The last operation of a kernel is tiled along the parallel loops that all others share with it,
    and the others are computed tile by tile in the same loop. Sizes come from a small cost model:
    enough workgroups for many threads, and none too small to be worth a hand-over. A kernel that
    has a loop already (Lower wrote it), or whose operations share no parallel loop, stays as it is.

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
        scf.forall.in_parallel {
          tensor.parallel_insert_slice %0 into %o[%i, 0] [%m, 768] [1, 1] ...
        }
    ```
  }];
  let options = [
    Option<"tileRows", "tile-rows", "int64_t", "12", "Rows of the target's register tile.">,
    Option<"tileColumns", "tile-columns", "int64_t", "32",
           "Columns of the target's register tile, for f32.">,
  ];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect"];
}


def DecomposeAttention : Pass<"azulejo-decompose-attention", "::mlir::func::FuncOp"> {
  let summary = "Writes a tile of attention as two matmuls around a softmax over whole rows.";
  let description = [{
    For a tile that is one head of one batch: scores = Q K^T in a scratch tensor; scale, softcap and
    mask; each row's maximum, exponentials and sum; then P V, divided by the sums.

    Before:
    ```mlir
    %y = tile.attention {scale = 0.125 : f64} ins(%q, %k, %v : tensor<1x1x64x64xf32>, ...)
        outs(%i : ...) -> tensor<1x1x64x64xf32>
    ```
    After:
    ```mlir
    %s = tile.matmul {overwrite, transpose_b} ins(%q2, %k2 : ...) outs(%e : tensor<64x?xf32>)
        -> tensor<64x?xf32>
    ... linalg.generic: scale and mask, maximum, exp, sum
    %o = tile.matmul {overwrite} ins(%p, %v2 : ...) outs(...) -> tensor<64x64xf32>
    ... linalg.generic: divide
    ```
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def PackWeights : Pass<"azulejo-pack-weights", "::mlir::ModuleOp"> {
  let summary =
      "Stores constant right-hand sides of matmuls in the panels that the micro-kernel reads.";
  let description = [{
    A `plan.constant` that is B of a `tile.matmul` becomes one of shape [ceil(N / NR), K, NR], zeros
    beyond N. The bytes are made here, once, and the original is not copied into the artifact if
    nothing else uses it.

    Before:
    ```mlir
    %w = plan.constant ... : tensor<768x3072xf32>
    tile.kernel ... { tile.matmul ins(%a, %b : tensor<?x768xf32>, tensor<768x3072xf32>) ... }
    ```
    After:
    ```mlir
    %w = plan.constant ... : tensor<96x768x32xf32>
    tile.kernel ... { tile.matmul {packed_b}
        ins(%a, %b : tensor<?x768xf32>, tensor<96x768x32xf32>) ... }
    ```
  }];
  let options = [Option<"vectorBytes", "vector-bytes", "int64_t", "64",
                        "Width of the target's vector registers.">];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
}

def OutlineKernels : Pass<"azulejo-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Makes each tile.kernel a function, and launches it.";
  let description = [{
    The function takes the kernel's operands, tensors as memrefs without a layout; its body keeps
    its tensors, between `bufferization.to_tensor` and `bufferization.materialize_in_destination`.

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
  let dependentDialects = ["::azulejo::tile::TileDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def DeduplicateKernels : Pass<"azulejo-deduplicate-kernels", "::mlir::ModuleOp"> {
  let summary = "Keeps one of several kernels with the same body.";
  let description = [{
    Bodies are compared without names and locations; launches are redirected to the first. The
    layers of a model are mostly alike, and code generation is where compile time goes.
  }];
}

def SpecializeTargets : Pass<"azulejo-specialize-targets", "::mlir::ModuleOp"> {
  let summary = "Gives each architecture of GPUs a module with the kernels' bodies of its own.";
  let description = [{
    What `@main` launches stays declared, so that launches still know the operands.

    Before:
    ```mlir
    func.func private @k(%x: memref<4xf32>, %i: memref<4xf32>) attributes {tile.kernel} { ... }
    ```
    After, for the targets sm_80 and h200:
    ```mlir
    func.func private @k(memref<4xf32>, memref<4xf32>) attributes {tile.kernel}
    module @sm_80 attributes {azulejo.gpu = "sm_80"} {
      func.func private @k(%x: memref<4xf32>, %i: memref<4xf32>) attributes {tile.kernel} { ... }
    }
    module @sm_90a attributes {azulejo.gpu = "h200"} { ... }
    ```
  }];
  let options = [ListOption<"targets", "targets", "std::string",
                            "Architectures or GPUs, one of each architecture: sm_80, h200, ...">];
}

def TileBlocks : Pass<"azulejo-tile-blocks", "::mlir::ModuleOp"> {
  let summary = "Cuts the kernels of one architecture into thread blocks: one scf.forall each.";
  let description = [{
    As azulejo-tile-kernels does for CPUs, on a module that has `azulejo.gpu`, whose kernels are
    functions: sizes are those of thread blocks.

    Before:
    ```mlir
    func.func private @k(%x: memref<?x768xf32>, %y: memref<?x768xf32>) attributes {tile.kernel} {
      %a = bufferization.to_tensor %x ...
      %0 = linalg.generic ... ins(%a) outs(%b) ...
      bufferization.materialize_in_destination %0 in writable %y ...
    ```
    After:
    ```mlir
      %r = scf.forall (%i) = (0) to (%n) step (2) shared_outs(%o = %b) -> (tensor<?x768xf32>) {
        %t = tensor.extract_slice %a[%i, 0] [%m, 768] [1, 1] ...
        %0 = linalg.generic ... ins(%t) ...
        scf.forall.in_parallel { tensor.parallel_insert_slice ... }
      }
      bufferization.materialize_in_destination %r in writable %y ...
    ```
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect"];
}

#endif // AZULEJO_LIB_TILING_PASSES_TD
