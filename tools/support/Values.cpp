#include "tools/support/Values.h"

namespace azulejo {

ValueHandle toRuntime(const HostValue &value) {
  azl_value *result = nullptr;
  if (value.kind == HostValue::Kind::Tensor) {
    azl_tensor tensor = {};
    tensor.data = const_cast<uint8_t *>(value.bytes.data());
    tensor.type = static_cast<azl_element_type>(value.elementType);
    tensor.rank = static_cast<int32_t>(value.shape.size());
    tensor.shape = value.shape.data();
    std::vector<azl_string> strings;
    for (const std::string &text : value.strings)
      strings.push_back({text.data(), text.size()});
    if (tensor.type == AZL_STRING)
      tensor.data = strings.data();
    azl_value_from_tensor(&tensor, &result);
    return ValueHandle(result);
  }
  std::vector<ValueHandle> elements;
  std::vector<azl_value *> pointers;
  for (const HostValue &element : value.elements) {
    elements.push_back(toRuntime(element));
    if (!elements.back())
      return nullptr;
    pointers.push_back(elements.back().get());
  }
  static constexpr azl_value_kind kinds[] = {AZL_VALUE_TENSOR, AZL_VALUE_SEQUENCE,
                                             AZL_VALUE_OPTIONAL, AZL_VALUE_MAP};
  azl_value_from_list(kinds[static_cast<int>(value.kind)], pointers.data(), pointers.size(),
                      &result);
  return ValueHandle(result);
}

HostValue fromRuntime(const azl_value &value) {
  HostValue result;
  static constexpr HostValue::Kind kinds[] = {HostValue::Kind::Tensor, HostValue::Kind::Sequence,
                                              HostValue::Kind::Optional, HostValue::Kind::Map};
  result.kind = kinds[azl_value_get_kind(&value)];
  for (size_t i = 0; i < azl_value_count(&value); ++i)
    result.elements.push_back(fromRuntime(*azl_value_element(&value, i)));
  if (result.kind != HostValue::Kind::Tensor)
    return result;
  azl_tensor tensor = azl_value_get_tensor(&value);
  result.elementType = tensor.type;
  result.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  if (tensor.type == AZL_STRING) {
    const auto *strings = static_cast<const azl_string *>(tensor.data);
    for (int64_t i = 0, count = result.elementCount(); i < count; ++i)
      result.strings.emplace_back(strings[i].data, strings[i].size);
    return result;
  }
  const auto *bytes = static_cast<const uint8_t *>(tensor.data);
  result.bytes.assign(bytes, bytes + azl_tensor_bytes(tensor.type, tensor.rank, tensor.shape));
  return result;
}

bool runValues(azl_session *session, llvm::ArrayRef<ValueHandle> inputs, size_t outputCount,
               std::vector<ValueHandle> &outputs) {
  std::vector<azl_value *> arguments, results(outputCount);
  for (const ValueHandle &input : inputs)
    arguments.push_back(input.get());
  azl_status status =
      azl_run_values(session, arguments.data(), arguments.size(), results.data(), results.size());
  for (azl_value *result : results)
    outputs.emplace_back(result);
  return status == AZL_OK;
}

} // namespace azulejo
