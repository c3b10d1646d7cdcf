#include "lib/Import/ValueFile.h"
#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

namespace azulejo {
namespace {

using ONNX_NAMESPACE::MapProto;
using ONNX_NAMESPACE::OptionalProto;
using ONNX_NAMESPACE::SequenceProto;
using ONNX_NAMESPACE::TensorProto;

template <typename... Args> llvm::Error error(const char *format, Args... args) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), format, args...);
}

/// Bits an element takes in raw_data; 0 for what has no raw form.
unsigned bitsOf(int32_t elementType) {
  switch (elementType) {
  case TensorProto::UINT2:
  case TensorProto::INT2:
    return 2;
  case TensorProto::UINT4:
  case TensorProto::INT4:
  case TensorProto::FLOAT4E2M1:
    return 4;
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
  case TensorProto::FLOAT8E4M3FN:
  case TensorProto::FLOAT8E4M3FNUZ:
  case TensorProto::FLOAT8E5M2:
  case TensorProto::FLOAT8E5M2FNUZ:
  case TensorProto::FLOAT8E8M0:
    return 8;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return 16;
  case TensorProto::INT32:
  case TensorProto::UINT32:
  case TensorProto::FLOAT:
    return 32;
  case TensorProto::INT64:
  case TensorProto::UINT64:
  case TensorProto::DOUBLE:
  case TensorProto::COMPLEX64:
    return 64;
  case TensorProto::COMPLEX128:
    return 128;
  default:
    return 0;
  }
}

/// Appends each entry's low `width` bytes.
template <typename Field>
void appendField(std::vector<uint8_t> &bytes, const Field &field, unsigned width) {
  for (auto entry : field) {
    const auto *first = reinterpret_cast<const uint8_t *>(&entry);
    bytes.insert(bytes.end(), first, first + width);
  }
}

llvm::Expected<HostValue> fromTensor(const TensorProto &tensor) {
  HostValue value;
  value.elementType = tensor.data_type();
  value.shape.assign(tensor.dims().begin(), tensor.dims().end());
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return error("test data does not lie in another file");
  if (tensor.data_type() == TensorProto::STRING) {
    value.strings.assign(tensor.string_data().begin(), tensor.string_data().end());
    if (static_cast<int64_t>(value.strings.size()) != value.elementCount())
      return error("%zu strings do not fill the shape", value.strings.size());
    return value;
  }

  unsigned bits = bitsOf(tensor.data_type());
  if (!bits)
    return error("element type %d is unknown", tensor.data_type());
  if (tensor.has_raw_data()) {
    value.bytes.assign(tensor.raw_data().begin(), tensor.raw_data().end());
  } else {
    // The typed fields: narrow types share int32_data, one entry per element, or per byte where
    // several elements are packed in one.
    unsigned width = std::max(1u, bits / 8);
    appendField(value.bytes, tensor.float_data(), 4);
    appendField(value.bytes, tensor.double_data(), 8);
    appendField(value.bytes, tensor.int64_data(), 8);
    appendField(value.bytes, tensor.uint64_data(), width);
    appendField(value.bytes, tensor.int32_data(), width);
  }
  uint64_t needed = llvm::divideCeil(static_cast<uint64_t>(value.elementCount()) * bits, 8);
  if (value.bytes.size() != needed)
    return error("%zu bytes where the shape needs %llu", value.bytes.size(),
                 static_cast<unsigned long long>(needed));
  return value;
}

llvm::Expected<HostValue> fromSequence(const SequenceProto &sequence);
llvm::Expected<HostValue> fromOptional(const OptionalProto &optional);
llvm::Expected<HostValue> fromMap(const MapProto &map);

/// Collects the elements of whichever list the message's elem_type selects.
template <typename List, typename Convert>
llvm::Error collect(HostValue &value, const List &list, Convert convert) {
  for (const auto &element : list) {
    llvm::Expected<HostValue> converted = convert(element);
    if (!converted)
      return converted.takeError();
    value.elements.push_back(std::move(*converted));
  }
  return llvm::Error::success();
}

