//===- Shadow.h - What is remembered of every piece of memory -------------===//
#ifndef AZULEJO_CUDASIM_CHECK_SHADOW_H
#define AZULEJO_CUDASIM_CHECK_SHADOW_H

#include "runtime/cudasim/Check/Chunks.h"
#include "runtime/cudasim/Check/Line.h"
#include <atomic>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

struct ReadRecord {
  Record record;
  LaneMask lanes = 0;
};

/// Accesses of one granule since they were last all known to a writer. Reads by lanes of one warp
/// at one time are one record with a mask; those of further warps are in the page's lists.
struct Cell {
  Record write;
  /// The last strong write behind a weak one: strong accesses conflict with the weak one only.
  Record strongWrite;
  ReadRecord read;
  uint32_t moreReads = 0; // index + 1 into Page::lists
};

/// Shadow of 1024 bytes: lines, cells for those lines that are exact, and chunks where matrices are
/// read and copied. Cells are granules of 16
/// bytes until a smaller access is seen, then of its size: threads may write neighbouring bytes
/// without a race.
struct Page {
  static constexpr uint32_t bytes = 1024, lineCount = bytes / Line::bytes;
  uint64_t launch = 0;     // whose records these are
  std::vector<Cell> cells; // none before a line is exact
  unsigned shift = 4;      // log2 of a granule's bytes
  bool stamped = false;    // some line may have stamps or be exact
  Time lookedAt = 0;       // the last barrier for which lines were looked at (passChunkWrites)
  std::vector<std::vector<ReadRecord>> lists;
  std::unique_ptr<Chunks> chunks;         // null before an operation read some
  std::unique_ptr<uint8_t[]> initialized; // one byte a byte; null: not tracked
  std::atomic_flag busy = ATOMIC_FLAG_INIT;
  Line lines[lineCount];

  void refine(unsigned to);
  void forgetAccesses();
};

/// Of one allocation or one block's shared memory. Pages come when touched.
class Shadow {
public:
  Shadow(uint64_t size, bool tracksInitialization);
  ~Shadow();
  Page &page(uint64_t offset);
  /// As it was made; pages that were touched keep their place in the host's memory.
  void clear();
  const bool tracksInitialization;

private:
  std::vector<std::atomic<Page *>> pages;
};

/// Holds one page at a time while its cells are looked at: blocks on other host threads wait.
class PageLock {
public:
  PageLock() = default;
  ~PageLock() { take(nullptr, false); }
  PageLock(const PageLock &) = delete;
  PageLock &operator=(const PageLock &) = delete;

  /// `shared`: with other host threads; without, nothing is locked.
  void take(Page *page, bool shared) {
    if (held && held != page)
      held->busy.clear(std::memory_order_release);
    if (page && held != page && shared)
      while (page->busy.test_and_set(std::memory_order_acquire))
        __builtin_ia32_pause();
    held = shared ? page : nullptr;
  }

private:
  Page *held = nullptr;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_SHADOW_H
