//===- BulkOperands.h - What bulk and tensor copies have in common --------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_BULKOPERANDS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_BULKOPERANDS_H

#include "runtime/cudasim/Async/Engine.h"
#include "runtime/cudasim/Instructions/AtomicOperations.h"
#include "runtime/cudasim/Instructions/MemoryOperands.h"

namespace azulejo::cudasim {

/// One block that a copy goes to. By multicast it goes to the same offset in several.
struct Multicast {
  bool everywhere = false;
  uint32_t rank = 0;

  /// A shared address of the issuing block as that of this one.
  uint64_t place(Space space, uint64_t address) const {
    if (!everywhere)
      return address;
    if (space == Space::Generic)
      return sharedWindow | uint64_t(rank) << sharedRankShift |
             (address & ((uint64_t(1) << sharedRankShift) - 1));
    return clusterAddress(rank, address);
  }
};

/// Calls f for each block that `mask` names; once where there is none.
template <class F> void forTargets(Warp &warp, unsigned lane, const uint16_t *mask, F &&f) {
  if (!mask)
    return f(Multicast());
  size_t blocks = warp.block.cluster.blocks.size();
  for (uint32_t left = *mask; left; left &= left - 1) {
    uint32_t rank = __builtin_ctz(left);
    if (rank >= blocks)
      throw Fault(FaultClass::OutOfBounds,
                  "copies to the block of rank " + std::to_string(rank) + " of a cluster of " +
                      std::to_string(blocks),
                  int(lane));
    f(Multicast{true, rank});
  }
}

inline void issueBulk(Warp &warp, unsigned lane, std::shared_ptr<AsyncOperation> operation) {
  if (operation->inGroup)
    warp.unit<BulkGroups>().lanes[lane].issue(operation);
  warp.block.unit<AsyncEngine>().issue(warp.block, std::move(operation));
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_BULKOPERANDS_H
