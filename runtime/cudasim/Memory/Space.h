//===- Space.h - State spaces and the map of generic addresses ------------===//
#ifndef AZULEJO_CUDASIM_MEMORY_SPACE_H
#define AZULEJO_CUDASIM_MEMORY_SPACE_H

#include <cstdint>

namespace azulejo::cudasim {

enum class Space : uint8_t { Generic, Global, Shared, SharedCluster, Local, Constant, Parameter };

/// Generic addresses. Host addresses (pinned memory) are below 2^47; nothing below is one.
///
///   bits 56…63  window
///   Global:     device memory: `globalWindow` upwards, each allocation alone in a slot of 8 GiB or
///   more, with 4 GiB
///               before and behind it that belong to nobody, so that an index that leaves its
///               allocation by less cannot land in another one (see DeviceMemory.h)
///   Shared:     sharedWindow | rank << 24 | offset. In the 32-bit window of shared::cluster, rank
///   + 1
///               stands in bits 24…31; 0 there means the executing block's own
///   Local:      localWindow | linear thread number of the block << 32 | offset; so another
///   thread's is noticed Constant:   constantWindow | offset into the module's bank Parameter:
///   parameterWindow | offset into the kernel's parameters
constexpr uint64_t globalWindow = 0x0100000000000000, sharedWindow = 0x0200000000000000,
                   localWindow = 0x0300000000000000, constantWindow = 0x0400000000000000,
                   parameterWindow = 0x0500000000000000;
constexpr unsigned sharedRankShift = 24;

inline Space windowOf(uint64_t address) {
  switch (address >> 56) {
  case 2:
    return Space::SharedCluster;
  case 3:
    return Space::Local;
  case 4:
    return Space::Constant;
  case 5:
    return Space::Parameter;
  default:
    return Space::Global;
  }
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_SPACE_H
