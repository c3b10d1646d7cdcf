//===- Memory.cpp - Allocations and the addresses they have ---------------===//
#include "runtime/cudasim/Check/Checkers.h"
#include "runtime/cudasim/Check/Report.h"
#include "runtime/cudasim/Driver/Driver.h"
#include "runtime/cudasim/Instructions/Call.h"
#include <algorithm>
#include <sys/mman.h>

namespace azulejo::cudasim::driver {

MemoryRecord *Driver::findRecord(uint64_t address, uint64_t *begin) {
  auto after = records.upper_bound(address);
  if (after == records.begin())
    return nullptr;
  auto &[first, record] = *std::prev(after);
  if (address - first >= std::max<uint64_t>(record.size, 1))
    return nullptr;
  if (begin)
    *begin = first;
  return &record;
}

/// Pages of the host: what cuMemHostAlloc and cuMemAllocManaged give.
static void *mapPages(size_t bytes) {
  void *pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

static bool ownsPages(const MemoryRecord &record) {
  return record.kind == MemoryRecord::Managed || record.kind == MemoryRecord::Host;
}

CUdeviceptr Driver::allocate(size_t bytes, MemoryRecord record, const char *what) {
  require(bytes != 0);
  record.size = bytes;
  record.id = nextId++;
  std::string origin = record.kind == MemoryRecord::Global ? std::string(what) : "";
  Allocation *allocation = nullptr;
  if (ownsPages(record)) {
    void *pages = mapPages(bytes);
    require(pages != nullptr, CUDA_ERROR_OUT_OF_MEMORY);
    allocation =
        memory->registerHost(pages, bytes, what + (" #" + std::to_string(++hostAllocations)));
    if (!allocation) {
      munmap(pages, bytes);
      fail(CUDA_ERROR_OUT_OF_MEMORY);
    }
  } else {
    if (origin.empty())
      origin = what + (" #" + std::to_string(++allocations));
    allocation = memory->allocate(bytes, std::move(origin));
    require(allocation != nullptr, CUDA_ERROR_OUT_OF_MEMORY);
  }
  records[allocation->begin] = record;
  // The program writes its own memory unseen, and variables begin as zeros.
  if (ownsPages(record) || record.kind == MemoryRecord::Global)
    written(allocation->begin, bytes);
  return allocation->begin;
}

void Driver::written(uint64_t address, uint64_t bytes) {
  if (!configuration.options.checkGlobalInitialization)
    return;
  // More than one allocation only where mappings lie side by side.
  for (uint64_t end = address + bytes; address < end;) {
    Allocation *allocation = memory->find(address);
    if (!allocation || address - allocation->begin >= allocation->size)
      return;
    uint64_t last = std::min(end, allocation->begin + allocation->size);
    Checkers::markInitialized(*allocation, address - allocation->begin, last - address);
    address = last;
  }
}

void Driver::release(uint64_t begin) {
  auto found = records.find(begin);
  if (found == records.end())
    return;
  MemoryRecord record = found->second;
  memory->free(begin);
  records.erase(found);
  if (record.pool)
    record.pool->used -= std::min(record.pool->used, record.size);
  if (ownsPages(record))
    munmap(reinterpret_cast<void *>(begin), record.size);
}

uint8_t *Driver::devicePointer(CUdeviceptr address, uint64_t bytes) {
  if (windowOf(address) == Space::Constant) {
    auto bank = banks.find(uint32_t(address >> 32) & 0xffffff);
    std::shared_ptr<Module> module = bank == banks.end() ? nullptr : bank->second.lock();
    uint64_t offset = address & 0xffffffff;
    require(module != nullptr);
    std::vector<uint8_t> &constants = module->program->constantBank;
    require(bytes <= constants.size() && offset <= constants.size() - bytes);
    return constants.data() + offset;
  }
  uint8_t *host = memory->hostPointer(address, bytes);
  require(host != nullptr);
  return host;
}

uint8_t *Driver::anyPointer(CUdeviceptr address, uint64_t bytes) {
  if (address >= globalWindow || findRecord(address))
    return devicePointer(address, bytes);
  require(address >= 4096); // no page of a program
  return reinterpret_cast<uint8_t *>(address);
}

bool Driver::isOtherContextAlive(const Context &context) const {
  bool alive = false;
  registry.forEach([&](const std::shared_ptr<Object> &each) {
    auto *other = dynamic_cast<Context *>(each.get());
    alive |= other && other != &context && !other->destroyed;
  });
  return alive;
}

void Driver::reportLeaks(const Context &context) {
  // A program whose context a fault broke cannot free what it has.
  if (!configuration.reportLeaks || context.error != CUDA_SUCCESS)
    return;
  std::string text, json;
  auto add = [&](const std::string &line) {
    text += "leak: " + line + "\n";
    json += "{\"class\": \"leak\", \"message\": " + quoteJson(line) + "}\n";
  };
  for (auto &[begin, record] : records) {
    if (record.context.lock().get() != &context || record.kind == MemoryRecord::Global ||
        record.ofGraph)
      continue;
    const Allocation *allocation = memory->find(begin);
    add(std::to_string(record.size) + " bytes of " +
        (allocation ? allocation->origin : std::string("memory")) + " were never freed");
  }
  if (!isOtherContextAlive(context)) {
    // What kernels allocated and did not free: nobody says in which context they did.
    uint64_t bytes = 0, pieces = 0;
    for (const Allocation *allocation : memory->live())
      if (allocation->origin == deviceHeapOrigin) {
        bytes += allocation->size;
        ++pieces;
        memory->free(allocation->begin);
      }
    if (pieces)
      add(std::to_string(bytes) + " bytes in " + std::to_string(pieces) + " pieces of " +
          deviceHeapOrigin + " were never freed");
  }
  if (!text.empty())
    say(text, json);
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::driver;

namespace {

MemoryRecord recordOf(Driver &driver, MemoryRecord::Kind kind, unsigned flags = 0) {
  MemoryRecord record;
  record.kind = kind;
  record.context = driver.currentOrNull();
  record.flags = flags;
  return record;
}

/// What cuMemFree and its like accept: the first address of a live allocation of these kinds.
void freeKind(Driver &driver, uint64_t begin, std::initializer_list<MemoryRecord::Kind> kinds) {
  auto found = driver.records.find(begin);
  require(found != driver.records.end());
  require(std::find(kinds.begin(), kinds.end(), found->second.kind) != kinds.end());
  driver.release(begin);
}

} // namespace

extern "C" {

CUresult cuMemGetInfo(size_t *available, size_t *total) {
  return withContext([&](Driver &driver, Context &) {
    if (available)
      *available = driver.memory->capacity() - driver.memory->used();
    if (total)
      *total = driver.memory->capacity();
  });
}

CUresult cuMemAlloc(CUdeviceptr *out, size_t bytes) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    driver.forbidDuringCapture();
    *out = driver.allocate(bytes, recordOf(driver, MemoryRecord::Device), "cuMemAlloc");
  });
}

CUresult cuMemAllocPitch(CUdeviceptr *out, size_t *pitch, size_t width, size_t height,
                         unsigned int elementBytes) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && pitch != nullptr);
    require(elementBytes == 4 || elementBytes == 8 || elementBytes == 16);
    require(width != 0 && height != 0);
    driver.forbidDuringCapture();
    require(width <= 0x7fffffff - 511 && height <= (uint64_t(1) << 46) / width,
            CUDA_ERROR_INVALID_VALUE);
    size_t row = (width + 511) / 512 * 512;
    *out = driver.allocate(row * height, recordOf(driver, MemoryRecord::Device), "cuMemAllocPitch");
    *pitch = row;
  });
}

