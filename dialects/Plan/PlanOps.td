#ifndef AZULEJO_DIALECTS_PLAN_PLANOPS_TD
#define AZULEJO_DIALECTS_PLAN_PLANOPS_TD

include "dialects/Plan/PlanTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"

class Plan_Op<string opMnemonic, list<Trait> traits = []> : Op<Plan_Dialect, opMnemonic, traits>;

def Plan_ConstantOp : Plan_Op<"constant", [Pure, ConstantLike,
    AllTypesMatch<["value", "result"]>]> {
  let summary =
      "A tensor that is known at compile time and kept outside of every kernel: a weight.";
  let description = [{
    The value is a `#plan.weight` or an elements attribute of the result's type. Constants small
    enough to be part of a kernel's code are `arith.constant`s instead.

    ```mlir
    %w = plan.constant #plan.weight<"model.onnx", 4096, 1536, 0x9ae1f00d> : tensor<384xf32>
    ```
  }];
  let arguments = (ins TypedAttrInterface:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

//===------------------------------------------------------------------------------------------===//
// Memory
//===------------------------------------------------------------------------------------------===//

def Plan_Scalar : AnyTypeOf<[Index, AnySignlessInteger, AnyFloat], "index, integer or float">;
def Plan_Slot : AnyTypeOf<[Plan_BufferType, Index, AnySignlessInteger, AnyFloat],
    "buffer, index, integer or float">;

def Plan_WeightOp : Plan_Op<"weight", [Pure]> {
  let summary = "The address of a constant in the artifact.";
  let description = [{
    Its elements are contiguous, one byte at least for each, and must not be written.

    ```mlir
    %w = plan.weight #plan.weight<"model.onnx", 4096, 1536, 0x9ae1f00d> : tensor<384xf32>
    ```
  }];
  let arguments = (ins TypedAttrInterface:$value);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "attr-dict $value";
  let builders = [OpBuilder<(ins "::mlir::TypedAttr":$value),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), value);">];
}

def Plan_AllocOp : Plan_Op<"alloc"> {
  let summary = "A buffer whose place is still to be decided.";
  let description = [{
    Its contents are undefined. It is never freed explicitly: `azulejo-plan-memory` finds how long
    it lives and gives it a place in the arena, and `azulejo-plan-pool` takes those that cannot have
    one to the pool.

    ```mlir
    %b = plan.alloc %bytes
    ```
  }];
  let arguments = (ins Index:$bytes);
  let results = (outs Res<Plan_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$bytes attr-dict";
  let builders = [OpBuilder<(ins "::mlir::Value":$bytes),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), bytes);">];
}

def Plan_ArenaOp : Plan_Op<"arena"> {
  let summary =
      "The run's arena: one block of memory for all buffers whose sizes are known at entry.";
  let arguments = (ins Index:$bytes);
  let results = (outs Res<Plan_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$bytes attr-dict";
  let builders = [OpBuilder<(ins "::mlir::Value":$bytes),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), bytes);">];
}

def Plan_OffsetOp : Plan_Op<"offset", [Pure]> {
  let summary = "An address inside of a buffer.";
  let description = [{
    ```mlir
    %part = plan.offset %buffer[%bytes]
    ```
  }];
  let arguments = (ins Plan_BufferType:$buffer, Index:$bytes);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$buffer `[` $bytes `]` attr-dict";
  let builders = [OpBuilder<(ins "::mlir::Value":$buffer, "::mlir::Value":$bytes),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), buffer, bytes);">];
  let hasFolder = 1;
}

def Plan_PoolAllocOp : Plan_Op<"pool_alloc"> {
  let summary = "A buffer from the growable pool, with one reference.";
  let arguments = (ins Index:$bytes);
  let results = (outs Res<Plan_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$bytes attr-dict";
  let builders = [OpBuilder<(ins "::mlir::Value":$bytes),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), bytes);">];
}

def Plan_RetainOp : Plan_Op<"retain", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Adds a reference to the pool's buffer that an address lies in.";
  let description =
      "Nothing happens to an address outside of the pool: the arena's, a weight's, an input's.";
  let arguments = (ins Plan_BufferType:$buffer);
  let assemblyFormat = "$buffer attr-dict";
}

