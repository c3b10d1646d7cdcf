#ifndef AZULEJO_DIALECTS_PLAN_PLANTYPES_TD
#define AZULEJO_DIALECTS_PLAN_PLANTYPES_TD

include "dialects/Plan/PlanDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/BuiltinTypeInterfaces.td"

class Plan_Type<string name, string typeMnemonic, list<Trait> traits = []> :
    TypeDef<Plan_Dialect, name, traits> {
  let mnemonic = typeMnemonic;
}

def Plan_BufferType : Plan_Type<"Buffer", "buffer"> {
  let summary = "The address of device memory that holds a contiguous, row-major tensor.";
  let description = [{
    Sizes are not part of it: where a tensor's dimension is dynamic, an `index` value beside the
    buffer gives its size, and what is static is known where it matters. Reshaping is therefore no
    operation at all, and shapes fold as plain arithmetic.
  }];
  let builderCall = "$_builder.getType<::azulejo::plan::BufferType>()";
}

// A builtin tensor may hold strings, hence the trait.
def Plan_StringType : Plan_Type<"String", "string", [VectorElementTypeInterface]> {
  let summary = "A string of bytes, in ONNX UTF-8.";
}

def Plan_SequenceType : Plan_Type<"Sequence", "sequence"> {
  let summary = "An ordered list of values of one type; ONNX's sequence.";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def Plan_OptionalType : Plan_Type<"Optional", "optional"> {
  let summary = "A value that may be absent; ONNX's optional.";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def Plan_MapType : Plan_Type<"Map", "map"> {
  let summary = "A dictionary; ONNX's map.";
  let parameters = (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType);
  let assemblyFormat = "`<` $keyType `,` $valueType `>`";
}

def Plan_SparseTensorType : Plan_Type<"SparseTensor", "sparse"> {
  let summary = "A tensor in ONNX's coordinate format: values and their indices.";
  let parameters = (ins "::mlir::Type":$denseType);
  let assemblyFormat = "`<` $denseType `>`";
}

def Plan_ValueType : Plan_Type<"Value", "value"> {
  let summary = "A value of the host program that is no tensor: a sequence, an optional, a map.";
  let description = [{
    What Lower makes of all of these. Its elements' types are where they matter, at the operations
    that put them in and take them out, so that branches and loops may give lists of different
    tensors. It never changes, and counts references as a buffer of the pool does; Schedule makes it
    a `!plan.buffer`, an address of which only the runtime knows what lies there.
  }];
}

def Plan_WeightAttr : AttrDef<Plan_Dialect, "Weight", [TypedAttrInterface]> {
  let mnemonic = "weight";
  let summary = "A tensor's elements, left in the file they came from.";
  let description = [{
    `#plan.weight<"model.onnx", 4096, 1536, 0x9ae1…> : tensor<384xf32>` is `length` bytes at
    `offset` of a file: little-endian, row-major, sub-byte elements packed as ONNX packs them (first
    element in the low bits). The file is mapped, not read, and shared by all weights in it. `hash`
    is XXH3-64 of the bytes (of more than 4 MiB, of the XXH3-64s of every 4 MiB of them): 0 while a
    module lives in memory, computed when it is printed, and
    checked when a printed module's weight is first used.
  }];
  let parameters = (ins
    AttributeSelfTypeParameter<"">:$type,
    "::mlir::StringAttr":$file, "uint64_t":$offset, "uint64_t":$length, "uint64_t":$hash);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The bytes, or an error at `loc` that names the file and what is wrong with it.
    ::mlir::FailureOr<::llvm::ArrayRef<char>> getBytes(::mlir::Location loc) const;
  }];
}

// The attributes below are what the compiler does to weights. Nothing is computed before somebody
// wants the bytes (`writeElementBytes`), which is Package, a piece at a time.
class Plan_DerivedAttr<string name, string attrMnemonic>
    : AttrDef<Plan_Dialect, name, [TypedAttrInterface]> {
  let mnemonic = attrMnemonic;
  let genVerifyDecl = 1;
}

def Plan_StridedAttr : Plan_DerivedAttr<"Strided", "strided"> {
  let summary = "Another constant's elements in another order, or some: its transpose, its slice.";
  let description = [{
    Element (i, j, …) is the base's element `offset + i * strides[0] + j * strides[1] + …`, counted
    in its row-major order. Of the element types only the widths must be the same. A transpose:

    ```mlir
    #plan.strided<#plan.weight<"m.onnx", 0, 6144, 0x9a…> : tensor<2x768xf32>, 0, [1, 768]>
        : tensor<768x2xf32>
    ```
  }];
  let parameters = (ins AttributeSelfTypeParameter<"">:$type, "::mlir::TypedAttr":$base,
                        "int64_t":$offset, ArrayRefParameter<"int64_t">:$strides);
  let assemblyFormat = "`<` $base `,` $offset `,` `[` $strides `]` `>`";
}

def Plan_ConcatAttr : Plan_DerivedAttr<"Concat", "concat"> {
  let summary = "Constants one behind the other along an axis.";
  let parameters = (ins AttributeSelfTypeParameter<"">:$type,
                        ArrayRefParameter<"::mlir::TypedAttr">:$parts, "int64_t":$axis);
  let assemblyFormat = "`<` `[` $parts `]` `,` $axis `>`";
}

def Plan_PanelsAttr : Plan_DerivedAttr<"Panels", "panels"> {
  let summary = "A matrix as a matmul's inner loop reads it.";
  let description = [{
    A base of K rows and N columns becomes tensor<PxKxC>: P panels of C columns each, the last
    filled up with zeros. C is as wide as a register tile, so that every row of a panel is read as
    whole vectors.

    ```mlir
    #plan.panels<#plan.weight<"m.onnx", 0, 60, 0x9a…> : tensor<3x5xf32>> : tensor<2x3x4xf32>
    ```
  }];
  let parameters = (ins AttributeSelfTypeParameter<"">:$type, "::mlir::TypedAttr":$base);
  let assemblyFormat = "`<` $base `>`";
}

def Plan_ConvertedAttr : Plan_DerivedAttr<"Converted", "converted"> {
  let summary = "A constant's elements, rounded to a narrower float.";
  let description = [{
    Each f32 of the base as the nearest f16 or bf16, ties to even; what is too large becomes
    infinite.

    ```mlir
    #plan.converted<#plan.weight<"m.onnx", 0, 6144, 0x9a…> : tensor<2x768xf32>> : tensor<2x768xf16>
    ```
  }];
  let parameters = (ins AttributeSelfTypeParameter<"">:$type, "::mlir::TypedAttr":$base);
  let assemblyFormat = "`<` $base `>`";
}

def Plan_WinogradAttr : Plan_DerivedAttr<"Winograd", "winograd"> {
  let summary = "The 3x3 filters of a convolution, as Winograd's algorithm multiplies with them.";
  let description = [{
    A base tensor<MxCx3x3xf32> becomes tensor<T^2xMxCxf32>: element (t, u) of G g G^T of each filter
    g (dialects/Plan/Winograd.h), in matrix t * T + u. T is 4 or 6. Computed in f64, rounded once.

    ```mlir
    #plan.winograd<#plan.weight<"m.onnx", 0, 147456, 0x9a…> : tensor<64x64x3x3xf32>>
        : tensor<36x64x64xf32>
    ```
  }];
  let parameters = (ins AttributeSelfTypeParameter<"">:$type, "::mlir::TypedAttr":$base);
  let assemblyFormat = "`<` $base `>`";
}

#endif // AZULEJO_DIALECTS_PLAN_PLANTYPES_TD
