#ifndef AZULEJO_DIALECTS_ONNX_ONNXDIALECT_TD
#define AZULEJO_DIALECTS_ONNX_ONNXDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def ONNX_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::azulejo::onnx";
  let summary = "Every operator of ONNX's registry, in every version.";
  let description = [{
    Generated at build time from the schemas that the ONNX library registers. The newest version of
    an operator is an ordinary operation with a C++ class (`onnx.Softmax`, `SoftmaxOp` in
    `dialects/ONNX/Activation.h`); its older versions are dynamic operations whose names end in the
    opset that introduced them (`onnx.Softmax_v11`). Operators of other domains carry the domain:
    `onnx.ai_onnx_ml.Scaler`.

    An operation reads `%y = onnx.Clip(%x, _, %max) {attributes} : (t, t) -> t`: operands stand in
    the schema's order, `_` is an optional one that is absent, and regions (subgraphs) follow the
    attributes.
  }];
  let dependentDialects = ["::azulejo::plan::PlanDialect"];
  let isExtensible = 1;
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    /// Adds the operations of one generated family.
    template <typename... Ops> void addFamily() { addOperations<Ops...>(); }

  private:
    void registerAttributes();
    void registerOldVersions();

  public:
  }];
}

def ONNX_DimsAttr : AttrDef<ONNX_Dialect, "Dims",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "dims";
  let summary = "The dimensions of a tensor, with names for those that are not known.";
  let description = [{
    `tensor<?x?x384xf32, #onnx.dims<"batch", "seq + 1", 384>>`: one entry per dimension: an integer
    where the type has one, else an expression in canonical form (see Dims.h), or `?` for a
    dimension of which nothing is known.
  }];
  // A StringAttr, an i64 IntegerAttr, or a UnitAttr for `?`.
  let parameters = (ins ArrayRefParameter<"::mlir::Attribute">:$dims);
  let hasCustomAssemblyFormat = 1;
}

def ONNX_SchemaOp : OpInterface<"SchemaOp"> {
  let cppNamespace = "::azulejo::onnx";
  let description =
      "An operation that a schema describes: its operands and results by the schema's formal "
      "parameters.";
  let methods = [
    InterfaceMethod<"The operands that are input `index` of the schema; none where it is absent.",
      "::mlir::OperandRange", "getFormalOperands", (ins "unsigned":$index), [{}],
      [{ return ::mlir::OperandRange($_op.getODSOperands(index)); }]>,
    InterfaceMethod<"The results that are output `index` of the schema; none where it is absent.",
      "::mlir::ResultRange", "getFormalResults", (ins "unsigned":$index), [{}],
      [{ return ::mlir::ResultRange($_op.getODSResults(index)); }]>
  ];
}

class ONNX_Op<string opMnemonic, list<Trait> traits = []>
    : Op<ONNX_Dialect, opMnemonic, !listconcat(traits, [ONNX_SchemaOp])> {
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::mlir::ParseResult $cppClass::parse(::mlir::OpAsmParser &parser,
                                         ::mlir::OperationState &result) {
      return ::azulejo::onnx::parseSchemaOp(parser, result);
    }
    void $cppClass::print(::mlir::OpAsmPrinter &printer) {
      ::azulejo::onnx::printSchemaOp(*this, printer);
    }
    ::llvm::LogicalResult $cppClass::verify() { return ::azulejo::onnx::verifySchema(*this); }
  }];
}

#endif // AZULEJO_DIALECTS_ONNX_ONNXDIALECT_TD
