#ifndef AZULEJO_LIB_GPU_PASSES_TD
#define AZULEJO_LIB_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def FormCta : Pass<"azulejo-form-cta", "::mlir::ModuleOp"> {
  let summary = "Writes kernels of tiles with known bounds as programs of the cta dialect.";
  let description = [{
    In a module of one architecture, a kernel whose blocks compute bounded tiles by contractions,
    attention, elementwise operations, reductions and transposes

    ```mlir
    scf.forall (%i, %j) = (0, 0) to (%m, 1536) step (128, 128) shared_outs(%o = %y) -> … {
      %rows = affine.min affine_map<(d0)[s0] -> (-d0 + s0, 128)>(%i)[%m]
      %a = tensor.extract_slice %x[%i, 0] [%rows, 384] [1, 1] : …
      %b = tensor.extract_slice %w[0, %j] [384, 128] [1, 1] : …
      %c = tile.matmul {overwrite} ins(%a, %b : …) outs(%empty : …) -> tensor<?x128xf32>
      %r = linalg.generic … ins(%c) outs(%slice) { arith.truncf … }
      scf.forall.in_parallel { tensor.parallel_insert_slice %r into %o[%i, %j] … }
    }
    ```
    becomes
    ```mlir
    scf.forall (%i, %j) = (0, 0) to (%m, 1536) step (128, 128) {
      %c = scf.for %k = %c0 to %c384 step %c32 iter_args(%sum = %zero) -> (tensor<128x128xf32>) {
        %a = cta.load %x[%i, %k] dims [0, 1] valid [%rows, 32] : memref<?x384xf16> -> tensor<128x32xf16>
        %b = cta.load %w[%k, %j] dims [0, 1] : memref<384x1536xf16> -> tensor<32x128xf16>
        %next = cta.dot %a, %b, %sum : …
        scf.yield %next
      }
      %r = arith.truncf %c : tensor<128x128xf32> to tensor<128x128xf16>
      cta.store %r, %y[%i, %j] dims [0, 1] valid [%rows, 128] : …
    }
    ```
    `cta.warps` on the function says for how many warps. What it cannot take stays as it is, and the
    function's `gpu.no_tiles` says why.
  }];
  let options = [Option<"allowTF32", "allow-tf32", "bool", "false",
                        "Whether products of f32 may be rounded to tf32.">];
  let dependentDialects = ["::azulejo::cta::CtaDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::affine::AffineDialect"];
}

def PipelineLoads : Pass<"azulejo-pipeline-loads", "::mlir::ModuleOp"> {
  let summary = "Lets the operands of products arrive in shared memory while others are multiplied.";
  let description = [{
    ```mlir
    scf.for %k = %c0 to %n step %c32 iter_args(%sum = %zero) -> (tensor<128x128xf32>) {
      %a = cta.load %x[%i, %k] dims [0, 1] : memref<?x384xf16> -> tensor<128x32xf16>
      …
      %next = cta.dot %a, %b, %sum : …
    ```
    becomes
    ```mlir
    %ring = cta.alloc : <4x128x32xf16, 64>
    …                                        // three stages are started
    scf.for %k = … iter_args(%sum = %zero, %now = %c0, %later = %c3) {
      cta.async_wait 2
      cta.barrier
      scf.if … { cta.copy_async %x[%i, %ahead] … into the stage %later }
      cta.async_commit
      %a = cta.load_shared of the stage %now
      …
    ```
    Only loads that nobody but products read are moved, and only where global memory's rows are
    aligned to 16 bytes.
  }];
  let dependentDialects = ["::azulejo::cta::CtaDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // AZULEJO_LIB_GPU_PASSES_TD
