#include "runtime/cuda/TensorMaps.h"

namespace azulejo::runtime::cuda {

CUresult TensorMaps::find(const azm_tensor_map &description, CUtensorMap *&map) {
  std::string key(reinterpret_cast<const char *>(&description), sizeof description);
  if (auto found = maps.find(key); found != maps.end()) {
    map = &found->second;
    return CUDA_SUCCESS;
  }
  cuuint64_t sizes[5], strides[4];
  cuuint32_t box[5], elementStrides[5];
  for (int i = 0; i < 5; ++i) {
    sizes[i] = cuuint64_t(description.sizes[i]);
    box[i] = cuuint32_t(description.box[i]);
    elementStrides[i] = cuuint32_t(description.element_strides[i]);
    if (i < 4)
      strides[i] = cuuint64_t(description.strides[i]);
  }
  CUtensorMap encoded;
  CUresult result = driver.tensorMapEncodeTiled(
      &encoded, static_cast<CUtensorMapDataType>(description.type), cuuint32_t(description.rank),
      reinterpret_cast<void *>(description.address), sizes, strides, box, elementStrides,
      CU_TENSOR_MAP_INTERLEAVE_NONE, static_cast<CUtensorMapSwizzle>(description.swizzle),
      CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS)
    return result;
  map = &maps.emplace(std::move(key), encoded).first->second;
  return CUDA_SUCCESS;
}

} // namespace azulejo::runtime::cuda
