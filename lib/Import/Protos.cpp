#include "lib/Import/Protos.h"
#include "dialects/ONNX/ONNX.h"
#include "dialects/ONNX/Types.h"
#include "dialects/Plan/Plan.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/onnx_pb.h"

using namespace mlir;
using ::onnx::AttributeProto;
using ::onnx::TensorProto;
using ::onnx::TensorShapeProto;
using ::onnx::TypeProto;

namespace azulejo::onnx {

//===------------------------------------------------------------------------------------------===//
// Types
//===------------------------------------------------------------------------------------------===//

static FailureOr<Type> importElementType(MLIRContext *context, int dataType, EmitError emitError) {
  if (dataType == TensorProto::UNDEFINED)
    return Type();
  Type type = getElementType(context, dataType);
  if (!type)
    return emitError() << "element type " << dataType << " does not exist";
  return type;
}

/// A dense or sparse tensor's type without the difference between them.
template <typename Proto>
static FailureOr<Type> importTensorType(MLIRContext *context, const Proto &proto, ReadDim readDim,
                                        EmitError emitError) {
  FailureOr<Type> element = importElementType(context, proto.elem_type(), emitError);
  if (failed(element) || !*element)
    return element;
  if (!proto.has_shape())
    return Type(UnrankedTensorType::get(*element));
  SmallVector<std::optional<SymbolicExpr>> dims;
  for (const TensorShapeProto::Dimension &dim : proto.shape().dim()) {
    if (dim.has_dim_value()) {
      if (dim.dim_value() < 0)
        return emitError() << "dimension " << dims.size() << " is " << dim.dim_value()
                           << ", and sizes are not negative";
      dims.push_back(SymbolicExpr(dim.dim_value()));
    } else {
      dims.push_back(dim.dim_param().empty() ? std::nullopt : readDim(dim.dim_param()));
      if (auto constant = dims.back() ? dims.back()->getConstant() : std::nullopt;
          constant && *constant < 0)
        return emitError() << "dimension " << dims.size() - 1 << " is " << dim.dim_param()
                           << ", and sizes are not negative";
    }
  }
  return Type(getTensorType(dims, *element));
}

FailureOr<Type> importType(MLIRContext *context, const TypeProto &type, ReadDim readDim,
                           EmitError emitError) {
  switch (type.value_case()) {
  case TypeProto::kTensorType:
    return importTensorType(context, type.tensor_type(), readDim, emitError);
  case TypeProto::kSparseTensorType: {
    FailureOr<Type> dense =
        importTensorType(context, type.sparse_tensor_type(), readDim, emitError);
    return failed(dense) || !*dense ? dense : Type(plan::SparseTensorType::get(context, *dense));
  }
  case TypeProto::kSequenceType: {
    FailureOr<Type> element =
        importType(context, type.sequence_type().elem_type(), readDim, emitError);
    return failed(element) || !*element ? element
                                        : Type(plan::SequenceType::get(context, *element));
  }
  case TypeProto::kOptionalType: {
    FailureOr<Type> element =
        importType(context, type.optional_type().elem_type(), readDim, emitError);
    return failed(element) || !*element ? element
                                        : Type(plan::OptionalType::get(context, *element));
  }
  case TypeProto::kMapType: {
    FailureOr<Type> key = importElementType(context, type.map_type().key_type(), emitError);
    FailureOr<Type> value = importType(context, type.map_type().value_type(), readDim, emitError);
    if (failed(key) || failed(value))
      return failure();
    return *key && *value ? Type(plan::MapType::get(context, *key, *value)) : Type();
  }
  case TypeProto::kOpaqueType:
    return emitError() << "opaque types are not known here";
  case TypeProto::VALUE_NOT_SET:
    return Type();
  }
  return emitError() << "a type of a kind that does not exist";
}

template <typename Proto> static void exportTensorType(TensorType type, Proto &proto) {
  proto.set_elem_type(getDataType(type.getElementType()));
  auto ranked = dyn_cast<RankedTensorType>(type);
  if (!ranked)
    return;
  TensorShapeProto &shape = *proto.mutable_shape();
  for (const std::optional<SymbolicExpr> &dim : getDims(ranked)) {
    TensorShapeProto::Dimension &entry = *shape.add_dim();
    if (auto constant = dim ? dim->getConstant() : std::nullopt)
      entry.set_dim_value(*constant);
    else if (dim)
      entry.set_dim_param(dim->str());
  }
}

TypeProto exportType(Type type) {
  TypeProto proto;
  if (!type)
    return proto;
  if (auto tensor = dyn_cast<TensorType>(type))
    exportTensorType(tensor, *proto.mutable_tensor_type());
  else if (auto sequence = dyn_cast<plan::SequenceType>(type))
    *proto.mutable_sequence_type()->mutable_elem_type() = exportType(sequence.getElementType());
  else if (auto optional = dyn_cast<plan::OptionalType>(type))
    *proto.mutable_optional_type()->mutable_elem_type() = exportType(optional.getElementType());
  else if (auto sparse = dyn_cast<plan::SparseTensorType>(type))
    exportTensorType(cast<TensorType>(sparse.getDenseType()), *proto.mutable_sparse_tensor_type());
  else if (auto map = dyn_cast<plan::MapType>(type)) {
    proto.mutable_map_type()->set_key_type(getDataType(map.getKeyType()));
    *proto.mutable_map_type()->mutable_value_type() = exportType(map.getValueType());
  }
  return proto;
}

//===------------------------------------------------------------------------------------------===//
// Tensors and attributes
//===------------------------------------------------------------------------------------------===//

/// Appends an element's bits, at least a byte of them, in little-endian order.
static void appendBits(const APInt &bits, std::string &bytes) {
  for (unsigned at = 0; at < bits.getBitWidth(); at += 8)
    bytes +=
        static_cast<char>(bits.extractBitsAsZExtValue(std::min(8u, bits.getBitWidth() - at), at));
}

/// The elements of a dense constant as ONNX's raw_data has them: a bool is a byte, smaller elements
/// are packed, the first in the low bits.
static std::string packElements(DenseElementsAttr value) {
  std::string bytes;
  Type type = value.getElementType();
  if (auto complex = dyn_cast<ComplexType>(type)) {
    // One complex number is two floats in a row, as in MLIR's own storage.
    ArrayRef<char> raw = value.getRawData();
    for (int64_t i = 0, n = value.isSplat() ? value.getNumElements() : 1; i < n; ++i)
      bytes.append(raw.begin(), raw.end());
    return bytes;
  }
  SmallVector<APInt> elements;
  if (isa<FloatType>(type))
    for (const APFloat &element : value.getValues<APFloat>())
      elements.push_back(element.bitcastToAPInt());
  else
    llvm::append_range(elements, value.getValues<APInt>());

  unsigned width = type.getIntOrFloatBitWidth();
  if (width >= 8 || width == 1) {
    for (const APInt &element : elements)
      appendBits(element, bytes);
    return bytes;
  }
  APInt all(std::max<size_t>(elements.size() * width, 1), 0);
  for (auto [index, element] : llvm::enumerate(elements))
    all.insertBits(element, index * width);
  if (!elements.empty())
    appendBits(all, bytes);
  return bytes;
}

TensorProto exportTensor(Attribute value, Location loc, uint64_t maxBytes) {
  TensorProto proto;
  auto type = dyn_cast<RankedTensorType>(cast<TypedAttr>(value).getType());
  if (!type)
    return proto;
  for (int64_t size : type.getShape())
    proto.add_dims(size);
  proto.set_data_type(getDataType(type.getElementType()));
  if (auto strings = dyn_cast<DenseStringElementsAttr>(value)) {
    if (static_cast<uint64_t>(type.getNumElements()) <= maxBytes)
      for (StringRef string : strings.getValues<StringRef>())
        proto.add_string_data(string.str());
    return proto;
  }
  if (auto weight = dyn_cast<plan::WeightAttr>(value); weight && weight.getLength() > maxBytes)
    return proto;
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    if (static_cast<uint64_t>(type.getNumElements()) <= maxBytes)
      proto.set_raw_data(packElements(dense));
    return proto;
  }
  if (plan::getDerivationDepth(value) &&
      static_cast<uint64_t>(type.getNumElements()) * type.getElementTypeBitWidth() / 8 > maxBytes)
    return proto;
  FailureOr<plan::ElementBytes> bytes = plan::getElementBytes(value, loc);
  if (succeeded(bytes) && bytes->size() <= maxBytes)
    proto.set_raw_data(bytes->data(), bytes->size());
  return proto;
}

