//===- Occupancy.cpp - How many blocks a multiprocessor holds -------------===//
#include "runtime/cudasim/Count/Occupancy.h"
#include <algorithm>

namespace azulejo::cudasim {

namespace {
constexpr uint32_t lanesPerWarp = 32, registerUnit = 256, sharedUnit = 128, subPartitions = 4;
constexpr uint32_t maxThreadsPerBlock = 1024, maxRegistersPerThread = 255;
constexpr uint32_t multiprocessorsPerGpc = 16;

template <class T> T roundUp(T value, T unit) { return (value + unit - 1) / unit * unit; }
} // namespace

const char *name(Occupancy::Limit limit) {
  switch (limit) {
  case Occupancy::Threads:
    return "threads";
  case Occupancy::Blocks:
    return "blocks";
  case Occupancy::Registers:
    return "registers";
  case Occupancy::SharedMemory:
    return "shared memory";
  }
  return "";
}

Occupancy computeOccupancy(const Architecture &architecture, const BlockNeeds &needs) {
  Occupancy occupancy;
  if (needs.threads == 0 || needs.threads > maxThreadsPerBlock)
    return occupancy;
  uint32_t warps = (needs.threads + lanesPerWarp - 1) / lanesPerWarp;
  uint32_t best = architecture.threadsPerSm / lanesPerWarp / warps;
  auto atMost = [&](uint32_t blocks, Occupancy::Limit limit) {
    if (blocks < best) {
      best = blocks;
      occupancy.limit = limit;
    }
  };
  atMost(architecture.blocksPerSm, Occupancy::Blocks);

  if (needs.registersPerThread != 0) {
    uint32_t perWarp = roundUp(needs.registersPerThread * lanesPerWarp, registerUnit);
    bool fits = needs.registersPerThread <= maxRegistersPerThread &&
                perWarp * roundUp(warps, subPartitions) <= architecture.registersPerSm;
    uint32_t warpsPerSm = architecture.registersPerSm / subPartitions / perWarp * subPartitions;
    atMost(fits ? warpsPerSm / warps : 0, Occupancy::Registers);
  }

  uint64_t shared = roundUp<uint64_t>(needs.sharedBytes + architecture.sharedReserved, sharedUnit);
  bool fits = needs.sharedBytes <= architecture.sharedPerBlockOptin;
  atMost(fits ? uint32_t(architecture.sharedPerSm / shared) : 0, Occupancy::SharedMemory);

  occupancy.blocksPerSm = best;
  occupancy.warpsPerSm = best * warps;
  occupancy.fraction = double(occupancy.warpsPerSm) / architecture.warpsPerSm;
  return occupancy;
}

uint64_t availableDynamicShared(const Architecture &architecture, uint32_t blocks,
                                uint32_t staticSharedBytes) {
  if (blocks == 0)
    return 0;
  uint64_t each = architecture.sharedPerSm / blocks / sharedUnit * sharedUnit;
  uint64_t taken = uint64_t(architecture.sharedReserved) + staticSharedBytes;
  uint64_t most = architecture.sharedPerBlockOptin > staticSharedBytes
                      ? architecture.sharedPerBlockOptin - staticSharedBytes
                      : 0;
  return each > taken ? std::min(each - taken, most) : 0;
}

uint32_t activeClusters(const Architecture &architecture, const BlockNeeds &needs,
                        uint32_t clusterSize) {
  uint32_t blocksPerSm = computeOccupancy(architecture, needs).blocksPerSm;
  if (clusterSize == 0 || blocksPerSm == 0)
    return 0;
  uint32_t clusters = 0;
  for (uint32_t left = architecture.multiprocessors; left != 0;) {
    uint32_t gpc = std::min(left, multiprocessorsPerGpc);
    clusters += gpc * blocksPerSm / clusterSize;
    left -= gpc;
  }
  return clusters;
}

} // namespace azulejo::cudasim
