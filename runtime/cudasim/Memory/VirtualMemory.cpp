//===- VirtualMemory.cpp - Addresses first, memory later ------------------===//
#include "runtime/cudasim/Memory/DeviceMemory.h"
#include <sys/mman.h>

using namespace azulejo::cudasim;

/// Reserved addresses, and on the host as many pages that nothing may touch. What is mapped into
/// them lies there side by side, so copies go across the borders of neighbouring mappings.
struct azulejo::cudasim::Reservation {
  Allocation whole; // what find() gives where nothing is mapped: no bytes
  uint64_t size = 0;
  struct Mapping {
    Allocation *allocation;
    uint64_t size; // the allocation has bytes only while they may be accessed
  };
  std::map<uint64_t, Mapping> mappings; // by begin

  ~Reservation() { munmap(whole.host, size); }
};

void ReservationDeleter::operator()(Reservation *reservation) const { delete reservation; }

uint64_t DeviceMemory::reserve(uint64_t size) {
  void *host = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (host == MAP_FAILED)
    return 0;
  std::unique_ptr<Reservation, ReservationDeleter> made(new Reservation);
  made->size = size;
  made->whole.host = static_cast<uint8_t *>(host);
  made->whole.origin = "a range of reserved addresses with nothing mapped";
  made->whole.reservation = made.get();
  std::unique_lock<std::shared_mutex> lock(mutex);
  made->whole.begin = takeSlots(size, &made->whole);
  if (!made->whole.begin)
    return 0;
  reservations.push_back(std::move(made));
  return reservations.back()->whole.begin;
}

Reservation *DeviceMemory::findReservation(uint64_t address, uint64_t size) const {
  for (auto &each : reservations)
    if (address >= each->whole.begin && size <= each->size &&
        address - each->whole.begin <= each->size - size)
      return each.get();
  return nullptr;
}

bool DeviceMemory::unreserve(uint64_t begin, uint64_t size) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  Reservation *found = findReservation(begin, size);
  if (!found || found->whole.begin != begin || found->size != size || !found->mappings.empty())
    return false;
  // Its addresses are given to nobody else: who uses them still is told.
  found->whole.freed = true;
  return true;
}

bool DeviceMemory::map(uint64_t address, uint64_t size, int file, uint64_t offset,
                       std::string origin) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  Reservation *found = findReservation(address, size);
  if (!found || found->whole.freed)
    return false;
  auto behind = found->mappings.lower_bound(address);
  if ((behind != found->mappings.end() && behind->first < address + size) ||
      (behind != found->mappings.begin() &&
       std::prev(behind)->first + std::prev(behind)->second.size > address))
    return false;
  uint8_t *host = found->whole.host + (address - found->whole.begin);
  if (mmap(host, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, off_t(offset)) ==
      MAP_FAILED)
    return false;
  auto allocation = std::make_unique<Allocation>();
  allocation->begin = address;
  allocation->host = host;
  allocation->origin = std::move(origin);
  allocation->isMapped = true;
  found->mappings[address] = {allocation.get(), size};
  allocations.push_back(std::move(allocation));
  return true;
}

/// Calls f for the mappings of [begin, begin + size); false, and nothing is called, where they do
/// not make up just that.
template <class F>
static bool forMappings(Reservation *reservation, uint64_t begin, uint64_t size, F &&f) {
  if (!reservation)
    return false;
  auto &mappings = reservation->mappings;
  auto first = mappings.find(begin), last = first;
  for (uint64_t at = begin; at != begin + size; ++last) {
    if (last == mappings.end() || last->first != at || last->second.size > begin + size - at)
      return false;
    at += last->second.size;
  }
  while (first != last)
    f(first++);
  return true;
}

bool DeviceMemory::unmap(uint64_t begin, uint64_t size) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  Reservation *found = findReservation(begin, size);
  return forMappings(found, begin, size, [&](auto mapping) {
    Allocation &allocation = *mapping->second.allocation;
    allocation.freed = true;
    mmap(allocation.host, mapping->second.size, PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    found->mappings.erase(mapping);
  });
}

bool DeviceMemory::setAccess(uint64_t begin, uint64_t size, bool readable, bool writable) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  return forMappings(findReservation(begin, size), begin, size, [&](auto mapping) {
    mapping->second.allocation->size = readable ? mapping->second.size : 0;
    mapping->second.allocation->readOnly = !writable;
  });
}

const Allocation *DeviceMemory::findMapped(const Reservation &reservation, uint64_t address) const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  auto behind = reservation.mappings.upper_bound(address);
  return behind == reservation.mappings.begin() ? &reservation.whole
                                                : std::prev(behind)->second.allocation;
}

bool DeviceMemory::takeCapacity(uint64_t size) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  if (size > total - inUse)
    return false;
  inUse += size;
  return true;
}

void DeviceMemory::giveCapacity(uint64_t size) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  inUse -= size;
}