CUresult cuMemFree(CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    driver.forbidDuringCapture();
    if (address != 0)
      freeKind(driver, address,
               {MemoryRecord::Device, MemoryRecord::Managed, MemoryRecord::Pooled});
  });
}

CUresult cuMemGetAddressRange(CUdeviceptr *base, size_t *size, CUdeviceptr address) {
  return withContext([&](Driver &driver, Context &) {
    uint64_t begin = 0;
    MemoryRecord *record = driver.findRecord(address, &begin);
    require(record != nullptr, CUDA_ERROR_NOT_FOUND);
    if (base)
      *base = begin;
    if (size)
      *size = record->size;
  });
}

CUresult cuMemAllocHost(void **out, size_t bytes) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    driver.forbidDuringCapture();
    *out = reinterpret_cast<void *>(driver.allocate(
        bytes, recordOf(driver, MemoryRecord::Host, CU_MEMHOSTALLOC_PORTABLE), "cuMemAllocHost"));
  });
}

CUresult cuMemHostAlloc(void **out, size_t bytes, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    constexpr unsigned known =
        CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED;
    require((flags & ~known) == 0);
    driver.forbidDuringCapture();
    *out = reinterpret_cast<void *>(
        driver.allocate(bytes, recordOf(driver, MemoryRecord::Host, flags), "cuMemHostAlloc"));
  });
}

CUresult cuMemFreeHost(void *pointer) {
  return withContext([&](Driver &driver, Context &) {
    driver.forbidDuringCapture();
    if (pointer)
      freeKind(driver, uint64_t(pointer), {MemoryRecord::Host});
  });
}

CUresult cuMemHostGetDevicePointer(CUdeviceptr *out, void *pointer, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require(out != nullptr && pointer != nullptr && flags == 0);
    MemoryRecord *record = driver.findRecord(uint64_t(pointer));
    require(record &&
            (record->kind == MemoryRecord::Host || record->kind == MemoryRecord::Registered));
    *out = CUdeviceptr(pointer);
  });
}

