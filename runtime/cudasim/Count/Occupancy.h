//===- Occupancy.h - How many blocks a multiprocessor holds ---------------===//
#ifndef AZULEJO_CUDASIM_COUNT_OCCUPANCY_H
#define AZULEJO_CUDASIM_COUNT_OCCUPANCY_H

#include "runtime/cudasim/Machine/Architecture.h"
#include <cstdint>

namespace azulejo::cudasim {

/// What a block of a kernel takes of a multiprocessor.
struct BlockNeeds {
  uint32_t threads = 0;
  uint32_t registersPerThread = 0;
  uint64_t sharedBytes = 0; // static and dynamic, without what the driver reserves
};

/// The rules of NVIDIA's occupancy calculator for compute capabilities 8.0 to 9.0: registers are
/// given to warps in units of 256 out of a quarter of the multiprocessor's, shared memory in units
/// of 128 bytes with a reserved part for each block.
struct Occupancy {
  enum Limit : uint8_t { Threads, Blocks, Registers, SharedMemory };

  uint32_t blocksPerSm = 0; // 0: the block does not fit at all
  uint32_t warpsPerSm = 0;
  Limit limit = Threads; // what allows no more
  double fraction = 0;   // warps of those that the multiprocessor can hold
};
const char *name(Occupancy::Limit limit);

Occupancy computeOccupancy(const Architecture &architecture, const BlockNeeds &needs);

/// Blocks of `threads` threads that a multiprocessor holds at once; 0 where one does not fit.
inline uint32_t blocksPerMultiprocessor(const Architecture &architecture, uint32_t threads,
                                        uint32_t registersPerThread, uint32_t sharedBytes) {
  return computeOccupancy(architecture, {threads, registersPerThread, sharedBytes}).blocksPerSm;
}

/// The dynamic shared memory that a block may have if `blocks` are to be resident.
uint64_t availableDynamicShared(const Architecture &architecture, uint32_t blocks,
                                uint32_t staticSharedBytes);

/// Clusters of `clusterSize` blocks that the GPU holds at once. A cluster lies within one GPC; an
/// H200's 132 multiprocessors are taken as GPCs of 16 and a rest.
uint32_t activeClusters(const Architecture &architecture, const BlockNeeds &needs,
                        uint32_t clusterSize);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_COUNT_OCCUPANCY_H
