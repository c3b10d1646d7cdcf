//===- TensorMemory.h - What an azl_tensor's owner is -----------------------------------------===//
#ifndef AZULEJO_RUNTIME_TENSORMEMORY_H
#define AZULEJO_RUNTIME_TENSORMEMORY_H

#include "runtime/Device.h"

namespace azulejo::runtime {

/// The memory behind a tensor that the runtime gave to a caller, and its shape.
class TensorMemory {
public:
  virtual ~TensorMemory() = default;
  std::vector<int64_t> shape;
};

/// Makes `tensor` own new memory for `bytes` bytes of elements. On the host it is the C library's,
/// elsewhere `device`'s, which it keeps open. False where there is no more.
bool allocateTensor(const std::shared_ptr<Device> &device, azl_device place, azl_element_type type,
                    size_t rank, const int64_t *shape, int64_t bytes, azl_tensor &tensor);

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_TENSORMEMORY_H
