#ifndef AZULEJO_DIALECTS_TILE_TILEOPS_TD
#define AZULEJO_DIALECTS_TILE_TILEOPS_TD

include "dialects/Tile/TileDialect.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/TilingInterface.td"

class Tile_Op<string opMnemonic, list<Trait> traits = []> : Op<Tile_Dialect, opMnemonic, traits>;

def Tile_Scalar : AnyTypeOf<[Index, AnySignlessInteger, AnyFloat], "index, integer or float">;
def Tile_Shaped : AnyTypeOf<[AnyRankedTensor, AnyMemRef], "ranked tensor or memref">;

//===------------------------------------------------------------------------------------------===//
// Kernels
//===------------------------------------------------------------------------------------------===//

def Tile_KernelOp : Tile_Op<"kernel", [
    IsolatedFromAbove, AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
    DeclareOpInterfaceMethods<DestinationStyleOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let summary = "A group of tensor operations that one launch computes.";
  let description = [{
    The body sees nothing but its arguments: one for each of `ins`, `outs` and `scalars`, in this
    order and of the same types. It is in destination style: result i is tied to `outs` i and has
    its type and shape; an init is a `tensor.empty`, or a value that the kernel updates.

    ```mlir
    %y = tile.kernel "main_k0_relu" ins(%x : tensor<?xf32>) outs(%init : tensor<?xf32>) {
    ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
      %0 = linalg.generic ... ins(%a) outs(%b) ...
      tile.yield %0 : tensor<?xf32>
    } -> (tensor<?xf32>)
    ```

    A kernel starts as whole-tensor operations; Tiling turns its body into one `scf.forall` over
    independent workgroups. A body without one is a single workgroup. The name is a C identifier and
    unique in the module after Fuse.
  }];
  let arguments = (ins StrAttr:$kernel_name, Variadic<AnyRankedTensor>:$inputs,
                       Variadic<AnyRankedTensor>:$outputs, Variadic<Tile_Scalar>:$scalars);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $kernel_name (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $outputs^ `:` type($outputs) `)`)?
    (`scalars` `(` $scalars^ `:` type($scalars) `)`)? attr-dict-with-keyword $body
    (`->` `(` type($results)^ `)`)?
  }];
  let skipDefaultBuilders = 1;
  let builders = [
    // Creates the body's block with its arguments and leaves it empty: the caller fills it and
    // yields.
    OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::ValueRange":$inputs,
        "::mlir::ValueRange":$outputs, CArg<"::mlir::ValueRange", "{}">:$scalars)>
  ];
  let extraClassDeclaration = [{
    ::mlir::Block *getBodyBlock() { return &getBody().front(); }
    ::mlir::Block::BlockArgListType getInputArguments() {
      return getBody().getArguments().take_front(getInputs().size());
    }
    ::mlir::Block::BlockArgListType getOutputArguments() {
      return getBody().getArguments().slice(getInputs().size(), getOutputs().size());
    }
    ::mlir::Block::BlockArgListType getScalarArguments() {
      return getBody().getArguments().take_back(getScalars().size());
    }
    ::mlir::OpBuilder getBodyBuilder() { return ::mlir::OpBuilder::atBlockEnd(getBodyBlock()); }
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Tile_YieldOp : Tile_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"KernelOp">]> {
  let summary = "Ends a kernel's body and gives its results.";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange());">];
}

