//===- State.h - What the checkers keep of a launch and its clusters ------===//
#ifndef AZULEJO_CUDASIM_CHECK_STATE_H
#define AZULEJO_CUDASIM_CHECK_STATE_H

#include "runtime/cudasim/Check/PhaseFilter.h"
#include "runtime/cudasim/Check/RemoteBlocks.h"
#include "runtime/cudasim/Check/Shadow.h"
#include "runtime/cudasim/Machine/Block.h"
#include <map>
#include <mutex>
#include <unordered_map>

namespace azulejo::cudasim {

/// What the lanes of a warp know.
struct WarpClock {
  ViewPtr common;                                      // of all lanes
  std::unique_ptr<std::array<ViewPtr, warpSize>> each; // where one of them synchronised alone
  LaneMask started = allLanes;
  /// Where all of them released what they knew last, and what that was.
  uint64_t releasedInto = 0;
  ViewPtr released;

  bool isUniform() const { return !each; }
  const ViewPtr &view(unsigned lane) const { return each ? (*each)[lane] : common; }
};

/// An asynchronous operation.
struct Operation {
  ViewPtr view; // of the lane that issued it, then
  uint32_t agent = 0, lane = 0;
  uint32_t pc = 0;
  Time issued = 0;
  AsyncKind kind = AsyncKind::Bulk;
  /// Who knows it to be complete, or to have read its sources: ClusterState::absorbed.
  uint32_t done = 0, sourcesRead = 0;
};

/// By whom an operation is known to be complete, and since when: by waiting, or by acquiring what
/// it released into.
struct Absorbed {
  uint32_t agent;
  LaneMask lanes;
  Time time;
  /// cp.async: a lane that waited knows of its own copy only; one that acquired a barrier, of all
  /// that were released into it.
  bool acquired = false;
  uint32_t next = 0; // of the same operation
};

struct ClusterState {
  uint64_t number = 0; // in the grid
  uint32_t warpsPerBlock = 0;
  Time now = 1;
  uint64_t clocks = 0;          // of objects that were released into
  std::vector<WarpClock> warps; // by agent
  std::vector<LaneMask> started;
  std::vector<Operation> operations;    // by token - 1
  std::vector<Absorbed> absorbed;       // lists, which begin at index - 1; 0 ends them
  std::unique_ptr<RemoteBlocks> remote; // of a cluster of several blocks

  void absorb(uint32_t &list, Absorbed by) {
    by.next = list;
    absorbed.push_back(by);
    list = uint32_t(absorbed.size());
  }
  template <class F> bool anyAbsorbed(uint32_t list, F &&is) const {
    for (; list; list = absorbed[list - 1].next)
      if (is(absorbed[list - 1]))
        return true;
    return false;
  }
  /// As it was made; it keeps its memory.
  void clear() {
    now = 1;
    clocks = 0;
    warps.clear();
    started.clear();
    operations.clear();
    absorbed.clear();
    remote.reset();
  }
};

/// Hangs at Block::shadow. The cluster's state is that of its first block.
struct BlockState {
  explicit BlockState(uint64_t sharedBytes) : shared(sharedBytes, true), filter(sharedBytes) {}
  Shadow shared;
  PhaseFilter filter; // in front of `shared`
  /// All that the block's threads did until then lies before what they do now: the last barrier of
  /// the whole block. 0 where others may know less: other blocks of its cluster, the async proxy.
  Time met = 0;
  std::shared_ptr<ClusterState> cluster;

  /// As it was made, for another block of the launch, but for the cluster.
  void clear() {
    shared.clear();
    filter.restart();
    met = 0;
  }
};

/// A lane acquired a tensor map.
struct MapAcquired {
  uint64_t cluster;
  uint32_t agent;
  LaneMask lane;
  Time time;
};

/// A lane made known to the proxy of tensor maps what it had written and what it knew of.
struct MapsReleased {
  uint64_t cluster;
  uint32_t agent;
  LaneMask lane;
  Time time;
  ViewPtr view;
};

struct Checkers::State {
  Launch &launch;
  const uint64_t id; // of this launch, among all
  bool parallel;     // blocks run on several host threads
  bool apart;        // no block can be ordered behind another one of another cluster
  std::mutex mutex;
  /// What was released into addresses by atomics and fences.
  std::unordered_map<uint64_t, PublishedPtr> released;
  /// What fences of no wider scope than a block released, for its own threads: by its number and
  /// the address.
  std::map<std::pair<uint64_t, uint64_t>, PublishedPtr> releasedInBlock;
  std::atomic<bool> anyReleased{false};
  std::unordered_map<uint64_t, std::vector<MapAcquired>> mapsAcquired; // by their address
  std::vector<MapsReleased> mapsReleased;

  static BlockState &of(const Block &block) {
    return *static_cast<BlockState *>(block.shadow.get());
  }
  static ClusterState &cluster(const Warp &warp) { return *of(warp.block).cluster; }
  static uint32_t agent(const Warp &warp) {
    return warp.block.rank * cluster(warp).warpsPerBlock + warp.index;
  }

  /// The shadow of a global allocation.
  Shadow &shadow(Allocation &allocation);
  static Shadow &shadow(Allocation &allocation, bool tracksInitialization);
};

/// The lanes of a strong access release and acquire, by its order or by the fences around it.
void orderByAtomic(Checkers::State &state, const Access &access);
/// fence.proxy.tensormap::generic.release, and that of tensormap.cp_fenceproxy.
void releaseTensorMaps(Checkers::State &state, Warp &warp, LaneMask lanes);
/// Gives what the block's filter logged to the exact detector, which takes over until the next
/// barrier, or for good.
void endPhase(Checkers::State &state, Block &block, bool forGood);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_STATE_H
