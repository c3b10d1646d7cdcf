#ifndef AZULEJO_DIALECTS_CTA_CTATILEOPS_TD
#define AZULEJO_DIALECTS_CTA_CTATILEOPS_TD

// Tiles as values: made, rearranged, reduced. None of these touches memory.

include "dialects/Cta/CtaTypes.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Cta_SplatOp : Cta_Op<"splat", [Pure]> {
  let summary = "A tile of one value.";
  let description = "`%t = cta.splat %x : f32 -> tensor<64x64xf32>`";
  let arguments = (ins Cta_Scalar:$value);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
  let hasVerifier = 1;
}

def Cta_IotaOp : Cta_Op<"iota", [Pure]> {
  let summary = "Each element's coordinate along one dimension.";
  let description = "`%columns = cta.iota 1 : tensor<64x128xi32>`";
  let arguments = (ins I64Attr:$dim);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Cta_ExtractOp : Cta_Op<"extract", [Pure, InferTypeOpAdaptor]> {
  let summary = "The one element of a tile of rank 0, in every thread.";
  let description = "`%x = cta.extract %t : tensor<f32>`";
  let arguments = (ins Cta_Tile:$tile);
  let results = (outs Cta_Scalar:$result);
  let assemblyFormat = "$tile attr-dict `:` type($tile)";
  let hasVerifier = 1;
}

def Cta_BroadcastOp : Cta_Op<"broadcast", [Pure]> {
  let summary = "Repeats a tile along new dimensions.";
  let description = [{
    `along` lists the result's dimensions that the operand lacks, in rising order.

    ```mlir
    %rows = cta.broadcast %x along [1] : tensor<64xf32> -> tensor<64x128xf32>
    ```
  }];
  let arguments = (ins Cta_Tile:$tile, DenseI64ArrayAttr:$along);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$tile `along` $along attr-dict `:` type($tile) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Cta_TransposeOp : Cta_Op<"transpose", [Pure]> {
  let summary = "Permutes a tile's dimensions; with layouts, a change of names only.";
  let description = [{
    Dimension i of the result is dimension `permutation[i]` of the operand.

    ```mlir
    %t = cta.transpose %x [1, 0] : tensor<64x128xf16> -> tensor<128x64xf16>
    ```
  }];
  let arguments = (ins Cta_Tile:$tile, DenseI64ArrayAttr:$permutation);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$tile $permutation attr-dict `:` type($tile) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$tile,
                                 "::llvm::ArrayRef<int64_t>":$permutation)>];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Cta_ReduceOp : Cta_Op<"reduce", [
    RecursiveMemoryEffects, SingleBlock, SameVariadicOperandSize]> {
  let summary = "Combines the elements along one dimension.";
  let description = [{
    The body combines two elements of each operand (all of one shape) into one; it is associative
    and commutative. Registers are combined first, then lanes, then warps through shared memory.

    ```mlir
    %sum = cta.reduce %x axis 1 : (tensor<64x128xf32>) -> tensor<64xf32> {
    ^bb0(%a: f32, %b: f32):
      %s = arith.addf %a, %b : f32
      cta.yield %s : f32
    }
    ```
    Two operands give, say, the largest element and its index:
    `^bb0(%value: f32, %index: i32, %otherValue: f32, %otherIndex: i32)`.
  }];
  let arguments = (ins Variadic<Cta_Tile>:$tiles, I64Attr:$axis);
  let results = (outs Variadic<Cta_Tile>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $tiles `axis` $axis attr-dict `:` functional-type($tiles, $results) $body
  }];
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$tiles, "int64_t":$axis,
      "::llvm::function_ref<void(::mlir::OpBuilder &, ::mlir::Location, ::mlir::ValueRange, "
      "::mlir::ValueRange)>":$combine)>];
  let skipDefaultBuilders = 1;
  let hasVerifier = 1;
}

def Cta_YieldOp : Cta_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["ReduceOp", "RolesOp"]>]> {
  let summary = "Ends a combiner with its values, or a role.";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange());">];
}

def Cta_ConvertLayoutOp : Cta_Op<"convert_layout", [Pure]> {
  let summary = "The same tile in another layout.";
  let description = [{
    By moving registers where each thread has what it needs, else by shuffles within warps, else
    through shared memory; dialects/Cta/ConversionPlan.h chooses.
  }];
  let arguments = (ins Cta_Tile:$tile);
  let results = (outs Cta_Tile:$result);
  let assemblyFormat = "$tile attr-dict `:` type($tile) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

#endif // AZULEJO_DIALECTS_CTA_CTATILEOPS_TD