def Tile_LaunchOp : Tile_Op<"launch", [
    AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<DestinationStyleOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Runs an outlined kernel.";
  let description = [{
    The operands are those of the `tile.kernel` that was outlined; the callee takes the same
    list as memrefs and scalars. On tensors it is in destination style; on memrefs it has no
    results, reads its inputs and reads and writes its outputs.
    No output's memory may overlap another operand's. `checks` says of each `tile.checked_index` of
    the kernel, in the order of their numbers, what it checks for this launch: one kernel may serve
    several nodes.

    ```mlir
    %y = tile.launch @main_k0_relu ins(%x : tensor<?xf32>) outs(%init : tensor<?xf32>)
        -> (tensor<?xf32>)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Tile_Shaped>:$inputs,
                       Variadic<Tile_Shaped>:$outputs, Variadic<Tile_Scalar>:$scalars,
                       OptionalAttr<StrArrayAttr>:$checks);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $callee (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $outputs^ `:` type($outputs) `)`)?
    (`scalars` `(` $scalars^ `:` type($scalars) `)`)? attr-dict (`->` `(` type($results)^ `)`)?
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results, "::llvm::StringRef":$callee,
      "::mlir::ValueRange":$inputs, "::mlir::ValueRange":$outputs,
      "::mlir::ValueRange":$scalars), [{
    build($_builder, $_state, results, callee, inputs, outputs, scalars, nullptr);
  }]>];
}

// Not speculatable: hoisted out of a loop that does not run, it would end a run that is right.
def Tile_CheckedIndexOp : Tile_Op<"checked_index", [
    NoMemoryEffect, AllTypesMatch<["index", "result"]>]> {
  let summary = "An index that data holds, after a look whether it is one.";
  let description = [{
    Gives `index`, which lies within [0, size); with `from_end`, within [-size, size - 1], and
    `size` is added to a negative one. Any other ends the run with an error that names the node (by
    the operation's location), `what` and the index; nothing computed from it is ever used.
    Outlining numbers the checks of a kernel, and a `tile.launch` lists in `checks` what each of
    them says.

    ```mlir
    %row = tile.checked_index %i within %n, "indices" from_end
    ```
  }];
  let arguments = (ins Index:$index, Index:$size, StrAttr:$what, UnitAttr:$from_end,
                       OptionalAttr<I64Attr>:$number);
  let results = (outs Index:$result);
  let assemblyFormat = [{
    $index `within` $size `,` $what (`from_end` $from_end^)? (`number` $number^)? attr-dict
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$index, "::mlir::Value":$size,
      "::llvm::StringRef":$what, "bool":$fromEnd), [{
    build($_builder, $_state, index, size, $_builder.getStringAttr(what),
          fromEnd ? $_builder.getUnitAttr() : nullptr, nullptr);
  }]>];
}

//===------------------------------------------------------------------------------------------===//
// Structured operations
//===------------------------------------------------------------------------------------------===//

class Tile_StructuredOp<string opMnemonic, list<Trait> traits = []> : Tile_Op<opMnemonic, traits # [
    DeclareOpInterfaceMethods<DestinationStyleOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>]> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  // On tensors the result's type is the init's; on memrefs there is none.
  code initBuilder = [{
    if (::mlir::isa<::mlir::RankedTensorType>(init.getType()))
      $_state.addTypes(init.getType());
  }];
}

class Tile_TileableOp<string opMnemonic, list<Trait> traits = []> :
    Tile_StructuredOp<opMnemonic, traits # [
    DeclareOpInterfaceMethods<TilingInterface,
        ["getLoopIteratorTypes", "getIterationDomain", "getTiledImplementation",
         "getResultTilePosition", "generateResultTileValue",
         "getIterationDomainTileFromResultTile"]>]>;

def Tile_MatmulOp : Tile_TileableOp<"matmul"> {
  let summary = "C[b..., M, N] += A[b..., M, K] * B[b..., K, N].";
  let description = [{
    Multiplies matrices and adds the product to `c`, or overwrites `c` with it if `overwrite` is
    given. Products are formed and summed in C's element type: narrower floats are extended,
    narrower integers sign-extended, or converted where C is of floats.

    A's and B's batch dimensions are a suffix of C's (often none: one weight for the whole batch).
    `transpose_a` and `transpose_b` say that the operand is stored as `[..., K, M]` or `[..., N,
    K]`. With `packed_b`, B is stored as panels `[..., ceil(N / NR), K, NR]`, the columns beyond N
    being zero: what a micro-kernel of NR columns streams through.

    ```mlir
    %r = tile.matmul ins(%a, %b : tensor<8x?x64xf32>, tensor<64x128xf32>)
        outs(%c : tensor<8x?x128xf32>) -> tensor<8x?x128xf32>
    ```
  }];
  let arguments = (ins Tile_Shaped:$a, Tile_Shaped:$b, Tile_Shaped:$c, UnitAttr:$transpose_a,
                       UnitAttr:$transpose_b, UnitAttr:$packed_b, UnitAttr:$overwrite);
  let assemblyFormat = [{
    attr-dict `ins` `(` $a `,` $b `:` type($a) `,` type($b) `)` `outs` `(` $c `:` type($c) `)`
    (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$a, "::mlir::Value":$b, "::mlir::Value":$init,
      CArg<"bool", "false">:$transposeA, CArg<"bool", "false">:$transposeB,
      CArg<"bool", "false">:$packedB, CArg<"bool", "false">:$overwrite), [{
    $_state.addOperands({a, b, init});
    if (transposeA) $_state.getOrAddProperties<Properties>().transpose_a = $_builder.getUnitAttr();
    if (transposeB) $_state.getOrAddProperties<Properties>().transpose_b = $_builder.getUnitAttr();
    if (packedB) $_state.getOrAddProperties<Properties>().packed_b = $_builder.getUnitAttr();
    if (overwrite) $_state.getOrAddProperties<Properties>().overwrite = $_builder.getUnitAttr();
  }] # initBuilder>];
  let extraClassDeclaration = [{
    ::mlir::ShapedType getAType() { return ::mlir::cast<::mlir::ShapedType>(getA().getType()); }
    ::mlir::ShapedType getBType() { return ::mlir::cast<::mlir::ShapedType>(getB().getType()); }
    ::mlir::ShapedType getCType() { return ::mlir::cast<::mlir::ShapedType>(getC().getType()); }
    int64_t getBatchRank() { return getCType().getRank() - 2; }
    /// The number of A's own batch dimensions, and of B's.
    int64_t getBatchRankOfA() { return getAType().getRank() - 2; }
    int64_t getBatchRankOfB() { return getBType().getRank() - (getPackedB() ? 3 : 2); }
    /// Where the contracted dimension stands in A.
    int64_t getKDimOfA() { return getAType().getRank() - (getTransposeA() ? 2 : 1); }
  }];
}

def Tile_ConvOp : Tile_StructuredOp<"conv"> {
  let summary = "Y[n, o, ...] += convolution of X[n, c, ...] with W[o, c / group, ...].";
  let description = [{
    ONNX's Conv (a cross-correlation) in any number of spatial dimensions, added to `y`, in whose
    element type products are formed as tile.matmul does. `pads` holds the zeros added before each
    spatial dimension, then those added after each, as in ONNX. Y's spatial sizes are `(X + pads -
    dilation * (kernel - 1) - 1) floordiv stride + 1`.

    Fuse decomposes it: a 1x1 convolution to `tile.matmul`, one with a filter per channel to
    `tile.depthwise_conv`, and others to `tile.im2col` and `tile.matmul`.

    ```mlir
    %r = tile.conv {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
                    pads = array<i64: 3, 3, 3, 3>}
           ins(%x, %w : tensor<?x3x224x224xf32>, tensor<64x3x7x7xf32>)
           outs(%y : tensor<?x64x112x112xf32>) -> tensor<?x64x112x112xf32>
    ```
  }];
  let arguments = (ins Tile_Shaped:$x, Tile_Shaped:$w, Tile_Shaped:$y, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<I64Attr, "1">:$group);
  let assemblyFormat = [{
    attr-dict `ins` `(` $x `,` $w `:` type($x) `,` type($w) `)` `outs` `(` $y `:` type($y) `)`
    (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$w, "::mlir::Value":$init,
      "::llvm::ArrayRef<int64_t>":$strides, "::llvm::ArrayRef<int64_t>":$dilations,
      "::llvm::ArrayRef<int64_t>":$pads, CArg<"int64_t", "1">:$group), [{
    $_state.addOperands({x, w, init});
    auto &properties = $_state.getOrAddProperties<Properties>();
    properties.strides = $_builder.getDenseI64ArrayAttr(strides);
    properties.dilations = $_builder.getDenseI64ArrayAttr(dilations);
    properties.pads = $_builder.getDenseI64ArrayAttr(pads);
    properties.group = $_builder.getI64IntegerAttr(group);
  }] # initBuilder>];
}

def Tile_Im2colOp : Tile_TileableOp<"im2col"> {
  let summary = "Gathers a convolution's windows as the columns of a matrix.";
  let description = [{
    `y[n..., (c, k...), p]` is the element of `x[n..., c, spatial...]` that the filter's tap `k`
    meets at output position `p` (the row-major index over the convolution's output positions), or
    zero in the padding. Leading dimensions are batch (and group). `kernel` gives the taps per
    spatial dimension.

    A tile of it holds all rows and starts at position `p_offset`, zero if absent.
  }];
  let arguments = (ins Tile_Shaped:$x, Tile_Shaped:$y, Optional<Index>:$p_offset,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads);
  let assemblyFormat = [{
    attr-dict `ins` `(` $x `:` type($x) `)` `outs` `(` $y `:` type($y) `)` (`from` $p_offset^)?
    (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$init,
      "::mlir::Value":$pOffset, "::llvm::ArrayRef<int64_t>":$kernel,
      "::llvm::ArrayRef<int64_t>":$strides, "::llvm::ArrayRef<int64_t>":$dilations,
      "::llvm::ArrayRef<int64_t>":$pads), [{
    $_state.addOperands({x, init});
    if (pOffset) $_state.addOperands(pOffset);
    auto &properties = $_state.getOrAddProperties<Properties>();
    properties.kernel = $_builder.getDenseI64ArrayAttr(kernel);
    properties.strides = $_builder.getDenseI64ArrayAttr(strides);
    properties.dilations = $_builder.getDenseI64ArrayAttr(dilations);
    properties.pads = $_builder.getDenseI64ArrayAttr(pads);
  }] # initBuilder>];
  let extraClassDeclaration = [{
    ::mlir::ShapedType getXType() { return ::mlir::cast<::mlir::ShapedType>(getX().getType()); }
    int64_t getSpatialRank() { return getKernel().size(); }
    int64_t getBatchRank() { return getXType().getRank() - 1 - getSpatialRank(); }
  }];
}

def Tile_DepthwiseConvOp : Tile_TileableOp<"depthwise_conv"> {
  let summary =
      "Y[n, c, p] += convolution of X[n, c, ...] with W[c, ...], each channel with its own filter.";
  let description = [{
    As `tile.conv` with as many groups as channels and one output per group. Y's last dimension is
    the row-major index over the output positions. A tile takes whole channels. With `overwrite`,
    Y's initial value is not read.
  }];
  let arguments = (ins Tile_Shaped:$x, Tile_Shaped:$w, Tile_Shaped:$y, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads, UnitAttr:$overwrite);
  let extraClassDeclaration = [{
    ::mlir::ShapedType getXType() { return ::mlir::cast<::mlir::ShapedType>(getX().getType()); }
  }];
  let assemblyFormat = [{
    attr-dict `ins` `(` $x `,` $w `:` type($x) `,` type($w) `)` `outs` `(` $y `:` type($y) `)`
    (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$w, "::mlir::Value":$init,
      "::llvm::ArrayRef<int64_t>":$strides, "::llvm::ArrayRef<int64_t>":$dilations,
      "::llvm::ArrayRef<int64_t>":$pads), [{
    $_state.addOperands({x, w, init});
    auto &properties = $_state.getOrAddProperties<Properties>();
    properties.strides = $_builder.getDenseI64ArrayAttr(strides);
    properties.dilations = $_builder.getDenseI64ArrayAttr(dilations);
    properties.pads = $_builder.getDenseI64ArrayAttr(pads);
  }] # initBuilder>];
}

def Tile_WinogradInputOp : Tile_TileableOp<"winograd_input"> {
  let summary = "The image of a 3x3 convolution as Winograd's algorithm multiplies it.";
  let description = [{
    `v[n, t * T + u, c, p]` is element (t, u) of B^T d B (dialects/Plan/Winograd.h), where d are the
    T x T elements of `x[n, c]`, padded with zeros, that output tile p reads; T = `outputs` + 2, and
    p counts tiles of `outputs` x `outputs` in row-major order, the last ones reaching over the end.
    Height and width are static. A tile takes whole channels.

    ```mlir
    %v = tile.winograd_input {outputs = 4, pads = array<i64: 1, 1, 1, 1>}
           ins(%x : tensor<?x64x56x56xf32>) outs(%init : tensor<?x36x64x196xf32>)
           -> tensor<?x36x64x196xf32>
    ```
  }];
  let arguments = (ins Tile_Shaped:$x, Tile_Shaped:$v, I64Attr:$outputs, DenseI64ArrayAttr:$pads);
  let assemblyFormat = [{
    attr-dict `ins` `(` $x `:` type($x) `)` `outs` `(` $v `:` type($v) `)` (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$x, "::mlir::Value":$init, "int64_t":$outputs,
      "::llvm::ArrayRef<int64_t>":$pads), [{
    $_state.addOperands({x, init});
    auto &properties = $_state.getOrAddProperties<Properties>();
    properties.outputs = $_builder.getI64IntegerAttr(outputs);
    properties.pads = $_builder.getDenseI64ArrayAttr(pads);
  }] # initBuilder>];
  let extraClassDeclaration = [{
    /// Tiles along dimension 0 (height) or 1 (width) of the output.
    int64_t getTiles(int64_t dim);
  }];
}

def Tile_WinogradOutputOp : Tile_TileableOp<"winograd_output"> {
  let summary = "The result of a convolution by Winograd's algorithm.";
  let description = [{
    `y[n, m]` consists of the tiles p of `outputs` x `outputs` elements A^T z A, where z are the T x
    T elements `z[n, :, m, p]` (dialects/Plan/Winograd.h; p as in `tile.winograd_input`). What tiles
    have beyond Y's height and width, which are static, is dropped. A tile takes whole channels.
  }];
  let arguments = (ins Tile_Shaped:$z, Tile_Shaped:$y, I64Attr:$outputs);
  let assemblyFormat = [{
    attr-dict `ins` `(` $z `:` type($z) `)` `outs` `(` $y `:` type($y) `)` (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$z, "::mlir::Value":$init, "int64_t":$outputs), [{
    $_state.addOperands({z, init});
    $_state.getOrAddProperties<Properties>().outputs = $_builder.getI64IntegerAttr(outputs);
  }] # initBuilder>];
}

def Tile_AttentionOp : Tile_TileableOp<"attention", [AttrSizedOperandSegments]> {
  let summary = "Y = softmax(scale * Q * K^T + mask) * V, per batch and head.";
  let description = [{
    Q is `[batch, heads, queries, D]`, K `[batch, kv_heads, keys, D]`, V `[batch, kv_heads, keys,
    Dv]`, Y `[batch, heads, queries, Dv]`; `heads` is a multiple of `kv_heads`, and query head h
    reads head `h / (heads / kv_heads)`. Y's initial value is not read. Scores and their softmax are
    computed in f32, or f64 if that is the element type.

    `mask` is `[batch, heads, queries, keys]` with any dimension 1 where it is broadcast: a number
    is added to the scores, an i1 keeps the score where it is true. With `softcap` s > 0, scores
    pass through `s * tanh(score / s)` before the mask. With `causal`, query i sees keys j <= i +
    `causal_offset` (zero if absent). A row that sees no key gives zeros with `zero_masked_rows`,
    and NaN without it, as softmax does.

    ```mlir
    %y = tile.attention {scale = 0.125 : f64} ins(%q, %k, %v : ...) mask(%m : tensor<1x1x?x?xf32>)
        outs(%init : ...) -> ...
    ```
  }];
  let arguments = (ins Tile_Shaped:$q, Tile_Shaped:$k, Tile_Shaped:$v, Optional<Tile_Shaped>:$mask,
                       Tile_Shaped:$y, Optional<Index>:$causal_offset, F64Attr:$scale,
                       DefaultValuedAttr<F64Attr, "0.0">:$softcap, UnitAttr:$causal,
                       UnitAttr:$zero_masked_rows);
  let assemblyFormat = [{
    attr-dict `ins` `(` $q `,` $k `,` $v `:` type($q) `,` type($k) `,` type($v) `)`
    (`mask` `(` $mask^ `:` type($mask) `)`)?
    `outs` `(` $y `:` type($y) `)` (`causal_offset` $causal_offset^)? (`->` type($results)^)?
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$q, "::mlir::Value":$k, "::mlir::Value":$v,
      "::mlir::Value":$mask, "::mlir::Value":$init, "double":$scale,
      CArg<"double", "0.0">:$softcap, CArg<"bool", "false">:$causal,
      CArg<"::mlir::Value", "{}">:$causalOffset, CArg<"bool", "false">:$zeroMaskedRows), [{
    $_state.addOperands({q, k, v});
    if (mask) $_state.addOperands(mask);
    $_state.addOperands(init);
    if (causalOffset) $_state.addOperands(causalOffset);
    auto &properties = $_state.getOrAddProperties<Properties>();
    properties.operandSegmentSizes = {1, 1, 1, mask ? 1 : 0, 1, causalOffset ? 1 : 0};
    properties.scale = $_builder.getF64FloatAttr(scale);
    properties.softcap = $_builder.getF64FloatAttr(softcap);
    if (causal) properties.causal = $_builder.getUnitAttr();
    if (zeroMaskedRows) properties.zero_masked_rows = $_builder.getUnitAttr();
  }] # initBuilder>];
}

#endif // AZULEJO_DIALECTS_TILE_TILEOPS_TD
