#include "lib/Schedule/Signature.h"
#include "dialects/Plan/Plan.h"

using namespace mlir;

namespace azulejo::schedule {

std::string nodeName(Operation *op) {
  Location loc = op->getLoc();
  while (true) {
    if (auto name = dyn_cast<NameLoc>(loc))
      return name.getName().str();
    if (auto fused = dyn_cast<FusedLoc>(loc); fused && !fused.getLocations().empty())
      loc = fused.getLocations().front();
    else if (auto call = dyn_cast<CallSiteLoc>(loc))
      loc = call.getCallee();
    else
      return op->getName().getStringRef().str();
  }
}

int64_t elementBytes(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return 2 * elementBytes(complex.getElementType());
  if (element.isIndex())
    return 8;
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

/// ONNX's name of an element type; a signless integer counts as signed.
static StringRef typeName(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().isF64() ? "complex128" : "complex64";
  return TypeSwitch<Type, StringRef>(element)
      .Case<Float32Type>([](Type) { return "float"; })
      .Case<Float64Type>([](Type) { return "double"; })
      .Case<Float16Type>([](Type) { return "float16"; })
      .Case<BFloat16Type>([](Type) { return "bfloat16"; })
      .Case<Float8E4M3FNType>([](Type) { return "float8e4m3fn"; })
      .Case<Float8E4M3FNUZType>([](Type) { return "float8e4m3fnuz"; })
      .Case<Float8E5M2Type>([](Type) { return "float8e5m2"; })
      .Case<Float8E5M2FNUZType>([](Type) { return "float8e5m2fnuz"; })
      .Case<Float8E8M0FNUType>([](Type) { return "float8e8m0"; })
      .Case<Float4E2M1FNType>([](Type) { return "float4e2m1"; })
      .Case<IndexType>([](Type) { return "int64"; })
      .Case<IntegerType>([](IntegerType type) -> StringRef {
        switch (type.getWidth()) {
        case 1:
          return "bool";
        case 2:
          return "int2";
        case 4:
          return "int4";
        case 8:
          return "int8";
        case 16:
          return "int16";
        case 32:
          return "int32";
        case 64:
          return "int64";
        default:
          return "undefined";
        }
      })
      .Default([](Type) { return "undefined"; });
}

/// {name, type, shape} of one input or output. What the tensor type knows, the shape says, too.
static DictionaryAttr describe(Builder &builder, Type type, DictionaryAttr attributes,
                               const Twine &defaultName) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto find = [&](StringRef name) { return attributes ? attributes.get(name) : Attribute(); };
  Attribute name = find("azulejo.name"), element = find("azulejo.type");
  auto given = dyn_cast_or_null<ArrayAttr>(find("azulejo.shape"));
  if (given && (!tensor || static_cast<int64_t>(given.size()) != tensor.getRank()))
    given = {};
  SmallVector<Attribute> shape;
  for (int64_t i = 0; tensor && i < tensor.getRank(); ++i) {
    if (!tensor.isDynamicDim(i))
      shape.push_back(builder.getI64IntegerAttr(tensor.getDimSize(i)));
    else if (auto symbol = given ? dyn_cast<StringAttr>(given[i]) : StringAttr())
      shape.push_back(symbol);
    else
      shape.push_back(builder.getStringAttr("?"));
  }
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("name", name ? name : builder.getStringAttr(defaultName)),
       builder.getNamedAttr(
           "type", element ? element : builder.getStringAttr(typeName(getElementTypeOrSelf(type)))),
       builder.getNamedAttr("shape", builder.getArrayAttr(shape))});
}

/// Whether a model may have inputs and outputs of this type.
static bool isPassed(Type type) { return isa<RankedTensorType, plan::ValueType>(type); }

LogicalResult collectSignature(func::FuncOp main) {
  Builder builder(main.getContext());
  SmallVector<Attribute> inputs, outputs, symbols;
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    if (auto symbol = main.getArgAttrOfType<StringAttr>(i, "azulejo.symbol")) {
      if (!main.getArgument(i).getType().isIndex())
        return main.emitError() << "argument " << i << " is the symbol '" << symbol.getValue()
                                << "' and should be an index, not "
                                << main.getArgument(i).getType();
      symbols.push_back(symbol);
      continue;
    }
    if (!isPassed(main.getArgument(i).getType()) || !symbols.empty())
      return main.emitError() << "argument " << i
                              << " should be a ranked tensor: inputs come first, then one index "
                                 "with azulejo.symbol per symbol";
    inputs.push_back(describe(builder, main.getArgument(i).getType(), main.getArgAttrDict(i),
                              "input_" + Twine(i)));
  }
  for (auto [i, type] : llvm::enumerate(main.getResultTypes())) {
    if (!isPassed(type))
      return main.emitError() << "result " << i << " should be a ranked tensor, not " << type;
    outputs.push_back(describe(builder, type, main.getResultAttrDict(i), "output_" + Twine(i)));
  }
  main->setAttr(inputsAttr, builder.getArrayAttr(inputs));
  main->setAttr(outputsAttr, builder.getArrayAttr(outputs));
  main->setAttr(symbolsAttr, builder.getArrayAttr(symbols));
  main.removeArgAttrsAttr();
  main.removeResAttrsAttr();
  return success();
}

SmallVector<SmallVector<StringRef>> dynamicDimSymbols(func::FuncOp main) {
  SmallVector<SmallVector<StringRef>> result;
  for (auto input : main->getAttrOfType<ArrayAttr>(inputsAttr).getAsRange<DictionaryAttr>()) {
    SmallVector<StringRef> &names = result.emplace_back();
    for (Attribute dim : input.getAs<ArrayAttr>("shape"))
      if (auto symbol = dyn_cast<StringAttr>(dim))
        names.push_back(symbol.getValue() == "?" ? StringRef() : symbol.getValue());
  }
  return result;
}

} // namespace azulejo::schedule
