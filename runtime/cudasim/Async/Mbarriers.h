//===- Mbarriers.h - mbarrier objects in a block's shared memory ----------===//
#ifndef AZULEJO_CUDASIM_ASYNC_MBARRIERS_H
#define AZULEJO_CUDASIM_ASYNC_MBARRIERS_H

#include "runtime/cudasim/Machine/Block.h"
#include <unordered_map>

namespace azulejo::cudasim {

/// The 64 bits of an mbarrier object as they lie in shared memory. PTX leaves them opaque:
///
///   bit 0        parity of the current phase
///   bits 1…20    expected arrivals of a phase
///   bits 21…40   arrivals still missing in this one
///   bits 41…61   bytes that asynchronous copies still have to bring, signed
///   bits 62…63   10: so that zeros are no mbarrier
struct MbarrierWord {
  static constexpr uint32_t countLimit = (1u << 20) - 1;
  bool parity = false;
  uint32_t expected = 0, pending = 0;
  int32_t transactions = 0;

  uint64_t encode() const {
    return uint64_t(parity) | uint64_t(expected) << 1 | uint64_t(pending) << 21 |
           (uint64_t(uint32_t(transactions)) & 0x1fffff) << 41 | uint64_t(2) << 62;
  }
  static MbarrierWord decode(uint64_t bits) {
    MbarrierWord word;
    word.parity = bits & 1;
    word.expected = bits >> 1 & countLimit;
    word.pending = bits >> 21 & countLimit;
    word.transactions = int32_t(int64_t(bits << 2) >> 43);
    return word;
  }
};

/// What is known of an object beside its word.
struct Mbarrier {
  uint64_t offset = 0;
  uint64_t word = 0;  // as it was written last: a difference means that somebody overwrote it
  uint64_t phase = 0; // how many phases are complete
  SyncObject arriving, complete;
  /// Warps that have tested in vain since the phase began, each once.
  std::vector<const Warp *> waiting;
};

/// All mbarrier objects of a block. Offsets are those of its shared memory; `lane` is whom a fault
/// is to name (-1: nobody).
class Mbarriers : public BlockUnit {
public:
  void init(Block &block, uint64_t offset, uint32_t count, int lane);
  void invalidate(Block &block, uint64_t offset, int lane);
  /// The live object at `offset`; a Fault where there is none.
  Mbarrier &at(Block &block, uint64_t offset, int lane);

  struct Arrival {
    uint32_t count = 1;
    bool drop = false, noComplete = false;
  };
  /// Returns the state before it: phase << 20 | missing arrivals.
  uint64_t arrive(Block &block, Mbarrier &barrier, Arrival arrival, int lane);
  /// One arrival more is needed in this phase (cp.async.mbarrier.arrive without .noinc).
  void incrementPending(Block &block, Mbarrier &barrier, int lane);
  void expect(Block &block, Mbarrier &barrier, uint64_t bytes, int lane);
  void complete(Block &block, Mbarrier &barrier, uint64_t bytes, int lane);
  /// Has the phase of `state`, which arrive() returned, or that of `parity`, ended?
  bool test(const Mbarrier &barrier, uint64_t state, int lane) const;
  static bool testParity(const Mbarrier &barrier, bool parity) {
    return (barrier.phase & 1) != uint64_t(parity);
  }

  /// Whether a live object lies in these bytes; `found` is its offset.
  bool overlaps(uint64_t offset, uint64_t bytes, uint64_t &found) const;

  std::string describeWaits(Block &block) override;

private:
  MbarrierWord load(Block &block, Mbarrier &barrier, int lane);
  void store(Block &block, Mbarrier &barrier, MbarrierWord word, int lane);

  std::unordered_map<uint64_t, Mbarrier> objects; // by offset
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_ASYNC_MBARRIERS_H
