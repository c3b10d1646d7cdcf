//===- Pointer.cpp - What an address belongs to ---------------------------===//
#include "runtime/cudasim/Driver/Driver.h"

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

/// Writes one attribute of the allocation at `begin`. Fails where there is none of that number.
void getAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address,
                  const MemoryRecord &record, uint64_t begin) {
  const bool isHost = record.kind == MemoryRecord::Host || record.kind == MemoryRecord::Registered;
  const bool isManaged = record.kind == MemoryRecord::Managed;
  switch (attribute) {
  case CU_POINTER_ATTRIBUTE_CONTEXT: {
    std::shared_ptr<Context> context = record.context.lock();
    *static_cast<CUcontext *>(data) =
        context ? static_cast<CUcontext>(context->handle) : CUcontext();
    return;
  }
  case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
    *static_cast<unsigned *>(data) = isHost ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
    return;
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
    *static_cast<CUdeviceptr *>(data) = address;
    return;
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
    require(isHost || isManaged);
    *static_cast<void **>(data) = reinterpret_cast<void *>(address);
    return;
  case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    *static_cast<unsigned *>(data) = record.syncMemops;
    return;
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
  case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
    *static_cast<unsigned long long *>(data) = record.id;
    return;
  case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    *static_cast<unsigned *>(data) = isManaged;
    return;
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    *static_cast<int *>(data) = 0;
    return;
  case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
  case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
    *static_cast<unsigned *>(data) = 0;
    return;
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
  case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
    *static_cast<CUdeviceptr *>(data) = begin;
    return;
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
  case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
    *static_cast<size_t *>(data) = record.size;
    return;
  case CU_POINTER_ATTRIBUTE_MAPPED:
    *static_cast<unsigned *>(data) = 1;
    return;
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
    *static_cast<uint64_t *>(data) = 0;
    return;
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
    *static_cast<unsigned *>(data) = CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READWRITE;
    return;
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE: {
    require(record.pool != nullptr);
    *static_cast<CUmemoryPool *>(data) = static_cast<CUmemoryPool>(record.pool->handle);
    return;
  }
  default:
    fail(CUDA_ERROR_INVALID_VALUE);
  }
}

/// The answer for an address that the driver does not know: cuPointerGetAttributes gives zeros.
void clearAttribute(void *data, CUpointer_attribute attribute) {
  switch (attribute) {
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    *static_cast<int *>(data) = -2; // as the driver says
    return;
  case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
  case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
  case CU_POINTER_ATTRIBUTE_IS_MANAGED:
  case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
  case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
  case CU_POINTER_ATTRIBUTE_MAPPED:
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
    *static_cast<unsigned *>(data) = 0;
    return;
  default:
    require(attribute >= CU_POINTER_ATTRIBUTE_CONTEXT &&
            attribute <= CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID);
    *static_cast<uint64_t *>(data) = 0;
  }
}

} // namespace

extern "C" {

CUresult cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(data);
    uint64_t begin = 0;
    MemoryRecord *record = driver.findRecord(address, &begin);
    require(record != nullptr);
    getAttribute(data, attribute, address, *record, begin);
  });
}

CUresult cuPointerGetAttributes(unsigned int count, CUpointer_attribute *attributes, void **data,
                                CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    require(count != 0 && attributes != nullptr && data != nullptr);
    uint64_t begin = 0;
    MemoryRecord *record = driver.findRecord(address, &begin);
    for (unsigned i = 0; i < count; ++i) {
      requirePointer(data[i]);
      if (record && attributes[i] == CU_POINTER_ATTRIBUTE_HOST_POINTER &&
          (record->kind == MemoryRecord::Device || record->kind == MemoryRecord::Pooled ||
           record->kind == MemoryRecord::Global))
        *static_cast<void **>(data[i]) = nullptr;
      else if (record && !(attributes[i] == CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE && !record->pool))
        getAttribute(data[i], attributes[i], address, *record, begin);
      else
        clearAttribute(data[i], attributes[i]);
    }
  });
}

CUresult cuPointerSetAttribute(const void *value, CUpointer_attribute attribute,
                               CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(value);
    require(attribute == CU_POINTER_ATTRIBUTE_SYNC_MEMOPS);
    MemoryRecord *record = driver.findRecord(address);
    require(record != nullptr, CUDA_ERROR_INVALID_DEVICE);
    record->syncMemops = *static_cast<const unsigned *>(value) != 0;
  });
}
}
