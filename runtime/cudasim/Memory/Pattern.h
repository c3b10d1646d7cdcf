//===- Pattern.h - How the lanes of an access lie to each other -----------===//
#ifndef AZULEJO_CUDASIM_MEMORY_PATTERN_H
#define AZULEJO_CUDASIM_MEMORY_PATTERN_H

#include "runtime/cudasim/Memory/Access.h"
#include <array>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

struct Allocation;

/// Where lanes access memory, relative to the first of them. Most instructions of a kernel have one
/// pattern all the time, or each warp its own, at places that move: whatever follows from it alone
/// (how far it reaches, which banks collide) is found once and kept.
struct Pattern {
  LaneMask lanes = 0;
  uint32_t bytes = 0;
  alignas(32) uint64_t offsets[warpSize]; // from the first lane's address; 0 for lanes left out
  int64_t least = 0, greatest = 0;        // of them
  uint64_t anyOffset = 0;                 // their bits, or-ed
  bool contiguous = false;                // all lanes, one behind the other

  /// What counters say of it (Count/Counters.cpp) where the first address has these low bits.
  struct Sectors {
    uint8_t phase = 0xff;
    uint32_t count = 0;
  } sectors;
  struct Wavefronts {
    uint8_t phase = 0xff;
    uint32_t count = 0, conflicts = 0;
  } wavefronts;

  /// The distinct words, of 1 << shift bytes, that lanes touch, in the order of their first lanes:
  /// for accesses of whole words that are aligned to them.
  struct Words {
    static constexpr uint32_t several = ~0u;
    unsigned shift = 0;
    uint32_t count = 0;
    bool ascending = false;        // one behind the other
    bool isShared = false;         // several lanes touch one
    std::vector<uint32_t> places;  // from the first lane's first word
    std::vector<uint32_t> touched; // by which lane, or `several`
  };
  /// Null before the pattern came twice: then it will come again, and the work is worth it.
  const Words *words(unsigned shift);

  /// What lanes touch of pages of shared memory, in chunks (Access.h): for accesses of 16 bytes
  /// that are aligned to that.
  struct Rows {
    struct OfPage {
      int32_t page = 0; // counted from the first lane's
      LaneMask here = 0;
      uint64_t chunks = 0;
      /// That touch each chunk; of a write the last one only.
      std::array<LaneMask, ChunkRows::pageBytes / ChunkRows::chunkBytes> lanes{};
    };
    uint32_t phase = 0; // where in its page the first lane's bytes lie
    std::vector<OfPage> pages;

    void find(const Access &access);
  };
  /// Those of an access of this pattern.
  const Rows &rows(const Access &access);

  bool fits(const Access &access);
  void learn(const Access &access);

private:
  bool again = false, hasWords = false;
  std::unique_ptr<Words> madeWords;
  /// For some phases: warps use an instruction at places of their own.
  static constexpr size_t mostRows = 8;
  std::vector<Rows> madeRows;
};

/// The patterns of an instruction, the last few that differ.
class PatternSet {
public:
  /// That of an access; null where it is new and not worth remembering, as no two are alike.
  Pattern *find(const Access &access);

  /// Where the instruction was last: mostly it is there again. Allocations outlive launches.
  const Allocation *allocation = nullptr;

private:
  static constexpr uint32_t most = 8;
  std::vector<std::unique_ptr<Pattern>> patterns;
  uint32_t last = 0, oldest = 0;
  uint32_t misses = 0; // in a row
};

/// Those of every instruction, as one host thread saw it: of what it reads and of what it writes,
/// as cp.async does both.
class Patterns {
public:
  PatternSet &of(uint32_t pc, bool writes) {
    const size_t index = 2 * size_t(pc) + writes;
    if (index >= sets.size())
      sets.resize(index + 1);
    if (!sets[index])
      sets[index] = std::make_unique<PatternSet>();
    return *sets[index];
  }

private:
  std::vector<std::unique_ptr<PatternSet>> sets;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_PATTERN_H
