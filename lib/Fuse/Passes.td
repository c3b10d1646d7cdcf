#ifndef AZULEJO_LIB_FUSE_PASSES_TD
#define AZULEJO_LIB_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def DecomposeStructuredOps : Pass<"azulejo-decompose-structured-ops", "::mlir::func::FuncOp"> {
  let summary =
      "Brings contractions, convolutions, pads and concatenations to the forms that kernels are "
      "made of.";
  let description = [{
    - A linalg contraction with one M, one N and one K dimension becomes `tile.matmul`.
    - `tile.conv` becomes `tile.matmul` over flattened positions (1x1), `tile.depthwise_conv` (a
      filter per channel), or `tile.im2col` and `tile.matmul`.
    - `tensor.pad` and `tensor.concat` become `tensor.insert_slice`s, and `linalg.softmax` its
      reductions.
    - Every other named linalg op becomes `linalg.generic`.

    Before:
    ```mlir
    %y = tile.conv {strides = array<i64: 1, 1>, ...}
        ins(%x, %w : tensor<1x8x6x6xf32>, tensor<4x8x1x1xf32>) outs(%c : ...) -> tensor<1x4x6x6xf32>
    ```
    After:
    ```mlir
    %0 = tensor.collapse_shape %x [[0], [1], [2, 3]] : tensor<1x8x6x6xf32> into tensor<1x8x36xf32>
    %1 = tensor.collapse_shape %w [[0], [1, 2, 3]] : tensor<4x8x1x1xf32> into tensor<4x8xf32>
    %2 = tile.matmul ins(%1, %0 : tensor<4x8xf32>, tensor<1x8x36xf32>) outs(...)
        -> tensor<1x4x36xf32>
    %y = tensor.expand_shape %2 [[0], [1], [2, 3]] output_shape [1, 4, 6, 6] : ...
    ```
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect", "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def EraseEmpty : Pass<"azulejo-erase-empty", "::mlir::func::FuncOp"> {
  let summary = "Takes away what computes nothing.";
  let description = [{
    A result without elements is its destination, and so is one that is computed in no iterations,
    as a product over a dimension of 0. Later passes need not think of sizes of 0 that are known:
    neither tiles nor slices of such tensors make sense.

    Before:
    ```mlir
    %c = tile.matmul ins(%a, %b : tensor<4x0xf32>, tensor<0x8xf32>) outs(%zeros : tensor<4x8xf32>)
        -> tensor<4x8xf32>
    ```
    After: `%zeros`.
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def WinogradConvs : Pass<"azulejo-winograd-convs", "::mlir::func::FuncOp"> {
  let summary = "Computes 3x3 convolutions by Winograd's algorithm where that pays.";
  let description = [{
    A `tile.conv` in f32 with constant 3x3 filters, stride 1, no dilation and no groups, on images
    of static size, becomes a transform of the image, (m + 2)^2 matrix products and a transform of
    their results (dialects/Plan/Winograd.h). m is 2, 4 or none, by an estimate of the multiply-adds
    and of the numbers that move: few positions do not pay for larger filters, few channels not for
    the transforms. The initial value is added afterwards.

    Before:
    ```mlir
    %y = tile.conv {...} ins(%x, %w : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>)
        outs(%zeros : tensor<1x64x56x56xf32>) -> tensor<1x64x56x56xf32>
    ```
    After:
    ```mlir
    %u = plan.constant #plan.winograd<...> : tensor<36x64x64xf32>
    %v = tile.winograd_input {outputs = 4, ...} ins(%x : tensor<1x64x56x56xf32>) outs(...)
        -> tensor<1x36x64x196xf32>
    %z = tile.matmul ins(%u, %v : ...) outs(...) -> tensor<1x36x64x196xf32>
    %y = tile.winograd_output {outputs = 4} ins(%z : tensor<1x36x64x196xf32>) outs(...)
        -> tensor<1x64x56x56xf32>
    ```
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect", "::azulejo::plan::PlanDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def NarrowWeights : Pass<"azulejo-narrow-weights", "::mlir::func::FuncOp"> {
  let summary = "Multiplies by weights as they are stored, in fewer bits.";
  let description = [{
    A constant of i8, f16 or bf16 that is converted to f32 only to be a matrix product's B becomes
    B itself: the micro-kernel converts what it has loaded, so that a weight moves in the bits it is
    stored in. With few rows, as in decoding, a product takes as long as its weight takes to come
    from memory.

    Before:
    ```mlir
    %f = linalg.generic {...} ins(%w : tensor<64x32xi8>) outs(...) { arith.sitofp }
        -> tensor<64x32xf32>
    %y = tile.matmul ins(%x, %f : tensor<8x64xf32>, tensor<64x32xf32>) outs(...)
    ```
    After:
    ```mlir
    %y = tile.matmul ins(%x, %w : tensor<8x64xf32>, tensor<64x32xi8>) outs(...)
    ```
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect"];
}

def FuseElementwise : Pass<"azulejo-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Merges chains of elementwise operations into one linalg.generic each.";
  let description = [{
    Upstream's elementwise fusion. An operation with several users is repeated in each if that costs
    next to nothing; one that takes many cycles is not moved into a larger iteration space. Reshapes
    that stand between a contraction and its elementwise users are moved behind the users. The
    result carries the locations of both.

    Before:
    ```mlir
    %0 = linalg.generic ... ins(%x) { %1 = arith.negf %in ... }
    %2 = linalg.generic ... ins(%0) { %3 = math.exp %in ... }
    ```
    After:
    ```mlir
    %0 = linalg.generic ... ins(%x) { %1 = arith.negf %in ... %2 = math.exp %1 ... }
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::affine::AffineDialect"];
}

def MergeEqual : Pass<"azulejo-merge-equal"> {
  let summary = "Upstream's CSE; what is left carries the locations of all that it stands for.";
  let description = [{
    Before:
    ```mlir
    %0 = linalg.generic ... ins(%x) { ... } loc("first")
    %1 = linalg.generic ... ins(%x) { ... } loc("second")
    ```
    After, with all uses of `%1` now uses of `%0`:
    ```mlir
    %0 = linalg.generic ... ins(%x) { ... } loc(fused["first", "second"])
    ```
  }];
}

def FormKernels : Pass<"azulejo-form-kernels", "::mlir::ModuleOp"> {
  let summary = "Groups operations into tile.kernels.";
  let description = [{
    Each operation that computes ends up in a `tile.kernel`; kernels that are already there stay as
    they are. A group has one last operation, and the others lead to it: a contraction, reductions
    and the elementwise work between and after them that runs over the same parallel loops (softmax,
    normalisations, bias and activation). Inits, small constants and slices are repeated inside.
    Sizes and other scalars from outside become the kernel's `scalars`.

    What could have been joined and was not is listed in the function's `tile.unfused`: the nodes of
    producer and consumer, and the reason.

    Before:
    ```mlir
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.generic ... ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) ...
    ```
    After:
    ```mlir
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = tile.kernel "main_k0_relu" ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) {
    ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
      %0 = linalg.generic ... ins(%a : tensor<?xf32>) outs(%b : tensor<?xf32>) ...
      tile.yield %0 : tensor<?xf32>
    } -> (tensor<?xf32>)
    ```
  }];
  let dependentDialects = ["::azulejo::tile::TileDialect", "::mlir::tensor::TensorDialect"];
}

def VerifyKernels : Pass<"azulejo-verify-kernels", "::mlir::ModuleOp"> {
  let summary = "Checks Fuse's promise: outside of kernels, nothing computes on tensors.";
  let description = [{
    At function level only kernels and launches, constants, `tensor.empty`, views (expand, collapse,
    cast), sizes, host reads (`tensor.extract`), scalar arithmetic and control flow are left, and
    kernel names are unique C identifiers.
  }];
}

#endif // AZULEJO_LIB_FUSE_PASSES_TD
