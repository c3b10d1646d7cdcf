#ifndef AZULEJO_DIALECTS_CTA_CTATYPES_TD
#define AZULEJO_DIALECTS_CTA_CTATYPES_TD

include "dialects/Cta/CtaDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "mlir/IR/TensorEncoding.td"

class Cta_Type<string name, string typeMnemonic> : TypeDef<Cta_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Cta_LayoutAttr : AttrDef<Cta_Dialect, "Layout", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "layout";
  let summary = "Which thread holds which element of a tile, and in which register.";
  let description = [{
    A linear layout (dialects/Cta/LinearLayout.h explains it): the bits of a register's, a lane's
    and a warp's number each contribute a coordinate, and an element's coordinates are the exclusive
    or of the contributions. Listed is what each bit contributes, lowest bit first.

    A shape's odd part does not fit into bits: `[64, 176]` is an atom of `[64, 16]`, which the bits
    describe, repeated 11 times along the columns in further registers.

    ```mlir
    #cta.layout<[64, 16], register = [[0, 1], [8, 0], [0, 8]],
                lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0], [32, 0]]>
    ```
  }];
  let parameters = (ins AttrParameter<"::azulejo::cta::LinearLayout", "",
                                      "const ::azulejo::cta::LinearLayout &">:$layout);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let genMnemonicAlias = 1;
}

def Cta_SharedType : Cta_Type<"Shared", "shared"> {
  let summary = "A tile, or a ring of tiles, in shared memory.";
  let description = [{
    `!cta.shared<128x64xf16, 128>` is a matrix of 128 rows and 64 columns. The last number is the
    swizzle in bytes: 0, 32, 64 or 128. Without one the tile is row-major. With a swizzle of S, the
    columns are cut into panels of S bytes, each a row-major matrix that lies whole before the next,
    and within a panel the 16-byte chunk c of row r lies at chunk `c xor (r * S / 128) mod (S /
    16)`: exactly what the tensor memory accelerator writes and wgmma reads. A row shorter than S
    bytes is refused.

    The last two dimensions are the tile; one before them counts the stages of a ring. A tile of one
    dimension is written `1xN`.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType,
                        "int64_t":$swizzle);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getStages() const { return getShape().size() == 3 ? getShape()[0] : 1; }
    /// The shape without the stages: rows and columns.
    ::llvm::ArrayRef<int64_t> getTileShape() const { return getShape().take_back(2); }
    /// One stage of the ring.
    SharedType getStageType() const;
    int64_t getElementBytes() const;
    int64_t getStageBytes() const;
    int64_t getBytes() const { return getStages() * getStageBytes(); }
  }];
}

def Cta_BarriersType : Cta_Type<"Barriers", "barriers"> {
  let summary = "A ring of mbarriers in shared memory.";
  let parameters = (ins "int64_t":$count);
  let assemblyFormat = "`<` $count `>`";
}

def Cta_TensorMapType : Cta_Type<"TensorMap", "tensor_map"> {
  let summary = "A tensor in global memory as the tensor memory accelerator sees it.";
  let description = [{
    `!cta.tensor_map<2, 128x64xf16, 128>` moves boxes of 128x64 to and from `!cta.shared<128x64xf16,
    128>`, in a tensor of rank 2. A box wider than the swizzle's bytes is moved a panel at a time.
  }];
  let parameters = (ins "int64_t":$rank, "::azulejo::cta::SharedType":$box);
  let assemblyFormat = "`<` $rank `,` custom<Box>($box) `>`";
}

def Cta_Tile : Type<CPred<"::azulejo::cta::isTileType($_self)">,
    "tile (a tensor of static shape of numbers)", "::mlir::RankedTensorType">;
def Cta_OffsetTile : Type<CPred<
    "::azulejo::cta::isTileType($_self) && "
    "::mlir::cast<::mlir::RankedTensorType>($_self).getElementType().isSignlessInteger() && "
    "::mlir::cast<::mlir::RankedTensorType>($_self).getElementTypeBitWidth() >= 32">,
    "tile of i32 or i64", "::mlir::RankedTensorType">;
def Cta_MaskTile : Type<CPred<
    "::azulejo::cta::isTileType($_self) && "
    "::mlir::cast<::mlir::RankedTensorType>($_self).getElementType().isSignlessInteger(1)">,
    "tile of i1", "::mlir::RankedTensorType">;
def Cta_Scalar : AnyTypeOf<[Index, AnySignlessInteger, AnyFloat], "index, integer or float">;

class Cta_Op<string opMnemonic, list<Trait> traits = []> : Op<Cta_Dialect, opMnemonic, traits>;

#endif // AZULEJO_DIALECTS_CTA_CTATYPES_TD
