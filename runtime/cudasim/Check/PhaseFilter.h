//===- PhaseFilter.h - Shared memory between two barriers -----------------===//
#ifndef AZULEJO_CUDASIM_CHECK_PHASEFILTER_H
#define AZULEJO_CUDASIM_CHECK_PHASEFILTER_H

#include "runtime/cudasim/Check/Clock.h"
#include "runtime/cudasim/Memory/Pattern.h"
#include <algorithm>
#include <utility>
#include <vector>

namespace azulejo::cudasim {

/// Spares the exact detector most of its work on shared memory.
///
/// Between two barriers of the whole block (a *phase*) most words of 4 bytes (of less, from when
/// the block first accesses less) are written by one thread and read by nobody, or read by many and
/// written by nobody, or touched by atomics only. What came before the phase is ordered before all
/// of it. So a word needs two tags: which thread wrote it in this phase, and which read it (or that
/// several did). An access that agrees with the tags conflicts with nothing; it is put into a log,
/// and when the phase ends the log is dropped. The first access that does not agree makes the log
/// be replayed through the exact detector, which then also gets the rest of the phase: correct
/// programs that synchronise in finer ways than by barriers pay for them, and reports are those of
/// the exact detector.
///
/// A tag:  31        12  11      10    9      5 4     0
///        [   phase    |strong|several| warp | lane ]    less than `begin`: never
///
/// Of a strong write (an atomic), whoever it is by, a tag has neither warp nor lane.
class PhaseFilter {
public:
  explicit PhaseFilter(uint64_t sharedBytes)
      : writes((sharedBytes + 3) / 4), reads((sharedBytes + 3) / 4) {}

  struct Entry {
    Time time;
    uint32_t pc, warp;
    LaneMask lanes;
    uint32_t bytes;
    uint32_t view;    // of all its lanes: index into `views`
    uint32_t first;   // of a contiguous access, its lane 0's offset
    uint32_t offsets; // of another, where its offsets are; or `contiguous`
    Access::Kind kind;
    bool strong;

    static constexpr uint32_t contiguous = ~0u;
    bool isContiguous() const { return offsets == contiguous; }
  };

  /// Whether this phase is (still) the filter's: not once it gave up, or something asynchronous is
  /// about.
  bool isActive() const { return !exact && !forever; }
  /// Notes an access of lanes with one view. False where it does not agree with the
  /// tags, or reads what was never written: then it is for the exact detector, after the log.
  bool note(const Access &access, uint32_t pc, uint32_t warp, Time time, const ViewPtr &view);
  /// Calls f(entry, view, offsets) for the accesses of this phase, which from now on belongs to the
  /// exact detector. `offsets` are 32, or null for a contiguous access.
  template <class F> void handOver(F &&f) {
    exact = true;
    for (const Entry &entry : log)
      f(entry, *views[entry.view], entry.isContiguous() ? nullptr : &offsets[entry.offsets]);
    forget();
  }
  /// As it was made, for another block of the same size: phases go on, so that no tag looks new.
  void restart() {
    exact = forever = false;
    if (phase > ~uint32_t(0) - 4 * phaseUnit) {
      std::fill(writes.begin(), writes.end(), 0);
      std::fill(reads.begin(), reads.end(), 0);
      phase = 0;
    }
    begin = phase + phaseUnit;
    phase = begin + phaseUnit;
    forget();
  }
  /// All phases to come are the exact detector's.
  void giveUp() { forever = true; }
  bool hasGivenUp() const { return forever; }
  /// All threads of the block met.
  void nextPhase();

  /// The exact detector saw a write: of a whole word the filter needs to know that, too.
  void noteWritten(uint32_t offset, uint32_t bytes) {
    const uint32_t last = (1u << shift) - 1;
    for (uint32_t word = (offset + last) >> shift; word < (offset + bytes) >> shift; ++word)
      if (writes[word] < begin)
        writes[word] = begin;
  }
  /// Whether the word was ever written through the filter.
  bool wasWritten(uint32_t offset) const { return writes[offset >> shift] >= begin; }

private:
  static constexpr uint32_t several = 1u << 10, byAtomics = 1u << 11, phaseUnit = 1u << 12;
  template <bool ascending>
  bool noteWords(const Access &access, const Pattern::Words &words, uint32_t first,
                 uint32_t warpTag);
  bool noteEach(const Access &access, uint32_t warpTag);
  bool noteWord(Access::Kind kind, bool strong, uint32_t word, uint32_t mine);
  /// Words are smaller from now on: what is known of one holds for each of its parts.
  void refine(unsigned to);
  void forget() {
    log.clear();
    views.clear();
    offsets.clear();
  }

  unsigned shift = 2;         // log2 of a word's bytes
  uint32_t begin = phaseUnit; // tags from before the block are less
  uint32_t phase = 2 * phaseUnit;
  bool exact = false, forever = false;
  std::vector<uint32_t> writes, reads;
  std::vector<Entry> log;
  std::vector<ViewPtr> views;
  std::vector<uint32_t> offsets;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_PHASEFILTER_H
