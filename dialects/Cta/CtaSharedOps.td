#ifndef AZULEJO_DIALECTS_CTA_CTASHAREDOPS_TD
#define AZULEJO_DIALECTS_CTA_CTASHAREDOPS_TD

// Shared memory, what is copied there asynchronously, and what threads wait for.

include "dialects/Cta/CtaMemoryOps.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

// What barriers and copies do to the order of memory: nothing moves across them.
defvar Cta_OrdersMemory = MemoryEffects<[MemRead, MemWrite]>;

def Cta_AllocOp : Cta_Op<"alloc", [MemoryEffects<[MemAlloc]>]> {
  let summary = "Shared memory; `azulejo-place-shared` decides where.";
  let description = [{
    Its contents are undefined. It lives from its first to its last use, and the same bytes may
    serve another allocation before and after. `offset` is its place in the block's shared memory.

    ```mlir
    %ring = cta.alloc : !cta.shared<4x128x64xf16, 128>
    ```
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$offset);
  let results = (outs Cta_SharedType:$result);
  let assemblyFormat = "(`at` $offset^)? attr-dict `:` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Type":$type),
                            "build($_builder, $_state, type, ::mlir::IntegerAttr());">];
}

def Cta_StageOp : Cta_Op<"stage", [Pure, InferTypeOpAdaptor]> {
  let summary = "One stage of a ring in shared memory.";
  let description = "`%s = cta.stage %ring[%i] : !cta.shared<4x128x64xf16, 128>`";
  let arguments = (ins Cta_SharedType:$ring, Index:$index);
  let results = (outs Cta_SharedType:$result);
  let assemblyFormat = "$ring `[` $index `]` attr-dict `:` type($ring)";
  let hasVerifier = 1;
}

def Cta_LoadSharedOp : Cta_Op<"load_shared"> {
  let summary = "Reads a tile from shared memory, by ldmatrix where the layout allows.";
  let description = [{
    `%t = cta.load_shared %s : !cta.shared<128x64xf16, 128> -> tensor<128x64xf16>`. A vector is
    read from `1xN`.
  }];
  let arguments = (ins Arg<Cta_SharedType, "", [MemRead]>:$source);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$source), [{
    auto shared = ::mlir::cast<SharedType>(source.getType());
    build($_builder, $_state,
          ::mlir::RankedTensorType::get(shared.getTileShape(), shared.getElementType()), source);
  }]>];
  let hasVerifier = 1;
}

def Cta_StoreSharedOp : Cta_Op<"store_shared"> {
  let summary = "Writes a tile to shared memory, by stmatrix where target and layout allow.";
  let arguments = (ins Cta_Tile:$tile, Arg<Cta_SharedType, "", [MemWrite]>:$target);
  let assemblyFormat = "$tile `,` $target attr-dict `:` type($tile) `,` type($target)";
  let hasVerifier = 1;
}

def Cta_BarrierOp : Cta_Op<"barrier", [Cta_OrdersMemory]> {
  let summary = "Waits until all threads of the block, or of the role around it, are here.";
  let assemblyFormat = "attr-dict";
}

//===------------------------------------------------------------------------------------------===//
// cp.async
//===------------------------------------------------------------------------------------------===//

def Cta_CopyAsyncOp : Cta_Op<"copy_async", [AttrSizedOperandSegments]> {
  let summary = "Starts copying a tile from global to shared memory (cp.async).";
  let description = [{
    What is outside of `valid` becomes zero. Complete when a `cta.async_wait` says so, for the
    threads behind the `cta.barrier` that follows it.

    ```mlir
    cta.copy_async %a[%i, %k] dims [0, 1] valid [%rows, %columns] into %s
        : memref<?x4096xf16> to !cta.shared<128x64xf16, 128>
    cta.async_commit
    cta.async_wait 2
    cta.barrier
    ```
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source, Variadic<Index>:$indices,
                       Variadic<Index>:$valid, Arg<Cta_SharedType, "", [MemWrite]>:$target,
                       DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$static_valid);
  let assemblyFormat = [{
    $source `[` $indices `]` `dims` $dims custom<Valid>($valid, $static_valid) `into` $target
    attr-dict `:` type($source) `to` type($target)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::ValueRange":$indices,
      "::llvm::ArrayRef<int64_t>":$dims, "::mlir::Value":$target,
      CArg<"::llvm::ArrayRef<::mlir::OpFoldResult>", "{}">:$valid), Cta_ValidBuilders # [{
    build($_builder, $_state, source, indices, dynamicValid, target, dims, staticValid);
  }]>];
  let extraClassDeclaration = Cta_WindowDeclarations;
  let hasVerifier = 1;
}

