#include "runtime/host/Call.h"
#include "runtime/ElementType.h"

namespace azulejo::host {

int64_t countElements(const Shape &shape) {
  return runtime::countElements(int32_t(shape.size()), shape.data());
}

int64_t elementBytes(azl_element_type type) { return runtime::storageBytes(type); }

std::vector<int64_t> Call::integers(Value tensor) {
  std::vector<int64_t> result(countElements(shape(tensor)));
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = type(tensor) == AZL_INT32 ? data<int32_t>(tensor)[i] : data<int64_t>(tensor)[i];
  return result;
}

int64_t Call::integer(Value tensor) {
  std::vector<int64_t> all = integers(tensor);
  if (all.size() != 1)
    throw Error("a tensor of " + std::to_string(all.size()) + " elements where one is needed");
  return all.front();
}

std::vector<std::string_view> Call::texts(Value tensor) {
  std::vector<std::string_view> result(countElements(shape(tensor)));
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = text(data<int64_t>(tensor)[i]);
  return result;
}

} // namespace azulejo::host
