//===- DeviceMemory.cpp - Allocations of the simulated GPU ----------------===//
#include "runtime/cudasim/Memory/DeviceMemory.h"
#include <algorithm>
#include <sys/mman.h>

using namespace azulejo::cudasim;

/// How far in front of an allocation its slot begins, and the least that lies behind its end.
static constexpr uint64_t margin = uint64_t(4) << 30;
/// Freed allocations whose bytes are kept.
static constexpr size_t quarantined = 64;
/// How far from a range of host memory an address may be and still be explained by it.
static constexpr uint64_t hostNeighbourhood = 1 << 20;

static uint64_t wholePages(uint64_t size) { return (size + 4095) / 4096 * 4096; }

static void release(Allocation &allocation) {
  if (allocation.host && !allocation.isHost && !allocation.isMapped)
    munmap(allocation.host, wholePages(allocation.size));
  allocation.host = nullptr;
  allocation.shadow.reset();
}

DeviceMemory::DeviceMemory(uint64_t capacity)
    : total(capacity), chunks(new std::atomic<Chunk *>[chunkCount]()) {}

DeviceMemory::~DeviceMemory() {
  for (auto &allocation : allocations)
    release(*allocation);
  for (unsigned i = 0; i < chunkCount; ++i)
    delete chunks[i].load();
}

void DeviceMemory::setSlot(uint64_t slot, Allocation *allocation) {
  std::atomic<Chunk *> &chunk = chunks[slot >> chunkBits];
  if (!chunk.load(std::memory_order_relaxed))
    chunk.store(new Chunk, std::memory_order_release);
  chunk.load(std::memory_order_relaxed)
      ->slots[slot & ((1 << chunkBits) - 1)]
      .store(allocation, std::memory_order_release);
}

uint64_t DeviceMemory::takeSlots(uint64_t size, Allocation *allocation) {
  uint64_t slots = (margin + size + (uint64_t(1) << slotBits) - 1) >> slotBits;
  if (nextSlot + slots > (uint64_t(chunkCount) << chunkBits))
    return 0;
  uint64_t begin = globalWindow + (nextSlot << slotBits) + margin;
  for (uint64_t i = 0; i < slots; ++i)
    setSlot(nextSlot + i, allocation);
  nextSlot += slots;
  return begin;
}

Allocation *DeviceMemory::allocate(uint64_t size, std::string origin) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  if (size == 0 || size > total - inUse)
    return nullptr;
  void *host = mmap(nullptr, wholePages(size), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (host == MAP_FAILED)
    return nullptr;
  auto allocation = std::make_unique<Allocation>();
  allocation->begin = takeSlots(size, allocation.get());
  if (!allocation->begin) {
    munmap(host, wholePages(size));
    return nullptr;
  }
  allocation->size = size;
  allocation->host = static_cast<uint8_t *>(host);
  allocation->origin = std::move(origin);
  inUse += size;
  byBegin[allocation->begin] = allocation.get();
  allocations.push_back(std::move(allocation));
  return allocations.back().get();
}

Allocation *DeviceMemory::registerHost(void *host, uint64_t size, std::string origin) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  uint64_t begin = reinterpret_cast<uint64_t>(host), end = begin + size;
  if (size == 0 || end < begin || end > globalWindow)
    return nullptr;
  for (Allocation *other : hostRanges)
    if (!other->freed && other->begin < end && begin < other->begin + other->size)
      return nullptr;
  auto allocation = std::make_unique<Allocation>();
  allocation->begin = begin;
  allocation->size = size;
  allocation->host = static_cast<uint8_t *>(host);
  allocation->origin = std::move(origin);
  allocation->isHost = true;
  // What lay there once is forgotten, so that ranges do not overlap.
  hostRanges.erase(std::remove_if(hostRanges.begin(), hostRanges.end(),
                                  [&](Allocation *other) {
                                    return other->begin < end && begin < other->begin + other->size;
                                  }),
                   hostRanges.end());
  auto behind = std::upper_bound(
      hostRanges.begin(), hostRanges.end(), begin,
      [](uint64_t address, const Allocation *other) { return address < other->begin; });
  hostRanges.insert(behind, allocation.get());
  byBegin[begin] = allocation.get();
  allocations.push_back(std::move(allocation));
  return allocations.back().get();
}

bool DeviceMemory::free(uint64_t begin) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  auto found = byBegin.find(begin);
  if (found == byBegin.end())
    return false;
  Allocation *allocation = found->second;
  byBegin.erase(found);
  allocation->freed = true;
  ++freeCount;
  if (allocation->isHost) {
    release(*allocation);
    return true;
  }
  inUse -= allocation->size;
  quarantine.push_back(allocation);
  if (quarantine.size() > quarantined) {
    release(*quarantine.front());
    quarantine.pop_front();
  }
  return true;
}

const Allocation *DeviceMemory::findHost(uint64_t address) const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  auto behind = std::upper_bound(
      hostRanges.begin(), hostRanges.end(), address,
      [](uint64_t address, const Allocation *other) { return address < other->begin; });
  if (behind != hostRanges.begin()) {
    const Allocation *before = behind[-1];
    if (address - before->begin < before->size + hostNeighbourhood)
      return before;
  }
  if (behind != hostRanges.end() && (*behind)->begin - address < hostNeighbourhood)
    return *behind;
  return nullptr;
}

const Allocation *DeviceMemory::find(uint64_t address) const {
  if (address < globalWindow)
    return findHost(address);
  uint64_t slot = (address - globalWindow) >> slotBits;
  if (slot >> chunkBits >= chunkCount)
    return nullptr;
  const Chunk *chunk = chunks[slot >> chunkBits].load(std::memory_order_acquire);
  const Allocation *found =
      chunk ? chunk->slots[slot & ((1 << chunkBits) - 1)].load(std::memory_order_acquire) : nullptr;
  return found && found->reservation ? findMapped(*found->reservation, address) : found;
}

uint8_t *DeviceMemory::hostPointer(uint64_t address, uint64_t size) const {
  const Allocation *allocation = find(address);
  if (!allocation || allocation->freed || address < allocation->begin ||
      address - allocation->begin > allocation->size)
    return nullptr;
  uint64_t end = allocation->begin + allocation->size;
  for (const Allocation *next = allocation; next->isMapped && size > end - address;) {
    next = find(end);
    if (!next || next->begin != end || next->freed || !next->size)
      return nullptr;
    end += next->size;
  }
  if (size > end - address)
    return nullptr;
  return allocation->host + (address - allocation->begin);
}

uint64_t DeviceMemory::used() const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  return inUse;
}

std::vector<const Allocation *> DeviceMemory::live() const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  std::vector<const Allocation *> result;
  for (auto &allocation : allocations)
    if (!allocation->freed)
      result.push_back(allocation.get());
  return result;
}