CUresult cuMemHostGetFlags(unsigned int *flags, void *pointer) {
  return withContext([&](Driver &driver, Context &) {
    require(flags != nullptr && pointer != nullptr);
    MemoryRecord *record = driver.findRecord(uint64_t(pointer));
    require(record &&
            (record->kind == MemoryRecord::Host || record->kind == MemoryRecord::Registered));
    // With unified addressing everything is mapped.
    *flags = record->flags | CU_MEMHOSTALLOC_DEVICEMAP;
  });
}

CUresult cuMemHostRegister(void *pointer, size_t bytes, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    require(pointer != nullptr && bytes != 0);
    constexpr unsigned known =
        CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP | CU_MEMHOSTREGISTER_READ_ONLY;
    require((flags & ~known) == 0, flags & CU_MEMHOSTREGISTER_IOMEMORY ? CUDA_ERROR_NOT_SUPPORTED
                                                                       : CUDA_ERROR_INVALID_VALUE);
    driver.forbidDuringCapture();
    uint64_t begin = uint64_t(pointer);
    require(begin < globalWindow && bytes < globalWindow - begin);
    // Neither an end of it nor another allocation may lie in what is known already.
    auto after = driver.records.lower_bound(begin);
    bool overlaps =
        driver.findRecord(begin) || (after != driver.records.end() && after->first < begin + bytes);
    require(!overlaps, CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
    Allocation *allocation = driver.memory->registerHost(
        pointer, bytes, "cuMemHostRegister #" + std::to_string(++driver.hostAllocations));
    require(allocation != nullptr, CUDA_ERROR_OUT_OF_MEMORY);
    if (flags & CU_MEMHOSTREGISTER_READ_ONLY)
      allocation->readOnly = true;
    MemoryRecord record = recordOf(driver, MemoryRecord::Registered, flags);
    record.size = bytes;
    record.id = driver.nextId++;
    driver.records[begin] = record;
    driver.written(begin, bytes);
  });
}

CUresult cuMemHostUnregister(void *pointer) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(pointer);
    driver.forbidDuringCapture();
    auto found = driver.records.find(uint64_t(pointer));
    require(found != driver.records.end() && found->second.kind == MemoryRecord::Registered,
            CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
    driver.release(uint64_t(pointer));
  });
}

CUresult cuMemAllocManaged(CUdeviceptr *out, size_t bytes, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    requirePointer(out);
    require(flags == CU_MEM_ATTACH_GLOBAL || flags == CU_MEM_ATTACH_HOST);
    driver.forbidDuringCapture();
    *out =
        driver.allocate(bytes, recordOf(driver, MemoryRecord::Managed, flags), "cuMemAllocManaged");
  });
}

// Managed memory lies in one place, which both sides reach: advice changes nothing.
CUresult cuMemAdvise(CUdeviceptr address, size_t bytes, CUmem_advise advice, CUmemLocation) {
  return withContext([&](Driver &driver, Context &) {
    require(bytes != 0 && advice >= CU_MEM_ADVISE_SET_READ_MOSTLY &&
            advice <= CU_MEM_ADVISE_UNSET_ACCESSED_BY);
    uint64_t begin = 0;
    MemoryRecord *record = driver.findRecord(address, &begin);
    require(record && record->kind == MemoryRecord::Managed &&
            bytes <= record->size - (address - begin));
  });
}

CUresult cuMemPrefetchAsync(CUdeviceptr address, size_t bytes, CUmemLocation location,
                            unsigned int flags, CUstream stream) {
  return withContext([&](Driver &driver, Context &) {
    driver.findStream(stream);
    require(bytes != 0 && flags == 0);
    require(location.type == CU_MEM_LOCATION_TYPE_HOST ||
                (location.type == CU_MEM_LOCATION_TYPE_DEVICE && location.id == 0) ||
                location.type == CU_MEM_LOCATION_TYPE_HOST_NUMA,
            CUDA_ERROR_INVALID_DEVICE);
    uint64_t begin = 0;
    MemoryRecord *record = driver.findRecord(address, &begin);
    require(record && record->kind == MemoryRecord::Managed &&
            bytes <= record->size - (address - begin));
  });
}

CUresult cuStreamAttachMemAsync(CUstream stream, CUdeviceptr address, size_t, unsigned int flags) {
  return withContext([&](Driver &driver, Context &) {
    driver.findStream(stream);
    require(flags == CU_MEM_ATTACH_GLOBAL || flags == CU_MEM_ATTACH_HOST ||
            flags == CU_MEM_ATTACH_SINGLE);
    MemoryRecord *record = driver.findRecord(address);
    require(record && record->kind == MemoryRecord::Managed);
  });
}
}