AttributeProto exportAttribute(StringRef name, Attribute value, Location loc, uint64_t maxBytes) {
  AttributeProto proto;
  proto.set_name(name.str());
  if (auto integer = dyn_cast<IntegerAttr>(value)) {
    proto.set_type(AttributeProto::INT);
    proto.set_i(integer.getValue().getSExtValue());
  } else if (auto number = dyn_cast<FloatAttr>(value)) {
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(static_cast<float>(number.getValueAsDouble()));
  } else if (auto string = dyn_cast<StringAttr>(value)) {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(string.str());
  } else if (auto integers = dyn_cast<DenseI64ArrayAttr>(value)) {
    proto.set_type(AttributeProto::INTS);
    for (int64_t element : integers.asArrayRef())
      proto.add_ints(element);
  } else if (auto numbers = dyn_cast<DenseF32ArrayAttr>(value)) {
    proto.set_type(AttributeProto::FLOATS);
    for (float element : numbers.asArrayRef())
      proto.add_floats(element);
  } else if (auto type = dyn_cast<TypeAttr>(value)) {
    proto.set_type(AttributeProto::TYPE_PROTO);
    *proto.mutable_tp() = exportType(type.getValue());
  } else if (auto list = dyn_cast<ArrayAttr>(value)) {
    // Of the lists only STRINGS is written so in any schema.
    proto.set_type(AttributeProto::STRINGS);
    for (auto element : list.getAsRange<StringAttr>())
      proto.add_strings(element.str());
  } else if (isa<TypedAttr>(value)) {
    proto.set_type(AttributeProto::TENSOR);
    *proto.mutable_t() = exportTensor(value, loc, maxBytes);
  }
  return proto;
}

} // namespace azulejo::onnx
