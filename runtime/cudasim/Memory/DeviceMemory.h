//===- DeviceMemory.h - Allocations of the simulated GPU ------------------===//
#ifndef AZULEJO_CUDASIM_MEMORY_DEVICEMEMORY_H
#define AZULEJO_CUDASIM_MEMORY_DEVICEMEMORY_H

#include "runtime/cudasim/Memory/Space.h"
#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace azulejo::cudasim {

struct Reservation; // VirtualMemory.cpp
struct ReservationDeleter {
  void operator()(Reservation *reservation) const;
};

/// One piece of memory that kernels can reach.
struct Allocation {
  uint64_t begin = 0, size = 0;
  uint8_t *host = nullptr; // its bytes; kept a while after free, for operations still in flight
  std::string
      origin; // for reports: "cuMemAlloc #3", "global variable `counter`", "pinned host memory #1"
  std::atomic<bool> freed{false};
  bool isHost = false; // pinned or registered: `begin` is the host address itself
  bool readOnly = false;
  bool isMapped = false;              // into a reservation, which has the host's pages
  Reservation *reservation = nullptr; // of what stands for reserved addresses in a slot
  /// What the checkers know of each byte; made when first needed. Owned by Check/.
  std::shared_ptr<void> shadow;
  std::atomic<void *> shadowAddress{nullptr}; // the same, read without a lock
};

/// Hands out addresses such that each allocation lies alone in a slot of the address space (see
/// Space.h): an index too large or too small leads to no other allocation, whatever its stride, as
/// long as it is off by less than 4 GiB. find() is a table lookup. Thread-safe.
class DeviceMemory {
public:
  explicit DeviceMemory(uint64_t capacity);
  ~DeviceMemory();

  /// Null where the capacity does not suffice. The bytes are fresh: zero pages of the host.
  Allocation *allocate(uint64_t size, std::string origin);
  /// Makes host memory reachable at its own address.
  Allocation *registerHost(void *host, uint64_t size, std::string origin);
  /// False if `begin` is not the begin of a live allocation.
  bool free(uint64_t begin);
  /// How often that was done.
  uint64_t frees() const { return freeCount.load(std::memory_order_relaxed); }

  // --- Virtual memory management (VirtualMemory.cpp)
  /// Addresses without memory; 0 where there are none left.
  uint64_t reserve(uint64_t size);
  /// False unless that is just one reservation, with nothing mapped.
  bool unreserve(uint64_t begin, uint64_t size);
  /// `size` bytes of `file` from `offset` on lie at `address` from now on, and may not be accessed
  /// yet. False where that is not free in one reservation.
  bool map(uint64_t address, uint64_t size, int file, uint64_t offset, std::string origin);
  /// Both false where the range is not made up of whole mappings.
  bool unmap(uint64_t begin, uint64_t size);
  bool setAccess(uint64_t begin, uint64_t size, bool readable, bool writable);
  /// Of memory that is mapped nowhere, or several times; false where the capacity does not suffice.
  bool takeCapacity(uint64_t size);
  void giveCapacity(uint64_t size);

  /// The allocation in whose slot `address` lies, though it may lie beyond its bounds and be freed;
  /// null where no slot was ever given out.
  const Allocation *find(uint64_t address) const;
  Allocation *find(uint64_t address) {
    return const_cast<Allocation *>(static_cast<const DeviceMemory *>(this)->find(address));
  }

  /// [address, address + size) within one live allocation, or mappings side by side; else null.
  uint8_t *hostPointer(uint64_t address, uint64_t size) const;

  uint64_t capacity() const { return total; }
  uint64_t used() const;
  /// The live allocations in the order they were made: leaks at unload.
  std::vector<const Allocation *> live() const;

private:
  /// A table of slots that grows without moving, so that find() takes no lock.
  static constexpr unsigned slotBits = 33, chunkBits = 11, chunkCount = 1 << 12;
  struct Chunk {
    std::atomic<Allocation *> slots[1 << chunkBits] = {};
  };
  void setSlot(uint64_t slot, Allocation *allocation);
  /// Addresses for `size` bytes of `allocation`, or 0. The lock is held.
  uint64_t takeSlots(uint64_t size, Allocation *allocation);
  Reservation *findReservation(uint64_t address, uint64_t size) const;
  const Allocation *findMapped(const Reservation &reservation, uint64_t address) const;
  const Allocation *findHost(uint64_t address) const;

  const uint64_t total;
  uint64_t inUse = 0, nextSlot = 0;
  std::atomic<uint64_t> freeCount{0};
  mutable std::shared_mutex mutex;
  std::unique_ptr<std::atomic<Chunk *>[]> chunks;
  std::vector<std::unique_ptr<Allocation>> allocations; // in the order made
  std::unordered_map<uint64_t, Allocation *> byBegin;   // the live ones
  std::vector<Allocation *> hostRanges;                 // sorted by begin; freed ones too
  std::vector<std::unique_ptr<Reservation, ReservationDeleter>> reservations;
  std::deque<Allocation *> quarantine; // freed, their bytes still there, the oldest first
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_DEVICEMEMORY_H
