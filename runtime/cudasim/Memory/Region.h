//===- Region.h - A piece of memory that addresses are meant for ----------===//
#ifndef AZULEJO_CUDASIM_MEMORY_REGION_H
#define AZULEJO_CUDASIM_MEMORY_REGION_H

#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Access.h"
#include <string>

namespace azulejo::cudasim {

constexpr uint64_t sharedOffsetMask = (uint64_t(1) << sharedRankShift) - 1;
constexpr uint64_t windowOffsetMask = (uint64_t(1) << 56) - 1;

/// A piece of memory as addresses of one access see it: [begin, begin + size), which each lane may
/// see at a place of its own (local memory), hence the strides from lane to lane.
struct Region {
  uint64_t begin = 0, beginStride = 0;
  uint64_t generic = 0, genericStride = 0; // the generic address of its first byte
  uint8_t *host = nullptr;
  uint64_t hostStride = 0;
  uint64_t size = 0;
  Space window = Space::Global;
  const Allocation *allocation = nullptr;
  const Block *block = nullptr; // of shared memory
};

/// "reads 4 bytes at 0x…".
std::string whatItDoes(const Access &access, uint64_t address);
/// "64 bytes of …", and where in it the access is.
std::string describe(const Access &access, const Region &region, uint64_t offset);
/// There is no region for a lane's address: says why.
[[noreturn]] void failWithoutRegion(const Access &access, unsigned lane);
/// The address is meant for `region` but does not fit.
[[noreturn]] void failOutside(const Access &access, const Region &region, unsigned lane);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MEMORY_REGION_H
