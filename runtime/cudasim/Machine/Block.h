//===- Block.h - A thread block and its cluster ---------------------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_BLOCK_H
#define AZULEJO_CUDASIM_MACHINE_BLOCK_H

#include "runtime/cudasim/Machine/Launch.h"
#include "runtime/cudasim/Machine/Warp.h"
#include "runtime/cudasim/Machine/Worker.h"
#include <array>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

class Cluster;

/// State that one family of instructions keeps for a block (named barriers, mbarriers, copies in
/// flight), beside those instructions. A family asks for it by `block.unit<ItsUnit>()`.
struct BlockUnit {
  virtual ~BlockUnit() = default;
  /// Nothing else in the block can run: complete an operation that may complete now, if there is
  /// one.
  virtual bool progress(Block &) { return false; }
  /// A warp's lanes left the kernel.
  virtual void lanesExit(Warp &, LaneMask) {}
  /// The block ends: what must not be left undone is a Fault.
  virtual void finish(Block &) {}
  /// What those who wait wait for, for the report of a deadlock; "" where nobody waits here.
  virtual std::string describeWaits(Block &) { return {}; }
};

class Block {
public:
  Block(Launch &launch, Cluster &cluster, uint32_t rank, Dim3 index);

  /// Runs each warp that can run, for about `budget` instructions each. Throws Fault.
  void step(uint64_t budget);
  bool done() const { return alive == 0; }

  Launch &launch;
  Cluster &cluster;
  const uint32_t rank;   // in its cluster
  const Dim3 index;      // %ctaid
  const uint64_t linear; // of index in the grid
  std::vector<std::unique_ptr<Warp>> warps;
  uint32_t threads; // started
  uint32_t alive;   // not exited

  /// Static variables, then the dynamic part. Its initialisation is the checkers' business.
  std::vector<uint8_t> shared;
  /// The part of `shared` in which mbarrier objects lie, if any: what is outside it is data.
  uint64_t mbarriersBegin = ~uint64_t(0), mbarriersEnd = 0;
  Counters counters;
  std::shared_ptr<void> shadow; // Check/'s state of `shared`

  /// The warp that executes, for reports.
  Warp *running = nullptr;

  template <class T> T &unit() {
    auto &slot = units[unitIndex<T>()];
    if (!slot)
      slot = std::make_unique<T>();
    return static_cast<T &>(*slot);
  }
  /// Of all units that were asked for.
  template <class F> void forUnits(F &&f) {
    for (auto &unit : units)
      if (unit)
        f(*unit);
  }

private:
  template <class T> static unsigned unitIndex() {
    static const unsigned index = nextUnitIndex();
    return index;
  }
  static unsigned nextUnitIndex();
  std::array<std::unique_ptr<BlockUnit>, 16> units;
};

/// Blocks that run together; one block where the launch has no clusters.
class Cluster {
public:
  /// first: %ctaid of its block 0. `worker` outlives it.
  Cluster(Launch &launch, Dim3 first, Worker &worker);
  ~Cluster();

  enum class Status { Running, Stuck, Done };
  /// One turn of each block. Stuck: its warps wait or poll, and nothing has happened since the last
  /// turn. Faults go to the launch and end the cluster.
  Status step(uint64_t budget);
  /// Whether a warp polls, so that a stuck cluster may go on if something happens elsewhere.
  bool polls() const;
  /// Reports that nothing will ever run again here, and why.
  void reportDeadlock();

  Launch &launch;
  const Dim3 first;
  Worker &worker;
  std::vector<std::unique_ptr<Block>> blocks; // by rank
  /// Rises whenever something happens in the cluster that a waiting warp may wait for: a write, an
  /// arrival, an asynchronous completion.
  uint64_t progress = 0;
  bool hasMbarriers = false; // some block's shared memory has held one
  /// As Block::unit, for state that a cluster shares (barrier.cluster).
  template <class T> T &unit() { return blocks.front()->unit<T>(); }

private:
  uint64_t seenProgress = ~uint64_t(0);
  bool ended = false;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_BLOCK_H