llvm::Expected<HostValue> fromSequence(const SequenceProto &sequence) {
  HostValue value;
  value.kind = HostValue::Kind::Sequence;
  if (llvm::Error failure = collect(value, sequence.tensor_values(), fromTensor))
    return failure;
  if (llvm::Error failure = collect(value, sequence.sequence_values(), fromSequence))
    return failure;
  if (llvm::Error failure = collect(value, sequence.map_values(), fromMap))
    return failure;
  if (llvm::Error failure = collect(value, sequence.optional_values(), fromOptional))
    return failure;
  return value;
}

llvm::Expected<HostValue> fromOptional(const OptionalProto &optional) {
  HostValue value;
  value.kind = HostValue::Kind::Optional;
  llvm::Expected<HostValue> element = HostValue();
  switch (optional.elem_type()) {
  case OptionalProto::UNDEFINED:
    return value;
  case OptionalProto::TENSOR:
    element = fromTensor(optional.tensor_value());
    break;
  case OptionalProto::SEQUENCE:
    element = fromSequence(optional.sequence_value());
    break;
  case OptionalProto::MAP:
    element = fromMap(optional.map_value());
    break;
  case OptionalProto::OPTIONAL:
    element = fromOptional(optional.optional_value());
    break;
  default:
    return error("an optional of type %d is unknown", optional.elem_type());
  }
  if (!element)
    return element.takeError();
  value.elements.push_back(std::move(*element));
  return value;
}

llvm::Expected<HostValue> fromMap(const MapProto &map) {
  HostValue value, keys;
  value.kind = HostValue::Kind::Map;
  keys.elementType = map.key_type();
  if (map.key_type() == TensorProto::STRING)
    keys.strings.assign(map.string_keys().begin(), map.string_keys().end());
  else
    appendField(keys.bytes, map.keys(), std::max(1u, bitsOf(map.key_type()) / 8));
  keys.shape = {static_cast<int64_t>(std::max(map.keys_size(), map.string_keys_size()))};
  llvm::Expected<HostValue> values = fromSequence(map.values());
  if (!values)
    return values.takeError();
  value.elements.push_back(std::move(keys));
  value.elements.push_back(std::move(*values));
  return value;
}

template <typename Proto, typename Convert>
llvm::Expected<HostValue> parse(const llvm::MemoryBuffer &buffer, Convert convert) {
  Proto proto;
  if (!proto.ParseFromArray(buffer.getBufferStart(), static_cast<int>(buffer.getBufferSize())))
    return error("no valid protobuf message");
  return convert(proto);
}

} // namespace

int64_t HostValue::elementCount() const {
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

std::string elementTypeName(int32_t elementType) {
  if (!ONNX_NAMESPACE::TensorProto_DataType_IsValid(elementType))
    return "type " + std::to_string(elementType);
  auto type = static_cast<ONNX_NAMESPACE::TensorProto_DataType>(elementType);
  return llvm::StringRef(ONNX_NAMESPACE::TensorProto_DataType_Name(type)).lower();
}

llvm::Expected<HostValue> readValueFile(llvm::StringRef path, llvm::StringRef kind) {
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError(buffer.getError(), "%s: cannot be read", path.str().c_str());
  llvm::Expected<HostValue> value = HostValue();
  if (kind == "tensor")
    value = parse<TensorProto>(**buffer, fromTensor);
  else if (kind == "map")
    value = parse<MapProto>(**buffer, fromMap);
  else if (kind.starts_with("sequence"))
    value = parse<SequenceProto>(**buffer, fromSequence);
  else if (kind.starts_with("optional"))
    value = parse<OptionalProto>(**buffer, fromOptional);
  else
    return error("%s: values of kind %s have no file form", path.str().c_str(), kind.str().c_str());
  if (!value)
    return error("%s: %s", path.str().c_str(), llvm::toString(value.takeError()).c_str());
  return value;
}

} // namespace azulejo
