//===- VirtualMemory.cpp - Addresses, memory, and one mapped to the other -===//
#include "runtime/cudasim/Driver/Driver.h"
#include <sys/mman.h>
#include <unistd.h>

namespace azulejo::cudasim::driver {

/// Memory without an address: a file of the host's memory. It lives as long as a handle or a
/// mapping of it.
struct PhysicalMemory : Object {
  DeviceMemory &memory;
  CUmemAllocationProp properties;
  uint64_t size = 0, number = 0;
  unsigned handles = 1; // cuMemRetainAllocationHandle gives the same one again
  int file = -1;

  PhysicalMemory(DeviceMemory &memory, const CUmemAllocationProp &properties, uint64_t size)
      : memory(memory), properties(properties), size(size) {}
  ~PhysicalMemory() override {
    if (file < 0)
      return;
    close(file);
    memory.giveCapacity(size);
  }
};

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

constexpr uint64_t granularity = uint64_t(2) << 20;

bool isWhole(uint64_t value) { return value % granularity == 0; }

void requireProperties(const CUmemAllocationProp *properties) {
  requirePointer(properties);
  require(properties->type == CU_MEM_ALLOCATION_TYPE_PINNED &&
          properties->location.type == CU_MEM_LOCATION_TYPE_DEVICE);
  requireDevice(properties->location.id);
  // Nobody else is there to share it with.
  require(properties->requestedHandleTypes == CU_MEM_HANDLE_TYPE_NONE, CUDA_ERROR_NOT_SUPPORTED);
}

std::shared_ptr<PhysicalMemory> findMemory(Driver &driver, CUmemGenericAllocationHandle handle) {
  return driver.find<PhysicalMemory>(reinterpret_cast<const void *>(handle),
                                     CUDA_ERROR_INVALID_VALUE);
}

CUmemGenericAllocationHandle handleOf(const PhysicalMemory &memory) {
  return reinterpret_cast<CUmemGenericAllocationHandle>(memory.handle);
}

} // namespace

extern "C" {

CUresult cuMemGetAllocationGranularity(size_t *out, const CUmemAllocationProp *properties,
                                       CUmemAllocationGranularity_flags option) {
  return withDriver([&](Driver &) {
    requirePointer(out);
    requireProperties(properties);
    require(option == CU_MEM_ALLOC_GRANULARITY_MINIMUM ||
            option == CU_MEM_ALLOC_GRANULARITY_RECOMMENDED);
    *out = granularity;
  });
}

CUresult cuMemAddressReserve(CUdeviceptr *out, size_t size, size_t alignment, CUdeviceptr,
                             unsigned long long flags) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    require(size && isWhole(size) && (alignment & (alignment - 1)) == 0 && flags == 0);
    require(alignment <= uint64_t(4) << 30, CUDA_ERROR_NOT_SUPPORTED);
    // Where it is wished to be is a wish.
    CUdeviceptr address = driver.memory->reserve(size);
    require(address != 0, CUDA_ERROR_OUT_OF_MEMORY);
    *out = address;
  });
}

CUresult cuMemAddressFree(CUdeviceptr address, size_t size) {
  return withContext(
      [&](Driver &driver, Context &) { require(driver.memory->unreserve(address, size)); });
}

CUresult cuMemCreate(CUmemGenericAllocationHandle *out, size_t size,
                     const CUmemAllocationProp *properties, unsigned long long flags) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    requireProperties(properties);
    require(size && isWhole(size) && flags == 0);
    require(driver.memory->takeCapacity(size), CUDA_ERROR_OUT_OF_MEMORY);
    int file = memfd_create("azulejo-cudasim", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, off_t(size)) != 0) {
      if (file >= 0)
        close(file);
      driver.memory->giveCapacity(size);
      fail(CUDA_ERROR_OUT_OF_MEMORY);
    }
    auto made = std::make_shared<PhysicalMemory>(*driver.memory, *properties, size);
    made->file = file;
    made->number = ++driver.allocations;
    driver.registry.add(made);
    *out = handleOf(*made);
  });
}

CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<PhysicalMemory> memory = findMemory(driver, handle);
    if (--memory->handles == 0)
      driver.registry.remove(*memory);
  });
}

CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle *out, void *address) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    MemoryRecord *record = driver.findRecord(reinterpret_cast<CUdeviceptr>(address));
    require(record && record->kind == MemoryRecord::Mapped);
    auto memory = std::static_pointer_cast<PhysicalMemory>(record->physical);
    if (memory->handles++ == 0) // released, but for its mappings
      driver.registry.add(memory);
    *out = handleOf(*memory);
  });
}

CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp *out,
                                                CUmemGenericAllocationHandle handle) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    *out = findMemory(driver, handle)->properties;
  });
}

CUresult cuMemMap(CUdeviceptr address, size_t size, size_t offset,
                  CUmemGenericAllocationHandle handle, unsigned long long flags) {
  return withContext([&](Driver &driver, Context &) {
    std::shared_ptr<PhysicalMemory> memory = findMemory(driver, handle);
    require(size && isWhole(size) && isWhole(address) && isWhole(offset) && flags == 0);
    require(offset <= memory->size && size <= memory->size - offset);
    require(driver.memory->map(address, size, memory->file, offset,
                               "cuMemCreate #" + std::to_string(memory->number)));
    MemoryRecord record;
    record.kind = MemoryRecord::Mapped;
    record.size = size;
    record.id = driver.nextId++;
    record.physical = memory;
    driver.records[address] = record;
  });
}

CUresult cuMemUnmap(CUdeviceptr address, size_t size) {
  return withContext([&](Driver &driver, Context &) {
    require(size && driver.memory->unmap(address, size));
    driver.records.erase(driver.records.lower_bound(address),
                         driver.records.lower_bound(address + size));
  });
}

CUresult cuMemSetAccess(CUdeviceptr address, size_t size, const CUmemAccessDesc *descriptions,
                        size_t count) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(descriptions);
    require(size && count);
    for (size_t i = 0; i < count; ++i) {
      const CUmemAccessDesc &each = descriptions[i];
      require(each.location.type == CU_MEM_LOCATION_TYPE_DEVICE);
      requireDevice(each.location.id);
      require(each.flags == CU_MEM_ACCESS_FLAGS_PROT_NONE ||
              each.flags == CU_MEM_ACCESS_FLAGS_PROT_READ ||
              each.flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
    }
    CUmemAccess_flags flags = descriptions[count - 1].flags;
    require(driver.memory->setAccess(address, size, flags != CU_MEM_ACCESS_FLAGS_PROT_NONE,
                                     flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE));
    for (auto record = driver.records.lower_bound(address);
         record != driver.records.end() && record->first < address + size; ++record)
      record->second.flags = unsigned(flags);
  });
}

CUresult cuMemGetAccess(unsigned long long *out, const CUmemLocation *location,
                        CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    requirePointer(location);
    require(location->type == CU_MEM_LOCATION_TYPE_DEVICE);
    requireDevice(location->id);
    MemoryRecord *record = driver.findRecord(address);
    require(record && record->kind == MemoryRecord::Mapped);
    *out = record->flags;
  });
}
}
