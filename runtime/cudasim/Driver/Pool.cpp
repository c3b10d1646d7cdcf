//===- Pool.cpp - Stream-ordered allocation -------------------------------===//
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

// A pool keeps nothing: what is freed to it is gone, and an access to it a use after free.

namespace {

std::shared_ptr<Pool> findPool(Driver &driver, CUmemoryPool handle) {
  return driver.find<Pool>(handle, CUDA_ERROR_INVALID_VALUE);
}

CUmemoryPool handleOf(const std::shared_ptr<Pool> &pool) {
  return static_cast<CUmemoryPool>(pool->handle);
}

void allocateFrom(Driver &driver, CUdeviceptr *out, size_t bytes, std::shared_ptr<Pool> pool,
                  CUstream handle) {
  requirePointer(out);
  require(bytes != 0);
  std::shared_ptr<Stream> stream = driver.findStream(handle);
  require(!pool->properties.maxSize || pool->used + bytes <= pool->properties.maxSize,
          CUDA_ERROR_OUT_OF_MEMORY);
  MemoryRecord record;
  record.kind = MemoryRecord::Pooled;
  record.context = driver.currentOrNull();
  record.pool = pool;
  record.ofGraph = stream->capture != nullptr;
  CUdeviceptr address = driver.allocate(bytes, record, "cuMemAllocAsync");
  pool->used += bytes;
  pool->usedHigh = std::max(pool->usedHigh, pool->used);
  // A captured allocation has its address from now on, and is there when the graph runs.
  MemAllocWork work;
  work.address = address;
  work.bytes = bytes;
  driver.submit(*stream, std::move(work));
  *out = address;
}

} // namespace

extern "C" {

CUresult cuMemAllocAsync(CUdeviceptr *out, size_t bytes, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    allocateFrom(driver, out, bytes, driver.currentPool, stream);
  });
}

CUresult cuMemAllocFromPoolAsync(CUdeviceptr *out, size_t bytes, CUmemoryPool pool,
                                 CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    allocateFrom(driver, out, bytes, findPool(driver, pool), stream);
  });
}

CUresult cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Stream> stream = driver.findStream(handle);
    if (address == 0)
      return;
    auto found = driver.records.find(address);
    require(found != driver.records.end());
    MemoryRecord::Kind kind = found->second.kind;
    require(kind == MemoryRecord::Pooled || kind == MemoryRecord::Device);
    MemFreeWork work;
    work.address = address;
    driver.submit(*stream, std::move(work));
  });
}

CUresult cuMemPoolCreate(CUmemoryPool *out, const CUmemPoolProps *properties) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && properties != nullptr);
    require(properties->allocType == CU_MEM_ALLOCATION_TYPE_PINNED);
    require(properties->location.type == CU_MEM_LOCATION_TYPE_DEVICE &&
            properties->location.id == 0);
    require(properties->handleTypes == CU_MEM_HANDLE_TYPE_NONE, CUDA_ERROR_NOT_SUPPORTED);
    auto pool = driver.registry.add(std::make_shared<Pool>());
    pool->properties = *properties;
    *out = handleOf(pool);
  });
}

CUresult cuMemPoolDestroy(CUmemoryPool handle) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Pool> pool = findPool(driver, handle);
    require(!pool->isDefault);
    if (driver.currentPool == pool)
      driver.currentPool = driver.defaultPool;
    driver.registry.remove(*pool);
  });
}

CUresult cuMemPoolTrimTo(CUmemoryPool handle, size_t) {
  return withContext([&](Driver &driver, Context &) { findPool(driver, handle); });
}

CUresult cuMemPoolSetAttribute(CUmemoryPool handle, CUmemPool_attribute attribute, void *value) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Pool> pool = findPool(driver, handle);
    requirePointer(value);
    switch (attribute) {
    case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
      pool->reuse[attribute - CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES] =
          *static_cast<int *>(value);
      return;
    case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
      pool->releaseThreshold = *static_cast<cuuint64_t *>(value);
      return;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
      require(*static_cast<cuuint64_t *>(value) == 0);
      pool->usedHigh = pool->used;
      return;
    default:
      fail(CUDA_ERROR_INVALID_VALUE);
    }
  });
}

CUresult cuMemPoolGetAttribute(CUmemoryPool handle, CUmemPool_attribute attribute, void *value) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<Pool> pool = findPool(driver, handle);
    requirePointer(value);
    switch (attribute) {
    case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
      *static_cast<int *>(value) =
          pool->reuse[attribute - CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES];
      return;
    case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
      *static_cast<cuuint64_t *>(value) = pool->releaseThreshold;
      return;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
    case CU_MEMPOOL_ATTR_USED_MEM_CURRENT:
      *static_cast<cuuint64_t *>(value) = pool->used;
      return;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
      *static_cast<cuuint64_t *>(value) = pool->usedHigh;
      return;
    default:
      fail(CUDA_ERROR_INVALID_VALUE);
    }
  });
}

CUresult cuMemPoolSetAccess(CUmemoryPool handle, const CUmemAccessDesc *accesses, size_t count) {
  return withContext([&](Driver &driver, Context &) {
    findPool(driver, handle);
    require(count == 0 || accesses != nullptr);
    for (size_t i = 0; i < count; ++i) {
      require(accesses[i].location.type == CU_MEM_LOCATION_TYPE_DEVICE &&
                  accesses[i].location.id == 0,
              CUDA_ERROR_INVALID_DEVICE);
      require(accesses[i].flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    }
  });
}

CUresult cuMemPoolGetAccess(CUmemAccess_flags *flags, CUmemoryPool handle,
                            CUmemLocation *location) {
  return withContext([&](Driver &driver, Context &) {
    findPool(driver, handle);
    require(flags != nullptr && location != nullptr);
    bool own = location->type == CU_MEM_LOCATION_TYPE_DEVICE && location->id == 0;
    *flags = own ? CU_MEM_ACCESS_FLAGS_PROT_READWRITE : CU_MEM_ACCESS_FLAGS_PROT_NONE;
  });
}

CUresult cuDeviceGetDefaultMemPool(CUmemoryPool *out, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    requireDevice(device);
    *out = handleOf(driver.defaultPool);
  });
}

CUresult cuDeviceGetMemPool(CUmemoryPool *out, CUdevice device) {
  return withDriver([&](Driver &driver) {
    requirePointer(out);
    requireDevice(device);
    *out = handleOf(driver.currentPool);
  });
}

CUresult cuDeviceSetMemPool(CUdevice device, CUmemoryPool handle) {
  return withDriver([&](Driver &driver) {
    requireDevice(device);
    driver.currentPool = findPool(driver, handle);
  });
}
}
