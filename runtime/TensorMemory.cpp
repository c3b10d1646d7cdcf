#include "runtime/TensorMemory.h"
#include <cstdlib>

namespace azulejo::runtime {

namespace {

class HostMemory : public TensorMemory {
public:
  explicit HostMemory(int64_t bytes)
      : data(std::aligned_alloc(AZM_BUFFER_ALIGNMENT,
                                (bytes / AZM_BUFFER_ALIGNMENT + 1) * AZM_BUFFER_ALIGNMENT)) {}
  ~HostMemory() override { std::free(data); }
  void *const data;
};

class DeviceMemory : public TensorMemory {
public:
  DeviceMemory(std::shared_ptr<Device> device, int64_t bytes)
      : device(std::move(device)), data(this->device->allocate(bytes)) {}
  ~DeviceMemory() override { device->free(data); }
  const std::shared_ptr<Device> device;
  void *const data;
};

template <typename Memory>
bool give(std::unique_ptr<Memory> memory, azl_device place, azl_element_type type, size_t rank,
          const int64_t *shape, azl_tensor &tensor) {
  if (!memory->data)
    return false;
  memory->shape.assign(shape, shape + rank);
  tensor = {memory->data, type, int32_t(rank), memory->shape.data(), nullptr, nullptr, place};
  tensor.owner = static_cast<TensorMemory *>(memory.release());
  return true;
}

} // namespace

bool allocateTensor(const std::shared_ptr<Device> &device, azl_device place, azl_element_type type,
                    size_t rank, const int64_t *shape, int64_t bytes, azl_tensor &tensor) {
  if (place.kind == AZL_HOST)
    return give(std::make_unique<HostMemory>(bytes), place, type, rank, shape, tensor);
  return give(std::make_unique<DeviceMemory>(device, bytes), place, type, rank, shape, tensor);
}

} // namespace azulejo::runtime

void azl_tensor_release(azl_tensor *tensor) {
  if (!tensor || !tensor->owner)
    return;
  delete static_cast<azulejo::runtime::TensorMemory *>(tensor->owner);
  *tensor = {};
}
