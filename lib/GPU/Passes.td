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
        %a = cta.load %x[%i, %k] dims [0, 1] valid [%rows, 32]
            : memref<?x384xf16> -> tensor<128x32xf16>
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
  let summary =
      "Lets the operands of products arrive in shared memory while others are multiplied.";
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

    On GPUs with wgmma, products of whole warp groups and attention become roles instead: one thread
    copies tiles to rings of mbarriers, warp groups multiply them. `gpu.no_wgmma` on a function says
    why its products do not.
  }];
  let dependentDialects = ["::azulejo::cta::CtaDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def AssignLayouts : Pass<"azulejo-assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "Gives each tile a layout.";
  let description = [{
    Matrix products want fragments of tensor cores, accesses to global memory want neighbouring
    threads on neighbouring elements, in 16 bytes where they are aligned. From these anchors layouts
    spread, to operands and to users, through everything that has no opinion. Where two meet,
    `cta.convert_layout` stands between; equal ones are merged, and one whose operand does not
    change in a loop moves out of it. A mask is loaded as the scores that it meets in every step are
    held.

    Before:
    ```mlir
    %a = cta.load %x[%i, %k] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16>
    %d = cta.dot %a, %b, %c : tensor<64x64xf16>, tensor<64x64xf16>, tensor<64x64xf32>
    ```
    After:
    ```mlir
    %a = cta.load %x[%i, %k] dims [0, 1] : memref<64x64xf16> -> tensor<64x64xf16, #rows>
    %0 = cta.convert_layout %a : tensor<64x64xf16, #rows> -> tensor<64x64xf16, #left>
    %d = cta.dot %0, %1, %2 : tensor<64x64xf16, #left>, tensor<64x64xf16, #right>,
        tensor<64x64xf32, #accumulator>
    ```
  }];
  let dependentDialects = ["::azulejo::cta::CtaDialect"];
}

def PlaceShared : Pass<"azulejo-place-shared", "::mlir::func::FuncOp"> {
  let summary = "Gives each piece of a block's shared memory its place.";
  let description = [{
    Allocations, barriers and the scratch memory of conversions and reductions; what does not live
    at the same time may lie at the same place.

    Before: `%s = cta.alloc : !cta.shared<128x64xf16, 128>`. After: `%s = cta.alloc at 16384 : ...`,
    and `cta.shared_bytes` on the function.
  }];
  let dependentDialects = ["::azulejo::cta::CtaDialect"];
}

def DistributeTiles : Pass<"azulejo-distribute-tiles", "::mlir::ModuleOp"> {
  let summary = "Rewrites a block's program over tiles as what one thread of it does.";
  let description = [{
    A tile becomes one scalar for each register of its layout. A function without `cta.warps` is
    left alone; the others get `azulejo.threads`.

    Before:
    ```mlir
    %t = cta.load %x[%i] dims [0] : memref<1024xf32> -> tensor<1024xf32, #rows>
    %e = math.exp %t : tensor<1024xf32, #rows>
    cta.store %e, %y[%i] dims [0] : tensor<1024xf32, #rows>, memref<1024xf32>
    ```
    After, with 256 threads:
    ```mlir
    %v = llvm.load %p : !llvm.ptr<1> -> vector<4xf32>
    %0 = llvm.extractelement %v[%c0 : i32] : vector<4xf32>
    ...
    %4 = math.exp %0 : f32
    ...
    llvm.store %w, %q : vector<4xf32>, !llvm.ptr<1>
    ```
  }];
  let dependentDialects = ["::azulejo::cta::CtaDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

def DistributeToThreads : Pass<"azulejo-distribute-to-threads", "::mlir::func::FuncOp"> {
  let summary =
      "Rewrites a bufferized kernel from what a block does to what one thread of it does.";
  let description = [{
    All threads of a block go through the kernel's control flow together. A structured operation is
    shared out among them: elementwise by points, consecutive threads taking consecutive elements;
    reductions with a thread for each result, or with a warp where memory is walked along what is
    reduced. So are the iterations of a loop whose body is scalar code. Scalar code that writes
    memory runs on one thread. A barrier stands where an operation touches what other threads wrote,
    or writes what they read.

    Before:
    ```mlir
    scf.forall (%i) = (0) to (%n) step (1024) {
      linalg.generic ... ins(%x : memref<1024xf32, ...>) outs(%y : memref<1024xf32, ...>) ...
    }
    ```
    After:
    ```mlir
    %thread = arith.index_castui (nvvm.read.ptx.sreg.tid.x)
    scf.forall (%i) = (0) to (%n) step (1024) {
      scf.for %p = %thread to %c1024 step %c256 {
        %0 = memref.load %x[%p] ...
        memref.store %1, %y[%p] ...
    ```
    The iterations of the outermost scf.forall remain blocks. `azulejo.threads` says how many
    threads there are.
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::affine::AffineDialect",
                           "::mlir::NVVM::NVVMDialect", "::mlir::LLVM::LLVMDialect"];
}

def SplitBlocks : Pass<"azulejo-split-blocks", "::mlir::ModuleOp"> {
  let summary =
      "Gives a kernel function the parameters of a GPU's entry, and a host function that says how "
      "to launch it.";
  let description = [{
    `@k(memrefs, scalars)`, written for one thread, becomes `@k(slots..., fault, first_check,
    workspace)` and, for the host, `@"k.ARCH"(slots, grid)`, as include/azulejo/Artifact/Format.h
    wants them. The iterations of the outermost `scf.forall` are counted by blocks, each of which
    takes every gridDim-th. The block's buffers lie one behind the other in dynamic shared memory,
    or, where they are too large for it, in the launch's workspace: the host function decides, as it
    knows their sizes.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::mlir::affine::AffineDialect"];
}

def FormGpuModules : Pass<"azulejo-form-gpu-modules", "::mlir::ModuleOp"> {
  let summary = "Turns each architecture's module, which is in LLVM's dialect, into a gpu.module.";
  let description = [{
    Before:
    ```mlir
    func.func private @k(memref<4xf32>) attributes {tile.kernel}
    module @sm_90a attributes {azulejo.gpu = "sm_90a"} {
      llvm.func @k(%x: !llvm.ptr, ...) attributes {azulejo.threads = 256 : i64} { ... }
      llvm.func @"k.sm_90a"(%slots: !llvm.ptr, %grid: !llvm.ptr) attributes {azulejo.host} { ... }
    }
    ```
    After:
    ```mlir
    llvm.func @"k.sm_90a"(%slots: !llvm.ptr, %grid: !llvm.ptr) { ... }
    gpu.module @sm_90a {
      llvm.func @k(%x: !llvm.ptr, ...)
          attributes {nvvm.kernel, nvvm.maxntid = array<i32: 256, 1, 1>, nvvm.minctasm = 2 : i32}
          { ... }
    }
    ```
  }];
  let dependentDialects = ["::mlir::gpu::GPUDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

def VerifyGpuKernels : Pass<"azulejo-verify-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "Checks what the GPU stage promises.";
  let description = [{
    Each architecture is a `gpu.module` of its name that holds nothing but LLVM's and NVVM's
    dialects; and for each entry there, the top module has the host function `@"ENTRY.ARCH"`. No
    kernel is left on the top level.
  }];
}

#endif // AZULEJO_LIB_GPU_PASSES_TD
