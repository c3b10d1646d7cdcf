//===- RemoteBlocks.h - Shared memory of blocks that may have exited ------===//
#ifndef AZULEJO_CUDASIM_CHECK_REMOTEBLOCKS_H
#define AZULEJO_CUDASIM_CHECK_REMOTEBLOCKS_H

#include "runtime/cudasim/Check/Clock.h"
#include <unordered_map>

namespace azulejo::cudasim {

/// What the blocks of a cluster do to each other's shared memory, which is there until the last
/// thread of its block has left. So an access is right if one of those threads knew of it when it
/// left, whoever happened to be faster this time.
///
/// Knowledge of a lane's access is knowledge of all its earlier ones: the last one stands for them.
/// It is otherwise with relaxed accesses, which nobody need be ordered behind: whoever reads what
/// one wrote knows of that one. They are kept by their address until then.
class RemoteBlocks {
public:
  RemoteBlocks(uint32_t blocks, uint32_t agents);

  /// An access that was resolved, at `now`.
  void note(const Access &access, uint32_t agent, Time now);
  /// A strong access read what lies at `address`.
  void observe(uint64_t address) { strong.erase(address); }
  /// Lanes come to where others wait for them, if for nothing but that: what they read is read.
  void forgetReads(uint32_t agent, LaneMask lanes);
  /// An asynchronous operation will access shared memory of the block of this rank.
  void noteInFlight(const Access &access);

  /// Threads left a block, and `view` is what one of them knew, or `lanes` themselves did.
  void knownAtExit(uint32_t rank, const View &view);
  void knownAtExit(uint32_t rank, uint32_t agent, LaneMask lanes, LaneMask started, Time now);

  /// All have exited: throws the Fault of an access by a thread of `block` that nobody knew of.
  void check(Block &block) const;

private:
  struct Place {
    Access::Kind kind = Access::Read;
    uint32_t pc = 0, bytes = 0;
    uint64_t address = 0; // resolved
  };
  struct Last {
    Time time = 0; // 0: none
    Place place;
  };
  struct Strong {
    uint32_t agent, lane;
    Last last;
  };
  struct InFlight {
    AsyncToken token;
    uint32_t rank;
    Place place;
  };

  struct Weak {
    std::array<Last, warpSize> reads, writes;
  };

  const uint32_t blocks;
  /// By agent * blocks + rank of the block whose memory it is.
  std::vector<std::unique_ptr<Weak>> weak;
  std::unordered_map<uint64_t, std::vector<Strong>> strong; // by address; an agent once
  std::vector<InFlight> inFlight;
  std::vector<std::vector<Known>> exits; // by rank: what its threads knew, by agent

  [[noreturn]] static void fail(Block &block, uint32_t warp, uint32_t lane, const Place &place);
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_REMOTEBLOCKS_H