def Cta_GatherAsyncOp : Cta_Op<"gather_async"> {
  let summary = "As `cta.gather`, from global to shared memory by cp.async; masked: zero.";
  let description = [{
    A group of `contiguity` elements must be 4, 8 or 16 bytes, or a multiple of 16, for cp.async to
    take it; others are moved through registers.
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$source, Cta_OffsetTile:$offsets,
                       Optional<Cta_MaskTile>:$mask, Arg<Cta_SharedType, "", [MemWrite]>:$target,
                       DefaultValuedAttr<I64Attr, "1">:$contiguity);
  let assemblyFormat = [{
    $source `[` $offsets `]` (`mask` $mask^)? (`contiguity` $contiguity^)? `into` $target attr-dict
    `:` type($source) `,` type($offsets) `to` type($target)
    custom<MaskType>(ref($mask), ref(type($offsets)), type($mask))
  }];
  let hasVerifier = 1;
}

def Cta_AsyncCommitOp : Cta_Op<"async_commit", [Cta_OrdersMemory]> {
  let summary = "Makes a group of the copies started since the last one.";
  let assemblyFormat = "attr-dict";
}

def Cta_AsyncWaitOp : Cta_Op<"async_wait", [Cta_OrdersMemory]> {
  let summary = "Waits until at most so many groups of the thread's own copies are under way.";
  let arguments = (ins I64Attr:$pending);
  let assemblyFormat = "$pending attr-dict";
}

//===------------------------------------------------------------------------------------------===//
// mbarriers
//===------------------------------------------------------------------------------------------===//

def Cta_BarriersOp : Cta_Op<"barriers", [MemoryEffects<[MemAlloc]>]> {
  let summary = "A ring of mbarriers, initialised and visible to the block.";
  let description = [{
    Each phase of a barrier ends with `arrivals` arrivals and the arrival of all bytes announced.
    At the block's top level only, and ahead of any role.

    ```mlir
    %full = cta.barriers arrivals 1 : !cta.barriers<4>
    ```
  }];
  let arguments = (ins I64Attr:$arrivals, OptionalAttr<I64Attr>:$offset);
  let results = (outs Cta_BarriersType:$result);
  let assemblyFormat = "`arrivals` $arrivals (`at` $offset^)? attr-dict `:` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Type":$type, "int64_t":$arrivals), [{
    build($_builder, $_state, type, $_builder.getI64IntegerAttr(arrivals), ::mlir::IntegerAttr());
  }]>];
}

def Cta_ArriveOp : Cta_Op<"arrive", [Cta_OrdersMemory]> {
  let summary = "One arrival at a barrier, by one thread of each warp group around it.";
  let description = [{
    Once for each group of 128 threads (or for the block or role, where that is smaller). With
    `expect`, announces so many bytes first; then it is one arrival, by one thread.
    `cta.arrive %full[%stage] expect 32768 : !cta.barriers<4>`
  }];
  let arguments = (ins Cta_BarriersType:$barriers, Index:$index, OptionalAttr<I64Attr>:$expect);
  let assemblyFormat = [{
    $barriers `[` $index `]` (`expect` $expect^)? attr-dict `:` type($barriers)
  }];
}

def Cta_WaitOp : Cta_Op<"wait", [Cta_OrdersMemory]> {
  let summary = "Waits until the phase of the given parity has ended.";
  let description = [{
    A new barrier is in phase 0: waiting for parity 0 waits for its end, and waiting for parity 1
    does not wait. `cta.wait %full[%stage] parity %p : !cta.barriers<4>`
  }];
  let arguments = (ins Cta_BarriersType:$barriers, Index:$index, I32:$parity);
  let assemblyFormat = "$barriers `[` $index `]` `parity` $parity attr-dict `:` type($barriers)";
}

