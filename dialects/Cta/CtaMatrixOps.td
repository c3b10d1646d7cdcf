#ifndef AZULEJO_DIALECTS_CTA_CTAMATRIXOPS_TD
#define AZULEJO_DIALECTS_CTA_CTAMATRIXOPS_TD

// Matrix products.

include "dialects/Cta/CtaSharedOps.td"

def Cta_DotOp : Cta_Op<"dot", [Pure, AllTypesMatch<["c", "result"]>]> {
  let summary = "A * B + C over tiles in registers.";
  let description = [{
    By mma.sync: f16 and bf16 into f32 (f16 also into f16), f64, i8 into i32 (signed), and f32 with
    `tf32`. Everything else by fused multiply-adds in C's type.

    ```mlir
    %d = cta.dot %a, %b, %c
        : tensor<128x64xf16>, tensor<64x128xf16>, tensor<128x128xf32>
    ```
  }];
  let arguments = (ins Cta_Tile:$a, Cta_Tile:$b, Cta_Tile:$c, UnitAttr:$tf32);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $c (`tf32` $tf32^)? attr-dict `:` type($a) `,` type($b) `,` type($c)
  }];
  let hasVerifier = 1;
}

def Cta_AnyOperand : AnyTypeOf<[Cta_SharedType, Cta_Tile], "shared memory or tile">;

def Cta_WgmmaOp : Cta_Op<"wgmma", [AllTypesMatch<["c", "result"]>,
                                   MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "A * B + C by groups of four warps, asynchronously (sm_90a).";
  let description = [{
    A is in shared memory or in registers, B in shared memory, both with a swizzle of 32, 64 or 128
    bytes. `transpose_a` and `transpose_b` say that what lies there is `[K, M]` or `[N, K]`: B's
    usual form is `[N, K]`, with K innermost; only 16-bit types may lie the other way. Where `keep`
    is false, C is not read and counts as 0.

    Warp groups share the rows of C. The result may be used by another wgmma as its C at once, by
    anything else after a `cta.wgmma_wait`.

    ```mlir
    %d = cta.wgmma %a, %b, %c transpose_b
        : !cta.shared<128x64xf16, 128>, !cta.shared<256x64xf16, 128>, tensor<128x256xf32>
    ```
  }];
  let arguments = (ins Cta_AnyOperand:$a, Cta_SharedType:$b, Cta_Tile:$c, Optional<I1>:$keep,
                       UnitAttr:$transpose_a, UnitAttr:$transpose_b, UnitAttr:$tf32);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $c (`keep` $keep^)? (`transpose_a` $transpose_a^)? (`transpose_b` $transpose_b^)?
    (`tf32` $tf32^)? attr-dict `:` type($a) `,` type($b) `,` type($c)
  }];
  let hasVerifier = 1;
}

def Cta_WgmmaWaitOp : Cta_Op<"wgmma_wait", [Cta_OrdersMemory, InferTypeOpAdaptor]> {
  let summary = "Waits until at most so many wgmma are under way, and gives their results.";
  let description = [{
    Each `cta.wgmma` is a group of its own. The values pass through, so that what uses a finished
    product comes behind its wait.

    ```mlir
    %done = cta.wgmma_wait 0, %d : tensor<128x256xf32>
    ```
  }];
  let arguments = (ins I64Attr:$pending, Variadic<Cta_Tile>:$tiles);
  let results = (outs Variadic<Cta_Tile>:$results);
  let assemblyFormat = "$pending (`,` $tiles^ `:` type($tiles))? attr-dict";
  let hasVerifier = 1;
}

#endif // AZULEJO_DIALECTS_CTA_CTAMATRIXOPS_TD
