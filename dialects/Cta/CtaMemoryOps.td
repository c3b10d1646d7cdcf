#ifndef AZULEJO_DIALECTS_CTA_CTAMEMORYOPS_TD
#define AZULEJO_DIALECTS_CTA_CTAMEMORYOPS_TD

// Between global memory and registers.
//
// What a tile covers of a memref is said alike everywhere: `%m[%i, %j, %k] dims [1, 2]` starts at
// that element, and dimension d of the tile runs along dimension dims[d] of the memref. `valid [%n,
// 64]` gives how many of the tile's rows, columns, ... are inside, counted from its start; it may
// be negative or exceed the tile. Without `valid` all are.

include "dialects/Cta/CtaTypes.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

defvar Cta_ValidBuilders = [{
  ::llvm::SmallVector<int64_t> staticValid;
  ::llvm::SmallVector<::mlir::Value> dynamicValid;
  ::mlir::dispatchIndexOpFoldResults(valid, dynamicValid, staticValid);
}];

// The declarations that loads, stores and copies of windows share; see verifyWindow.
defvar Cta_WindowDeclarations = [{
  /// How many elements of each of the tile's dimensions are inside; empty: all.
  ::llvm::SmallVector<::mlir::OpFoldResult> getMixedValid() {
    return ::mlir::getMixedValues(getStaticValid(), getValid(), getContext());
  }
}];

def Cta_LoadOp : Cta_Op<"load", [AttrSizedOperandSegments]> {
  let summary = "Reads a tile from global memory.";
  let description = [{
    Elements outside of `valid` are `pad`, or zero.

    ```mlir
    %t = cta.load %x[%i, %j] dims [0, 1] valid [%rows, 64] pad %minusInfinity
        : memref<?x768xf32> -> tensor<16x64xf32>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source, Variadic<Index>:$indices,
                       Variadic<Index>:$valid, Optional<Cta_Scalar>:$pad, DenseI64ArrayAttr:$dims,
                       DenseI64ArrayAttr:$static_valid);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = [{
    $source `[` $indices `]` `dims` $dims custom<Valid>($valid, $static_valid)
    (`pad` $pad^)? attr-dict `:` type($source) `->` type($result)
    custom<PadType>(ref($pad), ref(type($result)), type($pad))
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$type, "::mlir::Value":$source,
      "::mlir::ValueRange":$indices, "::llvm::ArrayRef<int64_t>":$dims,
      CArg<"::llvm::ArrayRef<::mlir::OpFoldResult>", "{}">:$valid,
      CArg<"::mlir::Value", "{}">:$pad), Cta_ValidBuilders # [{
    build($_builder, $_state, type, source, indices, dynamicValid, pad, dims, staticValid);
  }]>];
  let extraClassDeclaration = Cta_WindowDeclarations;
  let hasVerifier = 1;
}

def Cta_StoreOp : Cta_Op<"store", [AttrSizedOperandSegments]> {
  let summary = "Writes a tile to global memory; what is outside of `valid` is not written.";
  let description = [{
    ```mlir
    cta.store %t, %y[%b, %i, %j] dims [1, 2] valid [%rows, 64]
        : tensor<16x64xf32>, memref<?x?x768xf32>
    ```
  }];
  let arguments = (ins Cta_Tile:$tile, Arg<AnyMemRef, "", [MemWrite]>:$target,
                       Variadic<Index>:$indices, Variadic<Index>:$valid, DenseI64ArrayAttr:$dims,
                       DenseI64ArrayAttr:$static_valid);
  let assemblyFormat = [{
    $tile `,` $target `[` $indices `]` `dims` $dims custom<Valid>($valid, $static_valid)
    attr-dict `:` type($tile) `,` type($target)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$tile, "::mlir::Value":$target,
      "::mlir::ValueRange":$indices, "::llvm::ArrayRef<int64_t>":$dims,
      CArg<"::llvm::ArrayRef<::mlir::OpFoldResult>", "{}">:$valid), Cta_ValidBuilders # [{
    build($_builder, $_state, tile, target, indices, dynamicValid, dims, staticValid);
  }]>];
  let extraClassDeclaration = Cta_WindowDeclarations;
  let hasVerifier = 1;
}

def Cta_GatherOp : Cta_Op<"gather", [AttrSizedOperandSegments]> {
  let summary = "Reads each element from an address of its own.";
  let description = [{
    `offsets` counts elements from the start of `source`, a contiguous memref. Where `mask` is false
    nothing is read and the element is `pad`, or zero. `contiguity` promises that along the last
    dimension groups of so many elements (from a multiple of it) have consecutive offsets, the first
    a multiple of it, and one mask: what makes wide accesses possible.

    ```mlir
    %t = cta.gather %x[%offsets] mask %inside contiguity 8
        : memref<?x56x56x64xf16>, tensor<128x64xi32> -> tensor<128x64xf16>
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source, Cta_OffsetTile:$offsets,
                       Optional<Cta_MaskTile>:$mask, Optional<Cta_Scalar>:$pad,
                       DefaultValuedAttr<I64Attr, "1">:$contiguity);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = [{
    $source `[` $offsets `]` (`mask` $mask^)? (`pad` $pad^)? (`contiguity` $contiguity^)? attr-dict
    `:` type($source) `,` type($offsets) `->` type($result)
    custom<MaskType>(ref($mask), ref(type($offsets)), type($mask))
    custom<PadType>(ref($pad), ref(type($result)), type($pad))
  }];
  let hasVerifier = 1;
}

def Cta_ScatterOp : Cta_Op<"scatter"> {
  let summary = "Writes each element to an address of its own; the inverse of `cta.gather`.";
  let arguments = (ins Cta_Tile:$tile, Arg<AnyMemRef, "", [MemWrite]>:$target,
                       Cta_OffsetTile:$offsets, Optional<Cta_MaskTile>:$mask,
                       DefaultValuedAttr<I64Attr, "1">:$contiguity);
  let assemblyFormat = [{
    $tile `,` $target `[` $offsets `]` (`mask` $mask^)? (`contiguity` $contiguity^)? attr-dict
    `:` type($tile) `,` type($target) `,` type($offsets)
    custom<MaskType>(ref($mask), ref(type($offsets)), type($mask))
  }];
  let hasVerifier = 1;
}

#endif // AZULEJO_DIALECTS_CTA_CTAMEMORYOPS_TD