//===------------------------------------------------------------------------------------------===//
// The tensor memory accelerator
//===------------------------------------------------------------------------------------------===//

def Cta_TensorMapOp : Cta_Op<"tensor_map", [Pure]> {
  let summary = "A kernel's argument as the tensor memory accelerator sees it.";
  let description = [{
    `source` is an argument of the kernel. The host encodes the map, so this is no code on the
    device.

    ```mlir
    %map = cta.tensor_map %a : memref<?x4096xf16> -> !cta.tensor_map<2, 128x64xf16, 128>
    ```
    The box runs along the last two dimensions of the tensor. Strides other than the innermost must
    be multiples of 16 bytes.
  }];
  let arguments = (ins AnyMemRef:$source);
  let results = (outs Cta_TensorMapType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Cta_TmaLoadOp : Cta_Op<"tma_load", [Cta_OrdersMemory]> {
  let summary = "Starts copying a box from global to shared memory; its bytes arrive at a barrier.";
  let description = [{
    One thread of the block or role does it. Elements outside of the tensor become zero, and their
    bytes count.

    ```mlir
    cta.tma_load %map[%i, %k] into %s, %full[%stage]
        : !cta.tensor_map<2, 128x64xf16, 128> to !cta.shared<128x64xf16, 128>, !cta.barriers<4>
    ```
  }];
  let arguments = (ins Cta_TensorMapType:$map, Variadic<Index>:$indices, Cta_SharedType:$target,
                       Cta_BarriersType:$barriers, Index:$index);
  let assemblyFormat = [{
    $map `[` $indices `]` `into` $target `,` $barriers `[` $index `]` attr-dict
    `:` type($map) `to` type($target) `,` type($barriers)
  }];
  let hasVerifier = 1;
}

def Cta_TmaStoreOp : Cta_Op<"tma_store", [Cta_OrdersMemory]> {
  let summary = "Starts copying a box from shared to global memory, as a group of its own.";
  let description = [{
    What threads wrote to `source` before is made visible to the copy: all of them meet at a
    barrier first. One thread of the block or role copies; what is outside of the tensor is left
    out.
  }];
  let arguments = (ins Cta_SharedType:$source, Cta_TensorMapType:$map, Variadic<Index>:$indices);
  let assemblyFormat = [{
    $source `,` $map `[` $indices `]` attr-dict `:` type($source) `to` type($map)
  }];
  let hasVerifier = 1;
}

def Cta_TmaStoreWaitOp : Cta_Op<"tma_store_wait", [Cta_OrdersMemory]> {
  let summary = "Waits until at most so many stores still read shared memory; then a barrier.";
  let arguments = (ins I64Attr:$pending);
  let assemblyFormat = "$pending attr-dict";
}

//===------------------------------------------------------------------------------------------===//
// Roles
//===------------------------------------------------------------------------------------------===//

def Cta_RolesOp : Cta_Op<"roles", [RecursiveMemoryEffects, NoRegionArguments,
                                   SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Warps that do different things: producers and consumers.";
  let description = [{
    The block's warps are dealt out to the regions in order, `warps` giving how many each takes;
    they sum to the function's `cta.warps`. In a region, warps are counted from its first one, and
    barriers are the region's own. `registers` is what each thread of a region may use (setmaxnreg),
    0 for no change; a region with it takes whole groups of four warps.

    A region in `single` is run by one thread, the first: it starts copies and waits, and holds no
    tile.

    ```mlir
    cta.roles warps [4, 8] registers [40, 232] single [0] {
      …  // the producer
    }, {
      …  // the consumers
    }
    ```
  }];
  let arguments = (ins DenseI64ArrayAttr:$warps, DenseI64ArrayAttr:$registers,
                       DenseI64ArrayAttr:$single);
  let regions = (region VariadicRegion<SizedRegion<1>>:$bodies);
  let assemblyFormat = [{
    `warps` $warps `registers` $registers `single` $single attr-dict-with-keyword $bodies
  }];
  let hasVerifier = 1;
}

#endif // AZULEJO_DIALECTS_CTA_CTASHAREDOPS_TD
