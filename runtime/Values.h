//===- Values.h - What the caller gives and gets ----------------------------------------------===//
#ifndef AZULEJO_RUNTIME_VALUES_H
#define AZULEJO_RUNTIME_VALUES_H

#include "runtime/Status.h"
#include <atomic>
#include <string_view>
#include <vector>

struct azl_value {
  std::atomic<int64_t> references{1};
  azl_value_kind kind = AZL_VALUE_TENSOR;
  /// A tensor's: contiguous, packed as in azl_tensor; `owner` is the memory of all of it.
  azl_tensor tensor{};
  std::vector<azl_value *> elements;

  azl_value() = default;
  azl_value(const azl_value &) = delete;
  ~azl_value();
};

namespace azulejo::runtime {

/// azl_value_from_tensor and azl_value_from_list, whose message is still to be kept.
Status makeTensorValue(const azl_tensor &tensor, azl_value **value);
Status makeListValue(azl_value_kind kind, azl_value *const *elements, size_t count,
                     azl_value **value);

/// Makes `tensor` own new host memory with these strings, which may lie anywhere. False where there
/// is no more.
bool allocateStrings(int32_t rank, const int64_t *shape,
                     const std::vector<std::string_view> &strings, azl_tensor &tensor);

/// Whether the elements follow each other in memory without gaps; dimensions of size 1 may have any
/// stride.
bool isContiguous(const azl_tensor &tensor);

/// Copies the elements of a tensor with strides to where they follow each other.
void gatherStrided(const azl_tensor &tensor, char *to, int64_t elementBytes);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_VALUES_H