def Plan_ReleaseOp : Plan_Op<"release", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary =
      "Takes a reference from the pool's buffer that an address lies in, and frees it with the "
      "last.";
  let description = "Nothing happens to an address outside of the pool.";
  let arguments = (ins Plan_BufferType:$buffer);
  let assemblyFormat = "$buffer attr-dict";
}

def Plan_OutputOp : Plan_Op<"output", [MemoryEffects<[MemWrite]>]> {
  let summary = "The memory that an output of the model is written to.";
  let description = [{
    The caller's own, or what the runtime allocates for it. `dims` are all of the output's
    dimensions. At most one is executed per output and run. One that nobody writes is there all the
    same: an output without elements has a shape.

    ```mlir
    %b = plan.output 0 [%batch, %c384]
    ```
  }];
  let arguments = (ins I64Attr:$index, Variadic<Index>:$dims);
  let results = (outs Res<Plan_BufferType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$index `[` $dims `]` attr-dict";
  let builders = [OpBuilder<(ins "int64_t":$index, "::mlir::ValueRange":$dims),
                            "build($_builder, $_state, "
                            "$_builder.getType<::azulejo::plan::BufferType>(), index, dims);">];
}

//===------------------------------------------------------------------------------------------===//
// Work
//===------------------------------------------------------------------------------------------===//

def Plan_LaunchOp : Plan_Op<"launch",
    [AttrSizedOperandSegments, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Runs a kernel.";
  let description = [{
    The operands are the kernel's slots: each tensor is its buffer followed by its dynamic
    dimensions. It reads its inputs and writes its outputs; no output overlaps another operand. The
    kernel is the functions `NAME.count` and `NAME`. `checks` is that of `tile.launch`.

    ```mlir
    plan.launch @main_k0_relu ins(%x, %n : !plan.buffer, index) outs(%y, %n : !plan.buffer, index)
        scalars(%c : f32)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Plan_Slot>:$inputs,
                       Variadic<Plan_Slot>:$outputs, Variadic<Plan_Scalar>:$scalars,
                       OptionalAttr<StrArrayAttr>:$checks);
  let assemblyFormat = [{
    $kernel (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    (`outs` `(` $outputs^ `:` type($outputs) `)`)?
    (`scalars` `(` $scalars^ `:` type($scalars) `)`)? attr-dict
  }];
}

def Plan_CopyOp : Plan_Op<"copy"> {
  let summary = "Copies bytes from one buffer to another; they may not overlap.";
  let arguments = (ins Arg<Plan_BufferType, "", [MemRead]>:$source,
                       Arg<Plan_BufferType, "", [MemWrite]>:$target, Index:$bytes);
  let assemblyFormat = "$source `to` $target `,` $bytes attr-dict";
}

def Plan_FillOp : Plan_Op<"fill"> {
  let summary = "Writes one element over and over.";
  let arguments = (ins Arg<Plan_BufferType, "", [MemWrite]>:$target, Index:$bytes,
                       AnyTypeOf<[Plan_Scalar, AnyComplex]>:$element);
  let assemblyFormat = "$target `,` $bytes `with` $element `:` type($element) attr-dict";
}

def Plan_ReadOp : Plan_Op<"read"> {
  let summary = "Brings one element to the host.";
  let description = [{
    ```mlir
    %count = plan.read %buffer[%bytes] : i64
    ```
  }];
  let arguments = (ins Arg<Plan_BufferType, "", [MemRead]>:$buffer, Index:$offset);
  let results = (outs AnyTypeOf<[Plan_Scalar, AnyComplex]>:$result);
  let assemblyFormat = "$buffer `[` $offset `]` attr-dict `:` type($result)";
}

def Plan_WriteOp : Plan_Op<"write"> {
  let summary = "Puts one element that the host computed into a buffer.";
  let arguments = (ins AnyTypeOf<[Plan_Scalar, AnyComplex]>:$value,
                       Arg<Plan_BufferType, "", [MemWrite]>:$buffer, Index:$offset);
  let assemblyFormat = "$value `to` $buffer `[` $offset `]` attr-dict `:` type($value)";
}

def Plan_AssertOp : Plan_Op<"assert", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Ends the run with an error unless a condition holds.";
  let description = [{
    Each `{}` of the message stands for one of the values, in order.

    ```mlir
    plan.assert %same, "dimension 0 of an operand is {}, and of the result {}" (%a, %b)
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$message, Variadic<Index>:$values);
  let assemblyFormat = "$condition `,` $message (`(` $values^ `)`)? attr-dict";
  let hasCanonicalizeMethod = 1;
}

def Plan_ReturnOp : Plan_Op<"return", [Terminator, ReturnLike, Pure]> {
  let summary = "Ends the host program and says which buffers hold the model's outputs.";
  let description = [{
    Each output is its buffer followed by its dynamic dimensions; `types` are the tensors' types.
    `azulejo-place-outputs` has them written where the caller wants them, and then nothing is left
    to return.

    ```mlir
    plan.return %b, %n : !plan.buffer, index as [tensor<?x384xf32>]
    ```
  }];
  let arguments = (ins Variadic<Plan_Slot>:$values, TypeArrayAttr:$types);
  let assemblyFormat = "($values^ `:` type($values))? `as` $types attr-dict";
}

//===------------------------------------------------------------------------------------------===//
// Operators of the host library
//===------------------------------------------------------------------------------------------===//

def Plan_ApplyOp : Plan_Op<"apply", [NoMemoryEffect]> {
  let summary = "An operator that runs on the host, as a library call between kernels.";
  let description = [{
    `function` is one of runtime/host, or an operator of a library ("domain.Name"). Inputs and
    results are tensors and `!plan.value`s; `input_names` and `result_names` say of each what the
    lowered type does not: a tensor's element type by ONNX's name ("uint8", "string"), another
    value's type ("seq(tensor(float))"). A dimension of a result that is dynamic is what the call
    makes it; one that is static is checked.

    ```mlir
    %t = plan.apply "SequenceAt"(%s, %i) {input_names = ["seq(tensor(float))", "int64"],
                                          result_names = ["float"]}
        : (!plan.value, tensor<i64>) -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$function, Variadic<AnyType>:$inputs, StrArrayAttr:$input_names,
                       StrArrayAttr:$result_names);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $function `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)
  }];
  let hasVerifier = 1;
}

def Plan_CallOp : Plan_Op<"call", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Calls a function of the host library.";
  let description = [{
    Each tensor among the inputs is its buffer followed by its dynamic dimensions, each other value
    its address; `types` are those of the inputs, then of the results, before they were buffers, and
    `names` what `plan.apply` says of them. Each result is the address of a value, born with one
    reference; of a tensor, its dynamic dimensions follow, and `plan.take` puts the elements into a
    buffer.

    ```mlir
    %t, %n = plan.call "SequenceAt"(%s, %i : !plan.buffer, !plan.buffer)
        as [!plan.value, tensor<i64>, tensor<?x4xf32>]
        named ["seq(tensor(float))", "int64", "float"] -> !plan.buffer, index
    ```
  }];
  let arguments = (ins StrAttr:$function, Variadic<Plan_Slot>:$inputs, TypeArrayAttr:$types,
                       StrArrayAttr:$names);
  let results = (outs Variadic<AnyTypeOf<[Plan_BufferType, Index]>>:$results);
  let assemblyFormat = [{
    $function `(` ($inputs^ `:` type($inputs))? `)` `as` $types `named` $names attr-dict `->`
    type($results)
  }];
}

def Plan_TakeOp : Plan_Op<"take"> {
  let summary = "Puts the elements of a tensor that the host holds into a buffer.";
  let arguments = (ins Arg<Plan_BufferType, "", [MemRead]>:$value,
                       Arg<Plan_BufferType, "", [MemWrite]>:$target);
  let assemblyFormat = "$value `to` $target attr-dict";
}

def Plan_OutputValueOp : Plan_Op<"output_value", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Gives the caller a value that is no tensor as an output of the model.";
  let arguments = (ins I64Attr:$index, Plan_BufferType:$value);
  let assemblyFormat = "$index `,` $value attr-dict";
}

#endif // AZULEJO_DIALECTS_PLAN_PLANOPS_TD
