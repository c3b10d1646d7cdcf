#include "runtime/Values.h"
#include "runtime/ElementType.h"
#include "runtime/TensorMemory.h"
#include <cstring>
#include <memory>

azl_value::~azl_value() {
  azl_tensor_release(&tensor);
  for (azl_value *element : elements)
    azl_value_release(element);
}

namespace azulejo::runtime {

bool allocateStrings(int32_t rank, const int64_t *shape,
                     const std::vector<std::string_view> &strings, azl_tensor &tensor) {
  // The elements, and behind them what they point to.
  int64_t bytes = azl_tensor_bytes(AZL_STRING, rank, shape);
  for (std::string_view text : strings)
    bytes += int64_t(text.size());
  if (!allocateTensor(nullptr, {}, AZL_STRING, rank, shape, bytes, tensor))
    return false;
  auto *element = static_cast<azl_string *>(tensor.data);
  auto *end = reinterpret_cast<char *>(element + strings.size());
  for (std::string_view text : strings) {
    if (!text.empty())
      std::memcpy(end, text.data(), text.size());
    *element++ = {end, text.size()};
    end += text.size();
  }
  return true;
}

bool isContiguous(const azl_tensor &tensor) {
  int64_t expected = 1;
  for (int32_t i = tensor.rank - 1; tensor.strides && i >= 0; --i) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected)
      return false;
    expected *= tensor.shape[i];
  }
  return true;
}

static void gather(const azl_tensor &tensor, int32_t dim, const char *from, char *&to,
                   int64_t elementBytes) {
  if (dim == tensor.rank) {
    std::memcpy(to, from, elementBytes);
    to += elementBytes;
    return;
  }
  for (int64_t i = 0; i < tensor.shape[dim]; ++i)
    gather(tensor, dim + 1, from + i * tensor.strides[dim] * elementBytes, to, elementBytes);
}

void gatherStrided(const azl_tensor &tensor, char *to, int64_t elementBytes) {
  gather(tensor, 0, static_cast<const char *>(tensor.data), to, elementBytes);
}

/// A copy of the caller's tensor, which may be anything.
static Status copyTensor(const azl_tensor &from, azl_tensor &copy) {
  if (!azl_element_type_bits(from.type))
    return {AZL_INVALID_ARGUMENT, "the tensor has no element type"};
  if (from.rank < 0 || (from.rank && !from.shape) ||
      azl_tensor_bytes(from.type, from.rank, from.shape) < 0)
    return {AZL_INVALID_ARGUMENT, "the tensor has an impossible shape"};
  if (from.device.kind != AZL_HOST)
    return {AZL_INVALID_ARGUMENT, "a value's tensor is on the host"};
  Status noMemory(AZL_OUT_OF_MEMORY, "memory ran out for a copy of a tensor");
  int64_t count = countElements(from.rank, from.shape);
  if (count && !from.data)
    return {AZL_INVALID_ARGUMENT, "the tensor has no data"};
  bool contiguous = isContiguous(from);
  if (!contiguous && (isPacked(from.type) || from.type == AZL_STRING))
    return {AZL_INVALID_ARGUMENT, "a tensor of packed elements or strings must be contiguous"};
  if (from.type == AZL_STRING) {
    std::vector<std::string_view> strings;
    for (int64_t i = 0; i < count; ++i) {
      const azl_string &text = static_cast<const azl_string *>(from.data)[i];
      strings.emplace_back(text.data, text.size);
    }
    return allocateStrings(from.rank, from.shape, strings, copy) ? Status() : noMemory;
  }
  int64_t bytes = azl_tensor_bytes(from.type, from.rank, from.shape);
  if (!allocateTensor(nullptr, {}, from.type, from.rank, from.shape, bytes, copy))
    return noMemory;
  if (count && contiguous)
    std::memcpy(copy.data, from.data, bytes);
  else if (count)
    gatherStrided(from, static_cast<char *>(copy.data), storageBytes(from.type));
  return {};
}

Status makeTensorValue(const azl_tensor &tensor, azl_value **value) {
  auto made = std::make_unique<azl_value>();
  Status status = copyTensor(tensor, made->tensor);
  if (!status.failed())
    *value = made.release();
  return status;
}

Status makeListValue(azl_value_kind kind, azl_value *const *elements, size_t count,
                     azl_value **value) {
  auto invalid = [](const char *why) { return Status(AZL_INVALID_ARGUMENT, why); };
  if (kind != AZL_VALUE_SEQUENCE && kind != AZL_VALUE_OPTIONAL && kind != AZL_VALUE_MAP)
    return invalid("a list of values is a sequence, an optional or a map");
  for (size_t i = 0; i < count; ++i)
    if (!elements[i])
      return invalid("an element of a list is missing");
  if (kind == AZL_VALUE_OPTIONAL && count > 1)
    return invalid("an optional holds one value or none");
  if (kind == AZL_VALUE_MAP &&
      (count != 2 || elements[0]->kind != AZL_VALUE_TENSOR || elements[0]->tensor.rank != 1 ||
       elements[1]->kind != AZL_VALUE_SEQUENCE ||
       elements[1]->elements.size() != size_t(elements[0]->tensor.shape[0])))
    return invalid("a map holds a tensor of keys and a sequence of as many values");
  auto made = std::make_unique<azl_value>();
  made->kind = kind;
  made->elements.assign(elements, elements + count);
  for (azl_value *element : made->elements)
    azl_value_retain(element);
  *value = made.release();
  return {};
}

} // namespace azulejo::runtime

void azl_value_retain(azl_value *value) { ++value->references; }

void azl_value_release(azl_value *value) {
  if (value && --value->references == 0)
    delete value;
}

azl_value_kind azl_value_get_kind(const azl_value *value) { return value->kind; }

azl_tensor azl_value_get_tensor(const azl_value *value) {
  azl_tensor view = value->tensor;
  view.owner = nullptr;
  return view;
}

size_t azl_value_count(const azl_value *value) { return value->elements.size(); }

azl_value *azl_value_element(const azl_value *value, size_t index) {
  return value->elements[index];
}
