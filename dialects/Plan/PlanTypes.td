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

def Plan_WeightAttr : AttrDef<Plan_Dialect, "Weight", [TypedAttrInterface]> {
  let mnemonic = "weight";
  let summary = "A tensor's elements, left in the file they came from.";
  let description = [{
    `#plan.weight<"model.onnx", 4096, 1536, 0x9ae1…> : tensor<384xf32>` is `length` bytes at
    `offset` of a file: little-endian, row-major, sub-byte elements packed as ONNX packs them (first
    element in the low bits). The file is mapped, not read, and shared by all weights in it. `hash`
    is XXH3-64 of the bytes: 0 while a module lives in memory, computed when it is printed, and
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

#endif // AZULEJO_DIALECTS_PLAN_PLANTYPES_TD
